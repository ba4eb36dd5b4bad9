"""Procedural scenes: drones, ambience, weather, animals, machines, foley."""

import numpy as np

from training.drums import click
from training.dsp import (
    Rng,
    adsr,
    bandpass,
    coloured,
    curve,
    decay,
    detuned,
    highpass,
    log_uniform,
    lowpass,
    mix_at,
    modes,
    n_of,
    noise,
    one_of,
    peaked,
    resample,
    reverb,
    saw,
    sine,
    sweep_filter,
    times,
)
from training.percussion import metal_hit
from training.pitch import hertz
from training.registry import Made, Registry, register
from training.tones import TONES

SCENES: Registry = {}


@register(SCENES, 240)
def drone(rng: Rng) -> Made:
    seconds = rng.uniform(2.0, 4.0)
    f = hertz(rng.uniform(24, 52))
    x = sum(
        (rng.uniform(0.2, 1) / k * detuned(one_of(rng, saw, sine), rng, f * k, seconds, 2, 8) for k in (1, 2, 3, 4, 6)),
        np.zeros(n_of(seconds)),
    )
    x = sweep_filter(x, curve(seconds, *[log_uniform(rng, 200, 2500) for _ in range(3)]), 1.5)
    return x * adsr(seconds, 0.4, 0.1, 1, 0.4), ["drone", "ambience", "sustained", "low"]


@register(SCENES, 240)
def hum(rng: Rng) -> Made:
    seconds = rng.uniform(1.0, 4.0)
    kind = rng.integers(0, 3)
    if kind == 0:
        f = rng.choice([50, 60, 100, 120]) * rng.uniform(0.98, 1.02)
        x = sum((rng.random() / k * sine(f * k, seconds) for k in range(1, 12)), np.zeros(n_of(seconds)))
        tags = ["electric hum", "buzz"]
    elif kind == 1:
        f = log_uniform(rng, 200, 1500)
        x = sum(
            (
                sine(f * r * (1 + 0.001 * np.sin(2 * np.pi * rng.uniform(0.3, 4) * times(seconds))), seconds)
                for r in (1, 1.003, 2.01, 2.76)
            ),
            np.zeros(n_of(seconds)),
        )
        tags = ["glass", "glassy", "resonant hum", "tonal"]
    else:
        f = log_uniform(rng, 60, 300)
        x = lowpass(detuned(saw, rng, f, seconds, 4, 25), 1500) * (
            1 + 0.3 * np.sin(2 * np.pi * rng.uniform(2, 12) * times(seconds))
        )
        tags = ["buzz", "soft buzz"]
    return x * adsr(seconds, 0.3, 0.1, 1, 0.4), ["hum", "ambience", "sustained", *tags]


@register(SCENES, 240)
def ambience(rng: Rng) -> Made:
    """Haunted, spacey, cinematic beds: filtered noise, far tones, long reverb."""
    seconds = rng.uniform(2.0, 4.0)
    x = 0.5 * sweep_filter(
        coloured(rng, seconds, 3)[: n_of(seconds)],
        curve(seconds, *[log_uniform(rng, 150, 3000) for _ in range(4)]),
        3,
        "band",
    )
    for _ in range(rng.integers(1, 5)):
        f = hertz(rng.uniform(36, 84))
        x += (
            rng.uniform(0.02, 0.3)
            * sine(curve(seconds, f, f * rng.uniform(0.85, 1.15)), seconds)
            * np.sin(np.pi * np.linspace(0, 1, n_of(seconds)))
        )
    return reverb(rng, x * adsr(seconds, 0.6, 0.1, 1, 0.6), 2.8, 0.7), [
        "ambience",
        "atmosphere",
        "texture",
        "eerie",
        "wet",
        "sustained",
    ]


@register(SCENES, 200)
def weather(rng: Rng) -> Made:
    seconds = rng.uniform(1.5, 4.0)
    kind = rng.integers(0, 4)
    base = coloured(rng, seconds, 3)[: n_of(seconds)]
    if kind == 0:
        x, tags = (
            sweep_filter(
                base,
                400 + 500 * (1 + np.sin(2 * np.pi * rng.uniform(0.2, 0.6) * times(seconds) + 6 * rng.random())),
                2,
                "band",
            ),
            ["wind noise"],
        )
    elif kind == 1:
        x = highpass(base, 1000) * 0.4
        spots = rng.integers(0, x.size, int(seconds * 250))
        x[spots] += rng.standard_normal(spots.size) * 0.7
        x, tags = bandpass(x, 700, 12000), ["rain"]
    elif kind == 2:
        x, tags = (
            base * (0.3 + 0.7 * np.sin(np.pi * rng.uniform(0.2, 0.5) * times(seconds)) ** 2),
            ["ocean waves", "water"],
        )
    else:
        x = 0.1 * base
        for spot in rng.integers(0, x.size - 400, int(seconds * 15)):
            x[spot : spot + 300] += rng.standard_normal(300) * np.exp(-np.arange(300) / 60) * rng.random() ** 2
        tags = ["fire crackling", "crackle"]
    return x, ["nature ambience", "ambience", *tags]


