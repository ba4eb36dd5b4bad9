"""FAISS IndexFlatIP under stable ids: exact, and fast enough for some 200,000 samples."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from soundpalette.core.types import Ids, Rows, Space, Vector, Vectors
from soundpalette.core.vector_index.base import Manifest, Matches, Passing
from soundpalette.core.vector_index.rows import checked
from soundpalette.errors import VectorIndexError

CHECKED_ROWS: Final = 256
"""Rows read back and compared before an index is published."""


class FlatIndex:
    """An index that is loaded whole from its published file."""

    def __init__(self, index: Any, manifest: Manifest) -> None:  # faiss has no types
        self._index = index
        self._manifest = manifest

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    def query(self, vector: Vector, k: int, passing: Passing | None = None) -> Matches:
        """As `VectorIndex.query`; FAISS scores no sample that does not pass."""
        import faiss

        if vector.shape != (self._index.d,):
            raise VectorIndexError(f"a vector of shape {vector.shape} came, the index holds {self._index.d} dimensions")
        ids = None if passing is None else passing.ids
        k = min(k, self._index.ntotal if ids is None else len(ids))
        if k == 0:
            return Matches(np.empty(0, np.int64), np.empty(0, np.float32))
        # IndexIDMap2 translates the selector to its inner positions, so that others are never scored.
        chosen = None
        if ids is not None:
            chosen = faiss.SearchParameters()
            chosen.sel = faiss.IDSelectorBatch(ids)
        scores, found = self._index.search(np.ascontiguousarray(vector[None], np.float32), k, params=chosen)
        there = found[0] >= 0  # FAISS fills up with -1 where fewer of `ids` are in the index
        return Matches(found[0][there], scores[0][there])

    def ids(self) -> Ids:
        """The ids of all samples, int64 [n] in rising order."""
        import faiss

        return np.sort(faiss.vector_to_array(self._index.id_map))

    def vectors(self, ids: Ids) -> Vectors:
        """The unit vectors of samples that the index holds, float32 [n, dimension]."""
        if not len(ids):
            return np.empty((0, self._index.d), np.float32)
        return np.asarray(self._index.reconstruct_batch(ids), np.float32)


def build(space: Space, rows: Iterator[Rows]) -> Any:
    """The FAISS index of all `rows`. Raises VectorIndexError where index and vectors disagree."""
    import faiss

    index = faiss.IndexIDMap2(faiss.IndexFlatIP(space.dimension))
    for chunk in checked(rows):
        index.add_with_ids(chunk.vectors, chunk.ids)
        for row in range(0, len(chunk.ids), max(1, len(chunk.ids) // CHECKED_ROWS)):
            if not np.array_equal(index.reconstruct(int(chunk.ids[row])), chunk.vectors[row]):
                raise VectorIndexError("the index gave back another vector than it was given; nothing was published")
    ids = faiss.vector_to_array(index.id_map)
    if len(np.unique(ids)) != len(ids):
        raise VectorIndexError("two samples came under one id; nothing was published")
    return index
