"""Integrated loudness after ITU-R BS.1770-4, with the filters of pyloudnorm's Meter.

Source: Steinmetz and Reiss, pyloudnorm (AES 2021), `meter.py` of 0.2.0, the same blocks and gates. Its own Meter goes
stage by stage through float32 and squares each sample for each of four blocks: this takes half of its time.
"""

import math
from functools import lru_cache, reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Waveform

SILENCE_LUFS: Final = -70.0
"""The absolute gate of ITU-R BS.1770-4: what is quieter has no loudness."""
RELATIVE_GATE: Final = -10.0
BLOCK_SECONDS: Final = 0.4
"""The block of ITU-R BS.1770-4, whose mean power is taken as one."""
STEP: Final = 0.25
"""The share of a block after which the next one begins."""
OFFSET: Final = -0.691
"""Of the standard: what K-weighting adds at 997 Hz."""
MOST_GAIN: Final = 10.0
"""K-weighting adds 4 dB at most, a second channel 3: what is further below the gate cannot pass it."""

Series = npt.NDArray[np.float64]


def loudness_lufs(audio: npt.NDArray[np.float32], rate: int) -> float:
    """Integrated loudness of [frames, 1 or 2]; never below -70, the gate.

    A clip under 400 ms is heard in silence until 400 ms are full, the length of one block: a hit has the loudness that
    a meter shows for it, and the same with and without silence behind it.
    """
    if not audio.any() or 20 * math.log10(float(np.abs(audio).max())) < SILENCE_LUFS - MOST_GAIN:
        return SILENCE_LUFS
    power = _block_power(audio, rate)
    power = power[_lufs(power) >= SILENCE_LUFS]
    if power.size:
        power = power[_lufs(power) > _lufs(power.mean()) + RELATIVE_GATE]
    return max(SILENCE_LUFS, float(_lufs(power.mean()))) if power.size else SILENCE_LUFS


def _block_power(audio: npt.NDArray[np.float32], rate: int) -> Series:
    """Mean K-weighted power of each block of 400 ms, a new one each 100 ms, summed over the channels."""
    frames = max(len(audio), round(BLOCK_SECONDS * rate) + 1)
    filled = audio if len(audio) == frames else np.pad(audio, ((0, frames - len(audio)), (0, 0)))
    power = reduce(np.add, (_weighted_power(channel, rate) for channel in filled.T))
    blocks = np.arange(round((frames / rate - BLOCK_SECONDS) / (BLOCK_SECONDS * STEP)) + 1)
    first = (BLOCK_SECONDS * (blocks * STEP) * rate).astype(int)
    last = (BLOCK_SECONDS * (blocks * STEP + 1) * rate).astype(int).clip(max=frames)
    edges = np.unique(np.concatenate([first, last]))
    until = np.concatenate([[0.0], np.cumsum(np.add.reduceat(power[: edges[-1]], edges[:-1]))])
    within = until[np.searchsorted(edges, last)] - until[np.searchsorted(edges, first)]
    return np.asarray(within / (BLOCK_SECONDS * rate))


def _weighted_power(channel: Waveform, rate: int) -> Series:
    from scipy.signal import sosfilt

    weighted = sosfilt(_weighting(rate), channel)
    return np.asarray(np.square(weighted, out=weighted), np.float64)


@lru_cache(16)
def _weighting(rate: int) -> Series:
    """K-weighting: the biquads [2, 6] of head and low cut."""
    from pyloudnorm.iirfilter import IIRfilter  # imports scipy.signal

    stages = (
        IIRfilter(4.0, 1 / math.sqrt(2), 1500.0, rate, "high_shelf"),
        IIRfilter(0.0, 0.5, 38.0, rate, "high_pass"),
    )
    return np.array([[*stage.b, *stage.a] for stage in stages])


def _lufs(power: npt.ArrayLike) -> Series:
    return np.asarray(OFFSET + 10 * np.log10(np.maximum(power, 1e-30)))
