# ruff: noqa: E501  (formulas read better in one row; loops with conditions better as loops)
"""Notes, chords and the waves that play them."""

from typing import Any

import numpy as np

from training.dsp import Rng, Wave, saw, sine, square, triangle

CHORDS: dict[str, tuple[int, ...]] = {
    "major chord": (0, 4, 7), "minor chord": (0, 3, 7), "seventh chord": (0, 4, 7, 10), "minor seventh chord": (0, 3, 7, 10),
    "major seventh chord": (0, 4, 7, 11), "ninth chord": (0, 3, 7, 10, 14), "sus chord": (0, 5, 7), "fifths": (0, 7, 12),
}  # fmt: skip


def chords(*names: str) -> dict[str, tuple[int, ...]]:
    """Some of CHORDS: semitones above the root by name, in the order asked for."""
    return {name: CHORDS[name] for name in names}


def hertz(note: float | np.integer[Any]) -> float:
    """Of a MIDI key."""
    return float(440 * 2 ** ((note - 69) / 12))


def wave(rng: Rng) -> Wave:
    """Mostly a sawtooth."""
    waves: tuple[Wave, ...] = (saw, square, triangle, sine)
    return waves[rng.choice(4, p=[0.45, 0.3, 0.15, 0.1])]


def chord_notes(rng: Rng, low: int = 45, high: int = 66) -> tuple[list[float], str]:
    """The notes of a chord in Hz, its root a MIDI key from `low` up to `high`, and its name."""
    name = str(rng.choice(list(CHORDS)))
    root = rng.integers(low, high)
    return [hertz(root + k) for k in CHORDS[name]], name
