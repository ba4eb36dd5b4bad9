"""Procedural percussion: hand drums, wood, metal, shakers, clicks."""

import numpy as np

from training.drums import click
from training.dsp import (
    Rng,
    bandpass,
    crush,
    curve,
    decay,
    drive,
    highpass,
    log_uniform,
    mix_at,
    modes,
    noise,
    peaked,
    resonate,
    reverb,
    sine,
    square,
    times,
    triangle,
)
from training.registry import Made, Registry, register

PERCUSSION: Registry = {}


@register(PERCUSSION, 300)
def rimshot(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.05, 0.25)
    base = log_uniform(rng, 400, 1800)
    x = modes(
        rng,
        seconds,
        [(base, 1, 0.05), (base * rng.uniform(1.4, 2.8), 0.8, 0.04), (base * rng.uniform(3, 5), 0.4, 0.02)],
    )
    return drive(x + 0.5 * click(rng, seconds, 0.008), log_uniform(rng, 1, 4)), ["rimshot"]


@register(PERCUSSION, 250)
def snap(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.08, 0.3)
    base = log_uniform(rng, 1200, 2800)
    envelope = decay(seconds, log_uniform(rng, 0.02, 0.08))
    late = int(rng.uniform(0.004, 0.02) * 32000)
    envelope[late:] += rng.uniform(0.5, 2.0) * decay(seconds, log_uniform(rng, 0.02, 0.08))[:-late]
    x = peaked(resonate(noise(rng, seconds) * envelope, base, rng.uniform(1.5, 9))) + 0.3 * click(rng, seconds, 0.006)
    if rng.random() < 0.6:
        x = reverb(rng, x, log_uniform(rng, 0.15, 0.6), rng.uniform(0.1, 0.4))
    return x, ["finger snap"]


@register(PERCUSSION, 250)
def conga_bongo(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.15, 0.6)
    high = rng.random() < 0.5
    base = log_uniform(rng, 300, 550) if high else log_uniform(rng, 150, 300)
    half = log_uniform(rng, 0.1, 0.45)
    x = modes(rng, seconds, [(base, 1, half), (base * 1.6, 0.3, half * 0.5), (base * 2.3, 0.2, half * 0.4)])
    x += rng.uniform(0.1, 0.8) * click(rng, seconds, 0.02, 800, 5000)
    return x, ["bongo" if high else "conga", "hand drum"]


@register(PERCUSSION, 320)
def tabla(rng: Rng) -> Made:
    """Dayan: near-harmonic ring (na, tin, tun); bayan: low with a pitch bend (ghe); dry slaps (te, ke)."""
    kind = rng.integers(0, 3)
    if kind == 0:
        seconds = log_uniform(rng, 0.2, 1.2)
        base = log_uniform(rng, 220, 420)
        half = log_uniform(rng, 0.2, 1.0)
        levels = rng.uniform(0.2, 1, 5)
        x = modes(
            rng,
            seconds,
            [(base * (k + 1) * rng.uniform(0.99, 1.01), levels[k], half / (1 + 0.3 * k)) for k in range(5)],
        )
        x += 0.6 * click(rng, seconds, 0.012, 1000, 7000)
        return x, ["tabla", "hand drum", "tonal"]
    if kind == 1:
        seconds = log_uniform(rng, 0.3, 1.2)
        base = log_uniform(rng, 65, 120)
        glide = curve(seconds, base, base * rng.uniform(0.9, 1.7), base * rng.uniform(0.9, 1.5))
        x = sine(glide, seconds) * decay(seconds, seconds) + 0.3 * sine(glide * 2, seconds) * decay(
            seconds, seconds * 0.5
        )
        x += 0.4 * click(rng, seconds, 0.02, 300, 4000)
        return x, ["tabla", "bayan", "hand drum", "low"]
    seconds = log_uniform(rng, 0.06, 0.25)
    x = click(rng, seconds, log_uniform(rng, 0.02, 0.08), 250, 4000) + modes(
        rng, seconds, [(log_uniform(rng, 200, 600), 0.7, 0.06)]
    )
    return x, ["tabla", "hand drum", "short"]


@register(PERCUSSION, 160)
def djembe(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.2, 0.6)
    base = log_uniform(rng, 70, 400)
    x = modes(rng, seconds, [(base, 1, 0.3), (base * 1.5, 0.5, 0.15), (base * 2.2, 0.4, 0.1)]) + rng.uniform(
        0.2, 1
    ) * click(rng, seconds, 0.03, 500, 6000)
    return x, ["djembe", "hand drum"]


@register(PERCUSSION, 120)
def big_drum(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.8, 2.5)
    base = log_uniform(rng, 45, 90)
    x = modes(
        rng,
        seconds,
        [(base * r, g, seconds * d) for r, g, d in ((1, 1, 0.8), (1.5, 0.6, 0.5), (2, 0.4, 0.4), (2.7, 0.3, 0.3))],
    )
    x += 0.5 * click(rng, seconds, 0.06, 200, 2500)
    return reverb(rng, x, log_uniform(rng, 0.8, 2.5), rng.uniform(0.2, 0.5)), ["taiko", "big drum", "deep"]


@register(PERCUSSION, 220)
def cowbell(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.12, 0.6)
    base = log_uniform(rng, 450, 900)
    if rng.random() < 0.5:
        x = bandpass(
            square(base, seconds) + square(base * rng.uniform(1.4, 1.6), seconds), base * 0.8, base * 5
        ) * decay(seconds, seconds * rng.uniform(0.5, 1))
    else:
        x = modes(
            rng,
            seconds,
            [(base * r, g, seconds * 0.7) for r, g in ((1, 1), (1.51, 0.8), (2.6, 0.5), (3.7, 0.4), (5.1, 0.2))],
        )
    return x + 0.3 * click(rng, seconds, 0.01), ["cowbell", "metallic"]


