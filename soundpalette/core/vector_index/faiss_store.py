"""FAISS indexes as files, published by rename beside a manifest: flat, or an IVF for a large library."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core.types import Space, State
from soundpalette.core.vector_index import ivf_files, ivf_publish
from soundpalette.core.vector_index.base import File, Heard, Holdings, Manifest, Stamp, VectorIndex, silent
from soundpalette.core.vector_index.faiss_file import write_faiss
from soundpalette.core.vector_index.flat import FlatIndex, build
from soundpalette.core.vector_index.folder import MEND, IndexFolder
from soundpalette.core.vector_index.ivf import COMPARED
from soundpalette.core.vector_index.ivf_publish import BEHIND
from soundpalette.errors import VectorIndexError

FLAT_SAMPLES: Final = 200_000
FLAT_BYTES: Final = 640_000_000
"""An index is flat, and so exact, while it has no more samples and no more vectors' bytes, all of which a server holds
in memory: 200,000 of 768 dimensions, where a query takes 30 ms in one thread."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """From where on a library is a large one; tests make them small. No user sets them."""

    flat_samples: int = FLAT_SAMPLES
    flat_bytes: int = FLAT_BYTES
    compared: int = COMPARED
    behind: int = BEHIND


MEASURED: Final = Sizes()


class FaissStore:
    """A folder that holds one published index of `space` and its manifest."""

    def __init__(self, folder: Path, space: Space, sizes: Sizes = MEASURED) -> None:
        self.folder = folder
        self._space = space
        self._sizes = sizes
        self._files = IndexFolder(folder, space)
        self._broken: Manifest | None = None

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
        """As `Store.check`: of an IVF the rows' size alone, for these are gigabytes."""
        manifest = self.manifest()
        if manifest is not None:
            self._verify(manifest, manifest.files[:2], MEND)
            self._files.check(manifest.files[2:])
        return manifest

    def verify(self) -> Manifest | None:
        manifest = self.check()
        if manifest is not None:
            self._verify(manifest, manifest.files[2:], f"{MEND} --verify")  # without it none looks at them
        return manifest

    def load(self) -> VectorIndex | None:
        """The published index, verified against its manifest as by `check`; None where nothing is published."""
        manifest = self.manifest()
        if manifest is None:
            return None
        try:
            return self._load(manifest)
        except VectorIndexError:
            if self.manifest() != manifest:  # a newer one was published between the two readings
                return self.load()
            raise

    def publish(self, holdings: Holdings, heard: Heard = silent) -> Manifest:
        """Bring what is published to the state of `holdings`, atomically.

        The order is: each file to a temporary one, fsync, rename; then the manifest the same way, which makes them
        current; then what it does not name goes. A crash between any two leaves the older index whole.
        Raises VectorIndexError where index and vectors disagree, or the folder cannot be written.
        """
        state = holdings.state()
        try:
            manifest = self._written(holdings, state, heard)
            self._files.make_current(manifest)
        except VectorIndexError:
            self._files.tidy()
            raise
        return manifest

    def _written(self, holdings: Holdings, state: State, heard: Heard) -> Manifest:
        """The manifest of an index whose files are written."""
        if self._is_small(state.count):
            return self._flat(holdings, state)
        older = self._sound()
        if older is not None:
            grown = ivf_publish.Growing(self._files, holdings, older, heard, self._sizes.behind).publish(state)
            if grown is not None:
                return grown
        return ivf_publish.build(self._files, holdings, state, heard)

    def _is_small(self, count: int) -> bool:
        sizes = self._sizes
        return count <= sizes.flat_samples and 4 * self.space.dimension * count <= sizes.flat_bytes

    def _flat(self, holdings: Holdings, state: State) -> Manifest:
        index = build(self.space, holdings.rows())
        if index.ntotal != state.count:
            raise VectorIndexError(
                f"the index holds {index.ntotal} samples, the catalogue {state.count}; nothing was published, "
                "index again"
            )
        stem = f"flat-{state.generation}"
        file = self._files.put(stem, ".faiss", lambda path: write_faiss(index, path))
        return Manifest(self.space.key, "flat", index.ntotal, state.generation, state.stamp, (file,))

    def _sound(self) -> Manifest | None:
        """The IVF that is published, if it can be built upon: nothing that was found to be damaged."""
        try:
            manifest = self.check()
            if manifest is None or manifest == self._broken or manifest.kind != ivf_files.KIND:
                return None
            ivf_files.read(self._files, manifest)
        except VectorIndexError:
            return None
        return manifest

    def _verify(self, manifest: Manifest, files: Sequence[File], mend: str) -> None:
        """That `files` are what was written. Raises VectorIndexError, and remembers it."""
        try:
            self._files.verify(files, mend)
        except VectorIndexError:
            self._broken = manifest
            raise

    def _load(self, manifest: Manifest) -> VectorIndex:
        if manifest.kind == ivf_files.KIND:
            return ivf_files.load(self._files, manifest, self._sizes.compared)
        return self._load_flat(manifest)

    def _load_flat(self, manifest: Manifest) -> FlatIndex:
        import faiss

        data = self._files.read(manifest.files[0])
        try:
            index = faiss.deserialize_index(np.frombuffer(data, np.uint8))
        except RuntimeError as error:
            raise self._files.unreadable() from error
        if index.ntotal != manifest.count or index.d != self.space.dimension:
            raise self._files.damaged("its size is not what its manifest says")
        return FlatIndex(index, manifest)
