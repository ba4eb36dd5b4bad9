"""Voices: espeak-ng says words of ours in many voices; plain, chopped, sung (pitched), robotic, whispered."""

from collections.abc import Iterator

import numpy as np

from training.audio import written_by
from training.dsp import Audio, Rng, crush, echo, log_uniform, peaked, resample, reverb, sine
from training.effects import with_effects
from training.registry import Made

WORDS = [
    "yeah",
    "hey",
    "ah",
    "ooh",
    "oh",
    "uh",
    "woo",
    "come on",
    "go",
    "drop the bass",
    "let's go",
    "what",
    "stop",
    "one two three four",
    "check it out",
    "hands up",
    "listen",
    "music",
    "dance",
    "feel it",
    "la la la",
    "na na na",
    "hello",
    "ha ha ha",
    "move your body",
    "turn it up",
    "love",
    "baby",
    "tonight",
    "free",
    "power",
    "system",
    "energy",
    "welcome to the machine",
    "the quick brown fox",
    "in the beginning there was sound",
    "all right",
    "wow",
    "hm",
    "ready",
    "fight",
    "game over",
]
VOICES = (
    "en-us",
    "en-gb",
    "en-gb-scotland",
    "en-us+f1",
    "en-us+f2",
    "en-us+f3",
    "en-us+f4",
    "en-us+m1",
    "en-us+m3",
    "en-us+m5",
    "en-us+m7",
    "en-us+croak",
    "es",
    "fr",
    "de",
    "it",
)


def say(text: str, voice: str, pitch: int, speed: int) -> Audio:
    """`pitch` 0 to 99, `speed` in words a minute, as espeak-ng has them."""
    return written_by(["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(speed), text, "-w"])


def styled(rng: Rng, x: Audio) -> Made:
    """Speech, a chop of it, a robot, a shout in a hall, a whisper."""
    form = rng.random()
    if form < 0.3:
        return x, ["speech", "vocal"]
    if form < 0.6:
        start = int(rng.uniform(0, 0.5) * x.size)
        cut = resample(x[start : start + int(log_uniform(rng, 0.08, 0.5) * 32000)], rng.uniform(0.7, 1.6))
        times = int(rng.choice([1, 1, 1, 2, 4]))
        return np.tile(cut, times), ["vocal chop", "vocal", *(["chopped"] if times > 1 else [])]
    if form < 0.8:
        ring = x * sine(log_uniform(rng, 40, 600), x.size / 32000 + 0.01)[: x.size]
        return crush(peaked(ring + 0.3 * x), int(rng.integers(4, 9)), int(rng.integers(1, 8))), [
            "robot voice",
            "vocal",
            "electronic",
        ]
    if form < 0.9:
        return reverb(rng, echo(x, rng.uniform(0.12, 0.35), 0.5, 3), 1.5, 0.4), ["vocal", "shout", "wet", "echo"]
    whisper = np.random.default_rng(1).standard_normal(x.size) * np.convolve(np.abs(x), np.ones(400) / 400, "same")
    return whisper, ["whisper", "vocal", "breathy"]


def clips(seed: int, share: float) -> Iterator[Made]:
    for number in range(int(900 * share)):
        rng = np.random.default_rng([seed, number])
        text = str(rng.choice(WORDS))
        x = say(text, str(rng.choice(VOICES)), int(rng.integers(5, 99)), int(rng.integers(80, 260)))
        if x.size > 1000 and np.abs(x).max() > 1e-3:
            yield with_effects(rng, *styled(rng, peaked(x)), 0.3)
