"""Stereo images for mono clips: [n] -> [n, 2]. Some come out clearly wide, some nearly mono, most stay mono."""

from collections.abc import Callable, Iterator

import numpy as np

from soundpalette.core.stereo import Width
from training.dsp import Audio, Rng, log_uniform, noise, reverb
from training.registry import Made

WIDE, NEARLY_MONO = 0.08, 0.10
"""Shares of the clips."""


def delayed(rng: Rng, x: Audio) -> Audio:
    """One side some milliseconds later (Haas)."""
    late = np.concatenate([np.zeros(int(rng.uniform(0.005, 0.025) * 32000)), x])
    return np.stack([np.pad(x, (0, late.size - x.size)), late], 1)


def reverberant(rng: Rng, x: Audio) -> Audio:
    """Another room on each side."""
    seconds, mix = log_uniform(rng, 0.1, 0.5), rng.uniform(0.25, 0.5)
    return np.stack([reverb(rng, x, seconds, mix) for _ in range(2)], 1)


def diffused(rng: Rng, x: Audio) -> Audio:
    """Each side smeared by another short burst of noise."""
    bursts = [noise(rng, 0.02) * np.exp(-np.arange(640) / 160) for _ in range(2)]
    return np.stack([np.convolve(x, np.concatenate([[1.0], 0.4 * burst])) for burst in bursts], 1)


def chorused(rng: Rng, x: Audio) -> Audio:
    """A delay that swings one way on the left and the other way on the right."""
    at = np.arange(x.size)
    swing = rng.uniform(30, 120) * np.sin(2 * np.pi * (rng.uniform(0.3, 3.0) * at / 32000 + rng.random()))
    return np.stack([x + np.interp(at - 300 + sign * swing, at, x, left=0) for sign in (1, -1)], 1)


IMAGES: tuple[Callable[[Rng, Audio], Audio], ...] = (delayed, reverberant, diffused, chorused)


def width_of(audio: Audio) -> float:
    """As the encoder measures it: 0 mono, 1 no middle."""
    width = Width()
    width.add(audio)
    return width.value


def with_width(stereo: Audio, wanted: float) -> Audio:
    """The same middle with as much of the side as makes `wanted`, below 1; mono stays mono."""
    have = width_of(stereo)
    if not 0 < have < 1:
        return stereo
    middle = stereo.mean(axis=1, keepdims=True)
    gain = wanted / np.sqrt(1 - wanted**2) * np.sqrt(1 - have**2) / have
    return np.asarray(middle + gain * (stereo - middle))


def with_images(clips: Iterator[Made], seed: int) -> Iterator[Made]:
    """Give some of the mono clips an image, after all their effects. No words: `captions.measured` tells the width."""
    for number, (audio, words) in enumerate(clips):
        rng = np.random.default_rng([seed, number, 2])
        yield (placed(rng, audio) if audio.ndim == 1 and audio.size > 640 else audio), words


def placed(rng: Rng, audio: Audio) -> Audio:
    """The clip as it is, or in a stereo image, by chance."""
    fate = rng.random()
    if fate >= WIDE + NEARLY_MONO:
        return audio
    image = IMAGES[rng.integers(len(IMAGES))](rng, audio)
    return with_width(image, rng.uniform(0.35, 0.8) if fate < WIDE else rng.uniform(0.0, 0.1))
