"""The outline of a sound, as it is drawn: the lowest and the highest value in stretches of equal length."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, recording
from soundpalette.core.types import Waveform

FINER: Final = 64
"""Bins a column that are gathered while a file is decoded: its length is only known for certain at its end."""
LONG_SECONDS: Final = 600.0
"""Of a longer file stretches are looked at, which takes two seconds at most: decoding four hours may take a minute."""
STRETCHES: Final = 4
"""A column, of so many frames each."""
STRETCH_FRAMES: Final = 4096

Values = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Outline:
    """Lowest and highest value in each column, float32 [columns], -1 to 1 where nothing is beyond full scale."""

    lows: Values
    highs: Values


def read_outline(path: Path, columns: int, limits: Limits = DEFAULT_LIMITS) -> Outline:
    """The outline of the mean of a file's channels, in bounded memory whatever its length. Raises AudioError."""
    with recording(path, limits) as opened:
        header = opened.header
        if header.seconds > LONG_SECONDS:
            return outline(opened.skim(columns * STRETCHES, STRETCH_FRAMES), columns, STRETCH_FRAMES)
        return outline(opened.stream(header.rate), columns, max(1, header.frames // (columns * FINER)))


def outline(blocks: Iterator[Waveform], columns: int, bin_frames: int) -> Outline:
    """The outline of a sound that comes in blocks, float32 [frames] each, looked at in bins of so many frames."""
    lows: list[Values] = []
    highs: list[Values] = []
    rest: Waveform = np.zeros(0, np.float32)
    for block in blocks:
        sound = np.concatenate([rest, block])
        whole = len(sound) // bin_frames * bin_frames
        bins, rest = sound[:whole].reshape(-1, bin_frames), sound[whole:]
        lows.append(bins.min(axis=1))
        highs.append(bins.max(axis=1))
    if rest.size:
        lows.append(rest.min(keepdims=True))
        highs.append(rest.max(keepdims=True))
    low, high = np.concatenate(lows), np.concatenate(highs)
    starts = np.arange(columns) * len(low) // columns
    return Outline(np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts))
