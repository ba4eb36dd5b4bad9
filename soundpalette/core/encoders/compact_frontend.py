"""The compact encoder's ear, numpy only: waveform -> log-mel frames and measured descriptors. Training uses it too.

A window is one float32 matrix [1 + frames, 64]: row 0 holds the descriptors (zeros behind them), the rest is log-mel.
Any change here changes every vector: raise `RECIPE` with it and train again.
"""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Waveform, Window

RECIPE: Final = 1
RATE: Final = 32_000
HOP: Final = 320
FFT: Final = 1024
BANDS: Final = 64
WINDOW_SECONDS: Final = 3.0
WINDOW_SAMPLES: Final = int(RATE * WINDOW_SECONDS)
TRIM_RATIO: Final = 1e-3
"""-60 dB below the file's peak counts as silence at either end."""
SILENCE_PEAK: Final = 1e-6
ENVELOPE: Final = 160
"""Samples an envelope step: 5 ms."""
DESCRIPTORS: Final = (
    "log_window_seconds", "log_file_seconds", "log_attack", "log_decay", "log_centre", "crest", "late_energy",
    "onsets_per_second", "centroid", "spread", "flatness", "rolloff", "low_share", "mid_share", "high_share",
    "centroid_drift", "pitch_strength", "log_pitch", "flux", "kurtosis",
)  # fmt: skip
FLOOR_DB: Final = -90.0


