"""From what an index finds to what is shown: one hit for near-duplicates, variety, what to avoid, what to go with.

All are functions of vectors and scores; whoever calls them over-fetches, since each of them may send candidates down
or away. When two sounds are one, core/duplicates.py tells.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.duplicates import Music, at_odds, least_cosine, like_length
from soundpalette.core.types import Vector, Vectors

AVOIDING: Final = 0.5
"""How much of the avoided text is taken off a query: more costs what was asked for (validation2: the share of
avoided sounds among 20 hits falls from 0.18 to 0.07, that of wanted ones stays at 0.61; at 1.0 it is 0.02 and 0.52)."""
ROWS_AT_ONCE: Final = 256
Marks = npt.NDArray[np.float64]
"""float64 [n]."""


def nothing_known(positions: Sequence[int]) -> list[Music]:
    """Of each position neither tempo nor key."""
    return [Music()] * len(positions)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What an index found, best first: unit vectors [n, dimension], content hashes and durations in seconds [n].

    `music` gives tempo and key, as far as they are known, of those at some positions; it is asked once, and only of
    sounds that are near one another: loops that sound alike at another tempo are no duplicates.
    """

    vectors: Vectors
    hashes: Sequence[str]
    seconds: Sequence[float]
    music: Callable[[Sequence[int]], Sequence[Music]] = nothing_known


@dataclass(frozen=True, slots=True)
class Group:
    """A candidate that stands for its near-duplicates: its position, and how many others were `similar`."""

    position: int
    similar: int


def collapse(candidates: Candidates, distance: float) -> list[Group]:
    """The best of each set of near-duplicates, best first.

    A candidate joins the first kept one with its content, or with a sound as near and of like length. It is held
    against kept ones alone: chains of likeness never join two ends that differ.
    """
    alike = _alike(candidates, least_cosine(distance))
    copies: dict[str, set[int]] = {}
    for position, content in enumerate(candidates.hashes):
        copies.setdefault(content, set()).add(position)
    joined: set[int] = set()
    groups: list[Group] = []
    for position, content in enumerate(candidates.hashes):
        if position in joined:
            continue
        joined.add(position)
        twins = (alike.get(position, set()) | copies[content]) - joined
        joined |= twins
        groups.append(Group(position, len(twins)))
    return groups


def _alike(candidates: Candidates, least: float) -> dict[int, set[int]]:
    """By position, the later ones that are near, of like length, and that nothing else tells apart."""
    pairs = [pair for pair in _near(candidates.vectors, least) if _are_like_long(candidates, *pair)]
    positions = sorted({position for pair in pairs for position in pair})
    music = dict(zip(positions, candidates.music(positions), strict=True)) if positions else {}
    alike: dict[int, set[int]] = {}
    for one, other in pairs:
        if not at_odds(music[one], music[other]):
            alike.setdefault(one, set()).add(other)
    return alike


def _near(vectors: Vectors, least: float) -> Iterator[tuple[int, int]]:
    """Pairs of positions, the lesser first, whose cosine is at least that; some rows at a time bound the memory."""
    for start in range(0, len(vectors), ROWS_AT_ONCE):
        near = np.triu(vectors[start : start + ROWS_AT_ONCE] @ vectors[start:].T >= least, k=1)
        for one, other in np.argwhere(near).tolist():
            yield start + one, start + other


def _are_like_long(candidates: Candidates, one: int, other: int) -> bool:
    return bool(like_length(candidates.seconds[one], candidates.seconds[other]))


def diversify(marks: Marks, vectors: Vectors, diversity: float, k: int) -> list[int]:
    """Positions of `k` candidates by maximal marginal relevance (Carbonell & Goldstein 1998).

    Each next one has the greatest (1 - diversity) * mark - diversity * its greatest cosine to those already taken.
    Marks and cosines are both brought to 0..1 over the candidates, since texts and sounds lie apart and their cosines
    have another range. `diversity` 0 keeps the order of the marks; 1 looks at variety alone, after the best.
    """
    if not diversity:
        return [int(position) for position in np.argsort(-marks, kind="stable")[:k]]
    relevance = scaled(marks)
    likeness = _scaled_together(vectors @ vectors.T)
    left = np.ones(len(marks), np.bool_)
    nearest = np.zeros(len(marks))
    taken: list[int] = []
    while left.any() and len(taken) < k:
        worth = (1 - diversity) * relevance - diversity * nearest if taken else relevance
        best = int(np.argmax(np.where(left, worth, -np.inf)))
        taken.append(best)
        left[best] = False
        nearest = np.maximum(nearest, likeness[best])
    return taken


def steer_away(query: Vector, avoided: Vector) -> Vector:
    """A query's unit vector [dimension] less half of an avoided text's, at unit length (Rocchio 1971).

    `avoided` is the thing itself ("reverb", not "without reverb"): the encoders do not read negation. Taking off only
    what the query has not, or a penalty on scores, does no better on the validation splits.
    """
    away = query - np.float32(AVOIDING) * avoided
    length = float(np.linalg.norm(away))
    return np.asarray(away / length if length > 1e-6 else query, np.float32)


def pull(marks: Marks, fit: Marks, weight: float) -> Marks:
    """Marks brought to 0..1 and mixed with a fit [n]: `weight` 0 is the marks alone, 1 the fit alone."""
    return (1 - weight) * scaled(marks) + weight * fit


def scaled(marks: npt.NDArray[np.floating]) -> Marks:
    """From the least (0) to the greatest (1); all 1 where they are equal."""
    values = np.asarray(marks, np.float64)
    if not values.size:
        return values
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.ones_like(values)


def _scaled_together(cosines: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    return scaled(cosines.ravel()).reshape(cosines.shape)
