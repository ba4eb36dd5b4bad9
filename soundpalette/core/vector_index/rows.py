"""Unit vectors in files of float32 rows, memory-mapped: as many as the disk holds, with no memory of one's own.

A sample stands at a position: that of its row, counted through all files. Rows are only ever added behind, so positions
stay; the row of a sample that is gone or changed is left where it is until the index is built anew.
"""

import mmap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Ids, Rows, Vector, Vectors
from soundpalette.core.vector_index.base import Heard
from soundpalette.errors import VectorIndexError

Positions = npt.NDArray[np.int64]
GONE: Final = -1
"""Stands for the id at the position of a sample that is gone."""
UNIT_TOLERANCE: Final = 1e-3
TOLD: Final = 100_000
"""Samples between two lines about how far it is."""
GATHERED: Final = 512
"""Rows gathered at a time: 1.5 MB of 768 dimensions stay in the processor's cache, which halves the time of 10,000."""


class MappedRows:
    """The rows of several files, one behind another."""

    def __init__(self, paths: Sequence[Path], counts: Sequence[int], dimension: int) -> None:
        self._parts = [_mapped(path, count, dimension) for path, count in zip(paths, counts, strict=True)]
        self._starts = np.cumsum([0, *counts])
        self._dimension = dimension

    def __len__(self) -> int:
        return int(self._starts[-1])

    def take(self, positions: Positions) -> Vectors:
        """The rows at `positions` [n], copied: float32 [n, dimension]."""
        if len(self._parts) == 1:
            return np.asarray(self._parts[0].take(positions, axis=0))
        taken = np.empty((len(positions), self._dimension), np.float32)
        of = np.searchsorted(self._starts, positions, side="right") - 1
        for part in np.unique(of):
            here = of == part
            taken[here] = self._parts[part].take(positions[here] - self._starts[part], axis=0)
        return taken

    def cosines(self, positions: Positions, vector: Vector) -> Vector:
        """The inner products of `vector` with the rows at `positions`: float32 [n]."""
        products = np.empty(len(positions), np.float32)
        for start in range(0, len(positions), GATHERED):
            products[start : start + GATHERED] = self.take(positions[start : start + GATHERED]) @ vector
        return products

    def blocks(self, start: int, size: int) -> Iterator[Vectors]:
        """All rows from position `start` on, up to `size` at a time, not copied."""
        for part, first in zip(self._parts, self._starts, strict=False):
            for row in range(max(0, start - int(first)), len(part), size):
                yield part[row : row + size]

    def read_at_random(self) -> None:
        """Tell the system that single rows will be read, so that it reads no neighbours from the disk ahead."""
        for part in self._parts:
            if isinstance(part, np.memmap) and hasattr(mmap, "MADV_RANDOM"):
                part._mmap.madvise(mmap.MADV_RANDOM)  # type: ignore[attr-defined]  # numpy offers no other way


class Places:
    """Which sample stands where: ids int64 [positions], `GONE` where one is gone."""

    def __init__(self, by_position: Ids) -> None:
        order = np.argsort(by_position, kind="stable")
        order = order[np.count_nonzero(by_position == GONE) :]
        self.by_position = by_position
        self.ids = by_position[order]
        self._order = order.astype(np.int32)

    @property
    def any_gone(self) -> bool:
        return len(self.ids) < len(self.by_position)

    def there(self, ids: Ids) -> Positions:
        """The positions of those of `ids` that are there, in their order."""
        if not len(self.ids):
            return np.empty(0, np.int64)
        at = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.asarray(self._order[at[self.ids[at] == ids]], np.int64)

    def of(self, ids: Ids) -> Positions:
        """The positions of `ids`. Raises VectorIndexError where one of them is not in the index."""
        found = self.there(ids)
        if len(found) != len(ids):
            raise VectorIndexError(f"{len(ids) - len(found)} of {len(ids)} samples are not in the index; index again")
        return found


def checked(rows: Iterator[Rows]) -> Iterator[Rows]:
    """`rows` as they come. Raises VectorIndexError for a vector that is not of unit length."""
    for chunk in rows:
        lengths = np.linalg.norm(chunk.vectors, axis=1)
        if not np.allclose(lengths, 1.0, atol=UNIT_TOLERANCE):
            raise VectorIndexError(
                "a vector of the catalogue is not of unit length, so nothing was published; move the catalogue away "
                "and run `soundpalette index FOLDER` again"
            )
        yield chunk


def tell(heard: Heard, what: str, done: int, new: int, whole: int) -> None:
    """A line each `TOLD` samples, and one at the end."""
    if done // TOLD > (done - new) // TOLD or done == whole:
        heard(f"index: {done:,} of {whole:,} samples {what}")


def _mapped(path: Path, count: int, dimension: int) -> Vectors:
    if not count:  # an empty file cannot be mapped
        return np.empty((0, dimension), np.float32)
    return np.memmap(path, "<f4", "r", shape=(count, dimension))
