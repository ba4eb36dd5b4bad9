"""The chunks of WAV and AIFF files, found without reading the sound. Sizes that lie end the walk, nothing more."""

import math
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

MAX_CHUNKS: Final = 256
MAX_BODY: Final = 2048
"""Bytes of a chunk that are read at most; those that tell of music have 24 to 84 and some loops."""
_RIFF: Final = frozenset({b"RIFF", b"RF64", b"BW64"})
_AIFF: Final = frozenset({b"AIFF", b"AIFC"})
_SEE_DS64: Final = 0xFFFFFFFF
_EXTENDED_BIAS: Final = 16383 + 63
"""Of the exponent of an 80-bit float whose 64-bit mantissa is taken as an integer."""
_MAX_RATE: Final = 1e7


@dataclass(frozen=True, slots=True)
class Chunks:
    """What a file's chunks hold: the first 2,048 bytes of the first of each name, and the sound's length.

    `frames` per channel, 0 where unknown; `seconds` of the whole file, None where unknown.
    """

    bodies: dict[bytes, bytes]
    frames: int = 0
    seconds: float | None = None

    def get(self, name: bytes, size: int) -> bytes | None:
        """The body of a chunk; None where it is missing or shorter than `size` bytes."""
        body = self.bodies.get(name, b"")
        return body if len(body) >= size else None


def read_chunks(file: BinaryIO) -> Chunks:
    """The chunks of a WAV (RIFF, RF64) or AIFF file; none of any other. Raises OSError."""
    file.seek(0)
    head = file.read(12)
    if head[:4] in _RIFF and head[8:] == b"WAVE":
        sizes, bodies = _walk(file, "<")
        return _timed(bodies, *_wave_frames(bodies, sizes))
    if head[:4] == b"FORM" and head[8:] in _AIFF:
        _, bodies = _walk(file, ">")
        return _timed(bodies, *_aiff_frames(bodies))
    return Chunks({})


def _walk(file: BinaryIO, order: str) -> tuple[dict[bytes, int], dict[bytes, bytes]]:
    """Sizes and bodies by name. Each step goes on by at least a header's 8 bytes, and there are 256 at most."""
    sizes: dict[bytes, int] = {}
    bodies: dict[bytes, bytes] = {}
    at = file.tell()
    for _ in range(MAX_CHUNKS):
        file.seek(at)
        header = file.read(8)
        if len(header) < 8:
            break
        name, size = struct.unpack(f"{order}4sI", header)
        if name == b"data" and size == _SEE_DS64 and len(bodies.get(b"ds64", b"")) >= 16:
            size = struct.unpack_from("<Q", bodies[b"ds64"], 8)[0] & (2**62 - 1)
        if name not in sizes:
            sizes[name] = size
            bodies[name] = b"" if name in (b"data", b"SSND") else file.read(min(size, MAX_BODY))
        at += 8 + size + size % 2
    return sizes, bodies


def _timed(bodies: dict[bytes, bytes], frames: int, rate: float) -> Chunks:
    if not (frames > 0 and 1 <= rate <= _MAX_RATE):
        return Chunks(bodies)
    return Chunks(bodies, frames, frames / rate)


def _wave_frames(bodies: dict[bytes, bytes], sizes: dict[bytes, int]) -> tuple[int, float]:
    """Frames and rate in Hz of uncompressed sound; 0 of any other, whose blocks are no frames."""
    form = bodies.get(b"fmt ", b"")
    if len(form) < 16:
        return 0, 0.0
    _, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", form)
    if not channels or block != channels * ((bits + 7) // 8):
        return 0, 0.0
    return sizes.get(b"data", 0) // block if block else 0, float(rate)


def _aiff_frames(bodies: dict[bytes, bytes]) -> tuple[int, float]:
    common = bodies.get(b"COMM", b"")
    if len(common) < 18:
        return 0, 0.0
    frames, exponent, mantissa = struct.unpack_from(">I2xHQ", common, 2)
    shift = exponent - _EXTENDED_BIAS
    return frames, math.ldexp(mantissa, shift) if -63 <= shift <= 0 else 0.0
