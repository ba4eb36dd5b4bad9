"""Drums and hands for csound: membranes with shell and stick, wires, palms."""

import numpy as np

from training.csound import Note, Take, later, player
from training.csound_bodies import Partial, dense, hiss, hit, lasts, series, strike
from training.dsp import Rng, log_uniform

MEMBRANE = (1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.5, 3.6, 4.06)
KETTLE = (1.0, 1.5, 1.98, 2.44, 2.89, 3.36)
TABLA = (1.0, 2.0, 3.01, 4.02, 5.03)


def skin(rng: Rng, base: float, seconds: float, tilt: float, damping: float = 0.9) -> list[Partial]:
    """A membrane's modes above `base` Hz."""
    return series(rng, base, MEMBRANE, seconds, tilt, damping, 0.015)


def shell(rng: Rng, low: float, high: float, level: float, seconds: float, count: int = 3) -> list[Partial]:
    """A few modes of a drum's shell, between `low` and `high` Hz."""
    return [
        (log_uniform(rng, low, high), level * rng.uniform(0.4, 1), seconds * rng.uniform(0.6, 1.2))
        for _ in range(count)
    ]


def louder(notes: list[Note], level: float) -> list[Note]:
    """The same blow at another level."""
    spots = {"Mode": 5, "Hiss": 5, "Tone": 6}
    return [(*n[: spots[str(n[0])]], float(n[spots[str(n[0])]]) * level, *n[spots[str(n[0])] + 1 :]) for n in notes]


def _taiko(rng: Rng) -> list[Note]:
    base = log_uniform(rng, 48, 110)
    head = strike(
        skin(rng, base, log_uniform(rng, 0.5, 1.6), rng.uniform(0.5, 1.1), 0.7),
        log_uniform(rng, 0.002, 0.006),
        0.25,
        rng.uniform(0.05, 0.25),
        0.08,
    )
    body = strike(shell(rng, 180, 600, 0.25, 0.15), 0.001, 0.2)
    return [*head, *body, hiss(300, log_uniform(rng, 1500, 5000), rng.uniform(0.1, 0.4), 0.001, 0.05)]


@player(50)
def taiko(rng: Rng) -> Take:
    notes = _taiko(rng)
    if rng.random() < 0.35:
        notes = [
            n
            for _ in range(int(rng.integers(3, 6)))
            for n in later(louder(_taiko(rng), rng.uniform(0.6, 1)), rng.uniform(0, 0.03))
        ]
    return hit(notes, ["taiko"], 2.5)


@player(30)
def taiko_rim(rng: Rng) -> Take:
    body = strike(shell(rng, 500, 1800, 1.0, 0.12, 6), 0.0005, 0.3)
    return hit([*body, *louder(strike(skin(rng, 80, 0.4, 0.8), 0.003), 0.25)], ["taiko", "wooden"])


@player(45)
def bass_drum(rng: Rng) -> Take:
    head = strike(
        skin(rng, log_uniform(rng, 34, 60), log_uniform(rng, 1.0, 3.0), rng.uniform(0.9, 1.5), 0.5),
        log_uniform(rng, 0.006, 0.015),
        0.2,
        0.05,
        0.15,
    )
    return hit([*head, hiss(60, log_uniform(rng, 400, 1500), 0.15, 0.002, 0.12)], ["big drum"], 3.0)


@player(35)
def kettle_drum(rng: Rng) -> Take:
    base = log_uniform(rng, 62, 180)
    head = strike(
        series(rng, base, KETTLE, log_uniform(rng, 1.0, 2.8), rng.uniform(0.3, 0.8), 0.4, 0.004),
        log_uniform(rng, 0.002, 0.006),
        0.15,
        0.01,
        0.1,
    )
    thud = strike([(base * 0.85, 0.6, 0.25), (base * 2.2, 0.3, 0.1)], 0.004, 0.3)
    notes = [*head, *thud]
    if rng.random() < 0.2:
        blows = np.cumsum(rng.uniform(0.05, 0.08, 22))
        notes = [n for k, at in enumerate(blows) for n in later(louder(notes, 0.2 + 0.04 * k), at)]
        return hit(notes, ["timpani", "drum roll"], 3.0)
    return hit(notes, ["timpani"], 3.0)


@player(30)
def frame_drum(rng: Rng) -> Take:
    base = log_uniform(rng, 75, 190)
    edge = rng.random() < 0.4
    body = skin(rng, base, log_uniform(rng, 0.25, 0.9), -0.1 if edge else rng.uniform(0.5, 1.0), 0.8)
    notes = strike(body, 0.0006 if edge else 0.003, 0.3, 0.06, 0.05)
    return hit([*notes, hiss(800, 7000, 0.25 if edge else 0.08, 0.001, 0.05)], ["hand drum", "frame drum"])