def normalise(audio: Waveform) -> Waveform:
    """Remove DC, trim silence at both ends, scale the peak to 1; silence comes back as zeros, at most 0.1 s of it."""
    centred = audio - audio.mean(dtype=np.float64).astype(np.float32) if audio.size else audio
    peak = float(np.abs(centred).max(initial=0.0))
    if peak < SILENCE_PEAK:
        return np.zeros(max(1, min(audio.size, RATE // 10)), np.float32)
    loud = np.flatnonzero(np.abs(centred) > TRIM_RATIO * peak)
    start, stop = max(0, int(loud[0]) - 64), int(loud[-1]) + 65
    return np.ascontiguousarray(centred[start:stop] / np.float32(peak), np.float32)


def make_window(audio: Waveform, file_seconds: float) -> Window:
    """One stretch of normalised audio, at most 3 s [samples] at 32 kHz -> float32 [1 + frames, 64]."""
    power = _mel_power(audio)
    level = np.clip(10.0 * np.log10(power + 1e-12), FLOOR_DB, None)
    window = np.zeros((1 + len(level), BANDS), np.float32)
    window[0, : len(DESCRIPTORS)] = measure(audio, power, file_seconds)
    window[1:] = (level + 45.0) / 25.0
    return window


FLOOR_VALUE: Final = (FLOOR_DB + 45.0) / 25.0


def measure(audio: Waveform, power: npt.NDArray[np.float32], file_seconds: float) -> npt.NDArray[np.float32]:
    """The descriptors of one window, float32 [20], in the order of `DESCRIPTORS`; always finite."""
    seconds = audio.size / RATE
    envelope = _envelope(audio)
    top = int(envelope.argmax())
    level = envelope / max(float(envelope[top]), 1e-9)
    energy = level**2
    steps = np.arange(level.size)
    total = float(energy.sum()) + 1e-12
    rising = np.flatnonzero(level[: top + 1] > 0.1)
    attack = (top - int(rising[0]) + 1) if rising.size else 1
    falling = np.flatnonzero(level[top:] < 0.1)
    decay = int(falling[0]) if falling.size else level.size - top
    centre = float((energy * steps).sum()) / total + 1.0
    rms = float(np.sqrt(np.mean(audio.astype(np.float64) ** 2))) + 1e-9
    late = float(energy[level.size // 2 :].sum()) / total
    ahead = np.maximum(0.0, np.diff(level, n=1, prepend=0.0))
    jumps = np.flatnonzero((ahead > 0.2) & (np.diff(ahead, prepend=0.0) > 0))
    onsets = (1 + int((np.diff(jumps) > 8).sum()) if jumps.size else 0) / max(seconds, 0.25)
    fourth = float(np.mean(np.square(np.square(audio / rms))))  # `** 4` would call pow, half of the front end's time
    pitch, strength = _pitch(audio, top * ENVELOPE)
    timed = np.array(
        [
            np.log2(seconds + 1e-3),
            np.log2(file_seconds + 1e-3),
            np.log2(attack),
            np.log2(decay + 1.0),
            np.log2(centre),
            np.log10(float(np.abs(audio).max(initial=0.0)) / rms + 1e-9),
            late,
            np.log2(1.0 + onsets),
        ]
    )
    tail = np.array([strength, pitch, _flux(power), np.log2(1.0 + fourth)])
    return np.asarray(np.nan_to_num(np.concatenate([timed, _spectrum(power), tail])), np.float32)


def _spectrum(power: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Centroid, spread, flatness, rolloff (all in mel bands), shares of low, middle, high, drift of the centroid."""
    mean = power.mean(axis=0, dtype=np.float64) + 1e-12
    share = mean / mean.sum()
    bands = np.arange(BANDS)
    centroid = float((share * bands).sum())
    spread = float(np.sqrt((share * (bands - centroid) ** 2).sum()))
    flatness = float(np.mean(np.log10(mean)) - np.log10(mean.mean()))
    rolloff = float(np.searchsorted(np.cumsum(share), 0.9))
    low, middle, high = float(share[:9].sum()), float(share[9:40].sum()), float(share[40:].sum())
    half = max(1, len(power) // 2)
    first, second = (p.sum(axis=0, dtype=np.float64) + 1e-9 for p in (power[:half], power[half:]))
    drift = float((second * bands).sum() / second.sum() - (first * bands).sum() / first.sum())
    return np.array([centroid, spread, flatness, rolloff, low, middle, high, drift])


def _flux(power: npt.NDArray[np.float32]) -> float:
    level = np.log10(power + 1e-6)
    return float(np.abs(np.diff(level, axis=0)).mean()) if len(level) > 1 else 0.0


def _envelope(audio: Waveform) -> npt.NDArray[np.float64]:
    """Peak per 5 ms step."""
    steps = max(1, -(-audio.size // ENVELOPE))
    padded = np.zeros(steps * ENVELOPE, np.float32)
    padded[: audio.size] = np.abs(audio)
    return np.asarray(padded.reshape(steps, ENVELOPE).max(axis=1), np.float64)


def _pitch(audio: Waveform, loudest: int) -> tuple[float, float]:
    """log2 of the strongest period's frequency over 55 Hz and its autocorrelation, in the 128 ms after the peak."""
    start = max(0, min(loudest + RATE // 200, audio.size - 4096))
    part = audio[start : start + 4096].astype(np.float64)
    if part.size < 512 or not part.any():
        return 0.0, 0.0
    spectrum = np.fft.rfft(part, 8192)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: part.size // 2]
    overlap = 1.0 - np.arange(correlation.size) / part.size
    correlation = correlation / (correlation[0] + 1e-12) / overlap
    below = np.flatnonzero(correlation < 0)
    first = max(16, int(below[0])) if below.size else 16
    if first >= correlation.size:
        return 0.0, 0.0
    lag = first + int(correlation[first:].argmax())
    return float(np.log2(RATE / lag / 55.0)), float(np.clip(correlation[lag], 0.0, 1.0))


def _mel_power(audio: Waveform) -> npt.NDArray[np.float32]:
    """Power in 64 mel bands, hop 10 ms, frames centred: float32 [1 + samples // 320, 64]; a full sine: about 0 dB."""
    padded = np.zeros(FFT + (audio.size // HOP) * HOP, np.float32)
    inside = audio[: padded.size - FFT // 2]
    padded[FFT // 2 : FFT // 2 + inside.size] = inside
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP]
    spectrum = np.fft.rfft(frames * _hann(), axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return np.asarray(power @ _mel_filters().T)


@cache
def _hann() -> npt.NDArray[np.float32]:
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT)
    return np.asarray(window * (2.0 / window.sum()), np.float32)


@cache
def _mel_filters() -> npt.NDArray[np.float32]:
    """Triangles on the HTK mel scale, 25 Hz to 16 kHz, float32 [64, 513]; each holds at least one bin's worth."""
    low, high = (2595.0 * np.log10(1.0 + f / 700.0) for f in (25.0, RATE / 2))
    edges = 700.0 * (10.0 ** (np.linspace(low, high, BANDS + 2) / 2595.0) - 1.0)
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    width = np.maximum(centre - left, RATE / FFT), np.maximum(right - centre, RATE / FFT)
    rise, fall = (bins - centre) / width[0] + 1.0, (centre - bins) / width[1] + 1.0
    return np.maximum(0.0, np.minimum(rise, fall)).astype(np.float32)
