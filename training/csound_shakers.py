"""Shaken and scraped things for csound."""

import numpy as np

from training.csound import Note, Take, later, player
from training.csound_bodies import hit, series, strike
from training.dsp import Rng, log_uniform

SHAKEN: dict[str, tuple[int, tuple[float, float], tuple[float, float], list[str]]] = {
    "cabasa": (0, (100, 600), (0.5, 0.95), ["cabasa"]),
    "sleighbells": (2, (10, 40), (0.0, 0.27), ["sleigh bells", "metallic"]),
    "tambourine": (1, (10, 40), (0.3, 0.7), ["tambourine", "metallic"]),
}
"""csound's particle models: number, range of grains, range of damping, words."""


def _shaken(rng: Rng, name: str) -> Take:
    kind, grains, damping, words = SHAKEN[name]
    hz = {1: (2300, 5600, 8100), 2: (2500, 5300, 6500)}.get(kind, (1000, 0, 0))
    scale = log_uniform(rng, 0.8, 1.25)
    notes: list[Note] = []
    at, gap = 0.0, rng.uniform(0.11, 0.25)
    for _ in range(int(rng.choice([1, 2, 4], p=[0.65, 0.2, 0.15]))):
        values = (
            kind,
            rng.uniform(0.4, 1),
            rng.uniform(*grains),
            rng.uniform(*damping),
            *(min(f * scale, 14000) for f in hz),
        )
        notes.append(("Shaken", at, 0.9, *values))
        at += gap
    return Take(notes, at + 0.6, words)


@player(35)
def cabasas(rng: Rng) -> Take:
    return _shaken(rng, "cabasa")


@player(30)
def sandpapers(rng: Rng) -> Take:
    """Blocks rubbed to and fro: two strokes of rough noise, the second one duller."""
    length, high = log_uniform(rng, 0.08, 0.3), log_uniform(rng, 6000, 13000)
    rest = (1.0, 9000, rng.uniform(0.3, 0.7), 0.8)
    notes = [
        ("Beads", k * length * 1.15, length, 1500, high * (1, 0.75)[k % 2], *rest)
        for k in range(int(rng.choice([1, 2, 4])))
    ]
    return Take(notes, len(notes) * length * 1.15 + 0.05, ["sandpaper blocks"])


@player(30)
def sleigh_bells(rng: Rng) -> Take:
    return _shaken(rng, "sleighbells")


@player(35)
def tambourines(rng: Rng) -> Take:
    return _shaken(rng, "tambourine")


@player(75)
def shakers(rng: Rng) -> Take:
    """Beads in a shell: the noise rises and falls with the hand, unlike a click's."""
    low = log_uniform(rng, 2200, 5500)
    high = min(low * rng.uniform(1.6, 3.2), 14000)
    values = (low, high, 1.0, log_uniform(rng, 600, 6000))
    notes: list[Note] = []
    at = 0.0
    for k in range(int(rng.choice([1, 2, 4], p=[0.6, 0.25, 0.15]))):
        length = log_uniform(rng, 0.06, 0.2)
        notes.append(
            (
                "Beads",
                at,
                length,
                values[0],
                values[1],
                (1.0, 0.6)[k % 2],
                values[3],
                rng.uniform(0.2, 0.75),
                rng.uniform(0.7, 1.6),
            )
        )
        at += max(length, 0.11) + rng.uniform(0, 0.06)
    return Take(notes, at + 0.05, [str(rng.choice(["shaker", "shaker", "maracas"]))])


@player(30)
def guiros(rng: Rng) -> Take:
    """A stick over notches: wooden clicks whose rate moves with the hand."""
    base = log_uniform(rng, 1400, 3200)
    body = series(rng, base, (1.0, 1.6, 2.3, 3.4), 0.02, 0.3, 0.2, 0.05)
    notes: list[Note] = []
    at, length, rate = 0.0, log_uniform(rng, 0.12, 0.6), log_uniform(rng, 45, 120)
    while at < length:
        level = np.sin(np.pi * (0.1 + 0.85 * at / length)) * rng.uniform(0.7, 1)
        notes += later(strike([(f, a * level, t) for f, a, t in body], 0.0002, 0.4), at)
        at += 1 / (rate * (0.7 + 0.9 * at / length) * rng.uniform(0.93, 1.07))
    return hit(notes, ["guiro", "wooden"])


@player(30)
def bamboo_chimes(rng: Rng) -> Take:
    notes: list[Note] = []
    canes = [log_uniform(rng, 900, 2600) for _ in range(6)]
    for _ in range(int(rng.integers(8, 24))):
        body = series(rng, canes[rng.integers(6)], (1.0, 2.1, 3.3), log_uniform(rng, 0.05, 0.12), 0.6, 0.5, 0.02)
        notes += later(
            strike([(f, a * log_uniform(rng, 0.2, 1), t) for f, a, t in body], 0.0004, 0.2), rng.uniform(0, 1.6)
        )
    return hit(notes, ["bamboo chimes", "wooden"])
