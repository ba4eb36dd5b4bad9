"""Chunks and tags, written by hand into files that soundfile made."""

import struct
from pathlib import Path


def chunk(name: str, body: bytes, order: str = "<") -> bytes:
    """A chunk of a RIFF file, or (">") of an AIFF, padded to an even length."""
    return struct.pack(f"{order}4sI", name.encode(), len(body)) + body + b"\0" * (len(body) % 2)


def with_chunks(path: Path, *chunks: tuple[str, bytes]) -> Path:
    """Appends chunks to a WAV or AIFF file."""
    data = path.read_bytes()
    order = ">" if data.startswith(b"FORM") else "<"
    data += b"\0" * (len(data) % 2) + b"".join(chunk(name, body, order) for name, body in chunks)
    path.write_bytes(data[:4] + struct.pack(f"{order}I", len(data) - 8) + data[8:])
    return path


def acid(flags: int = 0, root: int = 60, beats: int = 0, tempo: float = 0.0) -> tuple[str, bytes]:
    """Sony ACID: flags 1 one-shot, 2 root set; 4/4."""
    return "acid", struct.pack("<IHHfIHHf", flags, root, 0x8000, 0.0, beats, 4, 4, tempo)


def smpl(note: int, *loops: tuple[int, int]) -> tuple[str, bytes]:
    """A sampler's chunk with loops from frame to frame."""
    head = struct.pack("<9I", 0, 0, 22_676, note, 0, 0, 0, len(loops), 0)
    return "smpl", head + b"".join(struct.pack("<6I", k, 0, start, end, 0, 0) for k, (start, end) in enumerate(loops))


def basc(beats: int, note: int, scale: int, one_shot: int = 0, unit: int = 4) -> tuple[str, bytes]:
    """Apple Loops: scale 1 minor, 2 major, 3 neither, 4 both."""
    return "basc", struct.pack(">IIHHHHH", 1, beats, note, scale, 4, unit, one_shot) + bytes(66)


def id3(**frames: str) -> bytes:
    """An ID3v2.3 tag of text frames."""
    body = b"".join(_frame(name, text) for name, text in frames.items())
    size = bytes((len(body) + 64 >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + body + bytes(64)


def vorbis_comments(*comments: str) -> bytes:
    """A FLAC metadata block of comments ("BPM=124")."""
    texts = [comment.encode() for comment in comments]
    body = struct.pack("<I", 0) + struct.pack("<I", len(texts)) + b"".join(struct.pack("<I", len(t)) + t for t in texts)
    return b"\x04" + len(body).to_bytes(3, "big") + body


def _frame(name: str, text: str) -> bytes:
    language = b"eng\0" if name == "COMM" else b""
    body = b"\0" + language + text.encode("latin-1")
    return name.encode() + struct.pack(">I2x", len(body)) + body
