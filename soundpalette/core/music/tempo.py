"""Tempo: a loop lasts a whole number of beats, so its length leaves few candidates, and its rhythm chooses."""

from dataclasses import dataclass
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
SPANS: Final = (1, 2, 4)
"""Beats that a harmony may last."""

Series = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

# Fitted by bench/fit_music.py on the rendered loops of seeds 0 to 99: logarithms of odds, so that their softmax over
# the candidates is a probability.
PRIOR: Final = np.array([-0.99, -6.29, -0.23, -0.21, 3.2, -1.9, 4.06, 3.54])
"""As `prior`."""
ALIGNMENT: Final = np.array(
    [
        [-0.75, 0.96, 1.93, 1.19, -2.01, -3.42, -1.35, 3.05],
        [1.81, -1.03, 5.05, 3.5, -2.28, 3.89, -0.35, 1.89],
        [3.85, 1.24, -2.2, 0.35, 3.78, 7.36, 1.42, 2.44],
    ]
)
"""Low, middle and high onsets on each of PULSES."""
REPETITION: Final = np.array([-0.26, -5.23, 2.32])
"""The rhythm again after each of LAGS."""
HARMONY: Final = np.array([[-3.58, -0.1, -0.51], [-0.32, -6.41, 7.93], [1.03, 5.69, 0.17]])
"""Change inside pairs of segments of each of SPANS, across pairs, and their ratio."""
RHYTHMIC: Final = 0.2
"""Variance of the onset strength from which on it is clear enough where the onsets lie."""
ALIGNED: Final = 0.45
"""Clear onsets that lie less than this on beats, eighths and sixteenths: the length is no whole number of beats."""


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
    weights = np.concatenate([PRIOR, ALIGNMENT.ravel(), REPETITION, HARMONY.ravel()])
    odds = evidence(onsets, chroma, beats) @ weights
    best = int(odds.argmax())
    grids = onsets.alignment(beats[best] * np.array([1.0, 2.0, 4.0]))
    if onsets.variance > RHYTHMIC and grids.max() < ALIGNED:
        return find_free_tempo(onsets)
    return Tempo(60 * int(beats[best]) / onsets.seconds, int(beats[best]), 1 / float(np.exp(odds - odds[best]).sum()))


def find_free_tempo(onsets: Onsets) -> Tempo:
    """The tempo of a part of a longer sound: where its rhythm comes again, near 120 sooner than far from it.

    The octave is a guess and no whole number of beats is known: the confidence is at most 0.5.
    """
    bpm = np.geomspace(60, 200, 600)
    frames_a_beat = len(onsets.repetition) / onsets.seconds * 60 / bpm
    places = np.arange(len(onsets.repetition))
    again = np.mean([np.interp(frames_a_beat * lag, places, onsets.repetition) for lag in LAGS], axis=0)
    best = int((again - 0.5 * np.log(bpm / MIDDLE_BPM) ** 2).argmax())
    return Tempo(float(bpm[best]), None, 0.5 * max(0.0, float(again[best])))


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
