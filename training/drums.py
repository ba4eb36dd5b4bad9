"""Procedural drum kits: kicks, snares, claps, hats, cymbals, toms."""

import numpy as np

from training.dsp import (
    Audio,
    Rng,
    bandpass,
    coloured,
    crush,
    decay,
    drive,
    highpass,
    log_uniform,
    lowpass,
    mix_at,
    modes,
    noise,
    peaked,
    reverb,
    sine,
    square,
    times,
)
from training.registry import Made, Registry, register

DRUMS: Registry = {}


def body(rng: Rng, seconds: float, high: float, low: float, bend: float, half: float) -> Audio:
    """A sine that falls from `high` to `low` Hz with time constant `bend`."""
    t = times(seconds)
    return sine(low + (high - low) * np.exp(-t / bend), seconds) * decay(
        seconds, half, rng.choice([0.0005, 0.002, 0.004])
    )


def click(rng: Rng, seconds: float, half: float = 0.01, low: float = 1500.0, high: float = 9000.0) -> Audio:
    """A band of noise, `low` to `high` Hz, that falls 60 dB in `half` seconds."""
    return bandpass(noise(rng, seconds), low, high) * decay(seconds, half)


@register(DRUMS, 420)
def kick_808(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.5, 1.8)
    low = log_uniform(rng, 38, 62)
    x = body(rng, seconds, low * rng.uniform(1.5, 4), low, log_uniform(rng, 0.01, 0.05), seconds)
    if rng.random() < 0.5:
        x = drive(x, log_uniform(rng, 1, 5))
    x += rng.uniform(0, 0.3) * click(rng, seconds)
    return x, ["kick", "808 kick", "deep", "electronic"]


@register(DRUMS, 700)
def kick_electronic(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.1, 0.6)
    low = log_uniform(rng, 40, 70)
    x = body(
        rng, seconds, log_uniform(rng, 120, 900), low, log_uniform(rng, 0.008, 0.06), seconds * rng.uniform(0.6, 1.2)
    )
    x += rng.uniform(0, 0.6) * click(rng, seconds, log_uniform(rng, 0.004, 0.03))
    x = drive(x, log_uniform(rng, 1, 6))
    return x, ["kick", "electronic"]


@register(DRUMS, 300)
def kick_hard(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.25, 0.7)
    low = log_uniform(rng, 45, 65)
    x = body(rng, seconds, log_uniform(rng, 300, 2500), low, log_uniform(rng, 0.01, 0.08), seconds)
    x = drive(x + 0.5 * click(rng, seconds), log_uniform(rng, 6, 60))
    return lowpass(x, log_uniform(rng, 2000, 12000)), ["kick", "hard kick", "distorted", "electronic"]


@register(DRUMS, 500)
def kick_acoustic(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.15, 0.7)
    base = log_uniform(rng, 45, 85)
    half = log_uniform(rng, 0.12, 0.5)
    shell = [
        (base * r * rng.uniform(0.97, 1.03), g, half * d)
        for r, g, d in ((1, 1, 1), (1.59, 0.5, 0.6), (2.14, 0.3, 0.4), (2.9, 0.2, 0.25))
    ]
    x = 0.6 * modes(rng, seconds, shell) + body(rng, seconds, base * 2.2, base, 0.015, half)
    x += rng.uniform(0.1, 0.9) * click(rng, seconds, log_uniform(rng, 0.008, 0.05), 800, log_uniform(rng, 2500, 9000))
    x += rng.uniform(0, 0.25) * lowpass(noise(rng, seconds), 500) * decay(seconds, half)
    if rng.random() < 0.4:
        x = reverb(rng, x, log_uniform(rng, 0.15, 0.6), rng.uniform(0.05, 0.3))
    return x, ["kick", "acoustic kick", "acoustic"]


@register(DRUMS, 200)
def kick_soft(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.12, 0.5)
    x = body(rng, seconds, log_uniform(rng, 70, 160), log_uniform(rng, 45, 75), 0.02, seconds)
    return lowpass(x, log_uniform(rng, 150, 900)), ["kick", "soft kick", "soft", "dull"]


def snare_body(rng: Rng, seconds: float, base: float, half: float) -> Audio:
    """The shell and head of a snare drum without its wires."""
    shell = [
        (base, 1.0, half),
        (base * rng.uniform(1.5, 1.9), 0.6, half * 0.7),
        (base * rng.uniform(2.1, 2.9), 0.3, half * 0.5),
    ]
    return modes(rng, seconds, shell) * np.minimum(1, times(seconds) / 0.0008)


@register(DRUMS, 650)
def snare_acoustic(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.15, 0.6)
    half = log_uniform(rng, 0.08, 0.35)
    x = snare_body(rng, seconds, log_uniform(rng, 150, 280), half) * rng.uniform(0.3, 1)
    wires = bandpass(noise(rng, seconds), log_uniform(rng, 300, 1500), log_uniform(rng, 6000, 15000)) * decay(
        seconds, half * rng.uniform(0.8, 2)
    )
    x += rng.uniform(0.5, 1.6) * wires + 0.4 * click(rng, seconds, 0.015)
    if rng.random() < 0.4:
        x = reverb(rng, x, log_uniform(rng, 0.15, 1.0), rng.uniform(0.05, 0.35))
    return x, ["snare", "acoustic snare", "acoustic"]


