"""An IVF made of rows that are mapped from files: trained on a draw of them, filled block by block."""

import math
from typing import Any, Final

import numpy as np

from soundpalette.core.types import Vectors
from soundpalette.core.vector_index.base import Heard
from soundpalette.core.vector_index.rows import MappedRows, tell

LISTS_PER_ROOT: Final = 2.0
"""Lists for the square root of the number of samples: at 1,000,000 of 768 dimensions a query looks at 2,000 centroids
(0.1 ms) and lists of 500 samples (0.03 ms each). Twice as many would double the 25 s that filling them takes."""
LEAST_LISTED: Final = 16
"""Samples a list, where there are few."""
TRAINED: Final = 40
"""Samples a list that centroids are learnt of, which is what FAISS asks for; 250 MB at 1,000,000."""
ROUNDS: Final = 6
"""Of k-means; ten of them led to no fewer lists a query."""
SEED: Final = 5
BLOCK: Final = 20_000
"""Samples handed to FAISS at once."""


def train(rows: MappedRows) -> Any:
    """An IVF without samples, whose lists are told apart by what a draw of the rows is like."""
    import faiss

    drawn = draw(rows, TRAINED * lists_for(len(rows)), SEED)
    dimension = drawn.shape[1]
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        lists_for(len(rows)),
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    index.cp.niter, index.cp.seed = ROUNDS, SEED
    index.cp.min_points_per_centroid = 1  # fewer than FAISS asks for, in a small library, are no warning
    index.train(drawn)
    return index


def fill(index: Any, rows: MappedRows, heard: Heard) -> None:
    """Put the rows from position `index.ntotal` on into their lists, under their positions."""
    first, whole = index.ntotal, len(rows)
    for block in rows.blocks(first, BLOCK):
        index.add_with_ids(np.ascontiguousarray(block), np.arange(first, first + len(block)))
        first += len(block)
        tell(heard, "listed", first, len(block), whole)


def lists_for(count: int) -> int:
    """How many lists so many samples are put into."""
    return max(1, min(round(LISTS_PER_ROOT * math.sqrt(count)), count // LEAST_LISTED))


def draw(rows: MappedRows, count: int, seed: int) -> Vectors:
    """The vectors of `count` samples (all, where there are fewer), float32 [count, dimension]: the same each time."""
    drawn = np.random.default_rng(seed).choice(len(rows), min(count, len(rows)), replace=False)
    return rows.take(np.sort(drawn))
