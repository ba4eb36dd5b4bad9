"""Files that are not what they say, made on the spot."""

import struct
from io import BytesIO

import numpy as np
import soundfile

from tests.sounds import RATE, tone


def audio(kind: str, frames: int, rate: int = 48_000, *, known: bool = True) -> bytes:
    """Silence in a format; as FLAC hours of it are small. Not `known`: a FLAC that does not tell its length."""
    file = BytesIO()
    block = np.zeros(48_000, np.int16)
    with soundfile.SoundFile(file, "w", rate, 1, format=kind) as out:
        for start in range(0, frames, len(block)):
            out.write(block[: frames - start])
    written = bytearray(file.getvalue())
    if not known:  # the frames in STREAMINFO: 36 bits
        written[21] &= 0xF0
        written[22:26] = bytes(4)
    return bytes(written)


def sound() -> bytes:
    """A good one."""
    return wav(tone(440).astype("<f4").tobytes())


def values(value: float) -> bytes:
    """A WAV of nothing but this value."""
    return wav(np.full(RATE, value, "<f4").tobytes())


def wav(
    data: bytes, *, rate: int = RATE, channels: int = 1, bits: int = 32, claimed: int | None = None, form: int = 3
) -> bytes:
    """A WAV whose header says what it is told to."""
    align = channels * bits // 8 & 0xFFFF
    header = struct.pack("<HHIIHH", form, channels, rate, rate * align & 0xFFFFFFFF, align, bits)
    size = len(data) if claimed is None else claimed
    chunks = b"fmt " + struct.pack("<I", len(header)) + header + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) & 0xFFFFFFFF) + b"WAVE" + chunks


def rf64(claimed: int) -> bytes:
    """An RF64 that claims so many frames."""
    data = tone(440).astype("<f4").tobytes()
    sizes = struct.pack("<QQQI", claimed * 4 + 100, claimed * 4, claimed, 0)
    header = struct.pack("<HHIIHH", 3, 1, RATE, RATE * 4, 4, 32)
    return (
        b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<I", len(sizes)) + sizes
        + b"fmt " + struct.pack("<I", len(header)) + header + b"data\xff\xff\xff\xff" + data
    )  # fmt: skip


def giant_tag() -> bytes:
    """An ID3 tag that claims 256 MB, and no MP3 behind it."""
    return b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(1000)
