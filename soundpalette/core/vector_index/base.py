"""What every vector index is, whichever engine holds it: published by a store, loaded from it, queried."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt

from soundpalette.core.types import Filters, Ids, Rows, Space, State, Vector, Vectors

Stamp = tuple[int, int]
Heard = Callable[[str], None]
"""Hears a line now and then about how far a publication is."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a published index; `name` is that in its folder."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Effort:
    """What a query for up to `k` samples has to look at: `probes` lists, and `candidates` compared exactly.

    `recall` is the share of the exact answers that this found of sample queries when the index was built.
    """

    k: int
    probes: int
    candidates: int
    recall: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a published index is: its space's key, its kind, how many samples, of which state of the catalogue, in
    which files (none where an engine keeps its own).

    An index that is not exact has `lists` and by rising k the `efforts` that were measured. `trained` is the number of
    samples that its lists were trained for, `listed` that of the rows that stand in them; `rows` counts those in each
    file of vectors. Files: the index, then ids, then vectors.
    """

    space: str
    kind: str
    count: int
    generation: int
    stamp: int
    files: tuple[File, ...] = ()
    lists: int = 0
    trained: int = 0
    listed: int = 0
    efforts: tuple[Effort, ...] = ()
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """Best first: ids int64 [k] and their cosines float32 [k]."""

    ids: Ids
    scores: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Passing:
    """The samples that a query may find: by conditions, which an index with fields beside its vectors checks itself,
    and by ids for the others, which the catalogue finds when they are first asked for."""

    filters: Filters
    find: Callable[[], Ids]

    @cached_property
    def ids(self) -> Ids:
        """int64 [n], of which some may not be in the index."""
        return self.find()


class VectorIndex(Protocol):
    """What search needs of an index, whichever engine holds it."""

    @property
    def manifest(self) -> Manifest: ...

    def query(self, vector: Vector, k: int, passing: Passing | None = None) -> Matches:
        """The `k` samples (or all, where there are fewer) nearest to a unit vector [dimension], of `passing` alone.

        Raises VectorIndexError for a vector of another dimension.
        """
        ...

    def ids(self) -> Ids:
        """The ids of all samples, int64 [n] in rising order."""
        ...

    def vectors(self, ids: Ids) -> Vectors:
        """The unit vectors float32 [n, dimension] of samples that the index holds."""
        ...


class Holdings(Protocol):
    """What the catalogue holds of one space, as an index is built from it. The catalogue gives it."""

    def state(self) -> State: ...

    def rows(self, since: int = -1) -> Iterator[Rows]:
        """Samples and vectors by rising id, in chunks: all, or those whose vector came or changed after generation
        `since`."""
        ...

    def ids(self) -> Ids:
        """The ids of all samples that have a vector, int64 [n] in rising order."""
        ...

    def follows(self, generation: int, stamp: int) -> bool:
        """Whether the catalogue was once in this very state, so that `rows` since then is all that came or changed.

        A new or restored catalogue may count up to the same numbers with other samples.
        """
        ...


def silent(line: str) -> None:
    """Hears nothing."""


class Store(Protocol):
    """Where the index of one space is published and loaded from."""

    @property
    def space(self) -> Space: ...

    @property
    def place(self) -> str:
        """Where it is, for people: a folder, or an address."""
        ...

    def stamp(self) -> Stamp | None:
        """Another value after each publication, None where nothing is published; asked at every query, so cheap."""
        ...

    def manifest(self) -> Manifest | None:
        """What is published, None where nothing is. Raises VectorIndexError where it cannot be used."""
        ...

    def check(self) -> Manifest | None:
        """As `manifest`, and what is published is there, whole as far as `load` looks at it."""
        ...

    def verify(self) -> Manifest | None:
        """As `check`, with every byte read that the store can hold against its manifest."""
        ...

    def load(self) -> VectorIndex | None:
        """The published index, None where nothing is published. Raises VectorIndexError where it cannot be used."""
        ...

    def publish(self, holdings: Holdings, heard: Heard = silent) -> Manifest:
        """Bring what is published to the state of `holdings`, as a whole or not at all; `heard` is told how far it is.

        Raises VectorIndexError.
        """
        ...
