"""How alike the sounds of a set are: cohesion, near-duplicates, the words nearest to the whole."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from soundpalette.core.duplicates import at_odds, least_cosine, like_length, music_of
from soundpalette.core.encoders.base import unit
from soundpalette.core.palette.member import Member
from soundpalette.core.types import Vectors

Flags = npt.NDArray[np.bool_]


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


def near_duplicates(members: Sequence[Member], distance: float) -> Flags:
    """Which sounds of n are the same as which others, bool [n, n]; `distance` is the library's (core/duplicates.py)."""
    vectors = np.stack([member.vector for member in members]).astype(np.float64)
    seconds = np.array([member.seconds for member in members])
    music = [music_of(member.traits) for member in members]
    same = (vectors @ vectors.T >= least_cosine(distance)) & like_length(seconds[:, None], seconds)
    for one, other in np.argwhere(same).tolist():
        same[one, other] = not at_odds(music[one], music[other])
    return same


def duplicates(members: Sequence[Member], distance: float) -> tuple[tuple[int, int], ...]:
    """Positions of every two sounds that are near-duplicates."""
    first, second = np.nonzero(np.triu(near_duplicates(members, distance), k=1))
    return tuple(zip(first.tolist(), second.tolist(), strict=True))
