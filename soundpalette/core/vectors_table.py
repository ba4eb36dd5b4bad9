"""Vectors, as rows of the catalogue: float32, little-endian."""

from collections.abc import Sequence

import numpy as np

from soundpalette.core.database import MEND
from soundpalette.core.types import Space, Vector, Vectors
from soundpalette.errors import CatalogueError


def read(blob: object, space: Space) -> Vector:
    """float32 [dimension] of a row. Raises CatalogueError."""
    if not isinstance(blob, bytes) or len(blob) != 4 * space.dimension:
        raise CatalogueError(f"the catalogue holds a damaged vector of {space.key}; {MEND}")
    return np.frombuffer(blob, "<f4").astype(np.float32, copy=False)


def read_all(blobs: Sequence[object], space: Space) -> Vectors:
    """float32 [n, dimension] of n rows. Raises CatalogueError."""
    return np.stack([read(blob, space) for blob in blobs])
