"""Plucked strings for csound, and the guitars and bass guitars that have them."""

import numpy as np

from training.csound import Note, Take, player
from training.csound_chords import strummed, voicing
from training.dsp import Rng, log_uniform
from training.pitch import hertz


def string(
    rng: Rng,
    at: float,
    note: float,
    length: float,
    timbre: tuple[float, float, float],
    bend: tuple[float, float, float] = (1.0, 0.01, 0.01),
    vibrato: float = 0.0,
) -> Note:
    """`timbre`: where it is picked, seconds to -60 dB, brightness in Hz; `bend`: ratio, when, how long."""
    where, seconds, bright = timbre
    return ("String", at, length, hertz(note), rng.uniform(0.7, 1.0), where, seconds, bright, *bend, vibrato)


NYLON = ((0.15, 0.4), (1.0, 2.5), (1800, 4500))
STEEL = ((0.08, 0.25), (2.0, 5.0), (4500, 12000))
CLEAN = ((0.06, 0.3), (2.0, 6.0), (2500, 7000))
"""Ranges of `timbre`."""


def timbre(rng: Rng, kind: tuple[tuple[float, float], ...]) -> tuple[float, float, float]:
    """What `string` wants, drawn from the ranges of a kind of strings."""
    return rng.uniform(*kind[0]), log_uniform(rng, *kind[1]), log_uniform(rng, *kind[2])


def box(rng: Rng) -> Note:
    """An acoustic guitar's body."""
    return ("Wood", rng.uniform(90, 125), rng.uniform(180, 240), log_uniform(rng, 5000, 13000), rng.uniform(3, 9))


def amp(rng: Rng, low: float, high: float) -> Note:
    """A distorting amplifier, driven by `low` to `high`."""
    return ("Amp", log_uniform(rng, low, high), log_uniform(rng, 3200, 6000), log_uniform(rng, 60, 200))


def clean(rng: Rng) -> Note:
    """A chorus, or an amplifier that hardly distorts."""
    if rng.random() < 0.4:
        return ("Chorus", rng.uniform(0.2, 1.2), rng.uniform(0.2, 0.7), rng.uniform(0.2, 0.6))
    return ("Amp", log_uniform(rng, 0.3, 1.0), log_uniform(rng, 3500, 7000), 70)


@player(55)
def acoustic_notes(rng: Rng) -> Take:
    kind = NYLON if rng.random() < 0.5 else STEEL
    length = log_uniform(rng, 0.5, 2.5)
    return Take(
        [string(rng, 0.0, float(rng.integers(40, 77)), length, timbre(rng, kind))],
        length,
        ["acoustic guitar", "acoustic"],
        box(rng),
    )


@player(95)
def acoustic_strums(rng: Rng) -> Take:
    kind = timbre(rng, NYLON if rng.random() < 0.35 else STEEL)
    notes, mood = voicing(rng, 40, 53, int(rng.integers(4, 7)))
    length = log_uniform(rng, 0.6, 2.8)
    if rng.random() < 0.2:
        kind = (kind[0], 0.18, kind[2])
        length = 0.3
    played = [string(rng, at, n, length, kind) for at, n in strummed(rng, notes)]
    return Take(played, length, ["acoustic guitar", "guitar chord", "strummed", "chord", "acoustic", *mood], box(rng))


@player(50)
def rhythm_strums(rng: Rng) -> Take:
    """A bar or two of strumming: down and up strokes, some damped."""
    kind = timbre(rng, NYLON if rng.random() < 0.3 else STEEL)
    electric = rng.random() < 0.3
    step = 60 / rng.uniform(75, 150) / 2
    notes, mood = voicing(rng, 40, 53, int(rng.integers(4, 7)))
    played: list[Note] = []
    for k in range(8):
        if k and rng.random() < 0.25:
            continue
        muted = rng.random() < 0.15
        order = notes if k % 2 == 0 else notes[:1:-1]
        gap = rng.uniform(0.005, 0.014)
        sound = (kind[0], 0.1, kind[2]) if muted else kind
        played += [
            string(rng, k * step + i * gap, n, 0.15 if muted else step * 1.9, sound) for i, n in enumerate(order)
        ]
    words = ["electric guitar", "clean guitar"] if electric else ["acoustic guitar", "acoustic"]
    return Take(
        played,
        8 * step + 0.3,
        [*words, "guitar loop", "strummed", "chord", *mood],
        clean(rng) if electric else box(rng),
    )


@player(45)
def fingerpicking(rng: Rng) -> Take:
    kind = timbre(rng, NYLON if rng.random() < 0.6 else STEEL)
    notes, mood = voicing(rng, 40, 53, 5)
    step = 60 / rng.uniform(70, 130) / rng.choice([2, 4])
    played = [
        string(rng, k * step, notes[0 if k % 4 == 0 else int(rng.integers(1, 5))], step * 5, kind)
        for k in range(int(rng.integers(6, 17)))
    ]
    return Take(
        played,
        len(played) * step + 0.4,
        ["acoustic guitar", "acoustic", "guitar riff", "broken chords", *mood],
        box(rng),
    )


@player(50)
def electric_notes(rng: Rng) -> Take:
    length = log_uniform(rng, 0.5, 2.5)
    muted = rng.random() < 0.2
    kind = timbre(rng, CLEAN)
    sound = (kind[0], 0.22, kind[2]) if muted else kind
    played = [string(rng, 0.0, float(rng.integers(40, 81)), length, sound, vibrato=rng.choice([0, 0.004]))]
    return Take(
        played,
        min(length, 0.4) if muted else length,
        ["electric guitar", "clean guitar", *(["palm-muted guitar"] if muted else [])],
        clean(rng),
    )


