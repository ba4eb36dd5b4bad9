"""Lists of like samples (an inverted file, IVF), told apart by centroids: a query looks at the nearest lists alone.

The lists hold each vector's distance to its centroid in a byte a dimension (scalar quantisation, SQ8), mapped from the
file; what seems best by these is compared exactly by the rows of float32. How many lists and candidates that takes was
measured when the index was built (`efforts`). Samples that came since then stand behind the lists and are all compared.
"""

import math
import mmap
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Ids, Vector, Vectors
from soundpalette.core.vector_index.base import Effort, Manifest, Matches, Passing
from soundpalette.core.vector_index.rows import MappedRows, Places, Positions
from soundpalette.errors import VectorIndexError

COMPARED: Final = 2_000
"""So many passing samples are all compared exactly: 0.25 ms of 768 dimensions, less than choosing lists costs. 5,000
take 1.2 ms, for their rows no longer fit into the processor's cache."""
SCORED: Final = 2_000
VISITED: Final = 20_000
"""Lists are visited until so many passing samples, or samples at all, were met, even where fewer lists were found to be
enough: passing samples that lie together, far from the query, are ranked by little. That takes 0.2 ms at most."""
EVERYTHING: Final = 0.25
"""From this share of all samples on every list is visited."""
SLACK: Final = 100
"""Candidates beyond those of the effort: 0.02 ms, and a filter may leave samples that differ by less than a byte a
dimension tells."""

Bits = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Chosen:
    """What a query may find, of an index whose position p stands in list `lists_of[p]`; made once for the same ids."""

    ids: Ids
    positions: Positions
    lists_of: npt.NDArray[np.int32]
    lists: int

    @cached_property
    def listed(self) -> Positions:
        """Those that stand in lists."""
        return self.positions[self.positions < len(self.lists_of)]

    @cached_property
    def behind(self) -> Positions:
        """Those that came after the lists were filled."""
        return self.positions[self.positions >= len(self.lists_of)]

    @cached_property
    def bits(self) -> Bits:
        """A bit a position, as FAISS wants them."""
        passing = np.zeros(len(self.lists_of), bool)
        passing[self.listed] = True
        return np.packbits(passing, bitorder="little")

    @cached_property
    def per_list(self) -> Counts:
        """How many stand in each list."""
        return np.bincount(self.lists_of[self.listed], minlength=self.lists)


class IvfIndex:
    """An index whose lists and rows are mapped from its published files."""

    def __init__(
        self, index: Any, rows: MappedRows, places: Places, manifest: Manifest, compared: int = COMPARED
    ) -> None:
        self._index = index  # faiss has no types
        self._rows = rows
        self._places = places
        self._manifest = manifest
        self._compared = compared
        self._centroids = centroids(index)
        self._lists_of = lists_of(index)
        self._sizes = np.bincount(self._lists_of, minlength=index.nlist)
        self._all = self._chosen(places.ids)
        self._last = self._all

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    def ids(self, most: int | None = None) -> Ids:
        """As `VectorIndex.ids`."""
        return self._places.ids[:most]

    def vectors(self, ids: Ids) -> Vectors:
        """The unit vectors of samples that the index holds, float32 [n, dimension]."""
        return self._rows.take(self._places.of(ids))

    def query(self, vector: Vector, k: int, passing: Passing | None = None) -> Matches:
        """As `VectorIndex.query`; recall is that of the manifest's efforts, cosines are exact."""
        if vector.shape != (self._index.d,):
            raise VectorIndexError(f"a vector of shape {vector.shape} came, the index holds {self._index.d} dimensions")
        query = np.ascontiguousarray(vector, np.float32)
        chosen = self._all if passing is None else self._passing(passing.ids)
        k = min(k, len(chosen.positions))
        if k == 0:
            return Matches(np.empty(0, np.int64), np.empty(0, np.float32))
        positions = self._candidates(query, k, chosen)
        cosines = self._rows.cosines(positions, query)
        best = np.argpartition(-cosines, k - 1)[:k]
        best = best[np.argsort(-cosines[best], kind="stable")]
        return Matches(self._places.by_position[positions[best]], cosines[best])

    def _candidates(self, query: Vector, k: int, chosen: Chosen) -> Positions:
        """At least `k` positions of `chosen`, among which the nearest are, at the measured recall."""
        if len(chosen.positions) <= max(self._compared, k):
            return chosen.positions
        effort = self._effort(k, chosen)
        while True:
            found = self._listed(query, effort, chosen)
            if len(found) + len(chosen.behind) >= k or effort.probes >= self._index.nlist:
                return np.concatenate([found, chosen.behind])
            effort = replace(effort, probes=2 * effort.probes)  # the nearest lists were short ones

    def _effort(self, k: int, chosen: Chosen) -> Effort:
        """What finding `k` of the chosen takes: as much as finding the m-fold of all, where in the lists that hold any
        of them one in m is."""
        among = len(chosen.behind) + int(self._sizes[chosen.per_list > 0].sum())
        deep = math.ceil(k * among / len(chosen.positions))
        enough = [effort for effort in self._manifest.efforts if effort.k >= deep]
        effort = enough[0] if enough else self._manifest.efforts[-1]
        probes = math.ceil(effort.probes * max(1.0, deep / effort.k))
        candidates = math.ceil(k * effort.candidates / effort.k) + SLACK
        if deep >= EVERYTHING * among:
            probes = self._index.nlist
        candidates = min(candidates, len(chosen.positions))
        return replace(effort, probes=min(probes, self._index.nlist), candidates=candidates)

    def _listed(self, query: Vector, effort: Effort, chosen: Chosen) -> Positions:
        cosines = self._centroids @ query
        everyone = chosen is self._all
        reach = effort.reach * float(np.linalg.norm(query))
        lists = visited(cosines, effort.probes, reach) if everyone else self._visited(cosines, effort, reach, chosen)
        bits = None if everyone and not self._places.any_gone else chosen.bits
        return search_lists(self._index, query, lists, cosines[lists], effort.candidates, bits)

    def _visited(self, cosines: Vector, effort: Effort, reach: float, chosen: Chosen) -> Positions:
        """The nearest lists that hold passing samples; more than the effort asks for where these are few samples."""
        lists = np.flatnonzero(chosen.per_list)
        if not len(lists):
            return lists
        enough = visited(cosines[lists], effort.probes, reach)
        lists = lists[np.argsort(-cosines[lists])]
        few = (np.cumsum(chosen.per_list[lists]) <= SCORED) & (np.cumsum(self._sizes[lists]) <= VISITED)
        return lists[: max(len(enough), np.count_nonzero(few))]

    def _passing(self, ids: Ids) -> Chosen:
        """Of the same ids as last time the same: a search may ask twice, and a server's clients keep their filters."""
        last = self._last
        if last.ids is not ids and not np.array_equal(last.ids, ids):
            last = self._last = self._chosen(ids)
        return last

    def _chosen(self, ids: Ids) -> Chosen:
        return Chosen(ids, np.sort(self._places.there(ids)), self._lists_of, self._index.nlist)


