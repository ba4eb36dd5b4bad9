"""How strong a match is: what a query reaches in a library, held against what a fixed bank of queries reaches there.

A cosine alone tells little: towers of two kinds lie apart, so that good hits have cosines around zero, some sounds
are near every text (hubs), and some texts near every sound. So a query is read relative to the bank's middle, and
leaned on those queries of the bank that mean nearly the same: their wordings average out what a single wording
happens to be near (query expansion, Rocchio 1971). One good hit may be chance, three are less so: half of a hit's
level is its own, half that of the three best. It is told in deviations from what the bank's own queries reach at
their best, as the share of a normal distribution below it: 0 to 1.
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
    """A library as the bank's queries see it; `distance` is the mean of 1 - cosine between two of its sounds."""

    bank: "Bank"
    text: Level
    audio: Level
    middle: Vector
    distance: float

    def of_text(self, query: Vector, hits: Vectors) -> Evidence:
        """How well all hits of an answer [n, dimension] fit a text's unit vector [dimension]."""
        return self.text.evidence(_borne_out(hits @ self.bank.leaned(query)))

    def of_audio(self, reference: Vector, hits: Vectors) -> Evidence:
        """How near all hits of an answer [n, dimension] are to a sound's unit vector, by what is usual here."""
        return self.audio.evidence(_borne_out(_apart(hits, self.middle) @ _apart(reference, self.middle)))

    def of_both(self, text: Vector, reference: Vector, alpha: float, hits: Vectors) -> Evidence:
        """The two kinds of evidence, mixed like the two vectors of a hybrid search."""
        return alpha * self.of_text(text, hits) + (1 - alpha) * self.of_audio(reference, hits)


@dataclass(frozen=True, slots=True)
class Bank:
    """The background queries of one encoder: unit vectors [queries, dimension], their mean, and each without it."""

    vectors: Vectors
    middle: Vector
    centred: Vectors

    def apart(self, texts: Vectors) -> Vectors:
        """Texts' vectors [n, dimension] without what all texts have in common, at unit length."""
        return _apart(texts, self.middle)

    def leaned(self, query: Vector) -> Vector:
        """A text's unit vector, relative to the bank's middle, halfway to the queries of the bank that are like it."""
        own = _apart(query, self.middle)
        return np.asarray(_leaned(own[None], _kinship(self.centred @ own)[None], self.centred)[0])

    def leaned_itself(self) -> Vectors:
        """Each query of the bank, leaned on the others [queries, dimension]."""
        cosines = self.centred @ self.centred.T
        np.fill_diagonal(cosines, -np.inf)
        return _leaned(self.centred, _kinship(cosines), self.centred)


def make_bank(vectors: Vectors) -> Bank:
    """The bank of background queries' unit vectors [at least 2, dimension]. Raises ValueError for fewer."""
    if len(vectors) < 2:
        raise ValueError(f"{len(vectors)} background queries came; the vocabulary's `background` needs at least 2")
    middle = vectors.mean(axis=0)
    return Bank(vectors, middle, _apart(vectors, middle))


def calibrate(bank: Bank, library: Vectors) -> Calibration:
    """What the bank reaches among a library's unit vectors [n, dimension]; beyond 20,000 a fixed draw is looked at.

    The same library gives the same numbers. Raises ValueError for an empty one.
    """
    if not len(library):
        raise ValueError("no samples came; a strength needs a library of at least one")
    drawn = np.random.default_rng(SEED).permutation(len(library))[:MOST_SAMPLED]
    seen = library[drawn]
    middle = seen.mean(axis=0)
    text = _level(bank.leaned_itself() @ seen.T)
    return Calibration(bank, text, _nearest(seen, middle), middle, _distance(seen, middle))


def strength(evidence: float) -> Strength:
    """The word for a hit's evidence."""
    if evidence >= STRONG:
        return "strong"
    return "fair" if evidence >= FAIR else "weak"


def _nearest(seen: Vectors, middle: Vector) -> Level:
    """How near the nearest other sound is; for a single sound, so that only itself is near."""
    if len(seen) < 2:
        return Level(1.0, _LEAST_SPREAD)
    apart = _apart(seen, middle)
    cosines = apart[:MOST_REFERENCES] @ apart.T
    np.fill_diagonal(cosines, -np.inf)
    level = _level(cosines)
    return Level(level.mean - NEIGHBOURLY * level.deviation, level.deviation)


def _distance(seen: Vectors, middle: Vector) -> float:
    """The mean cosine of two different unit vectors follows from the length of their middle."""
    n = len(seen)
    shared = (n * float(middle @ middle) - 1) / (n - 1) if n > 1 else 0.0
    return max(1 - shared, _LEAST_SPREAD)


def _level(cosines: npt.NDArray[np.floating]) -> Level:
    """Of cosines [queries, samples]; a sample that is the query itself stands as -inf."""
    best = np.sort(cosines, axis=1)[:, -COMPANY:]
    reached = _borne_out(best[:, np.isfinite(best).all(axis=0)])[:, -1]
    return Level(float(reached.mean()), max(float(reached.std()), _LEAST_SPREAD))


def _borne_out(cosines: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Half a hit's own cosine, half the mean of the best ones [..., hits]."""
    if not cosines.shape[-1]:
        return cosines
    best = np.sort(cosines, axis=-1)[..., -COMPANY:].mean(axis=-1, keepdims=True)
    return np.asarray((cosines + best) / 2)


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
