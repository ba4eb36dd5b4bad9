"""Tuned bars and bells for csound."""

import numpy as np

from training.csound import Note, Take, later, player
from training.csound_bodies import FREE_BAR, hit, lasts, series, strike
from training.dsp import Rng, log_uniform

CHURCH_BELL = (0.5, 1.0, 1.2, 1.5, 2.0, 2.5, 2.62, 3.0, 4.16, 5.4, 6.8)


BOWL = (1.0, 2.78, 5.15, 8.05, 11.4)


@player(30)
def log_drum(rng: Rng) -> Take:
    base = log_uniform(rng, 110, 420)
    body = series(rng, base, (1.0, 2.42, 3.6, 5.7), log_uniform(rng, 0.2, 0.5), 1.0, 0.8, 0.03)
    return hit(strike(body, log_uniform(rng, 0.001, 0.004), 0.15), ["log drum", "wooden"])


@player(35)
def church_bell(rng: Rng) -> Take:
    body = series(
        rng, log_uniform(rng, 160, 700), CHURCH_BELL, log_uniform(rng, 2.5, 6), rng.uniform(0, 0.5), 0.7, 0.006
    )
    return hit(strike(body, log_uniform(rng, 0.0002, 0.001), 0.1), ["church bell", "metallic"])


@player(30)
def tubular(rng: Rng) -> Take:
    base = log_uniform(rng, 130, 420)
    body = series(rng, base, (2.0, 3.0, 4.17, 5.43, 6.8, 8.2), log_uniform(rng, 2, 4), rng.uniform(0, 0.4), 0.6, 0.005)
    return hit(strike(body, log_uniform(rng, 0.0003, 0.001), 0.05), ["tubular bells"])


@player(30)
def hand_bell(rng: Rng) -> Take:
    body = series(
        rng,
        log_uniform(rng, 500, 2400),
        (1.0, 2.0, 3.0, 4.2, 5.4),
        log_uniform(rng, 0.8, 3),
        rng.uniform(0.4, 1.2),
        0.8,
        0.01,
    )
    return hit(strike(body, log_uniform(rng, 0.0001, 0.0008), 0.05), ["bell"])


@player(30)
def singing_bowl(rng: Rng) -> Take:
    body = series(rng, log_uniform(rng, 120, 620), BOWL, 6.0, rng.uniform(0.7, 1.3), 0.6, 0.004)
    twin = [(f * rng.uniform(1.0015, 1.006), a * 0.8, t) for f, a, t in body]
    swell = 0.0005 if rng.random() < 0.75 else rng.uniform(0.4, 1.0)
    return hit(strike(body + twin, log_uniform(rng, 0.001, 0.005), 0.05, swell=swell), ["singing bowl"])


@player(30)
def wind_chimes(rng: Rng) -> Take:
    bars = [log_uniform(rng, 1200, 4200) for _ in range(8)]
    rising = np.sort(bars) if rng.random() < 0.4 else None
    notes: list[Note] = []
    for k in range(int(rng.integers(8, 22))):
        base = rising[min(k // 2, 7)] if rising is not None else bars[rng.integers(8)]
        at = k * 0.07 if rising is not None else rng.uniform(0, 2.0)
        body = series(rng, base, FREE_BAR[:3], log_uniform(rng, 0.6, 2.0), 0.8, 0.8, 0.003)
        notes += later(strike([(f, a * log_uniform(rng, 0.3, 1), t) for f, a, t in body], 0.0002, 0.05), at)
    return hit(notes, ["chime"])


@player(35)
def marimba_bars(rng: Rng) -> Take:
    base = log_uniform(rng, 110, 900)
    if rng.random() < 0.4:
        return Take(
            [("Marimba", 0.0, 1.5, base, rng.uniform(0.05, 0.6), rng.uniform(0.3, 0.7), 0.0)],
            1.4,
            ["marimba", "wooden"],
        )
    body = series(rng, base, (1.0, 4.0, 9.7), min(1.8, 260 / base), 1.1, 1.1, 0.005)
    return hit(strike(body, log_uniform(rng, 0.0007, 0.003), 0.1), ["marimba", "wooden"])


@player(35)
def vibraphone_bars(rng: Rng) -> Take:
    base = log_uniform(rng, 175, 1200)
    body = series(rng, base, (1.0, 4.0, 10.0), log_uniform(rng, 1.5, 3.5), 1.0, 0.9, 0.002)
    notes = strike(body, log_uniform(rng, 0.0004, 0.0015), 0.05)
    return Take(notes, lasts(notes, 3.0), ["vibraphone"], ("Tremolo", rng.uniform(3, 7), rng.choice([0.0, 0.15, 0.35])))


@player(30)
def xylophone_bars(rng: Rng) -> Take:
    base = log_uniform(rng, 500, 2400)
    body = series(rng, base, (1.0, 3.0, 6.1, 9.8), min(0.6, 350 / base), 0.7, 0.8, 0.006)
    return hit(strike(body, log_uniform(rng, 0.0002, 0.0005), 0.1), ["xylophone", "wooden"])


@player(30)
def glockenspiel_bars(rng: Rng) -> Take:
    base = log_uniform(rng, 800, 4000)
    body = series(rng, base, FREE_BAR[:4], log_uniform(rng, 0.8, 2.5), 0.8, 0.9, 0.003)
    return hit(strike(body, log_uniform(rng, 0.0001, 0.0003), 0.05), ["glockenspiel"], 2.5)


@player(30)
def thumb_piano(rng: Rng) -> Take:
    base = log_uniform(rng, 180, 900)
    tine = series(rng, base, (1.0, 5.6, 9.1), log_uniform(rng, 0.5, 1.5), 0.9, 1.1, 0.02)
    box = [(rng.uniform(160, 260), 0.35, 0.08), (rng.uniform(400, 650), 0.2, 0.05)]
    return hit(strike(tine + box, log_uniform(rng, 0.0003, 0.001), 0.1), ["kalimba"])


@player(30)
def steel_pan(rng: Rng) -> Take:
    body = series(
        rng, log_uniform(rng, 220, 880), (1.0, 2.0, 3.01, 4.05, 5.2, 6.4), log_uniform(rng, 0.5, 1.4), 0.6, 0.5, 0.006
    )
    late = [(f, a * 0.8, t) for f, a, t in body[1:4]]
    notes = strike(body, log_uniform(rng, 0.0006, 0.002), 0.08) + strike(late, 0.0006, 0.05, swell=0.03)
    return hit(notes, ["steel drum", "metallic"])


@player(30)
def handpan(rng: Rng) -> Take:
    base = log_uniform(rng, 110, 440)
    body = series(rng, base, (1.0, 2.0, 3.0, 4.9), log_uniform(rng, 1.2, 3.0), 0.9, 0.7, 0.003)
    return hit(strike([*body, (85.0, 0.4, 0.3)], log_uniform(rng, 0.001, 0.004), 0.1), ["handpan"], 3.0)
