"""The compact encoder's ear, numpy only: waveform -> log-mel frames and measured descriptors. Training uses it too.

A window is one float32 matrix [1 + frames, 64]: row 0 holds the descriptors (zeros behind them), the rest is log-mel.
Any change here changes every vector: raise `RECIPE` with it and train again.
"""

import math
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Waveform, Window

RECIPE: Final = 2
RATE: Final = 32_000
HOP: Final = 320
FFT: Final = 768
"""24 ms, 42 Hz a bin."""
FRAMES_AT_ONCE: Final = 40
"""Blocks of 128 KB and more are fetched from the system anew each time, which takes longer than their transform."""
BANDS: Final = 64
WINDOW_SECONDS: Final = 3.0
WINDOW_SAMPLES: Final = int(RATE * WINDOW_SECONDS)
TRIM_RATIO: Final = 1e-3
"""-60 dB below the file's peak counts as silence at either end."""
SILENCE_PEAK: Final = 1e-6
SOUGHT: Final = 4096
"""Samples looked at at once for where a sound begins or ends."""
ENVELOPE: Final = 160
"""Samples an envelope step: 5 ms."""
FINE: Final = 40
"""Samples a fine step: 1.25 ms, for what happens around the attack."""
EARLY: Final = 512
"""Samples of the attack whose spectrum is described: 16 ms."""
PITCHED: Final = 2048
"""Samples at half the rate that the pitch is read from: 128 ms."""
DESCRIPTORS: Final = (
    "log_window_seconds",
    "log_file_seconds",
    "width",  # of the stereo image of the whole file: 0 mono, 0.7 unrelated channels, 1 opposite ones
    "crest",  # log10 of peak over RMS
    "kurtosis",
    "crossings",  # share of the samples at which the sign changes
    "log_attack",  # from the first 10 % of the peak to the peak, in steps of 5 ms; as is the decay
    "log_decay",  # from the peak until it fell below 10 %
    "log_centre",  # of the energy in time
    "late_energy",  # share of the second half
    "onsets_per_second",
    "log_fine_attack",  # from the first 10 % of the peak to the first 90 %, in steps of 1.25 ms
    "log_fine_end",  # from the first to the last 10 % of the peak, the same
    "early_hits",  # rises of the envelope in the first 100 ms: a clap has several
    "early_energy",  # share of the first 20 ms
    "early_centroid",  # of the first 16 ms, in octaves above 100 Hz
    "early_low",  # share below 1 kHz of the first 16 ms
    "early_high",  # share above 5 kHz of the first 16 ms
    "centroid",  # in mel bands, as are spread, rolloff and drift
    "spread",
    "flatness",
    "peakiness",  # log10 of the strongest band over the mean band
    "rolloff",  # below it lie 90 %
    "low_share",
    "mid_share",
    "high_share",
    "centroid_drift",  # second half minus first half
    "log_low_decay",  # frames from their peak until the low bands fell by 20 dB
    "log_high_decay",  # the same for the high bands
    "flux",  # mean change from frame to frame
    "pitch_strength",
    "log_pitch",  # octaves above 55 Hz
)
LOW, HIGH = slice(0, 9), slice(40, BANDS)
"""Mel bands below about 450 Hz and above about 4.5 kHz."""
FLOOR_DB: Final = -90.0
FLOOR_VALUE: Final = (FLOOR_DB + 45.0) / 25.0
FLUX_FLOOR: Final = (-60.0 + 45.0) / 25.0
"""What the network reads for -60 dB; changes below it do not count as flux."""
Frames = npt.NDArray[np.float32]


