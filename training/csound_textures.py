# ruff: noqa: E501  (tables and formulas read better in one row)
"""Drones, weather, machines and effects for csound."""

import numpy as np

from training.csound import Note, Take, player
from training.csound_patch import LADDER, PLAIN, SAW, SQUARE, TRIANGLE, Patch, dressed
from training.dsp import Rng, log_uniform
from training.pitch import hertz


@player(45)
def drones(rng: Rng) -> Take:
    length = rng.uniform(3.0, 5.0)
    root = float(rng.integers(26, 46))
    steps = (0, 0.08, 7, 12, 12.06, 19)[: int(rng.integers(2, 7))]
    bright, movement, attack = rng.uniform(0.3, 0.8), rng.uniform(0.05, 0.25), rng.uniform(0.2, 0.8)
    played = [
        ("Drone", 0.0, length, hertz(root + n), rng.uniform(0.3, 0.8), bright, movement, attack, 0.6) for n in steps
    ]
    output = ("Space", 0.92, log_uniform(rng, 2000, 9000), 0.5) if rng.random() < 0.6 else ("Phaser", 0.15, 500.0, 0.7)
    return Take(played, length, ["drone"], output)


@player(35)
def grain_clouds(rng: Rng) -> Take:
    length = rng.uniform(2.5, 5.0)
    base = log_uniform(rng, 120, 1600)
    played: list[Note] = [
        ("Grains", 0.0, length, base * r, 0.5, log_uniform(rng, 8, 70), base * r * log_uniform(rng, 0.05, 1.2), log_uniform(rng, 0.02, 0.12), int(rng.choice([1, 7])), 0.5, 0.8)
        for r in (1.0, 1.5, 2.2)[: int(rng.integers(1, 4))]
    ]  # fmt: skip
    return Take(played, length, ["texture", "ambience"], ("Space", rng.uniform(0.8, 0.95), 9000, 0.5))


@player(60)
def winds(rng: Rng) -> Take:
    """Gusts: bands of air noise whose pitch and loudness wander together; howls are narrow, breezes wide."""
    length = rng.uniform(2.5, 5.0)
    howl = rng.random() < 0.5
    played: list[Note] = []
    for _ in range(int(rng.integers(2, 5))):
        centre = log_uniform(rng, 250, 1100) if howl else log_uniform(rng, 200, 900)
        band = log_uniform(rng, 0.05, 0.2) if howl else log_uniform(rng, 0.6, 1.6)
        played.append(
            (
                "Gust",
                0.0,
                length,
                centre,
                0.5,
                rng.uniform(0.2, 0.6),
                band,
                rng.uniform(0.25, 1.2),
                rng.uniform(0.2, 0.9),
                rng.uniform(0.3, 0.9),
            )
        )
    played.append(("Gust", 0.0, length, log_uniform(rng, 800, 2500), rng.uniform(0.1, 0.6), 0.5, 1.6, 0.5, 0.4, 0.5))
    return Take(played, length, ["wind noise", "nature ambience"])


@player(30)
def seas(rng: Rng) -> Take:
    length = rng.uniform(3.0, 6.0)
    played: list[Note] = [("Gust", 0.0, length, 500.0, 0.05, 0.3, 1.8, 0.4, 0.3, 0.5)]
    for at in np.arange(0, length - 0.8, rng.uniform(1.6, 3.0)):
        rest = length - at
        played.append(
            (
                "Vacuum",
                float(at),
                float(min(rest, rng.uniform(1.8, 3.2))),
                log_uniform(rng, 500, 900),
                log_uniform(rng, 1200, 3500),
                rng.uniform(0.5, 1),
                1.6,
                rng.uniform(0.25, 0.5),
                2.0,
            )
        )
    return Take(played, length, ["ocean waves", "nature ambience"])


@player(35)
def rains(rng: Rng) -> Take:
    length = rng.uniform(2.0, 4.5)
    values = (
        log_uniform(rng, 60, 900),
        0.8,
        log_uniform(rng, 1200, 4000),
        rng.uniform(0.3, 1.0),
        log_uniform(rng, 0.005, 0.08),
    )
    return Take([("Rain", 0.0, length, *values)], length, ["rain", "nature ambience"])


@player(35)
def crackles(rng: Rng) -> Take:
    length = rng.uniform(1.5, 4.0)
    values = (
        log_uniform(rng, 6, 70),
        0.8,
        log_uniform(rng, 200, 900),
        log_uniform(rng, 4000, 12000),
        log_uniform(rng, 0.003, 0.03),
    )
    return Take([("Crackle", 0.0, length, *values)], length, ["vinyl crackle"])


@player(35)
def fires(rng: Rng) -> Take:
    length = rng.uniform(2.0, 4.5)
    played: list[Note] = [
        ("Gust", 0.0, length, log_uniform(rng, 250, 700), log_uniform(rng, 0.01, 0.05), 0.4, 1.4, 4.0, 0.1, 0.3)
    ]
    for _ in range(int(length * rng.uniform(8, 25))):
        high = log_uniform(rng, 3000, 12000)
        played.append(
            (
                "Hiss",
                rng.uniform(0, length),
                0.06,
                high * 0.2,
                high,
                log_uniform(rng, 0.1, 1.5),
                0.0004,
                log_uniform(rng, 0.006, 0.04),
                0.6,
                0.0,
            )
        )
    return Take(played, length, ["fire crackling", "nature ambience"])


