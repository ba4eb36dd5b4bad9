"""Fits the weights of tempo, key and kind on rendered sounds of seeds 0 to 299 and prints them.

Each is a conditional logit: the candidates' evidence times the weights is the logarithm of the odds. `python -m
bench.fit_music` takes ten minutes; the figures go by hand into tempo.py, tonality.py and sound.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soxr
from scipy.optimize import minimize

from soundpalette.core.music import sound, tempo, tonality
from soundpalette.core.music.chroma import find_chroma
from soundpalette.core.music.notes import PITCH_CLASSES
from soundpalette.core.music.onsets import find_onsets
from tests.rendered import Rendered, loops, one_shots
from tests.sounds import RATE

SEEDS = range(300)
RIDGE = 1.0
"""Weights are held small where the loops do not ask for more, per feature's own spread."""

Series = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """The evidence of each candidate [n, features] and which of them is true."""

    evidence: Series
    true: int


def main() -> None:
    """Render, fit, print."""
    np.set_printoptions(precision=2, suppress=True, linewidth=120)
    tempos, keys, kinds = [], [], []
    for seed in SEEDS:
        for item in (*loops(seed), *one_shots(seed)):
            heard = Heard(item)
            kinds.append(heard.kind())
            if item.kind == "loop":
                tempos.append(heard.tempo())
                keys.extend(heard.key())
    weights = fit(tempos).reshape(2, -1)
    parts = {
        "PRIOR": tempo.PRIOR,
        "ALIGNMENT": tempo.ALIGNMENT,
        "REPETITION": tempo.REPETITION,
        "HARMONY": tempo.HARMONY,
    }
    ends = np.cumsum([array[0].size for array in parts.values()])[:-1]
    for (name, array), part in zip(parts.items(), np.split(weights, ends, axis=1), strict=True):
        print(name, np.round(part, 2).reshape(array.shape).tolist())
    print("tonality.WEIGHTS", np.round(fit(keys), 2).tolist())
    print("sound.LOOP", np.round(fit(kinds), 2).tolist())


class Heard:
    """A rendered sound as the analysis hears it."""

    def __init__(self, item: Rendered) -> None:
        self.item = item
        audio = soxr.resample(item.audio, RATE, sound.RHYTHM_RATE)
        self.onsets, self.chroma = find_onsets(audio, sound.RHYTHM_RATE), find_chroma(audio, sound.RHYTHM_RATE)

    def tempo(self) -> Choice:
        beats = tempo.candidates(self.onsets.seconds)
        evidence = tempo.evidence(self.onsets, self.chroma, beats)
        both = np.hstack([evidence, tempo.pitched(self.chroma) * evidence])
        return Choice(both, int(np.flatnonzero(beats == self.item.beats)[0]))

    def key(self) -> list[Choice]:
        if self.item.key is None:
            return []
        note, mode = self.item.key.split()
        return [Choice(tonality.evidence(self.chroma), PITCH_CLASSES.index(note) + 12 * (mode == "minor"))]

    def kind(self) -> Choice:
        evidence = sound.loop_evidence(self.onsets, self.chroma)
        return Choice(np.stack([np.zeros_like(evidence), evidence]), int(self.item.kind == "loop"))


def fit(choices: Sequence[Choice]) -> Series:
    """The weights [features] that make the true candidates likeliest."""
    spread = np.concatenate([choice.evidence for choice in choices]).std(axis=0)

    def cost(weights: Series) -> tuple[float, Series]:
        total, slope = RIDGE * float(((weights * spread) ** 2).sum()), 2 * RIDGE * weights * spread**2
        for choice in choices:
            odds = choice.evidence @ weights
            likely = np.exp(odds - odds.max())
            likely /= likely.sum()
            total -= float(np.log(likely[choice.true] + 1e-300))
            slope += likely @ choice.evidence - choice.evidence[choice.true]
        return total, slope

    return np.asarray(minimize(cost, np.zeros(spread.size), jac=True, method="L-BFGS-B").x)


if __name__ == "__main__":
    main()
