"""Where notes and hits begin: onset strength in three bands, in frames that divide the sound evenly."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.music.spectra import circle, spectra
from soundpalette.core.types import Waveform

FRAME: Final = 1024
HOP: Final = 256
EDGES_HZ: Final = (
    20,
    60,
    110,
    150,
    220,
    300,
    400,
    510,
    630,
    770,
    1000,
    1300,
    1700,
    2200,
    2900,
    3800,
    5000,
    7000,
    10000,
)
LOW_BANDS: Final = 3
MID_BANDS: Final = 12
EARLY_SECONDS: Final = 0.006
"""A window sees an onset that much before its own middle reaches it (measured on rendered loops)."""
STILL: Final = 0.01
"""Variance of the onset strength per frame that the ripple of a held note has: less is no rhythm."""
QUIETEST: Final = 1e-6
"""Power of a band, relative to the loudest, below which nothing counts as an onset."""

Series = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Onsets:
    """Onset strength, float64 [3, frames] (below 150 Hz, 150 to 1,700 Hz, above), frames `seconds` / frames apart.

    The frames divide the sound evenly, so that the Fourier coefficient k of a band is a pulse of k beats a loop.
    """

    strength: Series
    seconds: float

    @cached_property
    def spectrum(self) -> npt.NDArray[np.complex128]:
        """Fourier coefficients [3, frames // 2 + 1] of the bands, moved to where the sound begins to rise."""
        found = np.fft.rfft(self.strength, axis=1)
        return np.asarray(found * np.exp(-2j * np.pi * np.arange(found.shape[1]) * EARLY_SECONDS / self.seconds))

    @property
    def variance(self) -> float:
        """Of the strength from frame to frame, summed over the bands: 0.02 for a pad, 1 to 4 for drums."""
        return float(self.strength.var(axis=1).sum())

    @property
    def later_variance(self) -> float:
        """`variance` without the first quarter, where a hit has its one onset, and without the seam at the end."""
        frames = self.strength.shape[1]
        return float(self.strength[:, frames // 4 : int(0.95 * frames) + 1].var(axis=1).sum())

    @cached_property
    def repetition(self) -> Series:
        """How like itself the rhythm is after each lag of frames, [frames], up to 1: circular autocorrelation."""
        power = np.abs(self.spectrum) ** 2
        power[:, 0] = 0
        lags = np.fft.irfft(power.sum(axis=0), self.strength.shape[1])
        return np.asarray(lags / (lags[0] + STILL * len(lags)))

    def alignment(self, pulses: Series) -> Series:
        """How well each band's onsets lie on so many pulses a loop from its start on, [3, n], -1 to 1.

        0: not at all, or that number of pulses [n] is not whole.
        """
        known = (pulses == np.floor(pulses)) & (pulses > 0) & (pulses < self.spectrum.shape[1])
        found = self.spectrum[:, np.where(known, pulses, 0).astype(int)].real
        return np.asarray(np.where(known, found / np.maximum(self.spectrum[:, :1].real, 1e-9), 0.0))

    def repeats_after(self, beats: int, of: npt.NDArray[np.int64]) -> Series:
        """`repetition` after so many beats, for each number of beats `of` [n] that the loop may have; 1 after all."""
        lag = np.round(beats * len(self.repetition) / of).astype(int)
        return np.asarray(np.where(lag < len(self.repetition), self.repetition[lag % len(self.repetition)], 1.0))


def find_onsets(audio: Waveform, rate: int) -> Onsets:
    """Rises of the logarithmic power of narrow bands (spectral flux), the end of the sound going on at its start."""
    count = max(2, round(len(audio) / HOP))
    starts = np.round(np.arange(count) * (len(audio) / count)).astype(int)
    power = spectra(circle(audio, FRAME // 2, FRAME // 2), starts, FRAME)
    bins = np.searchsorted(np.fft.rfftfreq(FRAME, 1 / rate), EDGES_HZ)
    bands = np.add.reduceat(power, bins, axis=1)[:, :-1].astype(np.float64)
    level = np.log(np.maximum(bands, QUIETEST * max(float(bands.max()), 1e-12)))
    rises = np.maximum(0, level - np.roll(level, 1, axis=0))
    groups = np.split(rises, [LOW_BANDS, MID_BANDS], axis=1)
    return Onsets(np.stack([group.mean(axis=1) for group in groups]), len(audio) / rate)
