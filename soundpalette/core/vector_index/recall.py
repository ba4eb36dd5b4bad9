"""How much a query has to look at, found by measuring: sample queries against exact search over all rows.

Two kinds of queries stand for those to come. Sounds: a sample with noise, as a held-out recording of its kind has
it. Texts: a sample under four times that noise and a direction that all texts share, for the two towers of an encoder
put texts beside the sounds that they mean, not among them. The recall that is told is that of the worse kind.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Vectors
from soundpalette.core.vector_index.base import Effort
from soundpalette.core.vector_index.ivf import parameters
from soundpalette.core.vector_index.ivf_build import draw
from soundpalette.core.vector_index.rows import MappedRows, Positions

DEPTHS: Final = (10, 100, 1_000, 5_000)
"""What is asked for: a search wants at least 50, and five times the hits at most 5,000 (core/search.py)."""
AIM: Final = 0.995
BOUND: Final = 0.99
"""Efforts are chosen to find so much of sample queries, and lists made anew where less than the bound is found."""
EACH_KIND: Final = 64
SOUND_NOISE: Final = 0.5
TEXT_NOISE: Final = 2.0
"""Lengths of noise, beside a sample's 1."""
OVER: Final = (1.25, 1.5, 2.0)
"""Candidates for each sample that is asked for."""
BLOCK: Final = 16_384
TIED: Final = 64
"""Samples beyond the deepest question whose equal cosines (copies of one sound) are known."""
SEED: Final = 6
MORE: Final = 1.5
"""So many times the lists are tried next."""
SLACK: Final = 100
"""Candidates beyond that: 0.02 ms, and a filter may leave samples that differ by less than a byte a dimension tells."""

Gone = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Truth:
    """Sample queries [kinds x EACH_KIND, dimension], the nearest positions [queries, deepest] and their cosines, best
    first; `gone` [positions] (None: no one is) are no answers.
    """

    queries: Vectors
    positions: Positions
    cosines: Vectors
    gone: Gone | None

    def recall(self, found: Positions, k: int) -> float:
        """Of the `k` best, the share that is among `found` [queries, n]: that of the worse kind of queries."""
        pairs = zip(found, self.positions, self.cosines, strict=True)
        shares = [self._share(one, nearest, cosines, k) for one, nearest, cosines in pairs]
        return float(np.reshape(shares, (2, -1)).mean(axis=1).min())

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
    """Unit vectors float32 [2 x EACH_KIND, dimension]: sounds, then texts. The same each time."""
    generator = np.random.default_rng(SEED)
    kinds = draw(rows, 2 * EACH_KIND, SEED)
    kinds = np.resize(kinds, (2 * EACH_KIND, kinds.shape[1]))
    noise = generator.standard_normal(kinds.shape) / np.sqrt(kinds.shape[1])
    offset = generator.standard_normal(kinds.shape[1]) / np.sqrt(kinds.shape[1])
    lengths = np.repeat([SOUND_NOISE, TEXT_NOISE], EACH_KIND)[:, None]
    made = kinds + lengths * noise
    made[EACH_KIND:] += offset
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def find_efforts(index: Any, truth: Truth, count: int) -> tuple[Effort, ...]:
    """For each depth that `count` samples have, the least effort that finds `AIM` of the truth."""
    efforts: list[Effort] = []
    probes = 1
    for k in (min(count, DEPTHS[0]), *(depth for depth in DEPTHS[1:] if depth <= count)):
        found = _found(index, truth, probes, _over(k, OVER[-1]))
        while truth.recall(found, k) < AIM and probes < index.nlist:
            probes = min(math.ceil(MORE * probes), index.nlist)
            found = _found(index, truth, probes, _over(k, OVER[-1]))
        enough = (over for over in OVER if truth.recall(found[:, : _over(k, over)], k) >= AIM)
        candidates = _over(k, next(enough, OVER[-1]))
        efforts.append(Effort(k, probes, candidates, truth.recall(found[:, :candidates], k)))
    return tuple(efforts)


def measured(index: Any, truth: Truth, efforts: Sequence[Effort]) -> tuple[Effort, ...]:
    """`efforts` with the recall that they reach now."""
    return tuple(
        replace(one, recall=truth.recall(_found(index, truth, one.probes, one.candidates), one.k)) for one in efforts
    )


def _over(k: int, share: float) -> int:
    return math.ceil(share * k) + SLACK


def _found(index: Any, truth: Truth, probes: int, candidates: int) -> Positions:
    """What seems best in the nearest lists, best first: positions [queries, candidates], -1 where there are fewer."""
    bits = None if truth.gone is None else np.packbits(~truth.gone, bitorder="little")
    found = index.search(truth.queries, candidates, params=parameters(probes, bits))[1]
    return np.asarray(found, np.int64)