@player(45)
def djembe(rng: Rng) -> Take:
    stroke = int(rng.integers(3))
    if stroke == 0:
        notes = [
            *strike(skin(rng, log_uniform(rng, 62, 95), log_uniform(rng, 0.3, 0.7), 1.2), 0.004, 0.2, 0.08, 0.06),
            hiss(200, 1500, 0.1, 0.001, 0.04),
        ]
    elif stroke == 1:
        notes = [
            *strike(skin(rng, log_uniform(rng, 230, 380), log_uniform(rng, 0.15, 0.35), 0.6), 0.001, 0.3),
            hiss(500, 5000, 0.12, 0.001, 0.04),
        ]
    else:
        notes = [
            *strike(skin(rng, log_uniform(rng, 380, 620), log_uniform(rng, 0.12, 0.3), -0.2, 0.5), 0.0003, 0.5),
            hiss(1500, 9000, 0.5, 0.0005, 0.06),
        ]
    return hit(notes, ["djembe"])


@player(45)
def conga(rng: Rng) -> Take:
    base = log_uniform(rng, 160, 330)
    stroke = int(rng.integers(3))
    if stroke == 0:
        notes = strike(skin(rng, base, log_uniform(rng, 0.3, 0.7), 0.9), 0.0015, 0.2, 0.03, 0.05)
    elif stroke == 1:
        notes = [
            *strike(skin(rng, base * 1.15, log_uniform(rng, 0.07, 0.15), 0.9), 0.0025, 0.3),
            hiss(300, 2000, 0.08, 0.001, 0.04),
        ]
    else:
        notes = [
            *strike(skin(rng, base * 2, log_uniform(rng, 0.1, 0.25), 0.0, 0.5), 0.0004, 0.4),
            hiss(1200, 8000, 0.35, 0.0005, 0.05),
        ]
    return hit([*notes, *strike(shell(rng, 300, 900, 0.12, 0.08), 0.001)], ["conga"])


@player(35)
def bongo(rng: Rng) -> Take:
    base = log_uniform(rng, 330, 680)
    bright = rng.random() < 0.4
    notes = strike(
        skin(rng, base, log_uniform(rng, 0.1, 0.3), 0.1 if bright else 0.8),
        0.0004 if bright else 0.001,
        0.25,
        0.02,
        0.03,
    )
    return hit([*notes, hiss(1500, 9000, 0.25 if bright else 0.06, 0.0005, 0.03)], ["bongo"])


@player(30)
def tabla_treble(rng: Rng) -> Take:
    base = log_uniform(rng, 240, 420)
    tin = rng.random() < 0.5
    body = series(
        rng,
        base,
        TABLA,
        log_uniform(rng, 0.5, 1.2) if tin else log_uniform(rng, 0.15, 0.5),
        0.5 if tin else -0.1,
        0.6,
        0.004,
    )
    notes = strike(body, 0.0012 if tin else 0.0003, 0.15)
    return hit([*notes, hiss(2000, 9000, 0.05 if tin else 0.25, 0.0005, 0.03)], ["tabla"])


@player(30)
def tabla_bass(rng: Rng) -> Take:
    base = log_uniform(rng, 70, 120)
    up = rng.uniform(1.15, 1.8)
    seconds = log_uniform(rng, 0.4, 1.0)
    notes: list[Note] = [
        ("Tone", 0.0, seconds, base, base * up, seconds * 0.45, 0.8, seconds, 0.003),
        ("Tone", 0.0, seconds, base * 2, base * 2 * up, seconds * 0.45, 0.25, seconds * 0.6, 0.003),
    ]
    return hit([*notes, *strike(skin(rng, base * 1.9, 0.1, 0.7), 0.001, 0.3)], ["bayan", "tabla"])


@player(30)
def cajon(rng: Rng) -> Take:
    if rng.random() < 0.5:
        return hit(
            [
                *strike(skin(rng, log_uniform(rng, 65, 100), log_uniform(rng, 0.15, 0.35), 1.2), 0.004, 0.3),
                hiss(300, 3000, 0.1, 0.001, 0.06),
            ],
            ["cajon", "wooden"],
        )
    body = strike(shell(rng, 250, 1400, 0.7, 0.07, 6), 0.0004, 0.4)
    return hit(
        [*body, hiss(1800, 12000, rng.uniform(0.25, 0.6), 0.001, log_uniform(rng, 0.08, 0.18))], ["cajon", "wooden"]
    )


TOMS = (("low tom", 65, 100, 0.5, 1.3), ("mid tom", 100, 150, 0.4, 1.0), ("high tom", 150, 240, 0.25, 0.7))


@player(70)
def toms(rng: Rng) -> Take:
    word, low, high, short, long = TOMS[rng.integers(3)]
    base = log_uniform(rng, low, high)
    head = strike(
        skin(rng, base, log_uniform(rng, short, long), rng.uniform(0.8, 1.3)),
        log_uniform(rng, 0.0008, 0.002),
        0.15,
        rng.uniform(0.05, 0.2),
        0.07,
    )
    under = strike([(base * rng.uniform(1.05, 1.25), 0.5, 0.35)], 0.002)
    return hit(
        [*head, *under, hiss(1000, log_uniform(rng, 4000, 11000), rng.uniform(0.05, 0.25), 0.0005, 0.04)],
        [word, "acoustic"],
        2.0,
    )


