# ruff: noqa: E501  (tables and formulas read better in one row)
"""Clarinets, flutes, bottles and brass for csound."""

from training.csound import Note, Take, player
from training.csound_chords import voicing
from training.dsp import Rng, log_uniform
from training.pitch import hertz


@player(45)
def clarinets(rng: Rng) -> Take:
    length = log_uniform(rng, 0.4, 2.4)
    values = (
        -0.3 + rng.uniform(-0.05, 0.05),
        rng.uniform(0.05, 0.12),
        0.06,
        rng.uniform(0.02, 0.15),
        rng.uniform(4.5, 6),
        rng.uniform(0, 0.08),
    )
    return Take(
        [("Clarinet", 0.0, length, hertz(float(rng.integers(50, 82))), 0.9, *values)],
        length,
        ["clarinet"],
        ("Wood", 400.0, 1100.0, log_uniform(rng, 4000, 9000), 2.0),
    )


@player(55)
def flutes(rng: Rng) -> Take:
    length = log_uniform(rng, 0.4, 2.4)
    airy = rng.uniform(0.01, 0.25)
    values = (rng.uniform(0.28, 0.36), rng.uniform(0.05, 0.15), 0.08, airy, rng.uniform(4.5, 6), rng.uniform(0, 0.06))
    return Take(
        [("Flute", 0.0, length, hertz(float(rng.integers(60, 90))), 0.9, *values)],
        length,
        ["flute", *(["breathy"] if airy > 0.15 else [])],
        ("Wood", 500.0, 1000.0, log_uniform(rng, 4000, 11000), 1.0),
    )


@player(30)
def blown_bottles(rng: Rng) -> Take:
    length = rng.uniform(0.6, 1.8)
    return Take(
        [("Bottle", 0.0, length, log_uniform(rng, 110, 420), 0.8, rng.uniform(0.05, 0.4))],
        length,
        ["blown bottle", "breathy"],
    )


BRASS = {"trumpet": (55, 82, 0.9), "trombone": (40, 67, 0.8), "french horn": (41, 72, 0.55), "tuba": (28, 50, 0.6)}


@player(75)
def brass(rng: Rng) -> Take:
    name = str(rng.choice(list(BRASS)))
    low, high, bright = BRASS[name]
    length = log_uniform(rng, 0.25, 2.2)
    played = [
        (
            "Brass",
            0.0,
            length,
            hertz(float(rng.integers(low, high))),
            0.7,
            rng.uniform(0.025, 0.09),
            bright * rng.uniform(0.7, 1.1),
            rng.uniform(0, 0.006),
            min(0.12, length * 0.3),
            rng.uniform(0.003, 0.015),
        )
    ]
    return Take(played, length, [name], ("Wood", 700.0, 1300.0, 9000, 3.0))


@player(55)
def brass_sections(rng: Rng) -> Take:
    notes, mood = voicing(rng, 46, 60, int(rng.integers(3, 5)))
    stab = rng.random() < 0.6
    length = rng.uniform(0.15, 0.5) if stab else rng.uniform(0.9, 2.2)
    played: list[Note] = [
        ("Brass", rng.uniform(0, 0.015), length, hertz(n + rng.normal(0, 0.06)), 0.5, rng.uniform(0.02, 0.05), rng.uniform(0.6, 1.0), 0.003, min(0.08, length * 0.3), 0.02)
        for n in notes
        for _ in range(2)
    ]  # fmt: skip
    return Take(
        played,
        length + 0.02,
        ["brass section", "chord", *mood, *(["chord stab"] if stab else [])],
        ("Wood", 700.0, 1300.0, 9000, 2.0),
    )
