# ruff: noqa: E501  (tables and formulas read better in one row)
"""Procedural tonal sounds: basses, leads, pads, chords, plucks, keys, guitars, strings, brass, winds, voices."""

from collections.abc import Callable

import numpy as np

from training.drums import Made, click
from training.dsp import (
    Audio,
    Rng,
    adsr,
    bandpass,
    coloured,
    curve,
    decay,
    detuned,
    drive,
    echo,
    formants,
    highpass,
    log_uniform,
    lowpass,
    mix_at,
    modes,
    n_of,
    noise,
    peaked,
    phase_of,
    pluck,
    resample,
    reverb,
    saw,
    sine,
    square,
    sweep_filter,
    times,
    triangle,
)  # fmt: skip

TONES: dict[str, tuple[Callable[[Rng], Made], int]] = {}
CHORDS = {
    "major chord": (0, 4, 7), "minor chord": (0, 3, 7), "seventh chord": (0, 4, 7, 10), "minor seventh chord": (0, 3, 7, 10),
    "major seventh chord": (0, 4, 7, 11), "ninth chord": (0, 3, 7, 10, 14), "sus chord": (0, 5, 7), "fifths": (0, 7, 12),
}  # fmt: skip


def made(count: int) -> Callable[[Callable[[Rng], Made]], Callable[[Rng], Made]]:
    def register(function: Callable[[Rng], Made]) -> Callable[[Rng], Made]:
        TONES[function.__name__] = (function, count)
        return function

    return register


def hertz(note: float) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def wave(rng: Rng) -> Callable[..., Audio]:
    return [saw, square, triangle, sine][rng.choice(4, p=[0.45, 0.3, 0.15, 0.1])]


@made(320)
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


@made(550)
def bass_synth(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.2, 2.5)
    f = hertz(rng.uniform(26, 50))
    x = detuned(wave(rng), rng, f, seconds, int(rng.integers(1, 4)), rng.uniform(0, 15)) + 0.5 * sine(f, seconds)
    start = log_uniform(rng, 300, 6000)
    x = sweep_filter(
        x, curve(seconds, start, start * rng.uniform(0.1, 0.8), log_uniform(rng, 80, 900)), log_uniform(rng, 0.7, 4)
    )
    return x * adsr(seconds, 0.003, seconds * 0.4, rng.uniform(0, 0.9), 0.05), ["synth bass"]


@made(260)
def bass_reese(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.6, 3.0)
    f = hertz(rng.uniform(26, 43))
    x = detuned(saw, rng, f, seconds, int(rng.integers(2, 6)), rng.uniform(15, 50))
    x = sweep_filter(x, curve(seconds, *[log_uniform(rng, 150, 2500) for _ in range(4)]), 1.2)
    tags = ["reese bass", "synth bass", "detuned"]
    if rng.random() < 0.5:
        x, tags = drive(x, log_uniform(rng, 3, 20)), [*tags, "distorted"]
    return x * adsr(seconds, 0.01, 0.1, 0.9, 0.08), tags


@made(260)
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


@made(220)
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


@made(220)
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


@made(180)
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


@made(200)
def bass_pluck(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.4, 2.0)
    x = pluck(rng, hertz(rng.uniform(28, 47)), seconds, rng.uniform(0.985, 0.999), rng.uniform(0, 0.4))
    return x + 0.2 * click(rng, seconds, 0.01), ["plucked bass", "bass guitar"]


@made(120)
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


@made(450)
def lead_synth(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.25, 2.5)
    f = hertz(rng.uniform(58, 92))
    vibrato = 1 + rng.uniform(0, 0.012) * np.sin(2 * np.pi * rng.uniform(4, 7) * times(seconds))
    glide = curve(seconds, f * rng.choice([1, 1, 0.5, 0.8]), f, f, f, f, f) * vibrato
    x = detuned([saw, square][rng.integers(0, 2)], rng, glide, seconds, int(rng.integers(1, 6)), rng.uniform(0, 25))
    x = lowpass(x, log_uniform(rng, 1800, 14000)) * adsr(seconds, rng.uniform(0.002, 0.05), 0.1, 0.8, 0.08)
    if rng.random() < 0.4:
        x = echo(x, rng.uniform(0.12, 0.3), 0.4, 3)
    return drive(x, log_uniform(rng, 0.5, 6)), ["synth lead"]


