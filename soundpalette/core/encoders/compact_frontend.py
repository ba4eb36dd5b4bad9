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

RECIPE: Final = 3
RATE: Final = 32_000
HOP: Final = 320
FFT: Final = 640
"""20 ms, 50 Hz a bin: for the bands above the seam, where hats and claps are short and mel bands wide."""
SLOWER: Final = 8
"""Below the seam, 4 kHz are enough."""
LONG_FFT: Final = 256
"""64 ms at 4 kHz, 16 Hz a bin: 24 ms would show neighbours among the low bands the same bins."""
SEAM: Final = 17
"""Bands before this one have their centre below 1 kHz and are read from the long window."""
TAPS: Final = 97
"""Of the low-pass before 4 kHz: flat to 1.1 kHz, -85 dB from 2.9 kHz on, which is what would fold below the seam."""
SAMPLES_AT_ONCE: Final = 30_720
"""Blocks of 128 KB and more are fetched from the system anew each time, which takes longer than their transform."""
BANDS: Final = 64
WINDOW_SECONDS: Final = 3.0
WINDOW_SAMPLES: Final = int(RATE * WINDOW_SECONDS)
TRIM_RATIO: Final = 1e-3
"""-60 dB below the file's peak counts as silence at either end."""
SILENCE_PEAK: Final = 1e-6
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
Filters = tuple[slice, slice, npt.NDArray[np.float32]]
"""Bands, bins, weights [bins, bands]."""