def centroids(index: Any) -> Vectors:
    """Those of the lists, float32 [lists, dimension]."""
    return np.asarray(index.quantizer.reconstruct_n(0, index.nlist), np.float32)


def lists_of(index: Any) -> npt.NDArray[np.int32]:
    """By position, in which list it stands: [positions in lists]."""
    import faiss

    found = np.empty(index.ntotal, np.int32)
    inverted = index.invlists
    for number in range(index.nlist):
        size = inverted.list_size(number)
        if size:
            found[faiss.rev_swig_ptr(inverted.get_ids(number), size)] = number
    return found


def touch(index: Any) -> None:
    """Read a byte of each page of the mapped lists, so that no query has to wait for that (0.1 s for 0.8 GB)."""
    import faiss

    inverted = index.invlists
    for number in range(index.nlist):
        size = inverted.list_size(number) * inverted.code_size
        if size:
            faiss.rev_swig_ptr(inverted.get_codes(number), size)[:: mmap.PAGESIZE].sum()


def visited(cosines: Vector, probes: int, reach: float) -> Positions:
    """The lists with the `probes` highest cosines, and all with one not more than `reach` below the highest.

    A query that is near some samples has few lists in reach, one that is near none has many: so both find the same
    share, at costs of their own.
    """
    probes = min(probes, len(cosines))
    last = np.partition(cosines, len(cosines) - probes)[-probes]
    return np.flatnonzero(cosines >= min(last, cosines.max() - reach))


def search_lists(
    index: Any, query: Vector, lists: Positions, cosines: Vector, count: int, bits: Bits | None
) -> Positions:
    """The `count` positions that seem nearest in `lists`, whose centroids have these cosines to the query.

    FAISS's wrapper of this call takes no parameters, so its pointers are given by hand.
    """
    import faiss

    chosen = parameters(len(lists), bits)
    assigned, near = np.ascontiguousarray(lists, np.int64), np.ascontiguousarray(cosines, np.float32)
    scores, found = np.empty(count, np.float32), np.empty(count, np.int64)
    pointers = [faiss.swig_ptr(array) for array in (query, assigned, near, scores, found)]
    index.search_preassigned_c(1, pointers[0], count, *pointers[1:], False, chosen)
    return found[found >= 0]


def parameters(probes: int, bits: Bits | None) -> Any:
    """FAISS's, for a search of so many lists, of the positions alone that have a bit."""
    import faiss

    engine: Any = faiss  # its types know neither keywords nor arrays
    selector = None if bits is None else engine.IDSelectorBitmap(bits)
    return engine.SearchParametersIVF(nprobe=probes, sel=selector)