@register(SCENES, 200)
def animal(rng: Rng) -> Made:
    if rng.random() < 0.6:
        seconds = log_uniform(rng, 0.05, 0.5)
        f = log_uniform(rng, 1800, 6000)
        chirp = sine(curve(seconds, *(f * rng.uniform(0.7, 1.4) for _ in range(4))), seconds) * np.sin(
            np.pi * np.linspace(0, 1, n_of(seconds))
        )
        hits = [(k * seconds * 1.3, chirp, 1.0) for k in range(rng.integers(1, 5))]
        return mix_at(seconds * 1.3 * len(hits), hits), ["bird chirp", "bird", "animal"]
    seconds = rng.uniform(0.2, 0.7)
    f = log_uniform(rng, 150, 700)
    x = saw(curve(seconds, f, f * 1.2, f * 0.7), seconds) * (
        1 + 0.8 * np.sin(2 * np.pi * rng.uniform(40, 110) * times(seconds))
    )
    x = bandpass(x + 0.4 * noise(rng, seconds), 500, 4000) * adsr(seconds, 0.03, 0.1, 0.8, 0.1)
    return x, ["animal call", "crow", "animal"] if rng.random() < 0.5 else ["animal call", "growl", "animal"]


@register(SCENES, 220)
def machine(rng: Rng) -> Made:
    """Printers, motors, engines: repeated short noises over a hum."""
    seconds = rng.uniform(1.0, 4.0)
    rate = log_uniform(rng, 4, 70)
    hit = click(rng, 0.08, log_uniform(rng, 0.01, 0.06), 200, log_uniform(rng, 2000, 9000)) + 0.5 * modes(
        rng, 0.08, [(log_uniform(rng, 150, 2500), 1, 0.05)]
    )
    x = mix_at(seconds, [(s, hit, rng.uniform(0.5, 1)) for s in np.arange(0, seconds, 1 / rate)])
    f = (
        curve(seconds, *[log_uniform(rng, 80, 900) for _ in range(5)])
        if rng.random() < 0.5
        else log_uniform(rng, 60, 400)
    )
    x = peaked(x) + rng.uniform(0.1, 1) * lowpass(saw(f, seconds), 3000)
    return x, ["machine noise", "motor", "mechanical", "industrial", "texture"]


@register(SCENES, 160)
def door(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.25, 1.2)
    thud = lowpass(noise(rng, seconds), log_uniform(rng, 200, 1200)) * decay(seconds, log_uniform(rng, 0.08, 0.3)) * 3
    x = thud + modes(rng, seconds, [(f, rng.uniform(0.2, 1), 0.15) for f in rng.uniform(70, 700, 6)])
    x = mix_at(
        seconds + 0.2, [(0, x, 1), (rng.uniform(0.03, 0.15), click(rng, 0.1, 0.03, 600, 5000), rng.uniform(0, 1))]
    )
    return reverb(rng, x, rng.uniform(0.3, 1.2), rng.uniform(0.1, 0.4)), ["door slam", "thud", "foley"]


@register(SCENES, 120)
def footsteps(rng: Rng) -> Made:
    gap = rng.uniform(0.35, 0.6)
    hits = [
        (
            k * gap,
            lowpass(click(rng, 0.15, rng.uniform(0.04, 0.12), 80, 4000), log_uniform(rng, 700, 5000)),
            rng.uniform(0.6, 1),
        )
        for k in range(rng.integers(1, 6))
    ]
    return mix_at(gap * len(hits) + 0.1, hits), ["footsteps", "foley"]


@register(SCENES, 200)
def reversed_sound(rng: Rng) -> Made:
    maker = list(TONES.values())[rng.integers(0, len(TONES))][0] if rng.random() < 0.5 else metal_hit
    x = peaked(maker(rng)[0])[: int(2.5 * 32000)]
    return reverb(rng, x, 1.5, 0.5)[: (3 * 32000)][::-1].copy(), ["reversed", "reverse effect", "swelling"]


@register(SCENES, 120)
def shimmer(rng: Rng) -> Made:
    """Chimes and sparkles: many small bright bells."""
    seconds = rng.uniform(0.8, 3.0)
    hits = [
        (
            rng.uniform(0, seconds * 0.7),
            modes(rng, 1.0, [(hertz(rng.integers(80, 108)), 1, rng.uniform(0.3, 1))]),
            rng.uniform(0.2, 1),
        )
        for _ in range(rng.integers(8, 30))
    ]
    return reverb(rng, mix_at(seconds, hits), 1.2, 0.3), ["wind chimes", "chime", "sparkle", "bright", "metallic"]


@register(SCENES, 120)
def slowed(rng: Rng) -> Made:
    x = peaked(metal_hit(rng)[0])
    return reverb(rng, resample(x, rng.uniform(0.15, 0.4)), 2.0, 0.5)[: 3 * 32000], [
        "metallic texture",
        "texture",
        "industrial",
        "metallic",
    ]
