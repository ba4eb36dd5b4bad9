# ruff: noqa: E501  (tables and formulas read better in one row)
"""Plucked, strummed, slid and bowed strings for csound."""

import numpy as np

from training.csound import Note, Take, player
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


def hz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


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
    return ("String", at, length, hz(note), rng.uniform(0.7, 1.0), where, seconds, bright, *bend, vibrato)


NYLON = ((0.15, 0.4), (1.0, 2.5), (1800, 4500))


STEEL = ((0.08, 0.25), (2.0, 5.0), (4500, 12000))


CLEAN = ((0.06, 0.3), (2.0, 6.0), (2500, 7000))


def timbre(rng: Rng, kind: tuple[tuple[float, float], ...]) -> tuple[float, float, float]:
    return rng.uniform(*kind[0]), log_uniform(rng, *kind[1]), log_uniform(rng, *kind[2])


def box(rng: Rng) -> Note:
    return ("Wood", rng.uniform(90, 125), rng.uniform(180, 240), log_uniform(rng, 5000, 13000), rng.uniform(3, 9))


def amp(rng: Rng, low: float, high: float) -> Note:
    return ("Amp", log_uniform(rng, low, high), log_uniform(rng, 3200, 6000), log_uniform(rng, 60, 200))


def clean(rng: Rng) -> Note:
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


@player(30)
def upright_bass(rng: Rng) -> Take:
    length = log_uniform(rng, 0.4, 1.5)
    kind = (rng.uniform(0.25, 0.5), log_uniform(rng, 0.5, 1.4), log_uniform(rng, 500, 1500))
    played = [string(rng, 0.0, float(rng.integers(28, 50)), length, kind)]
    return Take(
        played,
        length,
        ["upright bass", "acoustic"],
        ("Wood", rng.uniform(60, 90), rng.uniform(110, 180), log_uniform(rng, 1500, 4000), 6.0),
    )


@player(50)
def harps(rng: Rng) -> Take:
    kind = (rng.uniform(0.2, 0.5), log_uniform(rng, 1.5, 3.0), log_uniform(rng, 2000, 5000))
    form = int(rng.integers(3))
    root = int(rng.integers(40, 76))
    if form == 0:
        return Take([string(rng, 0.0, float(root + 6), 2.2, kind)], 2.0, ["harp"], ("Wood", 150.0, 320.0, 8000, 3.0))
    scale = [root + 12 * o + s for o in range(3) for s in ((0, 2, 4, 5, 7, 9, 11) if form == 1 else (0, 4, 7))]
    order = scale if rng.random() < 0.7 else scale[::-1]
    gap = rng.uniform(0.03, 0.09) if form == 1 else rng.uniform(0.07, 0.16)
    played = [string(rng, k * gap, float(n), 2.0, kind) for k, n in enumerate(order)]
    return Take(
        played,
        len(order) * gap + 1.0,
        ["harp", "harp glissando" if form == 1 else "broken chords"],
        ("Wood", 150.0, 320.0, 8000, 3.0),
    )


@player(35)
def mandolins(rng: Rng) -> Take:
    """Pairs of steel strings; one stroke, a chord, or tremolo picking."""
    kind = (rng.uniform(0.06, 0.15), log_uniform(rng, 0.6, 1.5), log_uniform(rng, 5000, 10000))
    form = int(rng.integers(3))
    note = float(rng.integers(55, 86))
    hits = [(0.0, note)] if form == 0 else [(k / rng.uniform(10, 14), note) for k in range(18)]
    mood: list[str] = []
    if form == 1:
        notes, mood = voicing(rng, 55, 67, 4)
        hits, mood = strummed(rng, notes), ["chord", "strummed", *mood]
    played = [string(rng, at + d, n + d * 12, 1.2, kind) for at, n in hits for d in (0.0, 0.004)]
    return Take(
        played,
        max(at for at, _ in hits) + 0.8,
        ["mandolin", *mood],
        ("Wood", 190.0, 400.0, 12000, 6.0),
    )


@player(35)
def banjos(rng: Rng) -> Take:
    kind = (rng.uniform(0.05, 0.12), log_uniform(rng, 0.35, 0.9), log_uniform(rng, 6000, 12000))
    notes, _ = voicing(rng, 50, 62, 4)
    hits = (
        [(0.0, notes[0])]
        if rng.random() < 0.4
        else [(k * 0.12, notes[int(rng.integers(len(notes)))]) for k in range(int(rng.integers(4, 13)))]
    )
    if rng.random() < 0.25:
        hits = strummed(rng, notes)
    played = [string(rng, at, n, 1.0, kind) for at, n in hits]
    return Take(
        played, hits[-1][0] + 0.8, ["banjo"], ("Wood", rng.uniform(350, 500), rng.uniform(700, 1000), 9000, 12.0)
    )


