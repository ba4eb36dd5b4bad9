"""Procedural transitions: risers, downlifters, whooshes, impacts, explosions."""

import numpy as np

from training.drums import click
from training.dsp import (
    Rng,
    coloured,
    curve,
    decay,
    detuned,
    drive,
    log_uniform,
    lowpass,
    n_of,
    noise,
    peaked,
    reverb,
    saw,
    sine,
    sweep_filter,
)
from training.registry import Made, Registry, register

SWEEPS: Registry = {}


@register(SWEEPS, 240)
def riser(rng: Rng) -> Made:
    seconds = rng.uniform(1.2, 4.0)
    x = sweep_filter(
        noise(rng, seconds),
        curve(seconds, log_uniform(rng, 100, 600), log_uniform(rng, 4000, 13000)),
        log_uniform(rng, 0.8, 4),
        "band",
    )
    if rng.random() < 0.5:
        x = peaked(x) + 0.6 * detuned(saw, rng, curve(seconds, 80, log_uniform(rng, 300, 1800)), seconds, 3, 20)
    return x * np.linspace(0.05, 1, x.size) ** rng.uniform(0.7, 2), ["riser", "swelling", "sweep"]


@register(SWEEPS, 160)
def downlifter(rng: Rng) -> Made:
    seconds = rng.uniform(1.0, 4.0)
    x = sweep_filter(
        noise(rng, seconds),
        curve(seconds, log_uniform(rng, 5000, 13000), log_uniform(rng, 100, 500)),
        log_uniform(rng, 0.8, 4),
        "band",
    )
    if rng.random() < 0.4:
        x = peaked(x) + 0.5 * saw(curve(seconds, log_uniform(rng, 400, 2000), 50), seconds)
    return x * np.linspace(1, 0.02, x.size), ["downlifter", "sweep"]


@register(SWEEPS, 380)
def whoosh(rng: Rng) -> Made:
    """Air that rises and falls, its band moving along or past; now and then a tone in it."""
    seconds = log_uniform(rng, 0.15, 3.5)
    ends = [log_uniform(rng, 150, 3000), log_uniform(rng, 800, 10000), log_uniform(rng, 150, 3000)]
    air = coloured(rng, seconds, float(rng.choice([0, 2, 3, 5])))[: n_of(seconds)]
    x = peaked(
        sweep_filter(air, curve(seconds, *ends), log_uniform(rng, 0.5, 3), str(rng.choice(["band", "low", "band"])))
    )
    if rng.random() < 0.25:
        x = x + rng.uniform(0.1, 0.5) * sine(curve(seconds, *(e * 0.3 for e in ends)), seconds)
    x = x * np.sin(np.pi * np.linspace(0, 1, x.size) ** rng.uniform(0.4, 3)) ** rng.uniform(0.7, 3)
    if rng.random() < 0.4:
        x = reverb(rng, x, rng.uniform(0.5, 2.5), rng.uniform(0.2, 0.5))
    return x, ["whoosh", "swoosh"]


@register(SWEEPS, 240)
def impact(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 3.5)
    f = log_uniform(rng, 28, 60)
    x = sine(curve(seconds, f * rng.uniform(1.5, 4), f, f * 0.8), seconds) * decay(seconds, seconds, 0.003)
    x += 0.7 * lowpass(noise(rng, seconds), log_uniform(rng, 300, 3000)) * decay(seconds, seconds * 0.6)
    x += rng.uniform(0, 0.8) * click(rng, seconds, log_uniform(rng, 0.02, 0.2), 200, 6000)
    x = reverb(rng, drive(x, log_uniform(rng, 1, 8)), rng.uniform(1, 3), rng.uniform(0.3, 0.6), 3000)
    return x, ["impact", "cinematic boom", "deep"]


@register(SWEEPS, 140)
def explosion(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 3.0)
    x = lowpass(noise(rng, seconds), log_uniform(rng, 500, 3000)) * decay(seconds, seconds) + 0.6 * lowpass(
        noise(rng, seconds), 120
    ) * decay(seconds, seconds)
    return drive(x, log_uniform(rng, 2, 12)), ["explosion", "impact", "noisy"]
