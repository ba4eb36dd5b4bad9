"""The nearest of some vectors that are at hand, without an index that is published."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.threads import processors
from soundpalette.core.types import Vectors

FEW: Final = 8192
"""Rows that are all compared; among more, an IVF looks at some eighth of them."""
LISTS: Final = 128
VISITED: Final = 16


@dataclass(frozen=True, slots=True)
class Near:
    """By query the nearest rows, best first: positions int64 [queries, k] and cosines float32 [queries, k]."""

    positions: npt.NDArray[np.int64]
    cosines: npt.NDArray[np.float32]


class Nearest:
    """Unit vectors [n, dimension] that are looked up by others; the same for the same vectors."""

    def __init__(self, vectors: Vectors) -> None:
        import faiss

        faiss.omp_set_num_threads(processors())  # PaCMAP, in the same process, leaves it at one
        self._index = _many(vectors) if len(vectors) > FEW else faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors))

    def query(self, vectors: Vectors, k: int) -> Near:
        """The `k` nearest (of at least as many rows) to each of unit vectors [queries, dimension]."""
        cosines, positions = self._index.search(np.ascontiguousarray(vectors), k)
        return Near(positions, cosines)


def _many(vectors: Vectors) -> Any:  # faiss has no types
    import faiss

    dimension = vectors.shape[1]
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimension), dimension, LISTS, faiss.METRIC_INNER_PRODUCT)
    index.nprobe = VISITED
    index.train(vectors)
    return index
