"""FAISS indexes as files: published by rename beside a manifest, verified when they are loaded."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import TypeAdapter

from soundpalette.core.types import Space
from soundpalette.core.vector_index.base import Holdings, Manifest, Stamp
from soundpalette.core.vector_index.flat import FlatIndex, build
from soundpalette.errors import VectorIndexError

MANIFEST: Final = "manifest.json"
DIGEST_DIGITS: Final = 12


class FaissStore:
    """A folder that holds one published index of `space` and its manifest."""

    def __init__(self, folder: Path, space: Space) -> None:
        self.folder = folder
        self._space = space

    @property
    def space(self) -> Space:
        return self._space

    @property
    def place(self) -> str:
        return str(self.folder)

    def stamp(self) -> Stamp | None:
        try:
            stat = (self.folder / MANIFEST).stat()
        except OSError:
            return None
        # The inode tells two manifests apart that were written within one tick of the clock.
        return stat.st_mtime_ns, stat.st_ino

    def manifest(self) -> Manifest | None:
        """As `Store.manifest`; the index file is not looked at."""
        try:
            manifest = TypeAdapter(Manifest).validate_json((self.folder / MANIFEST).read_bytes(), strict=True)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self._damaged("its manifest cannot be read") from error
        if manifest.space != self.space.key:
            raise VectorIndexError(
                f"the index in {self.folder} is of the space {manifest.space}, the encoder's is {self.space.key}; "
                "run `soundpalette index` to build the index of this encoder"
            )
        if Path(manifest.file).name != manifest.file:
            raise self._damaged("its manifest names a file outside its folder")
        return manifest

    def check(self) -> Manifest | None:
        manifest = self.manifest()
        if manifest is not None:
            self._read(manifest)
        return manifest

    def load(self) -> FlatIndex | None:
        """The published index, verified against its manifest; None where nothing is published."""
        import faiss

        manifest = self.manifest()
        if manifest is None:
            return None
        try:
            data = self._read(manifest)
        except VectorIndexError:
            if self.manifest() != manifest:  # a newer one was published between the two readings
                return self.load()
            raise
        try:
            index = faiss.deserialize_index(np.frombuffer(data, np.uint8))
        except RuntimeError as error:
            raise VectorIndexError(
                f"FAISS cannot read the index in {self.folder}; delete that folder and run `soundpalette index`"
            ) from error
        if index.ntotal != manifest.count or index.d != self.space.dimension:
            raise self._damaged("its size is not what its manifest says")
        return FlatIndex(index, manifest)

    def publish(self, holdings: Holdings) -> Manifest:
        """Build the index of all rows and put it in place of the older one, atomically.

        The order is: check, write to a temporary file, fsync, rename; then the manifest the same way, which makes it
        current; then the older file goes. A crash between any two leaves the older index whole.
        Raises VectorIndexError where index and vectors disagree, or the folder cannot be written.
        """
        import faiss

        state = holdings.state()
        index = build(self.space, holdings.rows())
        if index.ntotal != state.count:
            raise VectorIndexError(
                f"the index holds {index.ntotal} samples, the catalogue {state.count}; nothing was published, "
                "index again"
            )
        data = faiss.serialize_index(index).data
        digest = hashlib.sha256(data).hexdigest()
        name = f"flat-{state.generation}-{digest[:DIGEST_DIGITS]}.faiss"
        manifest = Manifest(
            name, self.space.key, "flat", index.ntotal, state.generation, state.stamp, len(data), digest
        )
        self._put(name, data, manifest)
        return manifest

    def _put(self, name: str, data: memoryview, manifest: Manifest) -> None:
        folder = self.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(folder / name, data)
            _write(folder / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
        except OSError as error:
            raise VectorIndexError(
                f"the index cannot be written to {folder} ({error.strerror}); what is indexed is kept in the "
                "catalogue: make room or mend the folder, and run `soundpalette index` again"
            ) from error
        for other in folder.iterdir():
            if other.name not in (name, MANIFEST):
                with suppress(OSError):  # Windows: a reader still has it open; the next run removes it
                    other.unlink()

    def _read(self, manifest: Manifest) -> bytes:
        """The index file, held against its manifest. Raises VectorIndexError where it is gone or damaged."""
        try:
            data = (self.folder / manifest.file).read_bytes()
        except OSError as error:
            raise self._damaged(f"its file is gone or cannot be read: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != manifest.sha256:
            raise self._damaged("its checksum is wrong")
        return data

    def _damaged(self, what: str) -> VectorIndexError:
        return VectorIndexError(
            f"the index in {self.folder} is damaged ({what}); run `soundpalette index` to rebuild it"
        )


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