@player(50)
def electric_chords(rng: Rng) -> Take:
    notes, mood = voicing(rng, 43, 57, int(rng.integers(4, 7)))
    length = log_uniform(rng, 0.25, 2.5)
    kind = timbre(rng, CLEAN)
    return Take(
        [string(rng, at, n, length, kind) for at, n in strummed(rng, notes)],
        length,
        ["electric guitar", "clean guitar", "guitar chord", "chord", *mood],
        clean(rng),
    )


@player(75)
def power_chords(rng: Rng) -> Take:
    root = float(rng.integers(28 if rng.random() < 0.2 else 36, 53))
    kind = timbre(rng, CLEAN)
    muted = rng.random() < 0.25
    length = 0.28 if muted else log_uniform(rng, 0.5, 2.6)
    kind = (kind[0], 0.2 if muted else 6.0, kind[2])
    gap = rng.uniform(0, 0.012)
    played = [string(rng, k * gap, root + n, length, kind) for k, n in enumerate((0, 7, 12))]
    return Take(
        played, length, ["power chord", "distorted guitar", *(["palm-muted guitar"] if muted else [])], amp(rng, 8, 80)
    )


@player(35)
def power_riffs(rng: Rng) -> Take:
    root, step = float(rng.integers(33, 46)), 60 / rng.uniform(90, 180) / 2
    kind = timbre(rng, CLEAN)
    played: list[Note] = []
    for k in range(8):
        muted = rng.random() < 0.5
        note = root + float(rng.choice([0, 0, 0, 3, 5, 7, -2]))
        sound = (kind[0], 0.16 if muted else 5.0, kind[2])
        played += [string(rng, k * step, note + n, step * 0.97, sound) for n in (0, 7, 12)]
    return Take(played, 8 * step, ["guitar riff", "distorted guitar", "guitar loop"], amp(rng, 8, 60))


@player(50)
def distorted_leads(rng: Rng) -> Take:
    length = log_uniform(rng, 0.8, 2.6)
    kind = (rng.uniform(0.05, 0.2), 8.0, log_uniform(rng, 3000, 8000))
    bend, words = (1.0, 0.01, 0.01), []
    if rng.random() < 0.4:
        bend = (2 ** (rng.choice([1, 2, 2, 3]) / 12), rng.uniform(0.05, 0.3), rng.uniform(0.1, 0.35))
        words = ["guitar slide"]
    played = [string(rng, 0.0, float(rng.integers(50, 84)), length, kind, bend, rng.choice([0.0, 0.008]))]
    return Take(played, length, ["distorted guitar", *words], amp(rng, 10, 120))


@player(55)
def slides(rng: Rng) -> Take:
    """A bar slides over the strings, or a finger bends one."""
    length = log_uniform(rng, 0.7, 2.4)
    steps = float(rng.choice([-12, -7, -5, -3, -2, 2, 3, 4, 5, 7, 12]))
    bend = (2 ** (steps / 12), rng.uniform(0.05, 0.4), log_uniform(rng, 0.12, 0.7))
    electric = rng.random() < 0.5
    kind = (rng.uniform(0.08, 0.3), log_uniform(rng, 2.5, 6), log_uniform(rng, 2500, 9000))
    root = float(rng.integers(45, 72))
    notes = [root, *([root + 4, root + 7] if rng.random() < 0.25 else [])]
    played = [string(rng, 0.006 * k, n, length, kind, bend, 0.006) for k, n in enumerate(notes)]
    words = ["electric guitar"] if electric else ["acoustic guitar", "acoustic"]
    return Take(played, length, ["guitar slide", *words], clean(rng) if electric else box(rng))


@player(45)
def harmonics(rng: Rng) -> Take:
    length = log_uniform(rng, 1.0, 2.8)
    opened = [40, 45, 50, 55, 59, 64]
    chosen = rng.permutation(opened)[: int(rng.choice([1, 1, 2, 4]))]
    ratio = float(rng.choice([2, 3, 4]))
    gap = rng.uniform(0.01, 0.2)
    played: list[Note] = []
    for k, n in enumerate(chosen):
        note = float(n) + 12 * np.log2(ratio)
        played += [string(rng, k * gap, note, length, (0.5, log_uniform(rng, 2, 4), log_uniform(rng, 900, 2500)))]
    electric = rng.random() < 0.5
    words = ["electric guitar", "clean guitar"] if electric else ["acoustic guitar", "acoustic"]
    return Take(played, length, ["guitar harmonics", *words], clean(rng) if electric else box(rng))


@player(45)
def bass_guitars(rng: Rng) -> Take:
    length = log_uniform(rng, 0.35, 2.0)
    slap = rng.random() < 0.3
    kind = (
        rng.uniform(0.03, 0.1) if slap else rng.uniform(0.15, 0.4),
        log_uniform(rng, 1.0, 4.0),
        log_uniform(rng, 5000, 11000) if slap else log_uniform(rng, 600, 2200),
    )
    bend = (2 ** (rng.choice([-5, 5, 7, 12]) / 12), 0.15, 0.2) if rng.random() < 0.15 else (1.0, 0.01, 0.01)
    return Take(
        [string(rng, 0.0, float(rng.integers(28, 48)), length, kind, bend)],
        length,
        ["slap bass" if slap else "bass guitar"],
        ("Amp", log_uniform(rng, 0.5, 2.0), 5000, 30),
    )
