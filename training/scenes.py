# ruff: noqa: PERF401  (formulas read better in one row; loops with conditions better as loops)
"""Procedural effects and textures: sweeps, impacts, electronic blips, records, machines, weather, animals."""

from collections.abc import Callable

import numpy as np

from training.drums import Made, click, metal_hit
from training.dsp import (
    Rng,
    adsr,
    bandpass,
    coloured,
    crush,
    curve,
    decay,
    detuned,
    drive,
    echo,
    highpass,
    log_uniform,
    lowpass,
    mix_at,
    modes,
    n_of,
    noise,
    peaked,
    phase_of,
    resample,
    reverb,
    saw,
    sine,
    square,
    sweep_filter,
    times,
    triangle,
)  # fmt: skip
from training.tones import TONES, hertz

SCENES: dict[str, tuple[Callable[[Rng], Made], int]] = {}


def made(count: int) -> Callable[[Callable[[Rng], Made]], Callable[[Rng], Made]]:
    def register(function: Callable[[Rng], Made]) -> Callable[[Rng], Made]:
        SCENES[function.__name__] = (function, count)
        return function

    return register


@made(240)
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


@made(160)
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


@made(260)
def whoosh(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.25, 3.0)
    low, top = log_uniform(rng, 150, 800), log_uniform(rng, 1000, 9000)
    x = sweep_filter(
        coloured(rng, seconds, 2)[: n_of(seconds)], curve(seconds, low, top, low), log_uniform(rng, 0.7, 3), "band"
    )
    bump = np.sin(np.pi * np.linspace(0, 1, x.size) ** rng.uniform(0.5, 2)) ** rng.uniform(1, 3)
    x = x * bump
    if rng.random() < 0.4:
        x = reverb(rng, x, 1.5, 0.4)
    return x, ["whoosh", "swoosh"]


@made(240)
def impact(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 3.5)
    f = log_uniform(rng, 28, 60)
    x = sine(curve(seconds, f * rng.uniform(1.5, 4), f, f * 0.8), seconds) * decay(seconds, seconds, 0.003)
    x += 0.7 * lowpass(noise(rng, seconds), log_uniform(rng, 300, 3000)) * decay(seconds, seconds * 0.6)
    x += rng.uniform(0, 0.5) * peaked(metal_hit(rng)[0])[0] * decay(seconds, 0.2)
    x = reverb(rng, drive(x, log_uniform(rng, 1, 8)), rng.uniform(1, 3), rng.uniform(0.3, 0.6), 3000)
    return x, ["impact", "cinematic boom", "deep"]


@made(140)
def explosion(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 3.0)
    x = lowpass(noise(rng, seconds), log_uniform(rng, 500, 3000)) * decay(seconds, seconds) + 0.6 * lowpass(
        noise(rng, seconds), 120
    ) * decay(seconds, seconds)
    return drive(x, log_uniform(rng, 2, 12)), ["explosion", "impact", "noisy"]


@made(220)
def laser(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.08, 0.8)
    wave = [sine, saw, square, triangle][rng.integers(0, 4)]
    top, bottom = log_uniform(rng, 1200, 9000), log_uniform(rng, 60, 700)
    ends = (top, bottom) if rng.random() < 0.75 else (bottom, top)
    x = wave(curve(seconds, ends[0], np.sqrt(ends[0] * ends[1]) * rng.uniform(0.4, 1), ends[1]), seconds) * decay(
        seconds, seconds * 1.5
    )
    if rng.random() < 0.4:
        x = echo(x, rng.uniform(0.05, 0.15), 0.5, 4)
    return x, ["laser", "zap", "electronic"]


