"""Tempo: a loop lasts a whole number of beats, so its length leaves few candidates, and its rhythm chooses."""

from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.music.chroma import Chroma
from soundpalette.core.music.onsets import Onsets

MOST_BEATS: Final = 128
SLOWEST: Final = 40.0
FASTEST: Final = 240.0
MIDDLE_BPM: Final = 120.0
PULSES: Final = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0)
"""Pulses a beat on which onsets may lie: bars, half bars, beats, eighths, triplets, sixteenths, their halves."""
LAGS: Final = (1, 2, 4)
"""Beats after which a rhythm may come again."""
FREE_CONFIDENCE: Final = 0.5
SPANS: Final = (1, 2, 4)
"""Beats that a harmony may last."""

Series = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# Fitted by bench/fit_music.py on the rendered loops of seeds 0 to 299: logarithms of odds, so that their softmax over
# the candidates is a probability. The first of each pair is for all loops, the second is added as far as one is
# pitched, since drums and chords follow different customs.
PRIOR: Final = np.array(
    [[-0.5, -10.01, -0.12, -0.18, 3.56, -1.35, 1.81, 1.98], [-0.71, 3.68, -0.03, -0.09, 2.51, 1.89, 2.09, 3.12]]
)
"""As `prior`, [2, 8]."""
ALIGNMENT: Final = np.array(
    [
        [
            [-0.6, 3.95, 4.69, 3.17, -0.45, -0.92, 0.23, -0.17],
            [-2.89, -1.75, 0.96, 2.27, -3.62, 5.33, 2.67, 3.29],
            [2.51, -10.71, -0.58, 1.77, 5.47, 6.21, 0.48, 2.83],
        ],
        [
            [2.05, -3.64, -4.95, -4.91, -0.75, -0.41, -0.85, 2.1],
            [4.44, -1.87, 6.07, 1.94, -2.12, 1.49, -4.71, -4.47],
            [-2.77, 13.3, -5.18, 8.21, 1.13, 0.69, -10.87, 2.16],
        ],
    ]
)
"""Low, middle and high onsets on each of PULSES, [2, 3, 8]."""
REPETITION: Final = np.array([[0.77, -2.2, 3.39], [-1.04, -4.44, 0.02]])
"""The rhythm again after each of LAGS, [2, 3]."""
HARMONY: Final = np.array(
    [
        [[-8.2, -6.83, 6.4], [-2.23, -7.88, -0.48], [2.46, 1.23, 4.52]],
        [[7.1, 16.57, -2.09], [2.69, -0.22, 8.04], [-3.13, 6.71, -3.06]],
    ]
)
"""Change inside pairs of segments of each of SPANS, across pairs, and their ratio, [2, 3, 3]."""
RHYTHMIC: Final = 0.5
"""Variance of the onset strength from which on it is clear where the onsets lie."""
MISALIGNED: Final = 0.45
"""Clear onsets that lie less than this on beats, eighths and sixteenths: the length is no whole number of beats."""
ALIGNED: Final = 0.8
"""Nor is it below this, where the rhythm comes again at some other distance more clearly."""
CLEARER: Final = 0.1
MUCH_CLEARER: Final = 0.5
"""By so much more clearly than after 1, 2, 4 and 8 beats, and it is no whole number however the onsets lie."""
ROUND_BPM: Final = 0.005
"""A length that gives a whole number of beats a minute this exactly was cut to it: one in a hundred does by chance."""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Beats a minute, how many beats the sound lasts (None: no whole number), and how sure that is, 0 to 1."""

    bpm: float
    beats: int | None
    confidence: float


def find_tempo(onsets: Onsets, chroma: Chroma) -> Tempo | None:
    """The tempo of a loop; None where it is so short that no number of beats makes sense.

    A loop begins on a beat and lasts a whole number of them. Where the onsets say otherwise (cut off, silence behind
    it), only the distance of its repetitions is left.
    """
    beats = candidates(onsets.seconds)
    if not beats.size:
        return None
    always, if_pitched = np.hstack([part.reshape(2, -1) for part in (PRIOR, ALIGNMENT, REPETITION, HARMONY)])
    odds = evidence(onsets, chroma, beats) @ (always + pitched(chroma) * if_pitched)
    best = int(odds.argmax())
    free = find_free_tempo(onsets)
    bpm = 60 * int(beats[best]) / onsets.seconds
    cut_to_tempo = abs(bpm - round(bpm)) < ROUND_BPM
    if onsets.variance > RHYTHMIC and not cut_to_tempo and _is_loose(onsets, int(beats[best]), free):
        return free
    return Tempo(bpm, int(beats[best]), 1 / float(np.exp(odds - odds[best]).sum()))


def find_free_tempo(onsets: Onsets) -> Tempo:
    """The tempo of a part of a longer sound: where its rhythm comes again, near 120 sooner than far from it.

    The octave is a guess and no whole number of beats is known: the confidence is at most 0.5.
    """
    bpm = np.geomspace(60, 200, 600)
    frames_a_beat = len(onsets.repetition) / onsets.seconds * 60 / bpm
    places = np.arange(len(onsets.repetition))
    again = np.mean([np.interp(frames_a_beat * lag, places, onsets.repetition) for lag in LAGS], axis=0)
    best = int((again - 0.5 * np.log(bpm / MIDDLE_BPM) ** 2).argmax())
    return Tempo(float(bpm[best]), None, FREE_CONFIDENCE * max(0.0, float(again[best])))


def _is_loose(onsets: Onsets, beats: int, free: Tempo) -> bool:
    """Whether the sound does not last that whole number of beats, being cut off or having silence behind it."""
    aligned = float(onsets.alignment(beats * np.array([1.0, 2.0, 4.0])).max())
    lags = [lag for lag in (1, 2, 4, 8) if lag < beats]
    again = fmean(float(onsets.repeats_after(lag, np.array([beats]))[0]) for lag in lags) if lags else 1.0
    clearer = free.confidence / FREE_CONFIDENCE - again
    return aligned < MISALIGNED or (aligned < ALIGNED and clearer > CLEARER) or clearer > MUCH_CLEARER


def pitched(chroma: Chroma) -> float:
    """How far a loop is more than drums, 0 to 1."""
    return min(1.0, 2 * chroma.steadiness)


def candidates(seconds: float) -> Counts:
    """Numbers of beats from 1 to 128 at which a sound of that length has 40 to 240 beats a minute."""
    beats = np.arange(1, MOST_BEATS + 1)
    bpm = 60 * beats / seconds
    return beats[(bpm >= SLOWEST) & (bpm <= FASTEST)]


def evidence(onsets: Onsets, chroma: Chroma, beats: Counts) -> Series:
    """What speaks for each number of beats [n], float64 [n, features], in the order of the weights."""
    aligned = [onsets.alignment((beats * pulses).astype(np.float64)) for pulses in PULSES]
    repeated = [onsets.repeats_after(lag, beats) for lag in LAGS]
    columns = [*prior(beats, onsets.seconds), *np.stack(aligned, axis=1).reshape(-1, beats.size), *repeated]
    return np.column_stack([*columns, *_harmony(chroma, beats)])


def prior(beats: Counts, seconds: float) -> list[Series]:
    """Logarithms of the tempo (around 120) and of the number of beats, their squares, and what kind of number it is."""
    tempo, length = np.log(60 * beats / seconds / MIDDLE_BPM), np.log2(beats)
    odd_part = beats // (beats & -beats)
    kinds = (odd_part == 1, odd_part == 3, beats % 4 == 0, beats % 2 == 0)
    return [tempo, tempo**2, length, length**2, *(kind.astype(np.float64) for kind in kinds)]


def _harmony(chroma: Chroma, beats: Counts) -> Series:
    """Contrasts of harmony between segments of 1, 2 and 4 beats: inside, across, ratio; 0 where they do not fit."""
    fitting = [(row, place, int(beats[place]) // span) for row, span in enumerate(SPANS) for place in range(beats.size)
               if beats[place] % (2 * span) == 0]  # fmt: skip
    known = {segments: chroma.contrast(segments) for segments in {segments for _, _, segments in fitting}}
    found = np.zeros((3, len(SPANS), beats.size))
    for row, place, segments in fitting:
        contrast = known[segments]
        found[:, row, place] = contrast.inside, contrast.across, contrast.ratio
    return found.reshape(-1, beats.size)
