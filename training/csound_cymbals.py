"""Cymbals and gongs for csound: dense metal, and noise that falls in its own ways."""

import numpy as np

from training.csound import Note, Take, later, player
from training.csound_bodies import dense, hiss, hit, series, strike
from training.csound_drums import louder
from training.dsp import Rng, log_uniform


@player(60)
def crashes(rng: Rng) -> Take:
    seconds = log_uniform(rng, 1.2, 3.2)
    body = strike(
        dense(rng, rng.uniform(180, 420), 15000, 110, seconds, rng.uniform(0.15, 0.35), rng.uniform(-0.25, 0.05)),
        0.00006,
        0.5,
        swell=rng.uniform(0.002, 0.02),
    )
    wash = hiss(
        rng.uniform(1500, 3500), 15500, rng.uniform(0.8, 2.5), rng.uniform(0.004, 0.02), seconds * 0.9, 0.4, 0.2
    )
    return hit([*body, wash], ["crash cymbal"], 3.0)


@player(30)
def splashes(rng: Rng) -> Take:
    seconds = log_uniform(rng, 0.3, 0.9)
    body = strike(dense(rng, rng.uniform(600, 1100), 15000, 70, seconds, 0.1, -0.25), 0.00005, 0.4)
    return hit([*body, hiss(3500, 15500, rng.uniform(0.6, 1.8), 0.002, seconds * 0.7, 0.6, 0.2)], ["splash cymbal"])


@player(30)
def chinas(rng: Rng) -> Take:
    seconds = log_uniform(rng, 0.6, 1.8)
    body = strike(dense(rng, rng.uniform(250, 500), 12000, 90, seconds, 0.15, rng.uniform(0.0, 0.25)), 0.0001, 0.6)
    trash = hiss(900, 12000, rng.uniform(1.0, 2.5), 0.003, seconds * 0.7, 0.35, 0.9)
    return Take([*body, trash], seconds + 0.1, ["china cymbal"], ("Amp", log_uniform(rng, 0.1, 0.4), 13000, 250))


@player(55)
def rides(rng: Rng) -> Take:
    """The stick's ping stands out of a long quiet wash."""
    seconds = log_uniform(rng, 1.5, 3.5)
    ping = strike(dense(rng, rng.uniform(2200, 3500), 9000, 14, log_uniform(rng, 0.15, 0.5), 0.3, 0.3), 0.0001, 0.2)
    wash = strike(
        dense(rng, rng.uniform(250, 450), 14000, 80, seconds, 0.2, rng.uniform(0.0, 0.25)), 0.0001, 0.3, swell=0.03
    )
    tick = hiss(5000, 14000, rng.uniform(0.8, 2.0), 0.0005, 0.03)
    return hit(
        [*louder(ping, rng.uniform(1.2, 2.5)), *louder(wash, rng.uniform(0.12, 0.3)), tick], ["ride cymbal"], 3.0
    )


@player(30)
def ride_bells(rng: Rng) -> Take:
    base = log_uniform(rng, 500, 1000)
    bell = strike(
        series(rng, base, (1.0, 1.51, 2.3, 3.2, 4.4, 5.7, 7.3), log_uniform(rng, 0.8, 2.2), 0.0, 0.3, 0.03),
        0.0001,
        0.15,
    )
    wash = strike(dense(rng, 400, 14000, 60, 2.0, 0.2, 0.1), 0.0001, 0.3, swell=0.02)
    return hit([*bell, *louder(wash, 0.12)], ["ride bell"], 2.5)


@player(55)
def open_hats(rng: Rng) -> Take:
    """Two cymbals that sizzle against each other: no low modes, a held wash that then falls."""
    seconds = log_uniform(rng, 0.35, 1.3)
    body = strike(dense(rng, rng.uniform(700, 1600), 15000, 80, seconds, 0.05, rng.uniform(-0.5, -0.2)), 0.00005, 0.4)
    sizzle = hiss(rng.uniform(4500, 7500), 15800, rng.uniform(1.0, 3.0), 0.001, seconds * 1.1, 0.85, 0.5)
    return Take([*louder(body, rng.uniform(0.3, 0.8)), sizzle], float(seconds * rng.uniform(0.7, 1.1)), ["open hi-hat"])


@player(45)
def closed_hats(rng: Rng) -> Take:
    seconds = log_uniform(rng, 0.03, 0.12)
    body = strike(dense(rng, rng.uniform(900, 2200), 15000, 40, seconds, 0.0, -0.4), 0.00005, 0.4)
    if rng.random() < 0.25:
        chick = [hiss(1500, 9000, 0.6, 0.006, seconds), *louder(body, 0.4)]
        return Take(chick, seconds + 0.05, ["pedal hi-hat"])
    return Take(
        [*body, hiss(rng.uniform(5000, 8000), 15800, rng.uniform(0.5, 1.5), 0.0005, seconds)],
        seconds + 0.05,
        ["closed hi-hat"],
    )


@player(30)
def swells(rng: Rng) -> Take:
    length = rng.uniform(1.2, 2.6)
    body = dense(rng, rng.uniform(200, 400), 14000, 40, 1.5, 0.1, -0.4)
    notes: list[Note] = [hiss(2500, 15000, 2.5, length, 1.0, 0.5, 0.2)]
    for at in np.arange(0, length, 0.16):
        notes += later(
            louder(strike(body, 0.0001, 0.6, swell=0.05), 0.1 + (at / length) ** 2), float(at + rng.uniform(0, 0.03))
        )
    return Take(notes, length + rng.uniform(0.05, 0.8), ["cymbal swell"])


@player(45)
def gongs(rng: Rng) -> Take:
    base = log_uniform(rng, 55, 190)
    low = strike(
        dense(rng, base, base * 8, 24, log_uniform(rng, 2.5, 6), 0.3, 0.5),
        log_uniform(rng, 0.002, 0.006),
        0.2,
        rng.uniform(-0.03, 0.03),
        0.6,
    )
    bloom = strike(
        dense(rng, base * 6, 8000, 60, log_uniform(rng, 1.5, 3.5), 0.25, 0.4), 0.0002, 0.4, swell=rng.uniform(0.05, 0.7)
    )
    return hit([*low, *louder(bloom, log_uniform(rng, 0.5, 4.0))], ["gong", "metallic"])