@made(200)
def lead_chip(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.1, 1.0)
    notes = (
        [hertz(60 + rng.integers(0, 30))]
        if rng.random() < 0.5
        else [hertz(60 + rng.integers(0, 12) + k) for k in (0, 4, 7, 12)]
    )
    reps = notes * max(1, int(seconds * 30 / len(notes)))
    f = np.repeat(np.array(reps), n_of(seconds) // len(reps) + 1)[: n_of(seconds)]
    return square(f, seconds, rng.choice([0.125, 0.25, 0.5])) * adsr(seconds, 0.001, 0.05, 0.7, 0.02), [
        "chiptune",
        "synth lead",
        "8-bit",
    ]


def chord_notes(rng: Rng, low: int = 45, high: int = 66) -> tuple[list[float], str]:
    name = str(rng.choice(list(CHORDS)))
    root = rng.integers(low, high)
    return [hertz(root + k) for k in CHORDS[name]], name


@made(520)
def pad_synth(rng: Rng) -> Made:
    seconds = rng.uniform(1.5, 4.0)
    notes, name = chord_notes(rng) if rng.random() < 0.7 else ([hertz(rng.uniform(40, 72))], "")
    shape = [saw, triangle, sine, square][rng.choice(4, p=[0.5, 0.2, 0.15, 0.15])]
    x = sum(
        (detuned(shape, rng, f, seconds, int(rng.integers(2, 5)), rng.uniform(5, 20)) for f in notes),
        np.zeros(n_of(seconds)),
    )
    x = sweep_filter(x, curve(seconds, *[log_uniform(rng, 300, 5000) for _ in range(3)]), 0.8)
    x = x * adsr(seconds, rng.uniform(0.2, 1.5), 0.3, 0.9, rng.uniform(0.3, 1.0))
    x = reverb(rng, x, rng.uniform(0.8, 2.5), rng.uniform(0.2, 0.6))
    return x, ["synth pad", "chord", name, "sustained"] if name else ["synth pad", "sustained"]


@made(240)
def pad_dark(rng: Rng) -> Made:
    seconds = rng.uniform(2.0, 4.0)
    f = hertz(rng.uniform(28, 50))
    x = detuned(saw, rng, f, seconds, 5, 20) + 0.5 * detuned(saw, rng, f * rng.choice([1.5, 2, 1.2]), seconds, 3, 20)
    x = lowpass(x, log_uniform(rng, 200, 1200)) + rng.uniform(0, 0.1) * coloured(rng, seconds, 5)[: n_of(seconds)]
    x = x * adsr(seconds, rng.uniform(0.3, 1.2), 0.2, 0.9, 0.6)
    return reverb(rng, x, 2.0, rng.uniform(0.3, 0.7), 2500), ["dark pad", "synth pad", "drone", "ambience", "sustained"]


@made(260)
def pad_air(rng: Rng) -> Made:
    seconds = rng.uniform(2.0, 4.0)
    x = np.zeros(n_of(seconds))
    for f in chord_notes(rng, 57, 76)[0]:
        wobble = 1 + 0.004 * np.sin(2 * np.pi * rng.uniform(0.2, 5) * times(seconds) + rng.random() * 6)
        x += sine(f * wobble, seconds, rng) * (1 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.2, 2) * times(seconds)))
        x += 0.6 * peaked(bandpass(noise(rng, seconds), f * 0.98, f * 1.02))
    x = x * adsr(seconds, rng.uniform(0.3, 1.5), 0.2, 1, 0.8)
    return reverb(rng, x, 2.5, 0.6, 10000), ["airy pad", "synth pad", "glassy", "ambience", "sustained"]


@made(360)
def stab(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.15, 0.8)
    notes, name = chord_notes(rng, 48, 70)
    x = sum((detuned(wave(rng), rng, f, seconds, 3, 12) for f in notes), np.zeros(n_of(seconds)))
    top = log_uniform(rng, 1000, 9000)
    x = sweep_filter(x, curve(seconds, top, top * 0.3), 1.5) * decay(seconds, seconds * rng.uniform(0.8, 2), 0.003)
    if rng.random() < 0.5:
        x = echo(x, rng.uniform(0.15, 0.35), 0.5, 4) if rng.random() < 0.5 else reverb(rng, x, 1.2, 0.35)
    return x, ["chord stab", "chord", name, "synth"]