@player(50)
def whooshes(rng: Rng) -> Take:
    length = log_uniform(rng, 0.35, 1.8)
    low, high = log_uniform(rng, 200, 900), log_uniform(rng, 1500, 7000)
    peak = rng.uniform(0.35, 0.65)
    played: list[Note] = [
        ("Vacuum", 0.0, length * peak, low, high, 1.0, 0.9, 0.97, 2.0),
        ("Vacuum", length * peak * 0.96, length * (1 - peak * 0.96), high, low, 1.0, 0.9, 0.04, 2.0),
    ]
    return Take(played, length, ["whoosh"])


@player(35)
def noise_risers(rng: Rng) -> Take:
    length = rng.uniform(1.2, 4.0)
    falling = rng.random() < 0.4
    ends = (log_uniform(rng, 150, 500), log_uniform(rng, 4000, 12000))
    start, stop = ends[::-1] if falling else ends
    played: list[Note] = [
        ("Vacuum", 0.0, length, start, stop, 1.0, rng.uniform(0.2, 1.0), 0.05 if falling else 0.97, 1.3)
    ]
    if rng.random() < 0.5:
        steps = 24 if not falling else -24
        patch = Patch(SAW, 20, 0.05, 0.1, 1.0, 0.1, PLAIN, 7000, glide=2 ** (-steps / 12), glide_time=length)
        played.append(patch.note(0.0, 50.0 + max(steps, 0), length, 0.15))
    return Take(played, length, ["downlifter" if falling else "riser", "sweep"])


@player(45)
def drops(rng: Rng) -> Take:
    """Drops and bubbles: a short sine that rises as the air pocket closes."""
    count = int(rng.choice([1, 1, 2, 6, 20]))
    played: list[Note] = []
    for _ in range(count):
        start, seconds = log_uniform(rng, 350, 1500), log_uniform(rng, 0.02, 0.12)
        at = rng.uniform(0, 0.06 * count) if count > 1 else 0.0
        played.append(
            (
                "Tone",
                at,
                seconds * 1.3,
                start,
                start * rng.uniform(1.3, 2.6),
                seconds,
                log_uniform(rng, 0.3, 1),
                seconds,
                0.003,
            )
        )
    length = max(float(n[1]) + float(n[2]) for n in played) + 0.05
    return Take(
        played,
        length + 0.3,
        ["water drop" if count < 6 else "bubble"],
        ("Space", rng.uniform(0.3, 0.8), 8000, rng.uniform(0.0, 0.4)),
    )


@player(45)
def zaps(rng: Rng) -> Take:
    length = log_uniform(rng, 0.08, 0.6)
    start, stop = log_uniform(rng, 2500, 9000), log_uniform(rng, 80, 600)
    played: list[Note] = []
    gap = log_uniform(rng, 0.07, 0.2)
    for k in range(int(rng.choice([1, 1, 1, 2, 3]))):
        patch = Patch(
            int(rng.choice([SAW, SQUARE, TRIANGLE])),
            rng.choice([0, 15]),
            0.002,
            length,
            0.3,
            0.02,
            LADDER,
            9000,
            glide=start / stop,
            glide_time=length * rng.uniform(0.4, 1),
        )
        played.append(patch.note(k * gap, 69 + 12 * np.log2(stop / 440), length))
    return Take(played, float(played[-1][1]) + length + 0.05, ["laser"], dressed(rng))


@player(30)
def sirens(rng: Rng) -> Take:
    length, low = rng.uniform(1.2, 3.0), log_uniform(rng, 350, 900)
    form = int(rng.integers(3))
    played: list[Note] = []
    if form == 0:
        step = rng.uniform(0.12, 0.5)
        played = [
            Patch(SQUARE, 0, 0.005, 0.05, 1, 0.02, PLAIN, 5000).note(
                k * step, 69 + 12 * np.log2(low / 440) + 4 * (k % 2), step * 0.98
            )
            for k in range(int(length / step))
        ]
    else:
        step = rng.uniform(0.25, 1.0)
        for k in range(int(length / step)):
            up = 1.8 if form == 1 or k % 2 else 1 / 1.8
            patch = Patch(SAW, 4, 0.01, 0.05, 1, 0.01, PLAIN, 4000, glide=1 / up, glide_time=step)
            played.append(patch.note(k * step, 69 + 12 * np.log2(low * (1.8 if up > 1 else 1) / 440), step))
    return Take(played, max(float(n[1]) + float(n[2]) for n in played), ["alarm"])


@player(35)
def hums(rng: Rng) -> Take:
    length, mains = rng.uniform(1.5, 4.0), float(rng.choice([50, 60]))
    played: list[Note] = [
        ("Drone", 0.0, length, mains * k, rng.uniform(0.2, 1), rng.uniform(0.2, 0.85), 0.05, 0.05, 0.1) for k in (1, 2)
    ]
    played.append(("Hiss", 0.0, length, 1000, 8000, rng.uniform(0, 0.05), 0.05, length * 8, 1.0, 0.1))
    return Take(played, length, ["hum"])


@player(30)
def machines(rng: Rng) -> Take:
    """A motor with its load: a pulsing buzz, gears, and air."""
    length, turn = rng.uniform(1.8, 4.0), log_uniform(rng, 5, 22)
    played: list[Note] = [
        ("Drone", 0.0, length, turn * 8, 0.6, 0.75, 0.15, 0.15, 0.3),
        ("Gust", 0.0, length, 900.0, 0.3, 0.2, 1.0, 6.0, 0.1, 0.3),
    ]
    high, level = log_uniform(rng, 1500, 6000), rng.uniform(0.2, 0.6)
    played += [("Hiss", k / turn, 0.09, 400, high, level, 0.001, 0.05, 0.6, 0.2) for k in range(int(length * turn))]
    return Take(played, length, ["machine noise", "industrial"])
