# ruff: noqa: PERF401  (formulas read better in one row; loops with conditions better as loops)
"""Procedural electronic effects: lasers, blips, glitches, robots, alarms, games."""

import numpy as np

from training.drums import click
from training.dsp import (
    Rng,
    adsr,
    bandpass,
    crush,
    curve,
    decay,
    echo,
    log_uniform,
    mix_at,
    modes,
    n_of,
    noise,
    one_of,
    phase_of,
    saw,
    sine,
    square,
    sweep_filter,
    times,
    triangle,
)
from training.pitch import hertz
from training.registry import Made, Registry, register

ELECTRONICS: Registry = {}


@register(ELECTRONICS, 220)
def laser(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.08, 0.8)
    wave = one_of(rng, sine, saw, square, triangle)
    top, bottom = log_uniform(rng, 1200, 9000), log_uniform(rng, 60, 700)
    ends = (top, bottom) if rng.random() < 0.75 else (bottom, top)
    x = wave(curve(seconds, ends[0], np.sqrt(ends[0] * ends[1]) * rng.uniform(0.4, 1), ends[1]), seconds) * decay(
        seconds, seconds * 1.5
    )
    if rng.random() < 0.4:
        x = echo(x, rng.uniform(0.05, 0.15), 0.5, 4)
    return x, ["laser", "zap", "electronic"]


@register(ELECTRONICS, 360)
def blip(rng: Rng) -> Made:
    """Beeps, blips, pings, pops, plips: short electronic tones."""
    kind = rng.integers(0, 5)
    f = log_uniform(rng, 250, 4500)
    if kind == 0:
        seconds = log_uniform(rng, 0.06, 0.6)
        x, tags = (
            one_of(rng, sine, square, triangle)(f, seconds) * adsr(seconds, 0.002, 0.01, 0.9, 0.01),
            ["beep"],
        )
    elif kind == 1:
        seconds = log_uniform(rng, 0.03, 0.2)
        x, tags = (
            one_of(rng, sine, triangle, square)(curve(seconds, f, f * rng.uniform(0.4, 2.5)), seconds)
            * decay(seconds, seconds),
            ["blip"],
        )
    elif kind == 2:
        seconds = log_uniform(rng, 0.2, 1.5)
        x, tags = sine(f, seconds) * decay(seconds, seconds), ["ping", "tonal"]
    elif kind == 3:
        seconds = log_uniform(rng, 0.03, 0.15)
        x, tags = (
            sine(curve(seconds, log_uniform(rng, 100, 400), log_uniform(rng, 400, 1500)), seconds)
            * decay(seconds, seconds),
            ["pop", "blip"],
        )
    else:
        seconds = log_uniform(rng, 0.015, 0.06)
        x, tags = click(rng, seconds, 0.01) + 0.5 * sine(f, seconds) * decay(seconds, 0.02), ["tick", "click"]
    return x, [*tags, "electronic blip", "electronic"]


@register(ELECTRONICS, 200)
def bubble(rng: Rng) -> Made:
    total = log_uniform(rng, 0.08, 1.5)
    hits = []
    for _ in range(max(1, int(total * 8))):
        seconds = rng.uniform(0.03, 0.12)
        f = log_uniform(rng, 300, 1800)
        hits.append(
            (
                rng.uniform(0, total),
                sine(curve(seconds, f, f * rng.uniform(1.2, 2.5)), seconds) * decay(seconds, seconds, 0.004),
                rng.uniform(0.3, 1),
            )
        )
    return mix_at(total + 0.15, hits), ["bubble", "water drop", "liquid"]


@register(ELECTRONICS, 260)
def glitch_texture(rng: Rng) -> Made:
    total = rng.uniform(0.3, 3.0)
    pieces, spot = [], 0.0
    while spot < total:
        length = log_uniform(rng, 0.01, 0.15)
        source = one_of(
            rng,
            lambda s: noise(rng, s),
            lambda s: square(log_uniform(rng, 40, 4000), s),
            lambda s: sine(curve(s, log_uniform(rng, 100, 6000), log_uniform(rng, 100, 6000)), s),
        )
        piece = source(length)
        for k in range(int(rng.choice([1, 1, 2, 4, 8]))):
            pieces.append((spot + k * length, piece, rng.uniform(0.3, 1)))
        spot += length * rng.uniform(1, 6)
    x = mix_at(total, pieces)
    return crush(x, int(rng.integers(3, 9)), int(rng.integers(1, 12))), [
        "glitch",
        "glitch effect",
        "electronic",
        "digital",
    ]


