# ruff: noqa: E501  (tables read better in one row)
"""What instruments play besides single notes: strums, power chords, stabs, progressions, broken chords, bass lines, slides."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.dsp import Rng
from training.midi import Note
from training.pitch import chords


@dataclass(frozen=True, slots=True)
class Figure:
    """A glide goes `glide` semitones up (down below 0) in `glide_seconds` to every note's pitch."""

    notes: list[Note]
    seconds: float
    words: list[str]
    glide: float = 0.0
    glide_seconds: float = 0.0


CHORDS = chords("major chord", "minor chord", "seventh chord", "minor seventh chord")
SHAPES = {
    "major chord": ((0, 7, 12, 16, 19, 24), (0, 7, 12, 16, 19), (0, 7, 12, 16)),
    "minor chord": ((0, 7, 12, 15, 19, 24), (0, 7, 12, 15, 19), (0, 7, 12, 15)),
    "seventh chord": ((0, 7, 10, 16, 19, 24), (0, 7, 10, 16, 19)),
    "minor seventh chord": ((0, 7, 10, 15, 19, 24), (0, 7, 10, 15, 19)),
}  # fmt: skip
"""A guitar's strings above the root: E forms with six, A forms with five, D forms with four."""
PROGRESSIONS = ((0, 5, 7, 0), (0, 9, 5, 7), (0, 7, 9, 5), (0, 8, 3, 10), (0, 3, 5, 0), (0, 10, 8, 10))
SCALES = ((0, 3, 5, 7, 10, 12), (0, 2, 4, 7, 9, 12), (0, 2, 3, 5, 7, 8, 10, 12))


def _strum(rng: Rng, keys: list[int], start: float, length: float) -> list[Note]:
    """One stroke down or up; the strings sound one after another."""
    gap, force = rng.uniform(0.006, 0.035), int(rng.integers(70, 115))
    order = keys if rng.random() < 0.65 else keys[::-1]
    return [(start + i * gap, length - i * gap, k, force + int(rng.integers(-10, 10))) for i, k in enumerate(order)]


def _shape(rng: Rng) -> tuple[str, list[int]]:
    name = str(rng.choice(list(SHAPES), p=[0.4, 0.35, 0.12, 0.13]))
    forms = SHAPES[name]
    root = int(rng.integers(40, 52))
    return name, [root + k for k in forms[int(rng.integers(len(forms)))]]


def strummed(rng: Rng) -> Figure:
    name, keys = _shape(rng)
    length = rng.uniform(0.4, 2.6)
    return Figure(_strum(rng, keys, 0, length), length + 0.7, ["guitar chord", "strummed", "chord", name])


def strum_pattern(rng: Rng) -> Figure:
    """Eighths and quarters on one or two chords."""
    name, keys = _shape(rng)
    other = [k + int(rng.choice([-2, 5, 7])) for k in keys]
    beat = 60 / rng.uniform(85, 150) / 2
    hits = [k for k in range(int(3.4 / beat)) if k % 4 == 0 or rng.random() < 0.55]
    ends = [*hits[1:], int(3.4 / beat)]
    moves = rng.random() < 0.6
    notes = []
    for k, end in zip(hits, ends, strict=True):
        notes += _strum(rng, other if moves and k * beat > 1.6 else keys, k * beat, (end - k) * beat * 0.95)
    words = ["guitar loop", "loop", "guitar chord", "strummed", *(["chord progression"] if moves else [name])]
    return Figure(notes, 3.6, words)


def picked(rng: Rng) -> Figure:
    """A chord's strings one by one, ringing on."""
    _, keys = _shape(rng)
    beat = 60 / rng.uniform(80, 140) / 2
    order = [0, 2, 3, 1, 3, 2] if rng.random() < 0.5 else [0, 1, 2, 3, 2, 1]
    notes = [(i * beat, beat * 3, keys[order[i % 6]], int(rng.integers(70, 100))) for i in range(int(3.2 / beat))]
    return Figure(notes, 3.8, ["guitar loop", "loop", "broken chords", "fingerpicked"])


def _power(root: int, start: float, length: float, velocity: int) -> list[Note]:
    return [(start + 0.004 * i, length, root + k, velocity) for i, k in enumerate((0, 7, 12))]


def power_chord(rng: Rng) -> Figure:
    length = rng.uniform(0.2, 2.4)
    return Figure(_power(int(rng.integers(40, 54)), 0, length, 115), length + 0.4, ["power chord", "fifths", "chord"])


def power_riff(rng: Rng) -> Figure:
    beat = 60 / rng.uniform(100, 170) / 2
    root, notes = int(rng.integers(40, 46)), []
    for k in range(int(3.4 / beat)):
        if k % 4 == 0 or rng.random() < 0.7:
            notes += _power(root + int(rng.choice([0, 0, 0, 3, 5, 7, 10])), k * beat, beat * 0.9, 110)
    return Figure(notes, 3.6, ["guitar riff", "power chord", "loop"])


def riff(rng: Rng) -> Figure:
    """A single-note line of a few pitches, played twice."""
    beat = 60 / rng.uniform(90, 160) / 2
    root, scale = int(rng.integers(45, 60)), SCALES[0]
    steps = int(1.7 / beat)
    line = [(k, root + int(rng.choice(scale))) for k in range(steps) if rng.random() < 0.8] or [(0, root)]
    notes = [((k + turn * steps) * beat, beat * 0.9, key, 100) for turn in (0, 1) for k, key in line]
    return Figure(notes, 2 * steps * beat + 0.2, ["guitar riff", "melody", "loop"])


