# ruff: noqa: E501  (tables and formulas read better in one row)
"""Chords as the players of csound lay them, and how they strum them."""

from training.dsp import Rng, log_uniform

CHORDS: dict[str, tuple[int, ...]] = {
    "major chord": (0, 4, 7), "minor chord": (0, 3, 7), "dominant seventh": (0, 4, 7, 10), "minor seventh chord": (0, 3, 7, 10),
    "major seventh chord": (0, 4, 7, 11), "suspended chord": (0, 5, 7), "ninth": (0, 2, 4, 7),
}  # fmt: skip
MOODS = {
    "major chord": ["major chord"],
    "major seventh chord": ["major chord"],
    "minor chord": ["minor chord"],
    "minor seventh chord": ["minor chord"],
}
"""The words of those chords that have some."""


def voicing(rng: Rng, low: int, high: int, strings: int) -> tuple[list[float], list[str]]:
    """A chord spread over `strings` strings as a guitarist does: root and fifth first, then the rest upward."""
    name = str(rng.choice(list(CHORDS)))
    root = int(rng.integers(low, high))
    tones = [root + 12 * octave + step for octave in range(4) for step in CHORDS[name]]
    shape = [root, *[t for t in tones if t >= root + 7]]
    return [float(n) for n in shape[:strings]], MOODS.get(name, [])


def strummed(rng: Rng, notes: list[float]) -> list[tuple[float, float]]:
    """(seconds, note): strings one after another, down or up, within 8 to 90 ms."""
    order = notes if rng.random() < 0.7 else notes[::-1]
    gap = log_uniform(rng, 0.008, 0.09) / max(1, len(notes) - 1) * rng.uniform(0.6, 1.6)
    return [(k * gap * rng.uniform(0.85, 1.15), n) for k, n in enumerate(order)]