@register(DRUMS, 650)
def snare_electronic(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.1, 0.6)
    half = log_uniform(rng, 0.06, 0.4)
    base = log_uniform(rng, 140, 330)
    x = body(rng, seconds, base * rng.uniform(1, 3), base, 0.02, half) * rng.uniform(0.2, 1)
    x += (
        rng.uniform(0.4, 1.4)
        * highpass(noise(rng, seconds), log_uniform(rng, 300, 4000))
        * decay(seconds, half * rng.uniform(0.7, 2))
    )
    if rng.random() < 0.4:
        x = drive(x, log_uniform(rng, 1.5, 10))
    if rng.random() < 0.3:
        x = bandpass(x, log_uniform(rng, 150, 900), log_uniform(rng, 2500, 9000))
    return x, ["snare", "electronic snare", "electronic"]


@register(DRUMS, 220)
def snare_roll(rng: Rng) -> Made:
    hit = peaked(snare_acoustic(rng)[0] if rng.random() < 0.6 else snare_electronic(rng)[0])
    total = rng.uniform(0.8, 3.0)
    rate = log_uniform(rng, 9, 28)
    rising = rng.random() < 0.5
    spots = np.arange(0, total, 1 / rate)
    hits = [
        (s + rng.normal(0, 0.003), hit, (0.3 + 0.7 * s / total if rising else 1) * rng.uniform(0.7, 1)) for s in spots
    ]
    return mix_at(total + 0.3, [(max(0, s), a, g) for s, a, g in hits]), [
        "drum roll",
        "snare roll",
        *(["swelling"] if rising else []),
    ]


@register(DRUMS, 450)
def clap(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.15, 0.7)
    low = log_uniform(rng, 500, 1300)
    envelope = np.zeros_like(times(seconds))
    taps = rng.integers(2, 6)
    start = 0.0
    for _ in range(taps):
        i = int(start * 32000)
        if i < envelope.size:
            envelope[i:] += np.exp(-times(seconds)[: envelope.size - i] / rng.uniform(0.002, 0.006))
        start += rng.uniform(0.006, 0.016)
    i = min(int(start * 32000), envelope.size - 1)
    envelope[i:] += np.exp(-6.9 * times(seconds)[: envelope.size - i] / (seconds * rng.uniform(0.3, 1)))
    x = bandpass(noise(rng, seconds), low, low * log_uniform(rng, 2, 6)) * envelope
    return x, ["clap", *(["electronic"] if rng.random() < 0.5 else [])]


def metal(rng: Rng, seconds: float, low: float = 300.0, partials: int = 6) -> Audio:
    """Squares at inharmonic ratios above `low` Hz, as drum machines have them."""
    waves = [square(low * r, seconds, rng=rng) for r in rng.uniform(1, 4.5, partials)]
    return np.asarray(sum(waves) / partials)


def cymbal_like(rng: Rng, seconds: float, floor: float) -> Audio:
    """Dense inharmonic partials and noise above `floor` Hz."""
    t = times(seconds)
    frequencies = floor * (14500 / floor) ** rng.random(60)
    ring = np.zeros_like(t)
    for f in frequencies:
        ring += np.exp(-6.9 * t / (seconds * rng.uniform(0.3, 1.3))) * np.sin(2 * np.pi * (f * t + rng.random()))
    return ring / 12 + rng.uniform(0.3, 1.5) * highpass(noise(rng, seconds), floor)


@register(DRUMS, 500)
def hat_closed(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.03, 0.2)
    floor = log_uniform(rng, 3000, 9000)
    x = metal(rng, seconds, log_uniform(rng, 200, 900)) * rng.uniform(0, 1) + noise(rng, seconds) * rng.uniform(0.3, 1)
    return highpass(x, floor, 4) * decay(seconds, seconds * rng.uniform(0.5, 1)), ["closed hi-hat", "hi-hat"]