def slide(rng: Rng) -> Figure:
    length = rng.uniform(0.7, 2.0)
    glide = float(rng.choice([12, 7, 5, 4, 3, 2, -4, -5, -7]))
    key = int(rng.integers(48, 70))
    return Figure([(0.0, length, key, 105)], length + 0.4, ["guitar slide"], glide, rng.uniform(0.12, 0.45))


def octave_bass(rng: Rng) -> Figure:
    beat = 60 / rng.uniform(95, 140) / 2
    moves, root = PROGRESSIONS[int(rng.integers(len(PROGRESSIONS)))], int(rng.integers(28, 38))
    steps = int(3.6 / beat)
    roots = [root + (moves[(4 * k // steps)] + 5) % 12 - 5 for k in range(steps)]
    notes = [(k * beat, beat * 0.8, r + 12 * (k % 2), 105) for k, r in enumerate(roots)]
    return Figure(notes, steps * beat + 0.1, ["octave bassline", "bass loop", "loop"])


def bass_riff(rng: Rng) -> Figure:
    beat = 60 / rng.uniform(80, 140) / 4
    root, steps = int(rng.integers(28, 40)), int(1.8 / beat)
    hits = [0, *[k for k in range(1, steps) if rng.random() < 0.4]]
    line = [(k, root + (0 if k == 0 else int(rng.choice([0, 0, 3, 5, 7, 10, 12])))) for k in hits]
    length = beat * rng.uniform(0.8, 1.8)
    notes = [((k + turn * steps) * beat, length, key, 105) for turn in (0, 1) for k, key in line]
    return Figure(notes, 2 * steps * beat + 0.2, ["bass loop", "loop"])


def bass_slide(rng: Rng) -> Figure:
    length = rng.uniform(0.6, 1.6)
    glide = float(rng.choice([-12, -7, -5, 5, 7, 12]))
    return Figure([(0.0, length, int(rng.integers(28, 45)), 110)], length + 0.3, ["bass slide"], glide, rng.uniform(0.15, 0.5))  # fmt: skip


def _voiced(rng: Rng, root: int) -> tuple[str, list[int]]:
    name = str(rng.choice(list(CHORDS)))
    low = [root - 12] if rng.random() < 0.4 else []
    return name, [*low, *(root + k for k in CHORDS[name])]


def chord(rng: Rng) -> Figure:
    name, keys = _voiced(rng, int(rng.integers(48, 67)))
    length, velocity = rng.uniform(0.6, 2.6), int(rng.integers(65, 115))
    return Figure([(0.0, length, k, velocity) for k in keys], length + 0.9, ["chord", name])


def stab(rng: Rng) -> Figure:
    name, keys = _voiced(rng, int(rng.integers(50, 68)))
    length = rng.uniform(0.08, 0.3)
    return Figure([(0.0, length, k, 120) for k in keys], length + 0.6, ["stab", "chord", name])


def progression(rng: Rng) -> Figure:
    beat, root = rng.uniform(0.55, 0.95), int(rng.integers(50, 62))
    moves = PROGRESSIONS[int(rng.integers(len(PROGRESSIONS)))]
    _, keys = _voiced(rng, 0)
    again = int(rng.choice([1, 1, 2]))
    notes = []
    for k in range(4 * again):
        shift = root + (moves[k // again] + 5) % 12 - 5
        notes += [(k * beat / again, beat / again * 0.92, shift + key, 95) for key in keys]
    return Figure(notes, 4 * beat + 0.2, ["chord progression", "chord", "loop"])


def broken(rng: Rng) -> Figure:
    """A chord's notes up and down."""
    name, keys = _voiced(rng, int(rng.integers(48, 66)))
    keys = [*keys, keys[-3] + 12] + ([k + 12 for k in keys] if rng.random() < 0.4 else [])
    run = keys + (keys[-2:0:-1] if rng.random() < 0.6 else [])
    beat = 60 / rng.uniform(90, 150) / float(rng.choice([2, 4]))
    notes = [(k * beat, beat * 0.95, run[k % len(run)], 95) for k in range(int(3.2 / beat))]
    return Figure(notes, 3.6, ["broken chords", name, "loop"])


Maker = Callable[[Rng], Figure]
BY_ROLE: dict[str, tuple[tuple[Maker, float], ...]] = {
    "guitar": ((strummed, 5), (strum_pattern, 3), (picked, 2), (riff, 1), (slide, 1)),
    "distorted guitar": ((power_chord, 5), (power_riff, 3), (riff, 2), (slide, 2), (strummed, 1)),
    "bass": ((octave_bass, 2), (bass_riff, 3), (bass_slide, 1)),
    "keys": ((chord, 3), (stab, 2), (progression, 2), (broken, 2)),
    "synth": ((chord, 2), (stab, 3), (broken, 2), (progression, 1)),
    "pad": ((chord, 3), (progression, 2)),
    "strings": ((chord, 3), (stab, 3), (progression, 2)),
    "brass": ((stab, 4), (chord, 2), (progression, 1)),
    "choir": ((chord, 3), (progression, 1)),
    "pluck": ((chord, 1), (broken, 2)),
}  # fmt: skip
"""What an instrument of each role plays, and how often."""


def figure(rng: Rng, role: str) -> Figure:
    """One of the figures that an instrument of `role` plays."""
    makers = BY_ROLE[role]
    weights = np.array([weight for _, weight in makers])
    return makers[rng.choice(len(makers), p=weights / weights.sum())][0](rng)


def named(role: str, words: list[str]) -> list[str]:
    """The figure's words as `role` has them: a stab of brass is a brass stab, a synthesizer's broken chord an arpeggio."""
    own = {"brass": {"stab": "brass stab"}, "strings": {"stab": "string stab"}, "synth": {"stab": "chord stab", "broken chords": "arpeggio"}}  # fmt: skip
    return [own.get(role, {}).get(word, word) for word in words]
