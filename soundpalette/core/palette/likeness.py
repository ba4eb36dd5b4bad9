"""How alike the sounds of a set are: cohesion, near-duplicates, the words nearest to the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from soundpalette.core.encoders.base import unit
from soundpalette.core.palette.member import Member
from soundpalette.core.types import Traits, Vectors

NEAR_DUPLICATE: Final = 0.985
"""Cosine from which two sounds of like length are one sound twice: another level, another velocity, an equal file."""
LENGTHS: Final = 1.25
"""Factor up to which two lengths are alike."""


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


def near_duplicate(first: Member, second: Member) -> bool:
    """Whether two sounds are so alike in sound and length that one of them is too many.

    One pattern at two tempos or in two keys is no duplicate: a palette needs the one that fits.
    """
    shorter, longer = sorted((first.seconds, second.seconds))
    alike = longer <= LENGTHS * shorter and float(first.vector @ second.vector) >= NEAR_DUPLICATE
    return alike and not facts_differ(first.traits, second.traits)


def facts_differ(first: Traits, second: Traits) -> bool:
    """Whether the two are known to have different tempos or keys."""
    tempos, keys = (first.bpm, second.bpm), (first.key, second.key)
    return any(a is not None and b is not None and a.value != b.value for a, b in (tempos, keys))


def duplicates(members: Sequence[Member]) -> tuple[tuple[int, int], ...]:
    """Positions of every two sounds that are near-duplicates."""
    return tuple(
        (i, j)
        for i, first in enumerate(members)
        for j, second in enumerate(members[i + 1 :], i + 1)
        if near_duplicate(first, second)
    )