@register(DRUMS, 500)
def hat_electronic(rng: Rng) -> Made:
    """Drum machine hats: filtered noise, ringing squares, crushed noise, FM."""
    is_open = rng.random() < 0.3
    seconds = log_uniform(rng, 0.2, 0.7) if is_open else log_uniform(rng, 0.02, 0.15)
    kind = rng.integers(0, 4)
    if kind == 0:
        x = bandpass(noise(rng, seconds), log_uniform(rng, 3000, 9000), log_uniform(rng, 10000, 15500))
    elif kind == 1:
        x = highpass(
            metal(rng, seconds, log_uniform(rng, 250, 2500), int(rng.integers(2, 8))), log_uniform(rng, 3000, 8000), 4
        )
    elif kind == 2:
        x = highpass(
            crush(noise(rng, seconds), int(rng.integers(2, 7)), int(rng.integers(1, 5))), log_uniform(rng, 2500, 7000)
        )
    else:
        t = times(seconds)
        f = log_uniform(rng, 2000, 6000)
        x = highpass(
            np.sin(2 * np.pi * f * t + rng.uniform(3, 30) * np.sin(2 * np.pi * f * rng.uniform(1.2, 2.8) * t)), 2500
        )
    x = peaked(x) * decay(seconds, seconds * rng.uniform(0.4, 1.2)) + rng.uniform(0, 0.5) * click(
        rng, seconds, 0.004, 4000, 14000
    )
    if rng.random() < 0.25:
        x = x + rng.uniform(0.1, 0.5) * click(rng, seconds, 0.02, 300, 2500)
    return x, ["open hi-hat" if is_open else "closed hi-hat", "hi-hat", "electronic"]


@register(DRUMS, 400)
def hat_open(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.25, 1.2)
    floor = log_uniform(rng, 2500, 8000)
    x = metal(rng, seconds, log_uniform(rng, 200, 900)) * rng.uniform(0, 1) + cymbal_like(
        rng, seconds, floor * 0.7
    ) * rng.uniform(0.2, 1)
    return highpass(x, floor, 4) * decay(seconds, seconds * rng.uniform(0.8, 1.5)), ["open hi-hat", "hi-hat"]


@register(DRUMS, 150)
def hat_pedal(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.05, 0.2)
    x = highpass(cymbal_like(rng, seconds, 2500), 2000) * decay(seconds, seconds * 0.8, rng.uniform(0.002, 0.015))
    return x, ["closed hi-hat", "hi-hat", "pedal hi-hat"]


@register(DRUMS, 350)
def crash(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.9, 3.0)
    x = cymbal_like(rng, seconds, log_uniform(rng, 300, 1500)) * decay(
        seconds, seconds * rng.uniform(0.7, 1.3), rng.choice([0.001, 0.005])
    )
    return x, ["crash cymbal"]


@register(DRUMS, 150)
def splash(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.4, 1.2)
    x = cymbal_like(rng, seconds, log_uniform(rng, 800, 2500)) * decay(seconds, seconds)
    return x, ["splash cymbal"]


@register(DRUMS, 200)
def ride(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.8, 3.0)
    ping = modes(rng, seconds, [(f, 1 / (k + 1), seconds * 0.6) for k, f in enumerate(rng.uniform(900, 6000, 8))])
    x = (
        ping * 0.6
        + cymbal_like(rng, seconds, 2500) * 0.35 * decay(seconds, seconds * 1.5)
        + 0.5 * click(rng, seconds, 0.01, 3000)
    )
    return x, ["ride cymbal"]


@register(DRUMS, 100)
def cymbal_swell(rng: Rng) -> Made:
    seconds = rng.uniform(1, 3)
    x = cymbal_like(rng, seconds, log_uniform(rng, 400, 2000))[: int(seconds * 32000)]
    x = cymbal_like(rng, seconds, 600) * np.linspace(0, 1, x.size) ** rng.uniform(1.5, 4)
    return x, ["cymbal swell", "reversed cymbal", "swelling"]


@register(DRUMS, 550)
def tom(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.25, 1.2)
    base = log_uniform(rng, 70, 260)
    half = log_uniform(rng, 0.25, 0.9)
    if rng.random() < 0.5:
        shell = [
            (base * r, g, half * d)
            for r, g, d in ((1, 1, 1), (1.59, 0.5, 0.7), (2.14, 0.35, 0.5), (2.65, 0.2, 0.4), (3.5, 0.1, 0.3))
        ]
        x = modes(rng, seconds, shell) + 0.5 * body(rng, seconds, base * 1.4, base, 0.05, half)
        x += rng.uniform(0.05, 0.5) * click(rng, seconds, 0.03, 400, 5000)
        return x, ["tom", "acoustic", "low tom" if base < 110 else "high tom" if base > 170 else "mid tom"]
    x = body(rng, seconds, base * rng.uniform(1.3, 2.5), base, log_uniform(rng, 0.03, 0.15), half)
    x = drive(x + rng.uniform(0, 0.3) * noise(rng, seconds) * decay(seconds, 0.1), log_uniform(rng, 1, 8))
    return x, [
        "tom",
        "electronic",
        "electronic tom",
        "low tom" if base < 110 else "high tom" if base > 170 else "mid tom",
    ]


@register(DRUMS, 120)
def vinyl_drum(rng: Rng) -> Made:
    """A hit with the dust and the narrow band of an old record."""
    maker, tags = [(kick_acoustic, "kick"), (snare_acoustic, "snare")][rng.integers(0, 2)]
    x = peaked(maker(rng)[0])
    x = (
        lowpass(highpass(x, 60), log_uniform(rng, 2500, 6000))
        + 0.03 * coloured(rng, x.size / 32000 + 0.001, 3)[: x.size]
    )
    return x, [tags, "lo-fi"]
