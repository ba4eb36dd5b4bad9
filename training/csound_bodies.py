# ruff: noqa: E501  (tables and formulas read better in one row)
"""Struck metal, glass and wood for csound: blows on tables of vibration modes, whose ratios are textbook ones."""

import numpy as np

from training.csound import Note, Take, later, player
from training.dsp import Rng, log_uniform

Partial = tuple[float, float, float]
"""Hz, level, seconds to -60 dB."""
FREE_BAR = (1.0, 2.756, 5.404, 8.933, 13.345, 18.64)
GLASS = (1.0, 2.32, 4.25, 6.63, 9.38)


def strike(
    partials: list[Partial],
    contact: float,
    noise: float = 0.1,
    bend: float = 0.0,
    bend_time: float = 0.05,
    swell: float = 0.0005,
) -> list[Note]:
    """One blow: a note a partial; a longer contact is a softer mallet."""
    return [
        ("Mode", 0.0, max(0.05, t * 1.05), hz, t, level, contact, noise, bend, bend_time, swell)
        for hz, level, t in partials
        if 20 < hz < 15000
    ]  # fmt: skip


def series(
    rng: Rng, base: float, ratios: tuple[float, ...], longest: float, tilt: float, damping: float, jitter: float = 0.01
) -> list[Partial]:
    """Partials at `ratios`: level falls with ratio**-tilt, length with ratio**-damping."""
    return [
        (base * r * (1 + jitter * rng.standard_normal()), r**-tilt * rng.uniform(0.6, 1.2), longest * r**-damping * rng.uniform(0.75, 1.2))
        for r in ratios
    ]  # fmt: skip


def plate(rng: Rng, base: float, count: int, longest: float, damping: float) -> list[Partial]:
    """A rectangular plate: Hz goes with (m/a)**2 + (n/b)**2."""
    side = rng.uniform(0.45, 1.0)
    grid = sorted((m * m + side * side * n * n) / (1 + side * side) for m in range(1, 10) for n in range(1, 10))[:count]
    return series(rng, base, tuple(grid), longest, rng.uniform(-0.6, 0.3), damping, 0.02)


def dense(rng: Rng, low: float, high: float, count: int, seconds: float, damping: float, tilt: float) -> list[Partial]:
    """Crowded modes of a cymbal or a sheet, spread evenly over the logarithm of Hz."""
    spots = np.exp(np.sort(rng.uniform(np.log(low), np.log(high), count)))
    return [
        (
            float(f),
            float((f / low) ** -tilt * rng.uniform(0.3, 1.2)),
            float(seconds * (f / low) ** -damping * rng.uniform(0.5, 1.2)),
        )
        for f in spots
    ]


def lasts(notes: list[Note], longest: float = 4.0) -> float:
    """Seconds until the last note is over, `longest` at most."""
    return float(min(longest, max(float(n[1]) + float(n[2]) for n in notes) + 0.05))


def hit(notes: list[Note], words: list[str], longest: float = 4.0) -> Take:
    """Nothing but these notes, dry."""
    return Take(notes, lasts(notes, longest), words)


def hiss(
    low: float, high: float, level: float, attack: float, seconds: float, darker: float = 0.6, flutter: float = 0.1
) -> Note:
    """A burst of noise between `low` and `high` Hz that falls 60 dB in `seconds` and gets `darker` (a ratio) meanwhile."""
    return ("Hiss", 0.0, seconds + attack, low, high, level, attack, seconds, darker, flutter)


@player(55)
def pipe(rng: Rng) -> Take:
    base = log_uniform(rng, 180, 1100)
    body = series(rng, base, FREE_BAR, log_uniform(rng, 0.5, 3.0), rng.uniform(-0.4, 0.3), 0.5, 0.015)
    cavity = [(base * rng.uniform(0.5, 1.7), 0.5, 0.12), (base * rng.uniform(2, 3), 0.4, 0.15)]
    return hit(strike(body + cavity, log_uniform(rng, 0.00005, 0.0003), 0.2), ["metal hit", "metallic"])


@player(55)
def metal_plate(rng: Rng) -> Take:
    body = plate(
        rng, log_uniform(rng, 120, 700), int(rng.integers(25, 60)), log_uniform(rng, 0.3, 2.2), rng.uniform(0.3, 0.7)
    )
    return hit(strike(body, log_uniform(rng, 0.00005, 0.0002), 0.25), ["metal hit", "metallic"])


@player(45)
def tin_can(rng: Rng) -> Take:
    body = dense(
        rng,
        log_uniform(rng, 500, 1100),
        9000,
        int(rng.integers(14, 30)),
        log_uniform(rng, 0.08, 0.35),
        0.35,
        rng.uniform(0, 0.5),
    )
    hollow = [(log_uniform(rng, 300, 700), 0.9, 0.08)]
    notes = strike(body + hollow, log_uniform(rng, 0.0001, 0.0004), 0.3)
    for k in range(int(rng.integers(0, 4))):
        notes += later(
            strike([(f, 0.4 ** (k + 1) * a, t) for f, a, t in body], 0.0002, 0.4),
            0.05 + 0.06 * k + rng.uniform(0, 0.02),
        )
    return hit(notes, ["metal hit", "tin can", "metallic"])


@player(35)
def anvil(rng: Rng) -> Take:
    body = dense(
        rng, log_uniform(rng, 1100, 2600), 13000, int(rng.integers(6, 12)), log_uniform(rng, 0.8, 3.5), 0.4, 0.1
    )
    return hit(strike(body, log_uniform(rng, 0.00006, 0.0002), 0.2), ["metal hit", "anvil", "metallic"], 3.5)


