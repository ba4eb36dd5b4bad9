"""The values that travel between the parts of the house."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Waveform = npt.NDArray[np.float32]
"""Mono audio, float32 [frames], full scale at 1.0."""
Window = npt.NDArray[np.float32]
"""What an encoder's audio tower sees at once, float32; its shape is that encoder's own business."""
Features = npt.NDArray[np.float32]
"""One row a window, float32 [windows, width]."""
Vector = npt.NDArray[np.float32]
"""float32 [dimension]."""
Vectors = npt.NDArray[np.float32]
"""float32 [n, dimension]."""
Ids = npt.NDArray[np.int64]
"""Sample ids as integers, int64 [n]."""


@dataclass(frozen=True, slots=True)
class Space:
    """A vector space: vectors of two different spaces are never compared.

    `revision` covers the weights' hash and the recipe (windows, padding, normalisation), not dtype or device.
    """

    encoder: str
    revision: str
    dimension: int

    @property
    def key(self) -> str:
        """One word for folders and table keys, such as `compact-1a2b3c4d5e6f-256`."""
        return f"{self.encoder}-{self.revision}-{self.dimension}"


@dataclass(frozen=True, slots=True)
class Sample:
    """One audio file of the library, as the catalogue holds it."""

    id: str
    root_id: str
    path: str
    """Relative to the root, with forward slashes."""
    size: int
    mtime_ns: int
    content_hash: str
    seconds: float
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Root:
    """A folder of the library; `path` is absolute and resolved."""

    id: str
    path: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be indexed; `path` is absolute, `reason` one sentence."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Some samples of one space: ids int64 [n] and their unit vectors float32 [n, dimension]."""

    ids: Ids
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the catalogue remembers of a path, to tell new, changed and unchanged; `embedded` in the space asked for."""

    id: str
    size: int
    mtime_ns: int
    content_hash: str
    embedded: bool


@dataclass(frozen=True, slots=True)
class NewSample:
    """A file read in this run. `vector` is None where the catalogue already holds one for its content."""

    root_id: str
    path: str
    size: int
    mtime_ns: int
    content_hash: str
    seconds: float
    rate: int
    channels: int
    vector: Vector | None


@dataclass(frozen=True, slots=True)
class NewFailure:
    """A file that could not be indexed; `path` is relative to the root, `content_hash` "" where it was unreadable."""

    root_id: str
    path: str
    reason: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What an indexing run did, in files."""

    seen: int = 0
    added: int = 0
    updated: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: int = 0
