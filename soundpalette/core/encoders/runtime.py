"""What torch is and finds on this machine."""

from dataclasses import dataclass

from soundpalette.core.threads import set_threads
from soundpalette.errors import EncoderError


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