@player(30)
def sheet(rng: Rng) -> Take:
    body = dense(rng, log_uniform(rng, 60, 160), 7000, 70, log_uniform(rng, 0.8, 2.5), 0.25, rng.uniform(-0.3, 0.25))
    notes = strike(body, log_uniform(rng, 0.00008, 0.0004), 0.5, rng.uniform(-0.06, 0.06), 0.4)
    return hit([*notes, hiss(900, 9000, 0.3, 0.01, 0.9, 0.3, 0.6)], ["metal hit", "metallic", "industrial"], 3.0)


@player(30)
def chain(rng: Rng) -> Take:
    notes: list[Note] = []
    length = log_uniform(rng, 0.5, 1.6)
    links = [dense(rng, rng.uniform(1500, 3500), 13000, 5, rng.uniform(0.05, 0.22), 0.3, 0.1) for _ in range(6)]
    for _ in range(int(length * rng.uniform(18, 45))):
        at = rng.uniform(0, length)
        level = log_uniform(rng, 0.15, 1.0)
        notes += later(strike([(f, a * level, t) for f, a, t in links[rng.integers(6)]], 0.0001, 0.3), at)
    return hit(notes, ["chain", "metallic"])


@player(35)
def glass_tap(rng: Rng) -> Take:
    body = series(
        rng, log_uniform(rng, 900, 3800), GLASS, log_uniform(rng, 0.25, 2.2), rng.uniform(0.2, 0.8), 0.8, 0.004
    )
    twin = [(f * rng.uniform(1.002, 1.01), a * 0.5, t) for f, a, t in body]
    return hit(strike(body + twin, log_uniform(rng, 0.00008, 0.0003), 0.1), ["glass clink", "glassy"], 2.5)


@player(30)
def bottle_tap(rng: Rng) -> Take:
    base = log_uniform(rng, 1400, 3200)
    body = series(rng, base, (1.0, 1.63, 2.41, 3.1, 4.4), log_uniform(rng, 0.1, 0.45), 0.4, 0.5, 0.03)
    air = [(log_uniform(rng, 180, 420), 0.8, 0.15)]
    return hit(strike(body + air, log_uniform(rng, 0.0001, 0.0004), 0.15), ["glass clink", "glassy"])


@player(30)
def glass_break(rng: Rng) -> Take:
    notes: list[Note] = [hiss(1500, 15000, 0.5, 0.001, 0.25)]
    for _ in range(int(rng.integers(25, 60))):
        at = log_uniform(rng, 0.004, 1.1) - 0.004
        shard = series(rng, log_uniform(rng, 2200, 9000), (1.0, 1.7, 2.6), log_uniform(rng, 0.04, 0.3), 0.3, 0.5)
        notes += later(strike([(f, a * log_uniform(rng, 0.2, 1), t) for f, a, t in shard], 0.0001, 0.2), at)
    return hit(notes, ["glass break", "glassy"])


@player(50)
def wood_knock(rng: Rng) -> Take:
    base = log_uniform(rng, 280, 1300)
    body = series(
        rng, base, (1.0, 1.52, 2.2, 2.7, 3.9, 5.1), log_uniform(rng, 0.05, 0.2), rng.uniform(0.4, 1.1), 0.7, 0.05
    )
    return hit(strike(body, log_uniform(rng, 0.0003, 0.0015), 0.25), ["woodblock", "wooden"])


@player(30)
def wooden_sticks(rng: Rng) -> Take:
    base = log_uniform(rng, 1500, 3600)
    body = series(rng, base, FREE_BAR[:3], log_uniform(rng, 0.03, 0.12), 0.7, 0.6)
    return hit(strike(body, log_uniform(rng, 0.0001, 0.0004), 0.15), ["claves", "wooden"])


@player(30)
def castanets(rng: Rng) -> Take:
    base = log_uniform(rng, 1100, 2600)
    body = series(rng, base, (1.0, 1.37, 2.1, 3.3, 4.5), log_uniform(rng, 0.02, 0.05), 0.2, 0.3, 0.04)
    notes, at = [], 0.0
    for _ in range(int(rng.integers(1, 5))):
        level = rng.uniform(0.5, 1)
        notes += later(strike([(f * rng.uniform(0.98, 1.02), a * level, t) for f, a, t in body], 0.0003, 0.4), at)
        at += rng.uniform(0.02, 0.09)
    return hit(notes, ["castanets", "wooden"])


@player(35)
def cowbells(rng: Rng) -> Take:
    base = log_uniform(rng, 400, 900)
    body = series(rng, base, (1.0, 1.48, 2.1, 2.9, 3.7, 5.2), log_uniform(rng, 0.15, 0.6), 0.4, 0.3, 0.03)
    return hit(strike(body, log_uniform(rng, 0.0002, 0.0008), 0.2), ["cowbell", "metallic"])


@player(30)
def agogos(rng: Rng) -> Take:
    body = series(
        rng, log_uniform(rng, 700, 1500), (1.0, 2.02, 2.9, 4.1, 5.3), log_uniform(rng, 0.3, 1.0), 0.5, 0.5, 0.03
    )
    return hit(strike(body, log_uniform(rng, 0.0001, 0.0004), 0.1), ["agogo", "metallic"])


@player(30)
def triangles(rng: Rng) -> Take:
    body = dense(
        rng, log_uniform(rng, 1300, 2400), 14500, int(rng.integers(12, 22)), log_uniform(rng, 1.5, 4.0), 0.25, -0.3
    )
    if rng.random() < 0.25:
        body = [(f, a, t * 0.06) for f, a, t in body]
    return hit(strike(body, 0.00008, 0.1), ["triangle percussion", "metallic"], 3.5)
