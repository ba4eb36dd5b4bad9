"""What can be measured of any sound: level, peak, brightness, bands, noisiness, attack and decay."""

from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.music.spectra import spectra
from soundpalette.core.types import Waveform

RATE: Final = 44_100
FRAME: Final = 2048
SILENCE_DB: Final = -120.0
BAND_EDGES_HZ: Final = (100.0, 500.0, 4_000.0)
FLATNESS_EDGES_HZ: Final = (20.0, *(320 * 2.0**octave for octave in range(7)))
"""Octaves, but all below 320 Hz as one: an octave further down would be narrower than what a frame resolves."""
WHITE_FLATNESS: Final = 0.5615
"""What the flatness of white noise comes to: exp of minus Euler's constant, the power of a bin being exponential."""
STEP_SECONDS: Final = 0.001
HOLD_STEPS: Final = 25
"""Half a period of 20 Hz: the envelope must not fall between two swings of a deep bass."""

Series = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spectrum:
    """Power of each frequency [frames, bins] and those frequencies in Hz [bins], in frames of 2,048 side by side."""

    power: npt.NDArray[np.float32]
    hz: Series

    @cached_property
    def total(self) -> Series:
        """The power of each frequency in all frames."""
        return np.asarray(self.power.sum(axis=0, dtype=np.float64))

    @property
    def brightness_hz(self) -> float:
        """The power's centre of gravity, so that loud frames count most; silence is 0."""
        power = self.total
        return float(power @ self.hz / power.sum()) if power.any() else 0.0

    @property
    def bands(self) -> tuple[float, float, float, float]:
        """The shares of power below 100, 100 to 500, 500 to 4,000 and above 4,000 Hz; all 0 for silence."""
        low, mid, high, top = (
            float(part.sum()) for part in np.split(self.total, np.searchsorted(self.hz, BAND_EDGES_HZ))
        )
        total = (low + mid + high + top) or 1.0
        return low / total, mid / total, high / total, top / total

    @property
    def noisiness(self) -> float:
        """Spectral flatness of each octave (as in MPEG-7: bright noise is noise), weighed by power, 0 to 1."""
        edges = np.unique(np.searchsorted(self.hz, FLATNESS_EDGES_HZ))
        octaves = [part for part in np.split(self.power, edges, axis=1)[1:] if part.shape[1] >= 4]
        if not octaves or not self.power.any():
            return 0.0
        power = np.stack([octave.mean(axis=1, dtype=np.float64) for octave in octaves])
        floor = 1e-12 * float(self.power.max())
        logs = np.stack([np.log(octave + floor).mean(axis=1, dtype=np.float64) for octave in octaves])
        flatness = np.exp(logs) / (power + floor)
        return min(1.0, float((flatness * power).sum() / max(power.sum(), 1e-300)) / WHITE_FLATNESS)


def loudness_db(audio: Waveform) -> float:
    """RMS level in dB relative to full scale; silence is -120."""
    power = float(np.mean(np.square(audio, dtype=np.float64)))
    return max(SILENCE_DB, 10 * float(np.log10(power))) if power > 0 else SILENCE_DB


def peak_db(audio: npt.NDArray[np.float32]) -> float:
    """The largest value in dB relative to full scale; silence is -120."""
    peak = float(np.abs(audio).max(initial=0.0))
    return max(SILENCE_DB, 20 * float(np.log10(peak))) if peak > 0 else SILENCE_DB


def brightness_hz(audio: Waveform, rate: int) -> float:
    """The spectral centroid of mono audio in Hz; silence is 0."""
    return spectrum(audio[:, None], rate).brightness_hz


def spectrum(audio: npt.NDArray[np.float32], rate: int) -> Spectrum:
    """The power of [frames, channels], summed over the channels."""
    padded = np.pad(audio, ((0, -len(audio) % FRAME), (0, 0)))
    starts = np.arange(0, len(padded), FRAME)
    found = reduce(np.add, (spectra(channel, starts, FRAME) for channel in padded.T))
    return Spectrum(found, np.asarray(np.fft.rfftfreq(FRAME, 1 / rate), np.float64))


def envelope(audio: npt.NDArray[np.float32], rate: int) -> Series:
    """The largest value of any channel in each millisecond and the 24 before it, [milliseconds]."""
    step = max(1, round(STEP_SECONDS * rate))
    loudest = reduce(np.maximum, np.abs(audio).T)  # a maximum over a short axis takes ten times as long
    peaks = np.maximum.reduceat(loudest, np.arange(0, len(loudest), step))
    held, steps = np.concatenate([np.zeros(HOLD_STEPS - 1, np.float32), peaks]), 1
    while steps < HOLD_STEPS:  # the maximum of two stretches is that of a longer one
        further = min(steps, HOLD_STEPS - steps)
        held, steps = np.maximum(held[further:], held[:-further]), steps + further
    return np.asarray(held, np.float64)


def attack_seconds(envelope: Series) -> float:
    """How long the loudest event takes from a tenth to nine tenths of its height."""
    peak = int(envelope.argmax())
    quiet = np.flatnonzero(envelope[: peak + 1] < 0.1 * envelope[peak])
    start = int(quiet[-1]) + 1 if quiet.size else 0
    return int(np.argmax(envelope[start:] >= 0.9 * envelope[peak])) * STEP_SECONDS


def decay_seconds(envelope: Series) -> float:
    """How long it takes from the loudest moment to 20 dB below it, or to the end of what does not fall that far."""
    after = envelope[int(envelope.argmax()) :]
    quiet = np.flatnonzero(after < 0.1 * after[0])
    steps = int(quiet[0]) - HOLD_STEPS + 1 if quiet.size else len(after)
    return max(1, steps) * STEP_SECONDS
