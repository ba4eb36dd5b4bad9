"""Effects laid over a finished clip; each adds the words that then describe it."""

from collections.abc import Callable, Sequence

import numpy as np

from training.dsp import (
    Audio,
    Rng,
    bandpass,
    coloured,
    crush,
    drive,
    echo,
    highpass,
    log_uniform,
    lowpass,
    peaked,
    resample,
    reverb,
)
from training.registry import Made


def distorted(rng: Rng, x: Audio) -> Audio:
    return lowpass(drive(x, log_uniform(rng, 8, 80)), log_uniform(rng, 4000, 15000))


def lofi(rng: Rng, x: Audio) -> Audio:
    x = crush(x, int(rng.integers(5, 9)), int(rng.integers(2, 7)))
    x = bandpass(x, log_uniform(rng, 60, 250), log_uniform(rng, 2500, 6000))
    return x + rng.uniform(0, 0.02) * coloured(rng, x.size / 32000 + 0.001, 2)[: x.size]


def bitcrushed(rng: Rng, x: Audio) -> Audio:
    return crush(x, int(rng.integers(2, 6)), int(rng.integers(3, 16)))


def wet(rng: Rng, x: Audio) -> Audio:
    return reverb(rng, x, log_uniform(rng, 0.7, 3.0), rng.uniform(0.35, 0.75), log_uniform(rng, 2500, 12000))


def room(rng: Rng, x: Audio) -> Audio:
    return reverb(rng, x, log_uniform(rng, 0.12, 0.5), rng.uniform(0.15, 0.4))


def echoed(rng: Rng, x: Audio) -> Audio:
    return echo(x, rng.uniform(0.1, 0.4), rng.uniform(0.4, 0.7), 4)


def muffled(rng: Rng, x: Audio) -> Audio:
    return lowpass(x, log_uniform(rng, 300, 1200), 3)


def thin(rng: Rng, x: Audio) -> Audio:
    return highpass(x, log_uniform(rng, 500, 1800), 2)


def telephone(rng: Rng, x: Audio) -> Audio:
    return drive(bandpass(x, 350, log_uniform(rng, 2200, 3500), 3), log_uniform(rng, 1, 4))


def backwards(rng: Rng, x: Audio) -> Audio:
    return reverb(rng, x, 0.8, 0.2)[: 3 * 32000][::-1].copy()


def choked(rng: Rng, x: Audio) -> Audio:
    length = int(log_uniform(rng, 0.03, 0.15) * 32000)
    return x[:length] * np.linspace(1, 0, min(length, x.size)) ** 0.5


def pitched_down(rng: Rng, x: Audio) -> Audio:
    return resample(x, rng.uniform(0.4, 0.75))


def pitched_up(rng: Rng, x: Audio) -> Audio:
    return resample(x, rng.uniform(1.35, 2.2))


def faded_in(rng: Rng, x: Audio) -> Audio:
    return np.asarray(x * np.minimum(1, np.linspace(0, rng.uniform(1.0, 2.0), x.size)) ** 1.5)


def chopped(rng: Rng, x: Audio) -> Audio:
    period = int(32000 * rng.uniform(0.03, 0.15))
    return np.asarray(x * ((np.arange(x.size) // period) % 2 == 0))


EFFECTS: dict[str, tuple[Callable[[Rng, Audio], Audio], float, list[str]]] = {
    "distorted": (distorted, 1.4, ["distorted"]),
    "lofi": (lofi, 1.4, ["lo-fi"]),
    "bitcrushed": (bitcrushed, 0.7, ["bitcrushed", "lo-fi", "digital"]),
    "wet": (wet, 1.6, ["wet"]),
    "room": (room, 1.5, []),
    "echoed": (echoed, 0.7, ["echo"]),
    "muffled": (muffled, 0.9, ["muffled"]),
    "thin": (thin, 0.7, ["thin"]),
    "telephone": (telephone, 0.4, ["lo-fi", "thin"]),
    "backwards": (backwards, 0.6, ["reversed"]),
    "choked": (choked, 0.6, ["choked"]),
    "pitched_down": (pitched_down, 0.7, ["pitched down"]),
    "pitched_up": (pitched_up, 0.7, ["pitched up"]),
    "faded_in": (faded_in, 0.3, []),
    "chopped": (chopped, 0.3, ["chopped"]),
}
"""Name -> (function, weight, words). A room alone adds no word: rooms are everywhere."""


def with_effects(rng: Rng, audio: Audio, words: Sequence[str], chance: float = 0.45) -> Made:
    """With probability `chance` one effect, sometimes more, and their words after the clip's own.

    Stereo [n, 2] stays so where no effect is laid over it.
    """
    told = list(words)
    names = list(EFFECTS)
    weights = np.array([EFFECTS[n][1] for n in names])
    while rng.random() < chance:
        function, _, added = EFFECTS[names[rng.choice(len(names), p=weights / weights.sum())]]
        audio = function(rng, peaked(audio if audio.ndim == 1 else audio.mean(axis=1)))
        told += added
        chance *= 0.35
    return audio, told