@made(360)
def pluck_synth(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.2, 1.2)
    f = hertz(rng.uniform(50, 88))
    x = detuned(wave(rng), rng, f, seconds, 2, 10)
    top = log_uniform(rng, 1500, 10000)
    x = sweep_filter(x, curve(seconds, top, top * 0.15, top * 0.08), log_uniform(rng, 0.8, 4)) * decay(
        seconds, seconds, 0.002
    )
    if rng.random() < 0.4:
        x = reverb(rng, x, 1.0, 0.3)
    return x, ["synth pluck", "pluck"]


@made(260)
def electric_piano(rng: Rng) -> Made:
    seconds = rng.uniform(0.6, 3.0)
    chord = rng.random() < 0.5
    notes, name = chord_notes(rng, 48, 65) if chord else ([hertz(rng.uniform(42, 84))], "")
    x = np.zeros(n_of(seconds))
    for f in notes:
        index = rng.uniform(0.5, 2.5) * decay(seconds, seconds * 0.6)
        x += np.sin(2 * np.pi * phase_of(f, seconds) + index * np.sin(2 * np.pi * phase_of(f, seconds)))
        x += 0.2 * np.sin(2 * np.pi * phase_of(f * 14, seconds)) * decay(seconds, 0.2)
    x = (
        x
        * decay(seconds, seconds * 1.6, 0.003)
        * (1 + rng.uniform(0, 0.4) * np.sin(2 * np.pi * rng.uniform(3, 7) * times(seconds)))
    )
    return x, ["electric piano", *(["chord", name] if name else [])]


@made(240)
def organ(rng: Rng) -> Made:
    seconds = rng.uniform(0.4, 3.0)
    notes, name = chord_notes(rng) if rng.random() < 0.5 else ([hertz(rng.uniform(42, 80))], "")
    bars = rng.random(8) * (rng.random(8) < 0.7)
    x = sum(
        (b * sine(f * r, seconds, rng) for f in notes for b, r in zip(bars, (0.5, 1.5, 1, 2, 3, 4, 5, 6), strict=True)),
        np.zeros(n_of(seconds)),
    )
    x = x * (1 + 0.2 * np.sin(2 * np.pi * rng.uniform(4, 7) * times(seconds))) * adsr(seconds, 0.01, 0.05, 0.95, 0.05)
    return drive(x, log_uniform(rng, 0.3, 4)), ["organ", *(["chord", name] if name else [])]


def strum(rng: Rng, notes: list[float], seconds: float, gap: float, bright: float) -> Audio:
    order = notes if rng.random() < 0.7 else notes[::-1]
    hits = [(k * gap, pluck(rng, f, seconds, rng.uniform(0.992, 0.9985), bright), 1.0) for k, f in enumerate(order)]
    return mix_at(seconds, hits)


def amplifier(rng: Rng, x: Audio) -> Audio:
    """Drive, then a loudspeaker's band."""
    x = drive(highpass(x, 80), log_uniform(rng, 8, 120))
    return bandpass(x, 70, log_uniform(rng, 3000, 6500))


@made(380)
def guitar_electric(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 3.5)
    kind = rng.integers(0, 4)
    root = rng.integers(40, 62)
    if kind == 0:
        x, tags = strum(rng, [hertz(root + k) for k in (0, 7, 12)], seconds, 0.006, 0.4), ["power chord", "chord"]
        x, tags = amplifier(rng, x), [*tags, "distorted guitar", "distorted"]
    elif kind == 1:
        notes, name = chord_notes(rng, 40, 52)
        x, tags = (
            strum(rng, [*notes, notes[0] * 2], seconds, log_uniform(rng, 0.01, 0.05), 0.5),
            ["guitar chord", "strummed", "chord", name],
        )
    elif kind == 2:
        x = resample(pluck(rng, hertz(root + 10), seconds * 1.3, 0.998, 0.5), 1.0)
        bend = np.interp(np.linspace(0, 1, x.size), [0, 0.2, 0.6, 1], [1, 1, rng.choice([0.67, 0.84, 1.19, 1.5]), 1])
        x = np.interp(np.cumsum(bend), np.arange(x.size), x)
        x, tags = (
            (amplifier(rng, x), ["guitar slide", "distorted guitar"]) if rng.random() < 0.6 else (x, ["guitar slide"])
        )
    else:
        hits = [
            (s, modes(rng, seconds, [(hertz(root + 12) * k, 1 / k, seconds) for k in (2, 3, 4)]), 1.0)
            for s in (0, 0.2, 0.4)
        ]
        x, tags = mix_at(seconds, hits), ["guitar harmonics"]
    return x, ["electric guitar", *tags]


