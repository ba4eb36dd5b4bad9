"""Procedural guitars and other plucked strings: notes, chords, strums, riffs, slides."""

import numpy as np

from training.dsp import Audio, Rng, bandpass, drive, highpass, log_uniform, mix_at, modes, pluck, resample
from training.pitch import chord_notes, hertz
from training.registry import Made, Registry, register

GUITARS: Registry = {}


def strum(rng: Rng, notes: list[float], seconds: float, gap: float, bright: float) -> Audio:
    """`notes` in Hz, `gap` seconds apart, down or up."""
    order = notes if rng.random() < 0.7 else notes[::-1]
    hits = [(k * gap, pluck(rng, f, seconds, rng.uniform(0.992, 0.9985), bright), 1.0) for k, f in enumerate(order)]
    return mix_at(seconds, hits)


def amplifier(rng: Rng, x: Audio) -> Audio:
    """Drive, then a loudspeaker's band."""
    x = drive(highpass(x, 80), log_uniform(rng, 8, 120))
    return bandpass(x, 70, log_uniform(rng, 3000, 6500))


@register(GUITARS, 380)
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


@register(GUITARS, 260)
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


@register(GUITARS, 240)
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


@register(GUITARS, 160)
def harp_koto(rng: Rng) -> Made:
    seconds = rng.uniform(0.6, 2.5)
    x = pluck(rng, hertz(rng.uniform(55, 90)), seconds, 0.997, rng.uniform(0.2, 0.9))
    return x, ["plucked string", "pluck"]