@made(360)
def blip(rng: Rng) -> Made:
    """Beeps, blips, pings, pops, plips: short electronic tones."""
    kind = rng.integers(0, 5)
    f = log_uniform(rng, 250, 4500)
    if kind == 0:
        seconds = log_uniform(rng, 0.06, 0.6)
        x, tags = (
            [sine, square, triangle][rng.integers(0, 3)](f, seconds) * adsr(seconds, 0.002, 0.01, 0.9, 0.01),
            ["beep"],
        )
    elif kind == 1:
        seconds = log_uniform(rng, 0.03, 0.2)
        x, tags = (
            [sine, triangle, square][rng.integers(0, 3)](curve(seconds, f, f * rng.uniform(0.4, 2.5)), seconds)
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


@made(200)
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


@made(260)
def glitch_texture(rng: Rng) -> Made:
    total = rng.uniform(0.3, 3.0)
    pieces, spot = [], 0.0
    while spot < total:
        length = log_uniform(rng, 0.01, 0.15)
        source = [
            lambda s: noise(rng, s),
            lambda s: square(log_uniform(rng, 40, 4000), s),
            lambda s: sine(curve(s, log_uniform(rng, 100, 6000), log_uniform(rng, 100, 6000)), s),
        ][rng.integers(0, 3)]
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


@made(160)
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


@made(260)
def vinyl_noise(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 4.0)
    x = np.zeros(n_of(seconds))
    spots = rng.integers(0, x.size, int(seconds * log_uniform(rng, 8, 120)))
    x[spots] = rng.standard_normal(spots.size) * rng.random(spots.size) ** 2
    x = bandpass(x, 500, 9000) * 3 + rng.uniform(0.005, 0.1) * coloured(rng, seconds, 2)[: x.size]
    return x, ["vinyl crackle", "vinyl", "crackle", "noisy", "lo-fi"]


@made(240)
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


@made(320)
def scratch(rng: Rng) -> Made:
    """A record moved by hand: a sound played along a wandering position."""
    kind = rng.integers(0, 3)
    source = peaked(
        sum((saw(log_uniform(rng, 100, 900), 2.0, rng) for _ in range(3)), 0.8 * noise(rng, 2.0))
        * (1 + 0.6 * np.sin(2 * np.pi * rng.uniform(3, 9) * times(2.0)))
    )
    if kind == 0:
        seconds = rng.uniform(0.15, 1.2)
        moves = rng.integers(2, 7)
        spots = np.interp(np.linspace(0, moves, n_of(seconds)), np.arange(moves + 1), rng.uniform(0, 0.35, moves + 1))
        tags = ["vinyl scratch", "scratch", "turntable"]
    elif kind == 1:
        seconds = rng.uniform(0.4, 1.8)
        spots = 1.9 * (1 - np.linspace(0, 1, n_of(seconds)) ** rng.uniform(0.4, 0.8))
        tags = ["vinyl rewind", "backspin", "turntable", "reversed"]
    else:
        seconds = rng.uniform(0.4, 2.0)
        spots = 1.2 * (1 - (1 - np.linspace(0, 1, n_of(seconds))) ** 2.2)
        tags = ["tape stop", "turntable", "slowing down"]
    x = np.interp(spots * 32000, np.arange(source.size), source)
    speed = np.minimum(1, np.abs(np.gradient(spots)) * 32000 / 0.3)
    return bandpass(x * speed, 120, 7000), ["dj scratch effect", *tags]


@made(240)
def drone(rng: Rng) -> Made:
    seconds = rng.uniform(2.0, 4.0)
    f = hertz(rng.uniform(24, 52))
    x = sum(
        (
            rng.uniform(0.2, 1) / k * detuned([saw, sine][rng.integers(0, 2)], rng, f * k, seconds, 2, 8)
            for k in (1, 2, 3, 4, 6)
        ),
        np.zeros(n_of(seconds)),
    )
    x = sweep_filter(x, curve(seconds, *[log_uniform(rng, 200, 2500) for _ in range(3)]), 1.5)
    return x * adsr(seconds, 0.4, 0.1, 1, 0.4), ["drone", "ambience", "sustained", "low"]


@made(240)
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


@made(240)
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


@made(200)
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


@made(200)
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


@made(220)
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


@made(200)
def alarm(rng: Rng) -> Made:
    seconds = rng.uniform(0.5, 3.0)
    kind = rng.integers(0, 3)
    f, rate = log_uniform(rng, 400, 1800), log_uniform(rng, 1, 12)
    lfo = np.sin(2 * np.pi * rate * times(seconds))
    if kind == 0:
        return [sine, square][rng.integers(0, 2)](f * (1.2 + 0.3 * lfo), seconds), ["siren", "alarm"]
    if kind == 1:
        return square(f * np.where(lfo > 0, 1, rng.choice([0.75, 1.25, 1.5])), seconds), ["alarm", "telephone", "beep"]
    tone = sine(rng.choice([697, 770, 852, 941]), seconds) + sine(rng.choice([1209, 1336, 1477]), seconds)
    return tone * (lfo > -0.3), ["telephone", "dial tone", "beep"]


@made(160)
def coin(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.3, 1.2)
    hits = [
        (s, modes(rng, seconds, [(f, rng.uniform(0.4, 1), seconds * 0.5) for f in rng.uniform(2500, 9000, 6)]), 1.0)
        for s in np.sort(rng.uniform(0, 0.25, rng.integers(1, 5)))
    ]
    return mix_at(seconds + 0.3, hits), ["coin", "cash register", "metallic", "bright"]


@made(160)
def door(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.25, 1.2)
    thud = lowpass(noise(rng, seconds), log_uniform(rng, 200, 1200)) * decay(seconds, log_uniform(rng, 0.08, 0.3)) * 3
    x = thud + modes(rng, seconds, [(f, rng.uniform(0.2, 1), 0.15) for f in rng.uniform(70, 700, 6)])
    x = mix_at(
        seconds + 0.2, [(0, x, 1), (rng.uniform(0.03, 0.15), click(rng, 0.1, 0.03, 600, 5000), rng.uniform(0, 1))]
    )
    return reverb(rng, x, rng.uniform(0.3, 1.2), rng.uniform(0.1, 0.4)), ["door slam", "thud", "foley"]


@made(120)
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


@made(160)
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


@made(160)
def noise_burst(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.03, 0.6)
    x = bandpass(noise(rng, seconds), log_uniform(rng, 60, 2000), log_uniform(rng, 3000, 15000)) * decay(
        seconds, seconds * rng.uniform(0.5, 2)
    )
    return x, ["noise burst", "noise", "noisy"]


@made(200)
def reversed_sound(rng: Rng) -> Made:
    maker = list(TONES.values())[rng.integers(0, len(TONES))][0] if rng.random() < 0.5 else metal_hit
    x = peaked(maker(rng)[0])[: int(2.5 * 32000)]
    return reverb(rng, x, 1.5, 0.5)[: (3 * 32000)][::-1].copy(), ["reversed", "reverse effect", "swelling"]


@made(120)
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


@made(140)
def ring_mod(rng: Rng) -> Made:
    seconds = rng.uniform(0.3, 2.5)
    phase = 2 * np.pi * phase_of(log_uniform(rng, 60, 2000), seconds)
    x = np.sin(phase + rng.uniform(2, 12) * np.sin(phase * rng.uniform(0.2, 3.3))) * sine(
        curve(seconds, log_uniform(rng, 20, 2000), log_uniform(rng, 20, 2000)), seconds
    )
    return x * adsr(seconds, 0.01, 0.1, 0.8, 0.2), ["sci-fi effect", "alien sound", "electronic", "modulated"]


@made(120)
def slowed(rng: Rng) -> Made:
    x = peaked(metal_hit(rng)[0])
    return reverb(rng, resample(x, rng.uniform(0.15, 0.4)), 2.0, 0.5)[: 3 * 32000], [
        "metallic texture",
        "texture",
        "industrial",
        "metallic",
    ]
