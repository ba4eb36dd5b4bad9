"""How strong a match is: what a query reaches in a library, held against what a fixed bank of queries reaches there.

A cosine alone tells little: towers of two kinds lie apart, so that good hits have cosines around zero, some sounds
are near every text (hubs), and some texts near every sound. So a query is read relative to the bank's middle, and
leaned on those queries of the bank that mean nearly the same: their wordings average out what a single wording
happens to be near (query expansion, Rocchio 1971). Then it is read relative to what it reaches among sounds of all
kinds that the encoder brings along (a cohort, as speaker verification normalises its scores: Auckenthaler 2000): a
query that any good answer lies far from gets credit for it, one near everything does not. To a text one near sound
may be chance, three are less so: the best hit is told at the level of the three best, the others as far below. It is
told in deviations from what the bank's own queries reach at their best, as the share of a normal distribution below
it: 0 to 1.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Vector, Vectors

Strength = Literal["strong", "fair", "weak"]
Evidence = npt.NDArray[np.float64]
"""0 to 1 a hit, float64 [hits]: the share of the bank's best hits that it would surpass."""

STRONG: Final = 0.8
FAIR: Final = 0.5
"""From here on a hit is strong, or fair: coarse, so that they hold for other weights and other libraries, too."""
KINSHIP: Final = 0.15
"""How far, in cosines between texts, a query of the bank may be and still lend its wording."""
MOST_SAMPLED: Final = 20_000
"""Samples of a library that are looked at: more change what is reached little, and cost time and memory."""
MOST_REFERENCES: Final = 500
"""Sounds whose nearest neighbour is looked for."""
COMPANY: Final = 3
"""Best hits that bear each other out."""
BEST_OF_COHORT: Final = 20
"""Sounds of the cohort whose mean is what a query reaches there, of some thousands."""
SOUND_CREDIT: Final = 0.5
"""The share of what a sound reaches in the cohort that counts: its own kind in the library says more."""
SEED: Final = 4
NEIGHBOURLY: Final = 0.75
"""Deviations below the mean of nearest neighbours that count as the middle: half of all sounds have none nearer than
the mean, and those neighbours are good ones."""
_LEAST_SPREAD: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Level:
    """What is reached at best in a library: mean and deviation of cosines."""

    mean: float
    deviation: float

    def evidence(self, cosines: npt.NDArray[np.floating]) -> Evidence:
        """The normal distribution below each of `cosines` [n]."""
        return _normal((np.asarray(cosines, np.float64) - self.mean) / self.deviation)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A library as the bank's queries see it; `distance` is the mean of 1 - cosine between two of its sounds.

    `cohort` holds the bank's without the library's middle.
    """

    bank: "Bank"
    text: Level
    audio: Level
    middle: Vector
    distance: float
    cohort: Vectors

    def of_text(self, query: Vector, hits: Vectors) -> Evidence:
        """How well all hits of an answer [n, dimension] fit a text's unit vector [dimension]."""
        leaned = self.bank.leaned(query)
        return self.text.evidence(_borne_out(hits @ leaned) - self.bank.reached(leaned[None]))

    def of_audio(self, reference: Vector, hits: Vectors) -> Evidence:
        """How near all hits of an answer [n, dimension] are to a sound's unit vector, by what is usual here."""
        own = _apart(reference, self.middle)
        return self.audio.evidence(_apart(hits, self.middle) @ own - _credit(own[None], self.cohort))

    def of_both(self, text: Vector, reference: Vector, alpha: float, hits: Vectors) -> Evidence:
        """The two kinds of evidence, mixed like the two vectors of a hybrid search."""
        return alpha * self.of_text(text, hits) + (1 - alpha) * self.of_audio(reference, hits)


@dataclass(frozen=True, slots=True)
class Bank:
    """The background queries of one encoder: unit vectors [queries, dimension], their mean, and each without it.

    `cohort` [n, dimension] holds unit vectors of sounds of all kinds; without any, no query gets credit.
    """

    vectors: Vectors
    middle: Vector
    centred: Vectors
    cohort: Vectors

    def apart(self, texts: Vectors) -> Vectors:
        """Texts' vectors [n, dimension] without what all texts have in common, at unit length."""
        return _apart(texts, self.middle)

    def leaned(self, query: Vector) -> Vector:
        """A text's unit vector, relative to the bank's middle, halfway to the queries of the bank that are like it."""
        own = _apart(query, self.middle)
        return np.asarray(_leaned(own[None], _kinship(self.centred @ own)[None], self.centred)[0])

    def reached(self, queries: Vectors) -> Vector:
        """The mean cosine of each query [n, dimension] to the sounds of the cohort that are nearest to it [n]."""
        return _best(queries @ self.cohort.T)

    def leaned_itself(self) -> Vectors:
        """Each query of the bank, leaned on the others [queries, dimension]."""
        cosines = self.centred @ self.centred.T
        np.fill_diagonal(cosines, -np.inf)
        return _leaned(self.centred, _kinship(cosines), self.centred)


