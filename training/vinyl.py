"""Procedural records and tapes: crackle, hiss, scratches, stops."""

import numpy as np

from training.drums import DRUMS
from training.dsp import (
    Audio,
    Rng,
    adsr,
    bandpass,
    coloured,
    detuned,
    highpass,
    log_uniform,
    lowpass,
    mix_at,
    n_of,
    noise,
    peaked,
    saw,
)
from training.registry import Made, Registry, register
from training.tones import TONES

VINYL: Registry = {}


@register(VINYL, 340)
def vinyl_noise(rng: Rng) -> Made:
    """Pops and crackle of a record over its hiss and rumble; the hiss alone, too."""
    seconds = rng.uniform(0.8, 4.0)
    x = np.zeros(n_of(seconds))
    spots = rng.integers(0, x.size - 200, int(seconds * log_uniform(rng, 4, 120)))
    for spot in spots:
        length = int(rng.integers(4, 120))
        x[spot : spot + length] += (
            rng.standard_normal(length) * np.exp(-np.arange(length) / (length / 4)) * rng.random() ** 2
        )
    x = bandpass(x, log_uniform(rng, 100, 900), log_uniform(rng, 4000, 14000))
    bed = peaked(coloured(rng, seconds, rng.uniform(0, 4))[: x.size])
    rumble = peaked(lowpass(noise(rng, seconds), log_uniform(rng, 40, 150)))
    x = peaked(x) + log_uniform(rng, 0.01, 1.0) * bed + rng.uniform(0, 0.15) * rumble
    return x, ["vinyl crackle", "vinyl hiss", "vinyl", "crackle", "noisy", "lo-fi"]


@register(VINYL, 240)
def hiss(rng: Rng) -> Made:
    seconds = rng.uniform(0.5, 4.0)
    kind = rng.integers(0, 3)
    x = coloured(rng, seconds, [0, 3, 6][kind])[: n_of(seconds)]
    if kind == 0:
        x = highpass(x, log_uniform(rng, 800, 4000))
    return x * adsr(seconds, 0.02, 0.1, 1, 0.05), [
        ["hiss", "tape hiss", "white noise"],
        ["noise", "pink noise"],
        ["rumble", "brown noise"],
    ][kind] + ["static", "noisy"]


def record(rng: Rng) -> Audio:
    """Two seconds of something that may be on a record: drums, tones, noise; band-limited."""
    makers = [*DRUMS.values(), *TONES.values()]
    hits = [
        (float(rng.uniform(0, 1.6)), peaked(makers[rng.integers(0, len(makers))][0](rng)[0]), rng.uniform(0.4, 1))
        for _ in range(rng.integers(2, 7))
    ]
    buzz = detuned(saw, rng, log_uniform(rng, 100, 700), 2.0, 3, 30) * rng.uniform(0, 0.6)
    return peaked(mix_at(2.0, hits) + buzz + rng.uniform(0, 0.3) * noise(rng, 2.0))


@register(VINYL, 420)
def scratch(rng: Rng) -> Made:
    """A record moved by hand: its sound played along a wandering position."""
    kind = rng.integers(0, 3)
    source = record(rng)
    if kind == 0:
        seconds = rng.uniform(0.15, 1.4)
        moves = int(rng.integers(1, 8))
        ends = rng.uniform(0.3, 1.5) + np.cumsum(
            rng.choice([-1, 1]) * np.resize([1, -1], moves + 1) * rng.uniform(0.03, 0.3, moves + 1)
        )
        spots = np.interp(np.linspace(0, moves, n_of(seconds)), np.arange(moves + 1), np.clip(ends, 0, 1.95))
        spots = np.convolve(np.pad(spots, 400, "edge"), np.ones(801) / 801, "valid")[: n_of(seconds)]
        tags = ["vinyl scratch", "scratch", "turntable"]
    elif kind == 1:
        seconds = rng.uniform(0.4, 2.0)
        spots = 1.95 * (1 - np.linspace(0, 1, n_of(seconds)) ** rng.uniform(0.4, 1.8))
        spots = np.abs(1.95 - np.abs(spots * rng.uniform(1, 3) % 3.9 - 1.95))
        tags = ["vinyl rewind", "backspin", "turntable", "reversed"]
    else:
        seconds = rng.uniform(0.4, 2.0)
        spots = 1.2 * (1 - (1 - np.linspace(0, 1, n_of(seconds))) ** 2.2)
        tags = ["tape stop", "turntable", "slowing down"]
    x = np.interp(spots * 32000, np.arange(source.size), source)
    speed = np.minimum(1, np.abs(np.gradient(spots)) * 32000 / 0.3)
    return bandpass(x * speed, log_uniform(rng, 60, 250), log_uniform(rng, 4000, 14000)), ["dj scratch effect", *tags]
