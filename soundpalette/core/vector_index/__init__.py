"""The vector index: derived from the catalogue, published as a whole, addressed by sample id.

Unit vectors are compared by inner product, which is the cosine. The original system used L2: for unit vectors
|a-b|^2 = 2 - 2ab, so both rank the same, and a cosine is what a person can read. Importing this package imports no
engine.
"""

from soundpalette.core.vector_index.base import (
    Effort,
    File,
    Heard,
    Holdings,
    Manifest,
    Matches,
    Passing,
    Stamp,
    Store,
    VectorIndex,
    silent,
)
from soundpalette.core.vector_index.faiss_store import FaissStore, Sizes

__all__ = [
    "Effort",
    "FaissStore",
    "File",
    "Heard",
    "Holdings",
    "Manifest",
    "Matches",
    "Passing",
    "Sizes",
    "Stamp",
    "Store",
    "VectorIndex",
    "silent",
]