@made(260)
def guitar_riff(rng: Rng) -> Made:
    beat = 60 / rng.uniform(80, 150) / 2
    root = rng.integers(40, 55)
    clean = rng.random() < 0.4
    hits = []
    for k in range(int(rng.uniform(1.5, 4) / beat)):
        note = hertz(root + int(rng.choice([0, 0, 3, 5, 7, 10, 12])))
        hits.append(
            (
                k * beat,
                strum(rng, [note] if clean else [note, note * 1.4983], beat * rng.choice([0.6, 1, 2]), 0.004, 0.5),
                rng.uniform(0.6, 1),
            )
        )
    x = mix_at(hits[-1][0] + beat * 2, hits)
    return (x if clean else amplifier(rng, x)), [
        "electric guitar",
        "guitar riff",
        "guitar loop",
        "loop",
        *([] if clean else ["distorted guitar", "distorted"]),
    ]


@made(240)
def guitar_acoustic(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 3.0)
    if rng.random() < 0.5:
        notes, name = chord_notes(rng, 40, 54)
        x, tags = (
            strum(rng, [*notes, notes[0] * 2, notes[1] * 2], seconds, log_uniform(rng, 0.008, 0.05), 0.8),
            ["guitar chord", "strummed", "chord", name],
        )
    else:
        x, tags = pluck(rng, hertz(rng.uniform(40, 76)), seconds, 0.996, 0.8), ["plucked"]
    x = x + 0.3 * bandpass(x, 90, 250)
    return x, ["acoustic guitar", "acoustic", *tags]


@made(160)
def harp_koto(rng: Rng) -> Made:
    seconds = rng.uniform(0.6, 2.5)
    x = pluck(rng, hertz(rng.uniform(55, 90)), seconds, 0.997, rng.uniform(0.2, 0.9))
    return x, ["plucked string", "pluck"]


@made(260)
def strings_ensemble(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 4.0)
    notes, name = chord_notes(rng, 50, 70) if rng.random() < 0.5 else ([hertz(rng.uniform(40, 86))], "")
    x = np.zeros(n_of(seconds))
    for f in notes:
        for _ in range(4):
            vibrato = 1 + 0.006 * np.sin(2 * np.pi * rng.uniform(4.5, 6.5) * times(seconds) + 6 * rng.random())
            x += saw(f * 2 ** (rng.normal(0, 8) / 1200) * vibrato, seconds, rng)
    x = lowpass(bandpass(x, 150, 7000), log_uniform(rng, 2000, 7000)) * adsr(
        seconds, log_uniform(rng, 0.03, 0.6), 0.2, 0.9, 0.3
    )
    return reverb(rng, x, 1.5, 0.3), ["synth strings", "strings", "sustained", *(["chord", name] if name else [])]


@made(240)
def brass_synth(rng: Rng) -> Made:
    seconds = rng.uniform(0.3, 2.5)
    notes, name = chord_notes(rng, 48, 66) if rng.random() < 0.5 else ([hertz(rng.uniform(40, 76))], "")
    x = sum((detuned(saw, rng, f, seconds, 3, 10) for f in notes), np.zeros(n_of(seconds)))
    x = sweep_filter(x, curve(seconds, 300, log_uniform(rng, 2000, 6000), log_uniform(rng, 1000, 3000)), 1.0) * adsr(
        seconds, log_uniform(rng, 0.02, 0.1), 0.2, 0.85, 0.1
    )
    return x, ["synth brass", "brass", *(["chord stab", "chord", name] if name else [])]


@made(220)
def wind_synth(rng: Rng) -> Made:
    seconds = rng.uniform(0.4, 2.5)
    f = hertz(rng.uniform(58, 90))
    tone = (
        sine(f * (1 + 0.008 * np.sin(2 * np.pi * 5 * times(seconds))), seconds)
        + rng.uniform(0, 0.4) * sine(f * 2, seconds)
        + rng.uniform(0, 0.2) * sine(f * 3, seconds)
    )
    x = tone + rng.uniform(0.05, 0.5) * peaked(bandpass(noise(rng, seconds), f * 0.9, f * 2.5))
    return x * adsr(seconds, rng.uniform(0.03, 0.15), 0.1, 0.9, 0.1), ["flute", "breathy"]


