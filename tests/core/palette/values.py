"""Traits and members for tests, everything at a plain default."""

from dataclasses import replace
from typing import Any

import numpy as np

from soundpalette.core.palette import Member
from soundpalette.core.types import Fact, Traits

SUB, LOW, MID, HIGH = np.eye(4).tolist()
PLAIN = Traits(
    kind=Fact("one-shot", "sound", 0.9),
    bpm=None,
    beats=None,
    key=None,
    root=None,
    role=None,
    genre=None,
    tags=(),
    loudness_lufs=-14.0,
    peak_db=-3.0,
    brightness_hz=1000.0,
    attack_seconds=0.01,
    decay_seconds=0.3,
    noisiness=0.1,
    width=0.0,
    bands=(0.25, 0.25, 0.25, 0.25),
)


def traits(bpm: float = 0, key: str = "", root: str = "", role: str = "", **others: Any) -> Traits:
    """A sound with these facts, each told by its name; a tempo makes it a loop."""
    return replace(
        PLAIN,
        kind=Fact("loop" if bpm else "one-shot", "name", 0.9),
        bpm=Fact(bpm, "name", 0.9) if bpm else None,
        key=Fact(key, "name", 0.9) if key else None,
        root=Fact(root, "name", 0.9) if root else None,
        role=Fact(role, "name", 0.9) if role else None,
        **others,
    )


def member(name: str, sound: Traits = PLAIN, angle: float = 0.0, seconds: float = 1.0) -> Member:
    """A member whose vector lies at `angle` degrees in a plane: two vectors' cosine is that of their difference."""
    radians = np.radians(angle)
    return Member(name, np.array([np.cos(radians), np.sin(radians)], np.float32), seconds, sound)