@register(ELECTRONICS, 160)
def robot(rng: Rng) -> Made:
    """Machine talk: stepped tones through moving formants, ring-modulated."""
    total = rng.uniform(0.3, 2.5)
    steps = max(2, int(total * rng.uniform(5, 18)))
    f = np.repeat(80 * 6 ** rng.random(steps), n_of(total) // steps + 1)[: n_of(total)]
    x = square(f, total, 0.3)
    x = sweep_filter(x, np.repeat(400 * 8 ** rng.random(steps), n_of(total) // steps + 1)[: n_of(total)], 5, "band")
    if rng.random() < 0.6:
        x = x * sine(log_uniform(rng, 30, 900), total)
    return x, ["robot", "robotic", "electronic", "glitch"]


@register(ELECTRONICS, 200)
def alarm(rng: Rng) -> Made:
    seconds = rng.uniform(0.5, 3.0)
    kind = rng.integers(0, 3)
    f, rate = log_uniform(rng, 400, 1800), log_uniform(rng, 1, 12)
    lfo = np.sin(2 * np.pi * rate * times(seconds))
    if kind == 0:
        return one_of(rng, sine, square)(f * (1.2 + 0.3 * lfo), seconds), ["siren", "alarm"]
    if kind == 1:
        return square(f * np.where(lfo > 0, 1, rng.choice([0.75, 1.25, 1.5])), seconds), ["alarm", "telephone", "beep"]
    tone = sine(rng.choice([697, 770, 852, 941]), seconds) + sine(rng.choice([1209, 1336, 1477]), seconds)
    return tone * (lfo > -0.3), ["telephone", "dial tone", "beep"]


@register(ELECTRONICS, 160)
def coin(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.3, 1.2)
    hits = [
        (s, modes(rng, seconds, [(f, rng.uniform(0.4, 1), seconds * 0.5) for f in rng.uniform(2500, 9000, 6)]), 1.0)
        for s in np.sort(rng.uniform(0, 0.25, rng.integers(1, 5)))
    ]
    return mix_at(seconds + 0.3, hits), ["coin", "cash register", "metallic", "bright"]


@register(ELECTRONICS, 160)
def game_sound(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.15, 0.9)
    steps = rng.integers(2, 9)
    f = np.repeat(hertz(60) * 2 ** (np.cumsum(rng.integers(-5, 8, steps)) / 12), n_of(seconds) // steps + 1)[
        : n_of(seconds)
    ]
    return square(f, seconds, rng.choice([0.125, 0.25, 0.5])) * decay(seconds, seconds * 2), [
        "arcade game sound",
        "8-bit",
        "chiptune",
        "electronic",
    ]


@register(ELECTRONICS, 160)
def noise_burst(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.03, 0.6)
    x = bandpass(noise(rng, seconds), log_uniform(rng, 60, 2000), log_uniform(rng, 3000, 15000)) * decay(
        seconds, seconds * rng.uniform(0.5, 2)
    )
    return x, ["noise burst", "noise", "noisy"]


@register(ELECTRONICS, 140)
def ring_mod(rng: Rng) -> Made:
    seconds = rng.uniform(0.3, 2.5)
    phase = 2 * np.pi * phase_of(log_uniform(rng, 60, 2000), seconds)
    x = np.sin(phase + rng.uniform(2, 12) * np.sin(phase * rng.uniform(0.2, 3.3))) * sine(
        curve(seconds, log_uniform(rng, 20, 2000), log_uniform(rng, 20, 2000)), seconds
    )
    return x * adsr(seconds, 0.01, 0.1, 0.8, 0.2), ["sci-fi effect", "alien sound", "electronic", "modulated"]
