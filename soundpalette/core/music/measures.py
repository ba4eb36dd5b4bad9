"""What can be measured of a sound: level and brightness."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core.audio import DEFAULT_LIMITS, Limits, decode, probe
from soundpalette.core.types import Waveform

RATE: Final = 44_100
MEASURED_SECONDS: Final = 60.0
FRAME: Final = 2048
SILENCE_DB: Final = -120.0


@dataclass(frozen=True, slots=True)
class Measures:
    """Duration in seconds, loudness (RMS, dB relative to full scale), brightness (spectral centroid, Hz)."""

    seconds: float
    loudness_db: float
    brightness_hz: float


def measure(path: Path, limits: Limits = DEFAULT_LIMITS) -> Measures:
    """Measure one file (loudness and brightness over its first minute). Raises AudioError."""
    seconds = probe(path, limits).seconds
    audio = decode(path, RATE, limits, MEASURED_SECONDS)
    return Measures(seconds, loudness_db(audio), brightness_hz(audio, RATE))


def loudness_db(audio: Waveform) -> float:
    """RMS level in dB relative to full scale; silence is -120."""
    power = float(np.mean(np.square(audio, dtype=np.float64)))
    return max(SILENCE_DB, 10 * float(np.log10(power))) if power > 0 else SILENCE_DB


def brightness_hz(audio: Waveform, rate: int) -> float:
    """The power spectrum's centre of gravity in Hz, so that loud frames count most; silence is 0."""
    padded = np.pad(audio, (0, -len(audio) % FRAME))
    spectra = np.abs(np.fft.rfft(padded.reshape(-1, FRAME) * np.hanning(FRAME))) ** 2
    power = spectra.sum(axis=0)
    total = float(power.sum())
    return float((power * np.fft.rfftfreq(FRAME, 1 / rate)).sum()) / total if total > 0 else 0.0
