"""Other plucked strings for csound, and bowed ones."""

from training.csound import Note, Take, player
from training.csound_chords import strummed, voicing
from training.csound_guitars import string
from training.dsp import Rng, log_uniform
from training.pitch import hertz


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
        ("Sitar", 0.0, length, hertz(note), 1.0, log_uniform(rng, 1.5, 4), log_uniform(rng, 2, 10), bend)
    ]
    if rng.random() < 0.4:
        played += [
            ("Sitar", 0.25 * k, length, hertz(note + float(rng.choice([2, 4, 5, 7]))), 0.8, 2.0, 5.0, bend)
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
            hertz(note),
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
    """One player; `strokes` a second for tremolo, `glide` the ratio that the pitch starts at."""
    vibrato = rng.uniform(0.002, 0.009)
    return (
        "Bow",
        at,
        length,
        hertz(note),
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