@player(35)
def sitars(rng: Rng) -> Take:
    length = log_uniform(rng, 1.0, 2.8)
    note = float(rng.integers(45, 70))
    bend = 2 ** (float(rng.choice([-2, -1, 0, 0, 1])) / 12)
    played: list[Note] = [
        ("Sitar", 0.0, length, hz(note), 1.0, log_uniform(rng, 1.5, 4), log_uniform(rng, 2, 10), bend)
    ]
    if rng.random() < 0.4:
        played += [
            ("Sitar", 0.25 * k, length, hz(note + float(rng.choice([2, 4, 5, 7]))), 0.8, 2.0, 5.0, bend)
            for k in (1, 2, 3)
        ]
    return Take(played, length, ["sitar"], ("Wood", 110.0, 260.0, 9000, 4.0))


@player(30)
def kotos(rng: Rng) -> Take:
    kind = (rng.uniform(0.06, 0.15), log_uniform(rng, 0.8, 2.0), log_uniform(rng, 3500, 8000))
    note = float(rng.integers(50, 82))
    bend = (2 ** (rng.choice([0, 0, 1, 2]) / 12), 0.08, 0.15)
    return Take([string(rng, 0.0, note, 1.8, kind, bend)], 1.6, ["koto"], ("Wood", 140.0, 330.0, 7000, 6.0))


@player(30)
def prepared_pianos(rng: Rng) -> Take:
    seconds = log_uniform(rng, 0.5, 2.5)
    note = float(rng.integers(36, 66))
    played: list[Note] = [
        (
            "Prepared",
            0.0,
            seconds,
            hz(note),
            seconds,
            rng.uniform(1, 20),
            rng.uniform(0.3, 0.9),
            rng.uniform(0.2, 0.9),
            log_uniform(rng, 100, 3000),
        )
    ]
    return Take(played, seconds, ["prepared piano"])


BOWED = {
    "violin": (55, 88, 280, 460),
    "viola": (48, 76, 220, 400),
    "cello": (36, 64, 110, 230),
    "upright bass": (28, 45, 70, 140),
}


def bowed(
    rng: Rng, at: float, note: float, length: float, attack: float, strokes: float = 0.0, glide: float = 1.0
) -> Note:
    vibrato = rng.uniform(0.002, 0.009)
    return (
        "Bow",
        at,
        length,
        hz(note),
        rng.uniform(0.7, 1),
        rng.uniform(2.5, 4.2),
        rng.uniform(0.09, 0.18),
        attack,
        min(0.2, length * 0.2),
        rng.uniform(4.5, 6),
        vibrato,
        strokes,
        glide,
    )


@player(70)
def solo_strings(rng: Rng) -> Take:
    name = str(rng.choice(list(BOWED), p=[0.4, 0.15, 0.35, 0.1]))
    low, high, first, second = BOWED[name]
    length = log_uniform(rng, 0.3, 2.8)
    glide = 2 ** (rng.choice([0, 0, 0, -1, -2]) / 12)
    played = [
        bowed(rng, 0.0, float(rng.integers(low, high)), length, min(rng.uniform(0.04, 0.3), length * 0.3), glide=glide)
    ]
    words = ["upright bass"] if name == "upright bass" else [name]
    return Take(played, length, words, ("Wood", first, second, log_uniform(rng, 4000, 10000), rng.uniform(4, 9)))


@player(70)
def sections(rng: Rng) -> Take:
    """Many players, none quite together: chords that swell, tremolo, or short strokes."""
    form = str(rng.choice(["long", "tremolo", "short"], p=[0.55, 0.25, 0.2]))
    length = rng.uniform(0.3, 0.5) if form == "short" else rng.uniform(1.3, 3.0)
    notes, mood = voicing(rng, 43, 60, int(rng.integers(1, 5)))
    attack = 0.05 if form == "short" else 0.08 if form == "tremolo" else rng.uniform(0.2, 0.8)
    played = [
        bowed(
            rng,
            rng.uniform(0, 0.04),
            n + rng.normal(0, 0.07),
            length,
            attack,
            rng.uniform(10, 14) if form == "tremolo" else 0.0,
        )
        for n in notes
        for _ in range(3)
    ]
    words = {
        "long": ["string ensemble"],
        "tremolo": ["string ensemble", "tremolo strings"],
        "short": ["string ensemble"],
    }[form]
    return Take(
        played,
        length,
        [*words, *(["chord", *mood] if len(notes) > 1 else [])],
        ("Wood", 240.0, 430.0, log_uniform(rng, 4000, 9000), 4.0),
    )
