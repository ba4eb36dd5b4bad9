"""Procedural basses."""

import numpy as np

from training.drums import click
from training.dsp import (
    Rng,
    adsr,
    curve,
    decay,
    detuned,
    drive,
    formants,
    log_uniform,
    lowpass,
    n_of,
    peaked,
    phase_of,
    pluck,
    saw,
    sine,
    square,
    sweep_filter,
    times,
    triangle,
)
from training.pitch import hertz, wave
from training.registry import Made, Registry, register

BASSES: Registry = {}


@register(BASSES, 320)
def bass_sub(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.3, 3.0)
    f = hertz(rng.uniform(24, 40))
    glide = curve(seconds, f * rng.choice([1, 1, 2]), f, f, f * rng.choice([1, 1, 0.6]))
    x = sine(glide, seconds) + rng.uniform(0, 0.3) * triangle(glide, seconds)
    return drive(x, log_uniform(rng, 0.5, 4)) * adsr(seconds, 0.005, 0.1, 0.8, 0.05), [
        "sub bass",
        "synth bass",
        "deep",
        "low",
    ]


@register(BASSES, 550)
def bass_synth(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.2, 2.5)
    f = hertz(rng.uniform(26, 50))
    x = detuned(wave(rng), rng, f, seconds, int(rng.integers(1, 4)), rng.uniform(0, 15)) + 0.5 * sine(f, seconds)
    start = log_uniform(rng, 300, 6000)
    x = sweep_filter(
        x, curve(seconds, start, start * rng.uniform(0.1, 0.8), log_uniform(rng, 80, 900)), log_uniform(rng, 0.7, 4)
    )
    return x * adsr(seconds, 0.003, seconds * 0.4, rng.uniform(0, 0.9), 0.05), ["synth bass"]


@register(BASSES, 260)
def bass_reese(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.6, 3.0)
    f = hertz(rng.uniform(26, 43))
    x = detuned(saw, rng, f, seconds, int(rng.integers(2, 6)), rng.uniform(15, 50))
    x = sweep_filter(x, curve(seconds, *[log_uniform(rng, 150, 2500) for _ in range(4)]), 1.2)
    tags = ["reese bass", "synth bass", "detuned"]
    if rng.random() < 0.5:
        x, tags = drive(x, log_uniform(rng, 3, 20)), [*tags, "distorted"]
    return x * adsr(seconds, 0.01, 0.1, 0.9, 0.08), tags


@register(BASSES, 260)
def bass_wobble(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 3.0)
    f = hertz(rng.uniform(26, 43))
    rate = log_uniform(rng, 1.5, 14)
    lfo = 0.5 - 0.5 * np.cos(2 * np.pi * rate * times(seconds))
    x = detuned(wave(rng), rng, f, seconds, 2, 12)
    x = sweep_filter(x, 120 + lfo ** rng.uniform(0.7, 2) * log_uniform(rng, 800, 5000), log_uniform(rng, 1, 5))
    return drive(x, log_uniform(rng, 1, 10)) * adsr(seconds, 0.01, 0.1, 1, 0.05), [
        "wobble bass",
        "synth bass",
        "modulated",
    ]


@register(BASSES, 220)
def bass_acid(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.15, 1.0)
    f = hertz(rng.uniform(28, 52))
    x = (saw if rng.random() < 0.7 else square)(f, seconds)
    top = log_uniform(rng, 800, 6000)
    x = sweep_filter(x, curve(seconds, top, top * 0.3, 200), log_uniform(rng, 4, 14))
    return drive(x, log_uniform(rng, 1, 10)) * adsr(seconds, 0.003, 0.1, 0.7, 0.03), [
        "acid bass",
        "synth bass",
        "resonant",
    ]


@register(BASSES, 220)
def bass_fm(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.2, 2.0)
    f = hertz(rng.uniform(26, 48))
    index = rng.uniform(1, 8) * decay(seconds, seconds * rng.uniform(0.2, 1.5))
    x = np.sin(
        2 * np.pi * phase_of(f, seconds) + index * np.sin(2 * np.pi * phase_of(f * rng.choice([0.5, 1, 2, 3]), seconds))
    )
    tags = ["fm bass", "synth bass"]
    if rng.random() < 0.4:
        x, tags = drive(x, log_uniform(rng, 3, 20)), [*tags, "distorted"]
    return x * adsr(seconds, 0.002, seconds * 0.5, rng.uniform(0.1, 0.9), 0.05), tags


@register(BASSES, 180)
def bass_drop(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 3.0)
    f = hertz(rng.uniform(36, 55))
    x = (sine if rng.random() < 0.6 else saw)(curve(seconds, f, f * 0.7, f * 0.35), seconds)
    return drive(lowpass(x, 900), log_uniform(rng, 1, 6)) * adsr(seconds, 0.005, 0.2, 0.9, 0.3), [
        "bass drop",
        "sub bass",
        "synth bass",
        "deep",
        "low",
    ]


@register(BASSES, 200)
def bass_pluck(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.4, 2.0)
    x = pluck(rng, hertz(rng.uniform(28, 47)), seconds, rng.uniform(0.985, 0.999), rng.uniform(0, 0.4))
    return x + 0.2 * click(rng, seconds, 0.01), ["plucked bass", "bass guitar"]


@register(BASSES, 120)
def bass_vocal(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.3, 2.0)
    f = hertz(rng.uniform(30, 48))
    x = sum(
        formants(saw(f, seconds), v) * e
        for v, e in zip(
            rng.choice(list("aoeiu"), 2),
            (np.linspace(1, 0, n_of(seconds)), np.linspace(0, 1, n_of(seconds))),
            strict=True,
        )
    )
    return np.asarray(x + 0.4 * peaked(saw(f, seconds)) * 0.02) * adsr(seconds, 0.01, 0.1, 0.9, 0.05), [
        "growl bass",
        "synth bass",
        "vocal-like",
    ]