@player(55)
def kicks(rng: Rng) -> Take:
    base = log_uniform(rng, 45, 72)
    head = strike(
        skin(rng, base, log_uniform(rng, 0.18, 0.5), rng.uniform(1.3, 2.0)),
        log_uniform(rng, 0.003, 0.006),
        0.1,
        rng.uniform(0.2, 0.9),
        0.05,
    )
    beater = strike(shell(rng, 1800, 4500, rng.uniform(0.05, 0.3), 0.02), 0.0004, 0.4)
    return hit(
        [*head, *beater, hiss(120, log_uniform(rng, 1500, 6000), rng.uniform(0.1, 0.3), 0.001, 0.05)],
        ["acoustic kick", "acoustic"],
        1.0,
    )


def _snare_head(rng: Rng) -> list[Note]:
    return strike(
        skin(rng, log_uniform(rng, 165, 270), log_uniform(rng, 0.1, 0.3), 0.5),
        log_uniform(rng, 0.0004, 0.0012),
        0.2,
        0.06,
        0.03,
    )


@player(60)
def snares(rng: Rng) -> Take:
    seconds = log_uniform(rng, 0.12, 0.45)
    wires = [
        hiss(rng.uniform(900, 2200), rng.uniform(9000, 15000), rng.uniform(0.4, 1.0), 0.001, seconds, 0.55, 0.5),
        hiss(250, 2500, 0.25, 0.0005, 0.09),
    ]
    notes = [*louder(_snare_head(rng), rng.uniform(0.4, 1.0)), *wires]
    if rng.random() < 0.15:
        notes = [*later(notes, 0.04), *louder(notes, 0.25)]
    return hit(notes, ["acoustic snare", "acoustic"], 0.8)


@player(55)
def rimshots(rng: Rng) -> Take:
    """Rim and head at once (a crack with ringing), or the stick laid across (a dry wooden click)."""
    if rng.random() < 0.45:
        rim = strike(dense(rng, 450, 5500, 12, log_uniform(rng, 0.1, 0.3), 0.2, -0.1), 0.0002, 0.2)
        return hit(
            [*rim, *louder(_snare_head(rng), 0.7), hiss(1500, 12000, 0.5, 0.0005, log_uniform(rng, 0.08, 0.2))],
            ["rimshot", "acoustic"],
        )
    stick = strike(
        series(rng, log_uniform(rng, 600, 1900), (1.0, 1.7, 2.6, 3.9), log_uniform(rng, 0.03, 0.08), 0.1, 0.4, 0.05),
        0.0003,
        0.3,
    )
    return hit([*stick, *louder(strike(skin(rng, 200, 0.06, 0.6), 0.001), 0.2)], ["rimshot", "acoustic"])


@player(50)
def claps(rng: Rng) -> Take:
    """Palms of one or many people: short noises through the cavity between the hands."""
    people = int(rng.choice([1, 2, 6]))
    notes: list[Note] = []
    for _ in range(people):
        centre = log_uniform(rng, 900, 2200)
        at = rng.uniform(0, 0.035) if people > 1 else 0.0
        for k in range(int(rng.integers(1, 4))):
            low, high = centre * 0.6, centre * rng.uniform(2.0, 5.0)
            notes.append(
                (
                    "Hiss",
                    at + 0.009 * k,
                    0.3,
                    low,
                    high,
                    rng.uniform(0.4, 1),
                    0.0008,
                    log_uniform(rng, 0.03, 0.12),
                    0.5,
                    0.3,
                )
            )
    return Take(notes, lasts(notes), ["clap", "acoustic"])


@player(35)
def snaps(rng: Rng) -> Take:
    centre = log_uniform(rng, 1500, 3200)
    body = strike([(centre, 1.0, 0.03), (centre * 1.6, 0.6, 0.02), (centre * 0.55, 0.35, 0.025)], 0.0002, 0.6)
    brush = later([hiss(centre * 0.8, centre * 2, 0.08, 0.012, 0.02)], 0.0)
    return hit(
        [*brush, *later(body, 0.022), *later([hiss(centre * 0.7, centre * 3, 0.3, 0.0005, 0.06)], 0.022)],
        ["finger snap"],
    )


@player(30)
def snare_rolls(rng: Rng) -> Take:
    length, at = rng.uniform(0.8, 2.2), 0.0
    head, seconds, rising = _snare_head(rng), log_uniform(rng, 0.1, 0.2), rng.random() < 0.5
    notes: list[Note] = []
    while at < length:
        level = rng.uniform(0.5, 0.7) * (0.15 + at / length if rising else 1.0)
        blow = [*louder(head, 0.5), hiss(1500, 13000, 0.8, 0.001, seconds, 0.6, 0.4)]
        notes += later(louder(blow, level), at)
        at += rng.uniform(0.045, 0.075)
    return Take(notes, length + 0.15, ["snare roll", "acoustic"])
