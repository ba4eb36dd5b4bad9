"""FAISS indexes as files: published by rename beside a manifest, verified when they are loaded."""

from pathlib import Path

import numpy as np

from soundpalette.core.types import Space
from soundpalette.core.vector_index.base import Heard, Holdings, Manifest, Stamp, VectorIndex, silent
from soundpalette.core.vector_index.flat import FlatIndex, build
from soundpalette.core.vector_index.folder import IndexFolder
from soundpalette.errors import VectorIndexError


class FaissStore:
    """A folder that holds one published index of `space` and its manifest."""

    def __init__(self, folder: Path, space: Space) -> None:
        self.folder = folder
        self._space = space
        self._files = IndexFolder(folder, space)

    @property
    def space(self) -> Space:
        return self._space

    @property
    def place(self) -> str:
        return str(self.folder)

    def stamp(self) -> Stamp | None:
        return self._files.stamp()

    def manifest(self) -> Manifest | None:
        return self._files.manifest()

    def check(self) -> Manifest | None:
        manifest = self.manifest()
        if manifest is not None:
            self._files.verify(manifest.files)
        return manifest

    def verify(self) -> Manifest | None:
        manifest = self.manifest()
        if manifest is not None:
            self._files.verify(manifest.files)
        return manifest

    def load(self) -> VectorIndex | None:
        """The published index, verified against its manifest; None where nothing is published."""
        manifest = self.manifest()
        if manifest is None:
            return None
        try:
            return self._load(manifest)
        except VectorIndexError:
            if self.manifest() != manifest:  # a newer one was published between the two readings
                return self.load()
            raise

    def _load(self, manifest: Manifest) -> VectorIndex:
        import faiss

        data = self._files.read(manifest.files[0])
        try:
            index = faiss.deserialize_index(np.frombuffer(data, np.uint8))
        except RuntimeError as error:
            raise VectorIndexError(
                f"FAISS cannot read the index in {self.folder}; delete that folder and run `soundpalette index`"
            ) from error
        if index.ntotal != manifest.count or index.d != self.space.dimension:
            raise self._files.damaged("its size is not what its manifest says")
        return FlatIndex(index, manifest)

    def publish(self, holdings: Holdings, heard: Heard = silent) -> Manifest:
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
        file = self._files.put(f"flat-{state.generation}", ".faiss", [faiss.serialize_index(index).data])
        manifest = Manifest(self.space.key, "flat", index.ntotal, state.generation, state.stamp, (file,))
        self._files.make_current(manifest)
        return manifest