def make_bank(vectors: Vectors, cohort: Vectors) -> Bank:
    """The bank of background queries' unit vectors [at least 2, dimension] and of a cohort's [n, dimension].

    Raises ValueError for fewer queries.
    """
    if len(vectors) < 2:
        raise ValueError(f"{len(vectors)} background queries came; the vocabulary's `background` needs at least 2")
    middle = vectors.mean(axis=0)
    return Bank(vectors, middle, _apart(vectors, middle), cohort)


def calibrate(bank: Bank, library: Vectors) -> Calibration:
    """What the bank reaches among a library's unit vectors [n, dimension]; beyond 20,000 a fixed draw is looked at.

    The same library gives the same numbers. Raises ValueError for an empty one.
    """
    if not len(library):
        raise ValueError("no samples came; a strength needs a library of at least one")
    drawn = np.random.default_rng(SEED).permutation(len(library))[:MOST_SAMPLED]
    seen = library[drawn]
    middle = seen.mean(axis=0)
    queries = bank.leaned_itself()
    best = np.sort(queries @ seen.T, axis=1)[:, -COMPANY:].mean(axis=1)
    text = _level(best - bank.reached(queries))
    cohort = _apart(bank.cohort, middle)
    return Calibration(bank, text, _nearest(_apart(seen, middle), cohort), middle, _distance(seen, middle), cohort)


def strength(evidence: float) -> Strength:
    """The word for a hit's evidence."""
    if evidence >= STRONG:
        return "strong"
    return "fair" if evidence >= FAIR else "weak"


def _nearest(seen: Vectors, cohort: Vectors) -> Level:
    """How near the nearest other sound is, all without the middle; for a single sound, so that only itself is near."""
    if len(seen) < 2:
        return Level(1.0, _LEAST_SPREAD)
    asked = seen[:MOST_REFERENCES]
    cosines = asked @ seen.T
    np.fill_diagonal(cosines, -np.inf)
    level = _level(cosines.max(axis=1) - _credit(asked, cohort))
    return Level(level.mean - NEIGHBOURLY * level.deviation, level.deviation)


def _credit(sounds: Vectors, cohort: Vectors) -> Vector:
    """What sounds [n, dimension] reach in the cohort, as far as it counts [n]."""
    return SOUND_CREDIT * _best(sounds @ cohort.T)


def _best(cosines: npt.NDArray[np.floating]) -> Vector:
    """The mean of the best ones of each row of cosines [n, cohort]; 0 without a cohort."""
    if not cosines.shape[1]:
        return np.zeros(len(cosines), np.float32)
    best = min(BEST_OF_COHORT, cosines.shape[1])
    return np.asarray(np.partition(cosines, -best, axis=1)[:, -best:].mean(axis=1))


def _distance(seen: Vectors, middle: Vector) -> float:
    """The mean cosine of two different unit vectors follows from the length of their middle."""
    n = len(seen)
    shared = (n * float(middle @ middle) - 1) / (n - 1) if n > 1 else 0.0
    return max(1 - shared, _LEAST_SPREAD)


def _level(reached: npt.NDArray[np.floating]) -> Level:
    """Of what each query reaches [queries]."""
    return Level(float(reached.mean()), max(float(reached.std()), _LEAST_SPREAD))


def _borne_out(cosines: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """The best of cosines [hits] at the mean of the best ones, the others as far below it as they were."""
    if not cosines.size:
        return cosines
    best = np.sort(cosines)[-COMPANY:]
    return np.asarray(cosines - best[-1] + best.mean())


def _kinship(cosines: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Weights that add up to 1, from cosines [..., queries]."""
    weights = np.exp((cosines - cosines.max(axis=-1, keepdims=True)) / KINSHIP)
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def _leaned(own: Vectors, weights: npt.NDArray[np.floating], kin: Vectors) -> Vectors:
    return _direction(own + _direction(weights.astype(np.float32) @ kin))


def _apart(vectors: Vectors, middle: Vector) -> Vectors:
    """`vectors` [..., dimension] without what all have in common, at unit length."""
    return _direction(vectors - middle)


def _direction(vectors: Vectors) -> Vectors:
    """At unit length; what cancels out to nothing stays nothing and is like no sound."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > _LEAST_SPREAD, lengths, np.inf), np.float32)


def _normal(deviations: Evidence) -> Evidence:
    """The standard normal distribution function (logistic approximation, off by 0.01 at most: Bowling et al. 2009)."""
    return np.asarray(1 / (1 + np.exp(-1.702 * np.clip(deviations, -50, 50))))
