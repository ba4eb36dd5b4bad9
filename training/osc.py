"""Open Sound Control: the messages that scsynth and ZynAddSubFX understand."""

import struct


def message(address: str, *values: str | int | float | bytes) -> bytes:
    """One message: integers as int32, floats as float32, strings, and bytes as blobs."""
    kinds, body = ",", b""
    for value in values:
        if isinstance(value, str):
            kinds, body = kinds + "s", body + _padded(value.encode())
        elif isinstance(value, bytes):
            kinds, body = kinds + "b", body + struct.pack(">i", len(value)) + value + b"\0" * (-len(value) % 4)
        elif isinstance(value, int):
            kinds, body = kinds + "i", body + struct.pack(">i", value)
        else:
            kinds, body = kinds + "f", body + struct.pack(">f", value)
    return _padded(address.encode()) + _padded(kinds.encode()) + body


def bundle(second: float, content: bytes) -> bytes:
    """A message and its time, with the length before them that a score's file wants."""
    inside = b"#bundle\0" + struct.pack(">Q", int(second * 2**32)) + struct.pack(">i", len(content)) + content
    return struct.pack(">i", len(inside)) + inside


def _padded(text: bytes) -> bytes:
    """Ended by one to four zeros, at a multiple of four bytes."""
    return text + b"\0" * (4 - len(text) % 4)
