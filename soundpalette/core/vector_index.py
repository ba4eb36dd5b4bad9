"""The vector index: derived from the catalogue, published whole by rename, addressed by sample id.

FAISS's flat inner product over unit vectors is the cosine, and exact. The original system used L2: for unit vectors
|a-b|^2 = 2 - 2ab, so both rank the same, and a cosine is what a person can read.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter

from soundpalette.core.types import Ids, Rows, Space, Vector, Vectors
from soundpalette.errors import VectorIndexError

MANIFEST: Final = "manifest.json"
UNIT_TOLERANCE: Final = 1e-3
DIGEST_DIGITS: Final = 12
CHECKED_ROWS: Final = 256
"""Rows read back and compared before an index is published."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a published index file is: its name, its space's key, how many samples, of which state of the catalogue."""

    file: str
    space: str
    kind: str
    count: int
    generation: int
    stamp: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Matches:
    """Best first: ids int64 [k] and their cosines float32 [k]."""

    ids: Ids
    scores: npt.NDArray[np.float32]


class VectorIndex(Protocol):
    """What search needs of an index, whichever engine holds it."""

    @property
    def manifest(self) -> Manifest: ...

    def query(self, vector: Vector, k: int, ids: Ids | None = None) -> Matches:
        """The `k` samples (or all, where there are fewer) nearest to a unit vector [dimension], of `ids` alone."""
        ...

    def ids(self) -> Ids:
        """The ids of all samples, in rising order."""
        ...

    def vectors(self, ids: Ids) -> Vectors:
        """The unit vectors [n, dimension] of these samples."""
        ...


class FlatIndex:
    """FAISS IndexFlatIP under stable ids, loaded from a published file."""

    def __init__(self, index: Any, manifest: Manifest) -> None:  # faiss has no types
        self._index = index
        self._manifest = manifest

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    def query(self, vector: Vector, k: int, ids: Ids | None = None) -> Matches:
        """The `k` nearest samples by cosine, of `ids` (int64 [n], any order, known or not) alone where these are given.

        Raises VectorIndexError for a vector of another dimension.
        """
        import faiss

        if vector.shape != (self._index.d,):
            raise VectorIndexError(f"a vector of shape {vector.shape} came, the index holds {self._index.d} dimensions")
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


def read_manifest(folder: Path, space: Space) -> Manifest | None:
    """What is published in `folder`, None where nothing is. Raises VectorIndexError where it cannot be used."""
    try:
        manifest = TypeAdapter(Manifest).validate_json((folder / MANIFEST).read_bytes(), strict=True)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _damaged(folder, "its manifest cannot be read") from error
    if manifest.space != space.key:
        raise VectorIndexError(
            f"the index in {folder} is of the space {manifest.space}, the encoder's is {space.key}; "
            "run `soundpalette index` to build the index of this encoder"
        )
    if Path(manifest.file).name != manifest.file:
        raise _damaged(folder, "its manifest names a file outside its folder")
    return manifest


def load(folder: Path, space: Space) -> FlatIndex | None:
    """The published index, verified against its manifest; None where nothing is published."""
    import faiss

    manifest = read_manifest(folder, space)
    if manifest is None:
        return None
    try:
        data = check(folder, manifest)
    except VectorIndexError:
        if read_manifest(folder, space) != manifest:  # a newer one was published between the two readings
            return load(folder, space)
        raise
    try:
        index = faiss.deserialize_index(np.frombuffer(data, np.uint8))
    except RuntimeError as error:
        raise VectorIndexError(
            f"FAISS cannot read the index in {folder}; delete that folder and run `soundpalette index`"
        ) from error
    if index.ntotal != manifest.count or index.d != space.dimension:
        raise _damaged(folder, "its size is not what its manifest says")
    return FlatIndex(index, manifest)


def check(folder: Path, manifest: Manifest) -> bytes:
    """The index file, held against its manifest. Raises VectorIndexError where it is gone or damaged."""
    try:
        data = (folder / manifest.file).read_bytes()
    except OSError as error:
        raise _damaged(folder, f"its file is gone or cannot be read: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != manifest.sha256:
        raise _damaged(folder, "its checksum is wrong")
    return data


@dataclass(frozen=True, slots=True)
class State:
    """Which state of the catalogue an index is built from, and how many samples it holds."""

    generation: int
    stamp: int
    count: int


def publish(folder: Path, space: Space, state: State, rows: Iterator[Rows]) -> Manifest:
    """Build the index of all `rows` and put it in place of the older one, atomically.

    The order is: check, write to a temporary file, fsync, rename; then the manifest the same way, which makes it
    current; then the older file goes. A crash between any two leaves the older index whole.
    Raises VectorIndexError where index and vectors disagree, or the folder cannot be written.
    """
    import faiss

    index = _build(space, rows)
    if index.ntotal != state.count:
        raise VectorIndexError(
            f"the index holds {index.ntotal} samples, the catalogue {state.count}; nothing was published, index again"
        )
    data = faiss.serialize_index(index).data
    digest = hashlib.sha256(data).hexdigest()
    name = f"flat-{state.generation}-{digest[:DIGEST_DIGITS]}.faiss"
    manifest = Manifest(name, space.key, "flat", index.ntotal, state.generation, state.stamp, len(data), digest)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / name, data)
        _write(folder / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
    except OSError as error:
        raise VectorIndexError(
            f"the index cannot be written to {folder} ({error.strerror}); what is indexed is kept in the catalogue: "
            "make room or mend the folder, and run `soundpalette index` again"
        ) from error
    for other in folder.iterdir():
        if other.name not in (name, MANIFEST):
            with suppress(OSError):  # Windows: a reader still has it open; the next run removes it
                other.unlink()
    return manifest


def _build(space: Space, rows: Iterator[Rows]) -> Any:
    import faiss

    index = faiss.IndexIDMap2(faiss.IndexFlatIP(space.dimension))
    for chunk in rows:
        lengths = np.linalg.norm(chunk.vectors, axis=1)
        if not np.allclose(lengths, 1.0, atol=UNIT_TOLERANCE):
            raise VectorIndexError(
                "a vector of the catalogue is not of unit length, so nothing was published; move the catalogue away "
                "and run `soundpalette index FOLDER` again"
            )
        index.add_with_ids(chunk.vectors, chunk.ids)
        for row in range(0, len(chunk.ids), max(1, len(chunk.ids) // CHECKED_ROWS)):
            if not np.array_equal(index.reconstruct(int(chunk.ids[row])), chunk.vectors[row]):
                raise VectorIndexError("the index gave back another vector than it was given; nothing was published")
    ids = faiss.vector_to_array(index.id_map)
    if len(np.unique(ids)) != len(ids):
        raise VectorIndexError("two samples came under one id; nothing was published")
    return index


def _write(path: Path, data: bytes | memoryview) -> None:
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows cannot open a folder; its rename is durable enough
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _damaged(folder: Path, what: str) -> VectorIndexError:
    return VectorIndexError(f"the index in {folder} is damaged ({what}); run `soundpalette index` to rebuild it")
