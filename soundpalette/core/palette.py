"""What a set of sounds is like as a set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from soundpalette.core.encoders.base import unit
from soundpalette.core.types import Vectors


@dataclass(frozen=True, slots=True)
class Cohesion:
    """`mean` pairwise cosine (1.0 for a single sound), each sound's mean cosine to the others, and the position of the
    `outlier`: the sound least like the rest, None below three sounds."""

    mean: float
    each: tuple[float, ...]
    outlier: int | None


def cohesion(vectors: Vectors) -> Cohesion:
    """How alike the sounds of a palette are, from their unit vectors [n, dimension]."""
    n = len(vectors)
    if n == 1:
        return Cohesion(1.0, (1.0,), None)
    cosines = vectors @ vectors.T
    each = (cosines.sum(axis=1) - np.diagonal(cosines)) / (n - 1)
    return Cohesion(float(each.mean()), tuple(each.tolist()), int(each.argmin()) if n > 2 else None)


def nearest_words(vectors: Vectors, words: Sequence[str], word_vectors: Vectors, k: int) -> list[str]:
    """The `k` words whose unit vectors [words, dimension] lie nearest to the middle of a palette [n, dimension]."""
    middle = unit(vectors.mean(axis=0))
    best = np.argsort(-(word_vectors @ middle), kind="stable")[:k]
    return [words[i] for i in best]