def normalise(audio: Waveform) -> Waveform:
    """Remove DC, trim silence at both ends, scale the peak to 1; silence comes back as zeros, at most 0.1 s of it."""
    centred = audio - audio.mean(dtype=np.float64).astype(np.float32) if audio.size else audio
    level = np.abs(centred)
    peak = float(level.max(initial=0.0))
    if peak < SILENCE_PEAK:
        return np.zeros(max(1, min(audio.size, RATE // 10)), np.float32)
    loud = level > TRIM_RATIO * peak
    start, stop = max(0, int(loud.argmax()) - 64), audio.size - int(loud[::-1].argmax()) + 64
    return np.asarray(centred[start:stop] / np.float32(peak), np.float32)


def make_window(audio: Waveform, file_seconds: float, width: float) -> Window:
    """One stretch of normalised audio, at most 3 s [samples] at 32 kHz -> float32 [1 + frames, 64].

    `file_seconds` and `width` (`core.audio.Width`) are the whole file's.
    """
    power = _mel_power(audio)
    window = np.zeros((1 + len(power), BANDS), np.float32)
    level = np.log10(np.maximum(power, np.float32(10 ** (FLOOR_DB / 10))), out=window[1:])
    level *= 10 / 25
    level += 45 / 25
    whole = [math.log2(audio.size / RATE + 1e-3), math.log2(file_seconds + 1e-3), width]
    fine = _envelope(audio)
    timed = [*_waveform(audio), *_course(fine, audio.size / RATE), *_attack(audio, fine)]
    spectral = [*_spectrum(power), _flux(level), *_pitch(audio, int(fine.argmax()) * FINE)]
    window[0, : len(DESCRIPTORS)] = np.nan_to_num([*whole, *timed, *spectral])
    return window


def _waveform(audio: Waveform) -> list[float]:
    """Crest, kurtosis, crossings."""
    square = np.square(audio)
    power = float(np.dot(audio, audio)) / audio.size + 1e-18
    negative = audio < 0
    crossings = np.count_nonzero(negative[1:] != negative[:-1]) / audio.size
    fourth = float(np.dot(square, square)) / audio.size / power**2
    return [0.5 * math.log10(float(square.max()) / power + 1e-18), math.log2(1.0 + fourth), crossings]


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


def _attack(audio: Waveform, level: Waveform) -> list[float]:
    """Fine attack, fine end, hits, energy, centroid, low and high share of what comes first."""
    heard = level > 0.1
    onset, end = int(heard.argmax()), level.size - int(heard[::-1].argmax())
    attack = int((level[onset:] > 0.9).argmax()) + 1
    part = audio[onset * FINE :][: RATE // 50]
    energy = float(np.dot(part, part)) / (float(np.dot(audio, audio)) + 1e-12)
    spectrum = np.fft.rfft(part[:EARLY] * _fading()[: part.size], EARLY)
    power = spectrum.real**2 + spectrum.imag**2
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


def _envelope(audio: Waveform) -> Waveform:
    """Peak per 1.25 ms over the peak of all."""
    level = np.maximum.reduceat(np.abs(audio), np.arange(0, audio.size, FINE))
    return np.asarray(level / max(float(level.max()), 1e-9), np.float32)


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
    spectrum = np.fft.rfft(part, PITCHED * 3 // 2)
    correlation = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, PITCHED * 3 // 2)[: part.size // 2]
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
    """Power in 64 mel bands, hop 10 ms, frames centred: float32 [1 + samples // 320, 64].

    A full sine at a band's centre reads 0 dB there, in the bands of either window.
    """
    count = 1 + audio.size // HOP
    mel = np.empty((count, BANDS), np.float32)
    before = LONG_FFT // 2 * SLOWER + TAPS // 2
    blocks = math.ceil(((count - 1) * HOP // SLOWER + LONG_FFT) * SLOWER / (TAPS - 1)) + 1
    padded = np.zeros(blocks * (TAPS - 1), np.float32)
    padded[before : before + audio.size] = audio
    _read(padded[before - FFT // 2 :], HOP, FFT, _mel_filters(RATE, FFT, (SEAM, 40, BANDS)), mel)
    _read(_slower(padded), HOP // SLOWER, LONG_FFT, _mel_filters(RATE // SLOWER, LONG_FFT, (0, SEAM)), mel)
    return mel


def _read(audio: Waveform, hop: int, size: int, filters: list[Filters], mel: Frames) -> None:
    """Fill the columns of `mel` that `filters` are for, from frames of `size` samples, the first at the start."""
    frames = np.ndarray((len(mel), size), np.float32, audio, strides=(hop * audio.itemsize, audio.itemsize))
    used = slice(filters[0][1].start, filters[-1][1].stop)
    at_once = SAMPLES_AT_ONCE // size
    for start in range(0, len(mel), at_once):
        spectrum = np.fft.rfft(frames[start : start + at_once] * _hann(size))[:, used]
        power = np.square(spectrum.real)
        power += np.square(spectrum.imag)
        for bands, bins, weights in filters:
            inside = slice(bins.start - used.start, bins.stop - used.start)
            np.matmul(power[:, inside], weights, out=mel[start : start + at_once, bands])


def _slower(padded: Waveform) -> Waveform:
    """Low-passed, every 8th sample, the first for the 49th of `padded`, whose size is a multiple of 96."""
    parts = padded.reshape(-1, TAPS - 1) @ _low_pass()
    each = parts.shape[1] // 2
    return np.asarray(parts[:-1, :each] + parts[1:, each:]).ravel()


@cache
def _low_pass() -> npt.NDArray[np.float32]:
    """A sinc under a Kaiser window as float32 [96, 24]: what 96 samples give to 12 results, and to the 12 before."""
    block = TAPS - 1
    taps = np.sinc((np.arange(TAPS) - block // 2) / SLOWER) * np.kaiser(TAPS, 8.4)
    whole = np.zeros((2 * block, block // SLOWER))
    for k in range(block // SLOWER):
        whole[k * SLOWER : k * SLOWER + TAPS, k] = taps / taps.sum()
    return np.ascontiguousarray(np.concatenate([whole[:block], whole[block:]], axis=1), np.float32)


@cache
def _hann(size: int) -> npt.NDArray[np.float32]:
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    return np.asarray(window * (2.0 / window.sum()), np.float32)


@cache
def _fading() -> npt.NDArray[np.float32]:
    """The falling half of a Hann window: an attack begins with silence by itself."""
    return np.asarray(0.5 + 0.5 * np.cos(np.pi * np.arange(EARLY) / EARLY), np.float32)


@cache
def _octaves() -> npt.NDArray[np.float32]:
    """The bins of the early spectrum in octaves above 100 Hz."""
    return np.asarray(np.log2(np.maximum(np.arange(EARLY // 2 + 1), 0.5) * RATE / EARLY / 100), np.float32)


@cache
def _mel_filters(rate: int, size: int, limits: tuple[int, ...]) -> list[Filters]:
    """Triangles on the HTK mel scale, 25 Hz to 16 kHz, each at least one bin's worth, from limit to limit.

    Scaled such that a sine at the centre gives 1: a window spreads it over more or less of the triangle.
    """
    low, high = (2595.0 * np.log10(1.0 + f / 700.0) for f in (25.0, RATE / 2))
    edges = 700.0 * (10.0 ** (np.linspace(low, high, BANDS + 2) / 2595.0) - 1.0)
    bins = np.arange(size // 2 + 1)[:, None] * rate / size
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    width = np.maximum(centre - left, rate / size), np.maximum(right - centre, rate / size)
    rise, fall = (bins - centre) / width[0] + 1.0, (centre - bins) / width[1] + 1.0
    whole = np.maximum(0.0, np.minimum(rise, fall))
    away = (bins - centre) * size / rate
    sine = np.sinc(away) + 0.5 * (np.sinc(away - 1.0) + np.sinc(away + 1.0))  # the spectrum of a Hann window
    whole /= np.maximum((whole * np.square(sine)).sum(axis=0), 1e-9)  # the bands of the other window may be empty
    parts = []
    for bands in map(slice, limits[:-1], limits[1:]):
        used = np.flatnonzero(whole[:, bands].any(axis=1))
        inside = slice(int(used[0]), int(used[-1]) + 1)
        parts.append((bands, inside, np.ascontiguousarray(whole[inside, bands], np.float32)))
    return parts
