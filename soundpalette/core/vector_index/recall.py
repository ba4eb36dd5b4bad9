"""How much a query has to look at, found by measuring: sample queries against exact search over all rows.

Three kinds of queries stand for those to come. Sounds: a sample with noise, as another recording of its kind has it.
Texts: a sample under a mixture of others and a direction that all texts share, for the two towers of an encoder put
texts beside the sounds that they mean, not among them. Far ones: near no sample at all. The recall that is told is
that of the worst kind.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Vector, Vectors
from soundpalette.core.vector_index.base import Effort
from soundpalette.core.vector_index.ivf import SLACK, Bits, centroids, lists_of, search_lists, visited
from soundpalette.core.vector_index.ivf_build import draw
from soundpalette.core.vector_index.rows import MappedRows, Positions

DEPTHS: Final = (10, 100, 1_000, 5_000)
"""What is asked for: a search wants at least 50, and five times the hits at most 5,000 (core/search.py)."""
AIM: Final = 0.996
BOUND: Final = 0.99
"""Efforts are chosen to find so much of sample queries, and lists made anew where less than the bound is found."""
KINDS: Final = 3
EACH_KIND: Final = 48
SOUND_NOISE: Final = 0.5
TEXT_MIXTURE: Final = 2.0
TEXT_OFFSET: Final = 1.0
FAR_NOISE: Final = 5.0
"""Lengths of what is put over a sample's 1."""
MORE: Final = 1.5
"""So many times the lists are tried next."""
ASKED: Final = np.array([1.0, 1.0, 0.25])
"""How much the work of each kind counts: queries that are far from everything are seldom."""
OVER: Final = (1.25, 1.5, 2.0)
"""Candidates for each sample that is asked for."""
BLOCK: Final = 16_384
TIED: Final = 64
"""Samples beyond the deepest question whose equal cosines (copies of one sound) are known."""
SEED: Final = 6

Gone = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Truth:
    """Sample queries [KINDS x EACH_KIND, dimension], the nearest positions [queries, deepest] and their cosines, best
    first; `gone` [positions] (None: no one is) are no answers.
    """

    queries: Vectors
    positions: Positions
    cosines: Vectors
    gone: Gone | None

    def recall(self, found: Sequence[Positions], k: int) -> float:
        """Of the `k` best, the share that is among `found`, of as many queries: that of the worst kind of these."""
        triples = zip(found, self.positions, self.cosines, strict=False)
        shares = [self._share(one, nearest, cosines, k) for one, nearest, cosines in triples]
        return float(np.reshape(shares, (-1, EACH_KIND)).mean(axis=1).min())

    def _share(self, found: Positions, nearest: Positions, cosines: npt.NDArray[np.float32], k: int) -> float:
        good = nearest[cosines >= cosines[k - 1]]  # copies of one sound are as good as each other
        return min(k, int(np.count_nonzero(np.isin(good, found)))) / k


def find_truth(rows: MappedRows, gone: Gone | None = None) -> Truth:
    """Ask sample queries of all rows, exactly, block by block; of those that are not gone [positions]."""
    queries = sample_queries(rows)
    depth = min(DEPTHS[-1] + TIED, len(rows))
    positions = np.empty((len(queries), 0), np.int64)
    cosines = np.empty((len(queries), 0), np.float32)
    first = 0
    for block in rows.blocks(0, BLOCK):
        new = queries @ block.T
        if gone is not None:
            new[:, gone[first : first + len(block)]] = -np.inf
        cosines = np.concatenate([cosines, new], axis=1)
        here = np.broadcast_to(np.arange(first, first + len(block)), new.shape)
        positions = np.concatenate([positions, here], axis=1)
        best = np.argpartition(-cosines, min(depth, cosines.shape[1]) - 1, axis=1)[:, :depth]
        positions, cosines = np.take_along_axis(positions, best, 1), np.take_along_axis(cosines, best, 1)
        first += len(block)
    order = np.argsort(-cosines, axis=1, kind="stable")
    return Truth(queries, np.take_along_axis(positions, order, 1), np.take_along_axis(cosines, order, 1), gone)


