"""What torch is and finds on this machine, where and in what it computes, and when memory does not suffice."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from soundpalette.core.threads import set_threads
from soundpalette.errors import EncoderError

if TYPE_CHECKING:
    import torch

DEVICES: Final = ("cpu", "mps", "cuda")
DTYPES: Final = ("float32", "bfloat16")
_NO_MEMORY: Final = ("can't allocate memory", "not enough memory", "out of memory", "bad_alloc")
"""What torch's allocators for the processor (Linux, Windows), for Metal, and C++ itself say in a RuntimeError."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """torch's version and threads, whether the processor computes in bfloat16, and by device name what it is."""

    version: str
    threads: int
    bfloat16: bool
    devices: dict[str, str]


def look() -> Runtime:
    """Load torch and ask it. Raises EncoderError where it cannot be loaded."""
    set_threads()
    try:
        import torch
    except (ImportError, OSError) as error:  # OSError: one of its shared libraries does not load
        raise EncoderError(f"torch cannot be loaded ({error}); install soundpalette again") from error
    devices = {"cpu": f"{torch.get_num_threads()} threads"}
    if torch.cuda.is_available():
        names = [torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count())]
        devices["cuda"] = ", ".join(names)
    if torch.backends.mps.is_available():
        devices["mps"] = "Metal"
    return Runtime(torch.__version__, torch.get_num_threads(), fast_bfloat16(), devices)


def fast_bfloat16() -> bool:
    """Whether the processor has AVX512-BF16: without its instructions bfloat16 is slower than float32."""
    import torch

    return bool(torch.cpu.get_capabilities().get("avx512_bf16", False))


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a tower computes, and in what."""

    device: torch.device
    dtype: torch.dtype

    def put(self, tensor: torch.Tensor) -> torch.Tensor:
        """`tensor` there, itself where it is there already."""
        return tensor.to(device=self.device, dtype=self.dtype)


def check_placement(device: str, dtype: str) -> None:
    """Raise EncoderError for a device or dtype that there is none of; imports no torch."""
    _one_of("device", device, ("auto", *DEVICES))
    _one_of("dtype", dtype, ("auto", *DTYPES))


def place(device: str, dtype: str) -> Placement:
    """Auto is cuda, then mps, then cpu; and bfloat16 where the device has instructions for it, float32 elsewhere."""
    import torch

    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    chosen = next(name for name, here in available.items() if here) if device == "auto" else device
    if not available[chosen]:
        raise EncoderError(
            f"torch {torch.__version__} finds no {chosen} device; set [processing] device to auto or cpu"
        )
    short = _computes_bfloat16(chosen) if dtype == "auto" else dtype == "bfloat16"
    return Placement(torch.device(chosen), torch.bfloat16 if short else torch.float32)


def _computes_bfloat16(device: str) -> bool:
    import torch

    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device == "cpu" and fast_bfloat16()


@contextmanager
def memory_errors() -> Iterator[None]:
    """Torch's ways of saying that memory does not suffice, as Python's MemoryError."""
    try:
        yield
    except RuntimeError as error:  # torch.OutOfMemoryError is one, too
        if not any(words in str(error).lower() for words in _NO_MEMORY):
            raise
        raise MemoryError(str(error).splitlines()[0]) from error


def give_back() -> None:
    """Return freed memory to the system: glibc keeps it otherwise, and so does torch on a CUDA device."""
    gc.collect()
    if (torch := sys.modules.get("torch")) and torch.cuda.is_available():
        torch.cuda.empty_cache()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


def _one_of(name: str, given: str, allowed: Sequence[str]) -> None:
    if given not in allowed:
        raise EncoderError(f"{name} is {given!r}; {', '.join(allowed)} are allowed")
