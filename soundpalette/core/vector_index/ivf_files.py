"""The files of an IVF: its lists, the ids by position, and rows of vectors in one file or several."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from soundpalette.core.types import Ids, State, Vectors
from soundpalette.core.vector_index.base import Effort, File, Heard, Manifest
from soundpalette.core.vector_index.faiss_file import write_faiss
from soundpalette.core.vector_index.folder import IndexFolder
from soundpalette.core.vector_index.ivf import IvfIndex, touch
from soundpalette.core.vector_index.rows import GONE, MappedRows, Places, tell
from soundpalette.errors import VectorIndexError

KIND: Final = "ivf"


@dataclass(frozen=True, slots=True)
class Ivf:
    """A published one, as far as it is needed to add to it: ids int64 [rows], `GONE` where one is gone."""

    manifest: Manifest
    ids: Ids
    rows: MappedRows


@dataclass(frozen=True, slots=True)
class Lists:
    """The file of lists, and what its manifest tells of them."""

    file: File
    lists: int
    trained: int
    listed: int
    efforts: tuple[Effort, ...]


@dataclass(frozen=True, slots=True)
class RowFiles:
    """Files of vectors, and how many rows each has."""

    files: tuple[File, ...]
    counts: tuple[int, ...]

    def __add__(self, other: "RowFiles") -> "RowFiles":
        return RowFiles(self.files + other.files, self.counts + other.counts)

    def __getitem__(self, part: slice) -> "RowFiles":
        return RowFiles(self.files[part], self.counts[part])

    @property
    def total(self) -> int:
        return sum(self.counts)

    def mapped(self, folder: IndexFolder) -> MappedRows:
        """Raises VectorIndexError where one is not there, or not of its size."""
        folder.check(self.files)
        return MappedRows([folder.path / file.name for file in self.files], self.counts, folder.space.dimension)


def rows_of(manifest: Manifest) -> RowFiles:
    return RowFiles(manifest.files[2:], manifest.rows)


def lists_of(manifest: Manifest) -> Lists:
    return Lists(manifest.files[0], manifest.lists, manifest.trained, manifest.listed, manifest.efforts)


def read(folder: IndexFolder, manifest: Manifest) -> Ivf:
    """Ids, verified, and rows, of the right size. Raises VectorIndexError."""
    if len(manifest.files) != 2 + len(manifest.rows) or not manifest.efforts:
        raise folder.damaged("its manifest does not tell all")
    ids = np.frombuffer(folder.read(manifest.files[1]), "<i8").astype(np.int64, copy=False)
    rows = rows_of(manifest).mapped(folder)
    settled = manifest.listed in np.cumsum(manifest.rows)
    if not settled or len(ids) != len(rows) or np.count_nonzero(ids != GONE) != manifest.count:
        raise folder.damaged("its size is not what its manifest says")
    return Ivf(manifest, ids, rows)


def load(folder: IndexFolder, manifest: Manifest, compared: int) -> IvfIndex:
    """The published index: lists and ids verified, rows of the right size. Raises VectorIndexError."""
    folder.verify(manifest.files[:1])
    ivf = read(folder, manifest)
    index = open_lists(folder, manifest, mapped=True)
    touch(index)
    ivf.rows.read_at_random()
    return IvfIndex(index, ivf.rows, Places(ivf.ids), manifest, compared)


def open_lists(folder: IndexFolder, manifest: Manifest, *, mapped: bool) -> Any:
    """FAISS's index, mapped from its file or read whole, to be added to. Raises VectorIndexError."""
    import faiss

    try:
        path = str(folder.path / manifest.files[0].name)
        index = faiss.read_index(path, faiss.IO_FLAG_MMAP_IFC if mapped else 0)
    except RuntimeError as error:
        raise folder.unreadable() from error
    if index.ntotal != manifest.listed or index.d != folder.space.dimension:
        raise folder.damaged("its size is not what its manifest says")
    return index


class Draft:
    """Files that become current together, of one state of the catalogue."""

    def __init__(self, folder: IndexFolder, state: State, heard: Heard) -> None:
        self._folder = folder
        self._state = state
        self._heard = heard

    def put_rows(self, blocks: Iterable[Vectors]) -> RowFiles:
        """Write vectors behind each other; no file where there are none. Raises VectorIndexError."""
        counted = _Counted(blocks, self._state.count, self._heard)
        file = self._folder.put(f"rows-{self._state.generation}", ".f32", counted.write)
        return RowFiles((file,), (counted.rows,)) if counted.rows else RowFiles((), ())

    def put_lists(self, index: Any) -> File:
        return self._folder.put(f"lists-{self._state.generation}", ".faiss", lambda path: write_faiss(index, path))

    def put_ids(self, ids: Ids) -> File:
        return self._folder.put(
            f"ids-{self._state.generation}", ".i64", lambda path: _written(path, ids.astype("<i8").tobytes())
        )

    def manifest(self, lists: Lists, ids: Ids, rows: RowFiles) -> Manifest:
        """Of all three, after `ids` are written, too. Raises VectorIndexError where they are not the catalogue's."""
        check_ids(ids, self._state)
        return Manifest(
            space=self._folder.space.key,
            kind=KIND,
            count=self._state.count,
            generation=self._state.generation,
            stamp=self._state.stamp,
            files=(lists.file, self.put_ids(ids), *rows.files),
            lists=lists.lists,
            trained=lists.trained,
            listed=lists.listed,
            efforts=lists.efforts,
            rows=rows.counts,
        )


def check_ids(ids: Ids, state: State) -> None:
    """Raises VectorIndexError where they are not as many as the catalogue has, or one stands twice."""
    there = ids[ids != GONE]
    if len(np.unique(there)) != len(there):
        raise VectorIndexError("two samples came under one id; nothing was published")
    if len(there) != state.count:
        raise VectorIndexError(
            f"the index holds {len(there)} samples, the catalogue {state.count}; nothing was published, index again"
        )


class _Counted:
    """Blocks of vectors, counted as they are written."""

    def __init__(self, blocks: Iterable[Vectors], whole: int, heard: Heard) -> None:
        self._blocks = blocks
        self._whole = whole
        self._heard = heard
        self.rows = 0

    def write(self, path: Path) -> None:
        with path.open("wb") as file:
            for block in self._blocks:
                file.write(np.ascontiguousarray(block, "<f4").data)
                self.rows += len(block)
                tell(self._heard, "read", self.rows, len(block), self._whole)


def _written(path: Path, data: bytes) -> None:
    path.write_bytes(data)