@made(260)
def mallet(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.3, 2.5)
    f = hertz(rng.uniform(55, 96))
    kind = rng.integers(0, 4)
    ratios = [(1, 4, 10), (1, 3.9, 9.2), (1, 2, 3.01, 6.3), (1, 2.76, 5.4, 8.9)][kind]
    x = modes(rng, seconds, [(f * r, 1 / (k + 1), seconds / (1 + 1.5 * k)) for k, r in enumerate(ratios)])
    names = [
        ["marimba", "mallet", "wooden"],
        ["vibraphone", "mallet"],
        ["kalimba", "pluck"],
        ["bell", "glockenspiel", "metallic"],
    ]
    return x + 0.15 * click(rng, seconds, 0.01), names[kind]


@made(200)
def bell_fm(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.5, 3.0)
    f = hertz(rng.uniform(55, 96))
    index = rng.uniform(1, 6) * decay(seconds, seconds)
    x = np.sin(
        2 * np.pi * phase_of(f, seconds)
        + index * np.sin(2 * np.pi * phase_of(f * rng.choice([1.4, 2.76, 3.5, 5.1]), seconds))
    ) * decay(seconds, seconds)
    return reverb(rng, x, 1.2, rng.uniform(0, 0.4)), ["bell", "synth bell", "chime"]


@made(260)
def voice_choir(rng: Rng) -> Made:
    seconds = rng.uniform(0.8, 4.0)
    vowel = str(rng.choice(list("aoeu")))
    notes = chord_notes(rng, 48, 66)[0] if rng.random() < 0.6 else [hertz(rng.uniform(45, 76))]
    x = np.zeros(n_of(seconds))
    for f in notes:
        for _ in range(3):
            vibrato = 1 + 0.008 * np.sin(2 * np.pi * rng.uniform(4.5, 6.5) * times(seconds) + 6 * rng.random())
            x += formants(saw(f * 2 ** (rng.normal(0, 10) / 1200) * vibrato, seconds, rng), vowel)
    x = (x + 0.02 * noise(rng, seconds)) * adsr(seconds, rng.uniform(0.1, 0.8), 0.2, 0.95, 0.4)
    return reverb(rng, x, 2.0, rng.uniform(0.2, 0.5)), ["choir", "vocal", "sustained"]


@made(180)
def orchestra_hit(rng: Rng) -> Made:
    seconds = rng.uniform(0.4, 1.2)
    root = rng.integers(48, 62)
    x = sum((detuned(saw, rng, hertz(root + k), seconds, 3, 15) for k in (-12, 0, 7, 12, 15)), np.zeros(n_of(seconds)))
    x = lowpass(x, 5000) * decay(seconds, seconds, 0.008) + 0.4 * click(rng, seconds, 0.06, 60, 3000)
    return reverb(rng, x, 1.0, 0.3), ["orchestra hit", "chord stab", "chord"]


@made(300)
def sequence(rng: Rng) -> Made:
    """An arpeggio or riff of one synth voice: bass line, lead line, arpeggio."""
    beat = 60 / rng.uniform(80, 160) / rng.choice([2, 4])
    kind = rng.integers(0, 3)
    maker = [bass_synth, lead_synth, pluck_synth][kind]
    root = [34, 64, 60][kind]
    scale = [0, 3, 5, 7, 10, 12, 15]
    voice = peaked(maker(rng)[0])[: int(beat * 2.5 * 32000)]
    voice = voice * np.minimum(1, np.linspace(6, 0, voice.size))
    hits = [
        (k * beat, resample(voice, hertz(root + int(rng.choice(scale))) / hertz(root)), rng.uniform(0.6, 1))
        for k in range(int(rng.uniform(1.6, 4) / beat))
        if rng.random() < 0.85
    ]
    tags = [["bass loop", "synth bass"], ["lead loop", "synth lead", "melody"], ["arpeggio", "synth pluck", "melody"]][
        kind
    ]
    return mix_at(rng.uniform(2, 4), hits or [(0, voice, 1)]), [*tags, "synth loop", "loop"]