def sample_queries(rows: MappedRows) -> Vectors:
    """Unit vectors float32 [KINDS x EACH_KIND, dimension]: sounds, texts, far ones. The same each time."""
    generator = np.random.default_rng(SEED)
    drawn = np.resize(draw(rows, KINDS * EACH_KIND, SEED), (KINDS * EACH_KIND, rows.dimension))
    sounds, texts, far = np.split(generator.permutation(drawn), KINDS)
    mixture = generator.standard_normal((EACH_KIND, len(drawn))) @ drawn
    sounds = sounds + SOUND_NOISE * _directions(generator.standard_normal(sounds.shape))
    texts = texts + TEXT_MIXTURE * _directions(mixture)
    texts += TEXT_OFFSET * _directions(generator.standard_normal((1, rows.dimension)))
    far = far + FAR_NOISE * _directions(generator.standard_normal(far.shape))
    return _directions(np.concatenate([sounds, texts, far])).astype(np.float32)


def find_efforts(index: Any, truth: Truth, count: int) -> tuple[Effort, ...]:
    """For each depth that `count` samples have, the least effort that finds `AIM` of the truth."""
    trial, efforts = _Trial(index, truth), list[Effort]()
    for k in (min(count, DEPTHS[0]), *(depth for depth in DEPTHS[1:] if depth <= count)):
        efforts.append(_found_out(trial, _fewest_lists(index, truth, k)))
    return tuple(efforts)


def measured(index: Any, truth: Truth, efforts: Sequence[Effort]) -> tuple[Effort, ...]:
    """`efforts` with the recall that they reach now."""
    trial = _Trial(index, truth)
    return tuple(replace(effort, recall=truth.recall(trial.found(effort), effort.k)) for effort in efforts)


def _fewest_lists(index: Any, truth: Truth, k: int) -> Effort:
    """The number of lists and the reach that lead to `AIM` of the `k` best and are least work.

    No search is needed to tell: a sample can be found where its list is visited.
    """
    cosines = truth.queries @ centroids(index).T
    ranks = np.argsort(np.argsort(-cosines, axis=1), axis=1)
    below = cosines.max(axis=1, keepdims=True) - cosines
    of = lists_of(index)[truth.positions[:, :k]]
    rank, gap = np.take_along_axis(ranks, of, 1), np.take_along_axis(below, of, 1)
    choices = (Effort(k, probes, _least_reach(rank, gap, probes), _over(k, OVER[-1]), 0.0) for probes in _probes(index))
    return min(choices, key=lambda one: _work((ranks < one.probes) | (below <= one.reach)))


def _probes(index: Any) -> list[int]:
    """1, 2, 3, 5, 8 ... and all lists."""
    found = [1]
    while found[-1] < index.nlist:
        found.append(min(math.ceil(MORE * found[-1]), index.nlist))
    return found


def _least_reach(rank: Positions, gap: Vectors, probes: int) -> float:
    """The reach that finds `AIM` of each kind beside `probes` lists. Of the best ones' lists [queries, k]: their rank,
    and how far they are below the nearest."""
    missed = np.where(rank < probes, 0.0, gap).reshape(KINDS, -1)
    return float(np.quantile(missed, AIM, axis=1, method="higher").max())


def _work(visited: npt.NDArray[np.bool_]) -> float:
    """Lists visited by a query [queries, lists] of each kind, as much as that kind is asked."""
    lists = visited.sum(axis=1).reshape(KINDS, -1).mean(axis=1)
    return float(lists @ ASKED)


def _found_out(trial: "_Trial", effort: Effort) -> Effort:
    """With as few candidates as are enough, and the recall that this reaches."""
    found = trial.found(effort)
    for over in OVER:
        candidates = _over(effort.k, over)
        reached = trial.truth.recall([one[: candidates + SLACK] for one in found], effort.k)
        if reached >= AIM:
            break
    return replace(effort, candidates=candidates, recall=reached)


@dataclass(frozen=True)
class _Trial:
    index: Any
    truth: Truth

    def found(self, effort: Effort) -> list[Positions]:
        """What each of the queries finds, best first."""
        queries = self.truth.queries
        return [self._found(*asked, effort) for asked in zip(queries, queries @ self._centroids.T, strict=True)]

    def _found(self, query: Vector, cosines: Vector, effort: Effort) -> Positions:
        lists = visited(cosines, effort.probes, effort.reach)
        return search_lists(self.index, query, lists, cosines[lists], effort.candidates + SLACK, self._bits)

    @cached_property
    def _centroids(self) -> Vectors:
        return centroids(self.index)

    @cached_property
    def _bits(self) -> Bits | None:
        return None if self.truth.gone is None else np.packbits(~self.truth.gone, bitorder="little")


def _over(k: int, share: float) -> int:
    return math.ceil(share * k)


def _directions(vectors: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """At unit length."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))
