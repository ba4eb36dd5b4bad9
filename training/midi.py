"""MIDI files for the programs that play soundfonts."""

import struct
from collections.abc import Iterable

Note = tuple[float, float, int, int]
"""Start and length in seconds, key, velocity."""
Event = tuple[float, bytes]
"""When, in seconds, and a channel's message."""
TICKS = 480
"""A second's: the tempo is set to one beat a second."""


def midi_file(events: Iterable[Event]) -> bytes:
    """One track; of events at the same time the first comes first."""
    track, last = b"\x00\xff\x51\x03" + (1_000_000).to_bytes(3, "big"), 0
    for second, message in sorted(events, key=lambda event: event[0]):
        tick = int(second * TICKS)
        track += _variable(tick - last) + message
        last = tick
    track += b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS) + b"MTrk" + struct.pack(">I", len(track)) + track


def _variable(value: int) -> bytes:
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | (value & 0x7F))
    return bytes(reversed(out))