def normalise(audio: Waveform) -> Waveform:
    """Remove DC, trim silence at both ends, scale the peak to 1; silence comes back as zeros, at most 0.1 s of it."""
    centred = audio - audio.mean(dtype=np.float64).astype(np.float32) if audio.size else audio
    peak = max(float(centred.max(initial=0.0)), -float(centred.min(initial=0.0)))
    if peak < SILENCE_PEAK:
        return np.zeros(max(1, min(audio.size, RATE // 10)), np.float32)
    start = max(0, _first_beyond(centred, TRIM_RATIO * peak) - 64)
    part = centred[start : audio.size - _first_beyond(centred[::-1], TRIM_RATIO * peak) + 64]
    return np.asarray(np.divide(part, np.float32(peak), out=part), np.float32)


def _first_beyond(audio: Waveform, level: float) -> int:
    """Where `audio` first goes beyond `level` to either side; it does, and mostly soon."""
    for start in range(0, audio.size, SOUGHT):
        beyond = np.abs(audio[start : start + SOUGHT]) > level
        if (first := int(beyond.argmax())) or beyond[0]:
            return start + first
    return audio.size


def make_window(audio: Waveform, file_seconds: float, width: float) -> Window:
    """One stretch of normalised audio, at most 3 s [samples] at 32 kHz -> float32 [1 + frames, 64].

    `file_seconds` and `width` (`core.stereo.Width`) are the whole file's.
    """
    power = _mel_power(audio)
    window = np.zeros((1 + len(power), BANDS), np.float32)
    level = np.log10(np.maximum(power, np.float32(10 ** (FLOOR_DB / 10))), out=window[1:])
    level *= 10 / 25
    level += 45 / 25
    whole = [math.log2(audio.size / RATE + 1e-3), math.log2(file_seconds + 1e-3), width]
    peaks = _peaks(audio)
    top = float(peaks.max())
    energy = float(np.dot(audio, audio))
    fine = np.asarray(peaks / max(top, 1e-9), np.float32)
    timed = [*_waveform(audio, top, energy), *_course(fine, audio.size / RATE), *_attack(audio, fine, energy)]
    spectral = [*_spectrum(power), _flux(level), *_pitch(audio, int(fine.argmax()) * FINE)]
    known = np.array([*whole, *timed, *spectral])
    window[0, : len(DESCRIPTORS)] = known if np.isfinite(known).all() else np.nan_to_num(known)
    return window


def _waveform(audio: Waveform, top: float, energy: float) -> list[float]:
    """Crest, kurtosis, crossings; of `audio` whose peak and energy are known."""
    square = np.square(audio)
    power = energy / audio.size + 1e-18
    negative = audio < 0
    crossings = np.count_nonzero(negative[1:] != negative[:-1]) / audio.size
    fourth = float(np.dot(square, square)) / audio.size / power**2
    return [0.5 * math.log10(top * top / power + 1e-18), math.log2(1.0 + fourth), crossings]


def _course(fine: Waveform, seconds: float) -> list[float]:
    """Attack, decay, centre, late energy, onsets, from the envelope in steps of 5 ms."""
    level = np.maximum.reduceat(fine, np.arange(0, fine.size, ENVELOPE // FINE))
    top = int(level.argmax())
    energy = np.square(level)
    total = float(energy.sum()) + 1e-12
    attack = top - int((level[: top + 1] > 0.1).argmax()) + 1
    centre = float(np.dot(energy, np.arange(level.size, dtype=np.float32))) / total
    late = float(energy[level.size // 2 :].sum()) / total
    rise = np.zeros(level.size + 1, np.float32)
    rise[1] = level[0]
    np.subtract(level[1:], level[:-1], out=rise[2:])
    jumps = np.flatnonzero((rise[1:] > 0.2) & (rise[1:] > rise[:-1]))
    onsets = 1 + np.count_nonzero(jumps[1:] - jumps[:-1] > 8) if jumps.size else 0
    per_second = onsets / max(seconds, 0.25)
    decay = math.log2(_until_below(level[top:], 0.1) + 1)
    return [math.log2(attack), decay, math.log2(centre + 1.0), late, math.log2(1.0 + per_second)]


def _attack(audio: Waveform, level: Waveform, whole: float) -> list[float]:
    """Fine attack, fine end, hits, energy (share of the `whole`), centroid, low and high share of what comes first."""
    heard = level > 0.1
    onset, end = int(heard.argmax()), level.size - int(heard[::-1].argmax())
    attack = int((level[onset:] > 0.9).argmax()) + 1
    part = audio[onset * FINE :][: RATE // 50]
    energy = float(np.dot(part, part)) / (whole + 1e-12)
    power = _power(part[:EARLY] * _fading()[: part.size], EARLY) * np.float32(EARLY**2)
    total = float(power.sum()) + 1e-12
    centroid = float(np.dot(power, _octaves())) / total
    low, high = float(power[: EARLY // 32].sum()) / total, float(power[EARLY * 5 // 32 :].sum()) / total
    hits = _hits(level[onset : onset + RATE // 10 // FINE])
    return [math.log2(attack), math.log2(max(1, end - onset)), math.log2(1 + hits), energy, centroid, low, high]


def _hits(level: Waveform) -> int:
    """Peaks of a fine envelope, smoothed over 3 steps, that stand 3 dB over what was 5 ms before them."""
    padded = np.zeros(level.size + 7, np.float32)
    padded[5:-2] = level
    smooth = padded[:-2] + padded[1:-1] + padded[2:]
    now, before, after = smooth[4:-1], smooth[3:-2], smooth[5:]
    return int(np.count_nonzero((now > before) & (now >= after) & (now > 1.4 * smooth[:-5]) & (now > 0.6)))


def _spectrum(power: Frames) -> list[float]:
    """From centroid to high decay, in the order of `DESCRIPTORS`."""
    half = max(1, len(power) // 2)
    first, second = power[:half].sum(axis=0) + 1e-9, power[half:].sum(axis=0) + 1e-9
    share = (first + second) / (first.sum() + second.sum())
    bands = np.arange(BANDS, dtype=np.float32)
    below = np.cumsum(share)
    centroid = float(np.dot(share, bands))
    spread = math.sqrt(float(np.dot(share, np.square(bands - centroid))))
    flatness = float(np.log10(share).mean()) + math.log10(BANDS)
    peakiness = math.log10(float(share.max()) * BANDS)
    low, high = float(below[LOW.stop - 1]), 1.0 - float(below[HIGH.start - 1])
    drift = float(np.dot(second, bands) / second.sum() - np.dot(first, bands) / first.sum())
    rolloff = float(np.searchsorted(below, 0.9))
    shares = [low, 1.0 - low - high, high]
    return [centroid, spread, flatness, peakiness, rolloff, *shares, drift, *(_fall(power[:, b]) for b in (LOW, HIGH))]


def _fall(power: Frames) -> float:
    level = power.sum(axis=1)
    top = int(level.argmax())
    return math.log2(1 + _until_below(level[top:], 0.01 * float(level[top])))


def _flux(level: Frames) -> float:
    heard = np.maximum(level, FLUX_FLOOR)
    return 2.5 * float(np.abs(heard[1:] - heard[:-1]).mean()) if len(level) > 1 else 0.0


def _peaks(audio: Waveform) -> Waveform:
    """The peak of each 1.25 ms."""
    return np.asarray(np.maximum.reduceat(np.abs(audio), np.arange(0, audio.size, FINE)), np.float32)


def _until_below(level: npt.NDArray[np.floating], least: float) -> int:
    """How many steps `level` takes to fall below `least`; all, where it never does."""
    below = level < least
    first = int(below.argmax())
    return first if below[first] else level.size


def _pitch(audio: Waveform, loudest: int) -> list[float]:
    """Strength (autocorrelation) of the shortest of the strong periods in the 128 ms after the peak, and its pitch."""
    start = max(0, min(loudest + RATE // 200, audio.size - 2 * PITCHED))
    even, odd = audio[start : start + 2 * PITCHED : 2], audio[start + 1 : start + 2 * PITCHED : 2]
    part = even[: odd.size] + odd
    if part.size < PITCHED // 8:
        return [0.0, 0.0]
    size = PITCHED * 3 // 2
    power = _power(part, size) * np.float32(size**2)
    correlation = np.fft.irfft(power, size)[: part.size // 2]
    overlap = 1.0 - np.arange(correlation.size, dtype=np.float32) / part.size
    correlation = correlation / ((correlation[0] + 1e-12) * overlap)
    first = max(4, _until_below(correlation, 0.0))
    if first >= correlation.size:
        return [0.0, 0.0]
    best = float(correlation[first:].max())
    near = first + int((correlation[first:] >= 0.9 * best).argmax())
    lag = near + int(correlation[near : near + 1 + near // 4].argmax())
    return [min(max(best, 0.0), 1.0), math.log2(RATE / 2 / lag / 55.0)]


def _mel_power(audio: Waveform) -> Frames:
    """Power in 64 mel bands, hop 10 ms, frames centred: float32 [1 + samples // 320, 64]; a full sine: about 0 dB."""
    padded = np.zeros(FFT + (audio.size // HOP) * HOP, np.float32)
    inside = audio[: padded.size - FFT // 2]
    padded[FFT // 2 : FFT // 2 + inside.size] = inside
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP]
    mel = np.empty((len(frames), BANDS), np.float32)
    for start in range(0, len(frames), FRAMES_AT_ONCE):
        power = _power(frames[start : start + FRAMES_AT_ONCE] * _hann(), FFT)
        for bands, bins, filters in _mel_filters():
            np.matmul(power[:, bins], filters, out=mel[start : start + FRAMES_AT_ONCE, bands])
    return mel


def _power(frames: Frames, size: int) -> Frames:
    """Power [..., size // 2 + 1] of frames filled to `size`, over size squared.

    That scale keeps numpy in float32: with its own it takes its FFT of wider numbers, two to six times as slow.
    """
    parts = np.fft.rfft(frames, size, norm="forward").view(np.float32)
    parts *= parts
    return np.asarray(parts[..., ::2] + parts[..., 1::2])


@cache
def _hann() -> npt.NDArray[np.float32]:
    """A Hann window whose power, over FFT squared, of a full sine is 1."""
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FFT) / FFT)
    return np.asarray(window * (2.0 * FFT / window.sum()), np.float32)


@cache
def _fading() -> npt.NDArray[np.float32]:
    """The falling half of a Hann window: an attack begins with silence by itself."""
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * np.arange(EARLY) / EARLY), np.float32)


@cache
def _octaves() -> npt.NDArray[np.float32]:
    """The bins of the early spectrum in octaves above 100 Hz."""
    return np.asarray(np.log2(np.maximum(np.arange(EARLY // 2 + 1), 0.5) * RATE / EARLY / 100), np.float32)


@cache
def _mel_filters() -> list[tuple[slice, slice, npt.NDArray[np.float32]]]:
    """Triangles on the HTK mel scale, 25 Hz to 16 kHz, each at least one bin's worth; two halves with only their bins.

    (bands, bins, float32 [bins, bands]) each.
    """
    low, high = (2595.0 * np.log10(1.0 + f / 700.0) for f in (25.0, RATE / 2))
    edges = 700.0 * (10.0 ** (np.linspace(low, high, BANDS + 2) / 2595.0) - 1.0)
    bins = np.arange(FFT // 2 + 1)[:, None] * RATE / FFT
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    width = np.maximum(centre - left, RATE / FFT), np.maximum(right - centre, RATE / FFT)
    rise, fall = (bins - centre) / width[0] + 1.0, (centre - bins) / width[1] + 1.0
    whole = np.maximum(0.0, np.minimum(rise, fall)).astype(np.float32)
    parts = []
    for bands in (slice(0, BANDS // 2), slice(BANDS // 2, BANDS)):
        used = np.flatnonzero(whole[:, bands].any(axis=1))
        inside = slice(int(used[0]), int(used[-1]) + 1)
        parts.append((bands, inside, np.ascontiguousarray(whole[inside, bands])))
    return parts