@register(PERCUSSION, 200)
def woodblock(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.06, 0.3)
    base = log_uniform(rng, 500, 2800)
    x = modes(
        rng, seconds, [(base, 1, log_uniform(rng, 0.03, 0.12)), (base * rng.uniform(1.6, 2.9), 0.4, 0.04)]
    ) + 0.3 * click(rng, seconds, 0.006)
    return x, [rng.choice(["woodblock", "claves"]), "wooden"]


@register(PERCUSSION, 260)
def shaker(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.06, 0.35)
    x = highpass(noise(rng, seconds), log_uniform(rng, 3000, 7000)) * np.sin(
        np.pi * np.linspace(0, 1, times(seconds).size) ** rng.uniform(0.4, 1.2)
    ) ** rng.uniform(1, 3)
    if rng.random() < 0.4:
        x = x * (rng.random(x.size) < 0.2)
    return x, [rng.choice(["shaker", "maracas"])]


@register(PERCUSSION, 160)
def tambourine(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.12, 0.5)
    jingles = np.zeros_like(times(seconds))
    for _ in range(rng.integers(4, 12)):
        f = rng.uniform(4500, 12500)
        i = int(rng.uniform(0, 0.04) * 32000)
        part = modes(rng, seconds, [(f, 1, rng.uniform(0.08, seconds))])
        jingles[i:] += part[: jingles.size - i]
    return highpass(jingles + 0.5 * noise(rng, seconds) * decay(seconds, seconds * 0.6), 3500), ["tambourine"]


@register(PERCUSSION, 200)
def triangle_bell(rng: Rng) -> Made:
    if rng.random() < 0.5:
        seconds = log_uniform(rng, 0.4, 2.0)
        x = modes(rng, seconds, [(f, rng.uniform(0.3, 1), seconds) for f in rng.uniform(2500, 12000, 7)])
        return x, ["triangle percussion", "metallic", "bright"]
    seconds = log_uniform(rng, 0.4, 2.5)
    base = log_uniform(rng, 300, 2500)
    x = modes(
        rng,
        seconds,
        [
            (base * r, g, seconds * d)
            for r, g, d in (
                (0.5, 0.3, 1),
                (1, 1, 0.9),
                (1.19, 0.5, 0.7),
                (1.56, 0.4, 0.6),
                (2, 0.5, 0.5),
                (2.74, 0.3, 0.4),
                (3.76, 0.2, 0.3),
            )
        ],
    )
    return x, ["bell", "metallic"]


@register(PERCUSSION, 120)
def gong(rng: Rng) -> Made:
    seconds = log_uniform(rng, 1.2, 3.0)
    x = modes(
        rng, seconds, [(f, rng.uniform(0.3, 1), seconds * rng.uniform(0.4, 1.2)) for f in 70 * 25 ** rng.random(25)]
    )
    return x * np.minimum(1, times(seconds) / rng.uniform(0.003, 0.1)), ["gong", "metallic"]


@register(PERCUSSION, 160)
def metal_hit(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.15, 1.5)
    x = modes(
        rng, seconds, [(f, rng.uniform(0.2, 1), seconds * rng.uniform(0.2, 1)) for f in 180 * 40 ** rng.random(18)]
    )
    return drive(x + 0.6 * click(rng, seconds, 0.02), log_uniform(rng, 1, 5)), ["metal hit", "metallic", "industrial"]


@register(PERCUSSION, 200)
def glitch_hit(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.02, 0.25)
    kind = rng.integers(0, 4)
    if kind == 0:
        x = crush(noise(rng, seconds) * decay(seconds, seconds), int(rng.integers(2, 6)), int(rng.integers(2, 20)))
    elif kind == 1:
        x = sine(curve(seconds, log_uniform(rng, 100, 8000), log_uniform(rng, 50, 6000)), seconds) * decay(
            seconds, seconds
        )
    elif kind == 2:
        x = square(log_uniform(rng, 30, 2500), seconds) * (
            rng.random(times(seconds).size // 200 + 1).repeat(200)[: times(seconds).size] < 0.5
        )
    else:
        x = np.sin(
            2
            * np.pi
            * np.cumsum(rng.uniform(100, 7000, times(seconds).size // 300 + 1).repeat(300)[: times(seconds).size])
            / 32000
        ) * decay(seconds, seconds)
    return x, ["glitch percussion", "glitch", "electronic"]


@register(PERCUSSION, 180)
def guiro(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.15, 0.7)
    gap = 1 / log_uniform(rng, 30, 90)
    hits = [(s, click(rng, 0.02, 0.01, 1500, 7000), rng.uniform(0.5, 1)) for s in np.arange(0, seconds, gap)]
    return mix_at(seconds + 0.05, hits), ["guiro"]


@register(PERCUSSION, 150)
def synth_perc(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.08, 0.4)
    wave = [sine, triangle][rng.integers(0, 2)]
    f = log_uniform(rng, 150, 2500)
    x = wave(curve(seconds, f * rng.uniform(1, 4), f, f * rng.uniform(0.5, 1)), seconds) * decay(
        seconds, seconds * rng.uniform(0.4, 1)
    )
    return x, ["electronic percussion", "electronic"]
