"""What every encoder is: two towers that share one space, loaded one by one and late."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core.audio import Recording
from soundpalette.core.types import Features, Space, Vector, Vectors, Window
from soundpalette.errors import AudioError

WINDOWS_AT_ONCE: Final = 16
"""Windows of one file embedded together: bounds the memory that a long file costs."""


class Encoder(ABC):
    """A pair of towers (audio, text) that share one vector space.

    Audio goes three steps, so that the indexer can decode ahead in threads and batch the windows of many files:
    `windows` (processor work, streamed) -> `embed_windows` (the network, batched) -> `pool` (one vector a file).
    A window's features never depend on the batch that it is in. No tower is loaded before it is needed. An encoder can
    be pickled and goes without its towers.
    """

    @property
    @abstractmethod
    def space(self) -> Space:
        """The space of the vectors; cheap, loads no tower and imports no torch."""

    @property
    def features_revision(self) -> str:
        """What the features of `embed_windows` depend on beside the audio, to keep them by; cheap as `space` is.

        Empty: this encoder's features are not worth keeping.
        """
        return ""

    @abstractmethod
    def windows(self, source: Path | Recording) -> Iterator[Window]:
        """Decode `source` and yield its windows in order, at least one, in bounded memory. Raises AudioError.

        A path is opened and held against the encoder's limits; a recording has been already.
        """

    @abstractmethod
    def embed_windows(self, windows: Sequence[Window]) -> Features:
        """Features float32 [n, width] of `n` windows of any lengths, in their order."""

    @abstractmethod
    def pool(self, features: Features) -> Vector:
        """One file's vector, float32 [dimension], not normalised, from all its windows' features [windows, width]."""

    def pool_all(self, files: Sequence[Features]) -> Vectors:
        """`pool` of each of `n` files: float32 [n, dimension], not normalised, in their order."""
        vectors = np.empty((len(files), self.space.dimension), np.float32)
        for row, features in enumerate(files):
            vectors[row] = self.pool(features)
        return vectors

    @abstractmethod
    def text_features(self, texts: Sequence[str]) -> Vectors:
        """Text vectors float32 [n, dimension], not normalised."""

    @abstractmethod
    def load_audio(self) -> None:
        """Load the audio tower now (otherwise: at its first use)."""

    @abstractmethod
    def load_text(self) -> None:
        """Load the text tower now (otherwise: at its first use)."""

    @abstractmethod
    def release(self) -> None:
        """Give back the memory of both towers; the next use loads them again."""

    def cohort(self) -> Vectors:
        """Unit vectors float32 [n, dimension] of sounds of all kinds, to compare what queries reach; n may be 0."""
        return np.zeros((0, self.space.dimension), np.float32)

    def audio_features(self, path: Path | str) -> Features:
        """Features float32 [windows, width] of every window of one file. Raises AudioError."""
        windows = self.windows(Path(path))
        chunks = []
        while chunk := list(islice(windows, WINDOWS_AT_ONCE)):
            chunks.append(self.embed_windows(chunk))
        return np.concatenate(chunks)

    def embed_audio_files(self, paths: Sequence[Path | str], *, normalise: bool = True) -> Vectors:
        """Vectors float32 [n, dimension] of `n` files, unit length unless `normalise` is False. Raises AudioError."""
        vectors = np.empty((len(paths), self.space.dimension), np.float32)
        for row, path in enumerate(paths):
            vector = self.pool(self.audio_features(path))
            try:
                vectors[row] = unit(vector) if normalise else vector
            except ValueError as error:
                raise AudioError(path, f"cannot be embedded: {error}") from error
        return vectors

    def embed_text(self, texts: Sequence[str], *, normalise: bool = True) -> Vectors:
        """Vectors float32 [n, dimension] of `n` texts, unit length unless `normalise` is False."""
        vectors = self.text_features(texts)
        return unit(vectors) if normalise else vectors


def unit(vectors: Vectors) -> Vectors:
    """`vectors` [..., dimension] at unit length, float32. Raises ValueError where a row is zero or not finite."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise ValueError("its vector is zero or not finite")
    return np.asarray(vectors / lengths, dtype=np.float32)
