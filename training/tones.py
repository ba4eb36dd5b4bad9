"""Procedural tonal sounds: leads, pads, chords, plucks, keys, strings, brass, winds, voices."""

import numpy as np

from training.basses import bass_synth
from training.drums import click
from training.dsp import (
    Rng,
    Wave,
    adsr,
    bandpass,
    coloured,
    curve,
    decay,
    detuned,
    drive,
    echo,
    formants,
    log_uniform,
    lowpass,
    mix_at,
    modes,
    n_of,
    noise,
    one_of,
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
)
from training.pitch import chord_notes, hertz, wave
from training.registry import Made, Registry, register

TONES: Registry = {}


@register(TONES, 450)
def lead_synth(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.25, 2.5)
    f = hertz(rng.uniform(58, 92))
    vibrato = 1 + rng.uniform(0, 0.012) * np.sin(2 * np.pi * rng.uniform(4, 7) * times(seconds))
    glide = curve(seconds, f * rng.choice([1, 1, 0.5, 0.8]), f, f, f, f, f) * vibrato
    x = detuned(one_of(rng, saw, square), rng, glide, seconds, int(rng.integers(1, 6)), rng.uniform(0, 25))
    x = lowpass(x, log_uniform(rng, 1800, 14000)) * adsr(seconds, rng.uniform(0.002, 0.05), 0.1, 0.8, 0.08)
    if rng.random() < 0.4:
        x = echo(x, rng.uniform(0.12, 0.3), 0.4, 3)
    return drive(x, log_uniform(rng, 0.5, 6)), ["synth lead"]


@register(TONES, 200)
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


@register(TONES, 520)
def pad_synth(rng: Rng) -> Made:
    seconds = rng.uniform(1.5, 4.0)
    notes, name = chord_notes(rng) if rng.random() < 0.7 else ([hertz(rng.uniform(40, 72))], "")
    shapes: tuple[Wave, ...] = (saw, triangle, sine, square)
    shape = shapes[rng.choice(4, p=[0.5, 0.2, 0.15, 0.15])]
    x = sum(
        (detuned(shape, rng, f, seconds, int(rng.integers(2, 5)), rng.uniform(5, 20)) for f in notes),
        np.zeros(n_of(seconds)),
    )
    x = sweep_filter(x, curve(seconds, *[log_uniform(rng, 300, 5000) for _ in range(3)]), 0.8)
    x = x * adsr(seconds, rng.uniform(0.2, 1.5), 0.3, 0.9, rng.uniform(0.3, 1.0))
    x = reverb(rng, x, rng.uniform(0.8, 2.5), rng.uniform(0.2, 0.6))
    return x, ["synth pad", "chord", name, "sustained"] if name else ["synth pad", "sustained"]


@register(TONES, 240)
def pad_dark(rng: Rng) -> Made:
    seconds = rng.uniform(2.0, 4.0)
    f = hertz(rng.uniform(28, 50))
    x = detuned(saw, rng, f, seconds, 5, 20) + 0.5 * detuned(saw, rng, f * rng.choice([1.5, 2, 1.2]), seconds, 3, 20)
    x = lowpass(x, log_uniform(rng, 200, 1200)) + rng.uniform(0, 0.1) * coloured(rng, seconds, 5)[: n_of(seconds)]
    x = x * adsr(seconds, rng.uniform(0.3, 1.2), 0.2, 0.9, 0.6)
    return reverb(rng, x, 2.0, rng.uniform(0.3, 0.7), 2500), ["dark pad", "synth pad", "drone", "ambience", "sustained"]


@register(TONES, 260)
def pad_air(rng: Rng) -> Made:
    seconds = rng.uniform(2.0, 4.0)
    x = np.zeros(n_of(seconds))
    for f in chord_notes(rng, 57, 76)[0]:
        wobble = 1 + 0.004 * np.sin(2 * np.pi * rng.uniform(0.2, 5) * times(seconds) + rng.random() * 6)
        x += sine(f * wobble, seconds, rng) * (1 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.2, 2) * times(seconds)))
        x += 0.6 * peaked(bandpass(noise(rng, seconds), f * 0.98, f * 1.02))
    x = x * adsr(seconds, rng.uniform(0.3, 1.5), 0.2, 1, 0.8)
    return reverb(rng, x, 2.5, 0.6, 10000), ["airy pad", "synth pad", "glassy", "ambience", "sustained"]


@register(TONES, 360)
def stab(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.15, 0.8)
    notes, name = chord_notes(rng, 48, 70)
    x = sum((detuned(wave(rng), rng, f, seconds, 3, 12) for f in notes), np.zeros(n_of(seconds)))
    top = log_uniform(rng, 1000, 9000)
    x = sweep_filter(x, curve(seconds, top, top * 0.3), 1.5) * decay(seconds, seconds * rng.uniform(0.8, 2), 0.003)
    if rng.random() < 0.5:
        x = echo(x, rng.uniform(0.15, 0.35), 0.5, 4) if rng.random() < 0.5 else reverb(rng, x, 1.2, 0.35)
    return x, ["chord stab", "chord", name, "synth"]


@register(TONES, 360)
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


@register(TONES, 260)
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


@register(TONES, 240)
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


@register(TONES, 260)
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


@register(TONES, 240)
def brass_synth(rng: Rng) -> Made:
    seconds = rng.uniform(0.3, 2.5)
    notes, name = chord_notes(rng, 48, 66) if rng.random() < 0.5 else ([hertz(rng.uniform(40, 76))], "")
    x = sum((detuned(saw, rng, f, seconds, 3, 10) for f in notes), np.zeros(n_of(seconds)))
    x = sweep_filter(x, curve(seconds, 300, log_uniform(rng, 2000, 6000), log_uniform(rng, 1000, 3000)), 1.0) * adsr(
        seconds, log_uniform(rng, 0.02, 0.1), 0.2, 0.85, 0.1
    )
    return x, ["synth brass", "brass", *(["chord stab", "chord", name] if name else [])]


@register(TONES, 220)
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


@register(TONES, 260)
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


@register(TONES, 200)
def bell_fm(rng: Rng) -> Made:
    seconds = log_uniform(rng, 0.5, 3.0)
    f = hertz(rng.uniform(55, 96))
    index = rng.uniform(1, 6) * decay(seconds, seconds)
    x = np.sin(
        2 * np.pi * phase_of(f, seconds)
        + index * np.sin(2 * np.pi * phase_of(f * rng.choice([1.4, 2.76, 3.5, 5.1]), seconds))
    ) * decay(seconds, seconds)
    return reverb(rng, x, 1.2, rng.uniform(0, 0.4)), ["bell", "synth bell", "chime"]


@register(TONES, 260)
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


@register(TONES, 180)
def orchestra_hit(rng: Rng) -> Made:
    seconds = rng.uniform(0.4, 1.2)
    root = rng.integers(48, 62)
    x = sum((detuned(saw, rng, hertz(root + k), seconds, 3, 15) for k in (-12, 0, 7, 12, 15)), np.zeros(n_of(seconds)))
    x = lowpass(x, 5000) * decay(seconds, seconds, 0.008) + 0.4 * click(rng, seconds, 0.06, 60, 3000)
    return reverb(rng, x, 1.0, 0.3), ["orchestra hit", "chord stab", "chord"]


@register(TONES, 300)
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
