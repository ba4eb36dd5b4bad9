"""The pitch of one note: normalised autocorrelation after McLeod and Wyvill."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.music.spectra import Floats, power
from soundpalette.core.types import Waveform

FRAME: Final = 4096
HOP: Final = 1024
FFT_STEP: Final = 1024
"""Lengths of FFTs are multiples of this: a length with large prime factors takes several times as long."""
LONGEST_SECONDS: Final = 2.0
"""A one-shot's note is heard at its beginning."""
LEAST_PERIODS: Final = 4
LOWEST_HZ: Final = 27.0
HIGHEST_HZ: Final = 2_200.0
SUREST: Final = 0.6
"""Less periodic or constant than this is no note: snares reach 0.4, kicks that fall 0.5."""
LEAST_FUNDAMENTAL: Final = 0.02
"""A chord is periodic, too, far below its notes: a note has this share of its power at its pitch or an octave above."""
FIRST_PEAK: Final = 0.93
"""The first peak this near to the highest is the period; a later one is a multiple of it."""

Series = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pitch:
    """`midi` number (69 is A = 440 Hz) and how sure it is, 0 to 1: how periodic the sound, how constant the pitch."""

    midi: float
    confidence: float


@dataclass(frozen=True, slots=True)
class _Periods:
    """Of each stretch [n]: in frames (between frames by a parabola), and how like itself it is after that, 0 to 1."""

    frames: Series
    clarity: Series


def find_pitch(audio: Waveform, rate: int) -> Pitch | None:
    """The one pitch that most of the sound's power has; None for chords, noise, silence and a few milliseconds.

    Source: McLeod and Wyvill, A smarter way to find pitch, ICMC 2005 (the normalised square difference).
    """
    frame = min(FRAME, len(audio))
    if frame < LEAST_PERIODS * rate / HIGHEST_HZ or not audio.any():
        return None
    heard = np.asarray(audio[: max(frame, int(LONGEST_SECONDS * rate))], np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(heard, frame)[::HOP]
    level = np.sqrt(np.square(frames).mean(axis=1))
    loud = level > 0.03 * level.max()
    frames, level = frames[loud], level[loud]
    found = _periods(_similarity(frames, rate), rate)
    midi = 69 + 12 * np.log2(rate / found.frames / 440)
    weight = level * found.clarity
    near = np.abs(midi - _median(midi, weight)) < 0.5
    confidence = float(weight[near].sum() / max(level.sum(), 1e-12))
    if confidence < SUREST:
        return None
    pitch = Pitch(float(np.average(midi[near], weights=weight[near])), min(1.0, confidence))
    return pitch if _fundamental(heard, rate, pitch.midi) >= LEAST_FUNDAMENTAL else None


def _median(values: Series, weights: Series) -> float:
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2).clip(max=len(order) - 1)])


def _fundamental(audio: Floats, rate: int, midi: float) -> float:
    """The share of power within a semitone of a pitch and of its octave."""
    size = 1 << (2 * len(audio) - 1).bit_length()
    spectrum = power(audio * np.hanning(len(audio)).astype(np.float32), size)
    semitone, place = 2 ** (1 / 12), 440 * 2 ** ((midi - 69) / 12) * size / rate
    near = sum(float(spectrum[math.ceil(at / semitone) : math.ceil(at * semitone)].sum()) for at in (place, 2 * place))
    return near / max(float(spectrum.sum()), 1e-12)


def _similarity(frames: Floats, rate: int) -> Series:
    """How like itself each frame is after each lag up to half its length or the longest period, -1 to 1."""
    length = frames.shape[1]
    lags = np.arange(min(length // 2, int(rate / LOWEST_HZ) + 1))
    size = -(-(length + lags.size) // FFT_STEP) * FFT_STEP
    spectra = power(frames, size)
    product = np.fft.irfft(spectra.astype(np.complex64), axis=1)[:, : lags.size]
    squares = np.square(frames[:, : lags.size]), np.square(frames[:, : -lags.size - 1 : -1])
    head, tail = (np.cumsum(part, axis=1, dtype=np.float64) - part for part in squares)  # of less than each lag
    both = 2 * np.square(frames).sum(axis=1, dtype=np.float64, keepdims=True) - head - tail
    return np.asarray(2 * product / np.maximum(both, 1e-12))


def _periods(similarity: Series, rate: int) -> _Periods:
    """The first lag that is almost as good as the best one, of each row of [n, lags]."""
    last = min(int(rate / LOWEST_HZ), similarity.shape[1] - 1)
    below = similarity[:, :last] < 0
    first = np.maximum(int(rate / HIGHEST_HZ), np.where(below.any(axis=1), below.argmax(axis=1), last))
    left, middle, right = similarity[:, : last - 2], similarity[:, 1 : last - 1], similarity[:, 2:last]
    peaks = (middle >= left) & (middle > right) & (np.arange(middle.shape[1]) >= first[:, None])
    heights = np.where(peaks, middle, -1.0)
    best = heights.max(axis=1, initial=-1.0)
    place = (heights >= FIRST_PEAK * best[:, None]).argmax(axis=1)[:, None]
    left, middle, right = (np.take_along_axis(side, place, axis=1)[:, 0] for side in (left, middle, right))
    shift = 0.5 * (left - right) / np.minimum(left - 2 * middle + right, -1e-12)
    found = best > 0
    return _Periods(np.where(found, place[:, 0] + 1 + shift, last), np.where(found, middle.clip(0, 1), 0.0))
