"""Milvus as a store: published by changing what changed, and told by a property that is written last.

A collection of 10^8 samples is not built anew for each run, so a publication brings rows up to date in place: those
whose vector or fields changed since the published state, then away with those that are gone, then the property that
names the new state. Where it stops in between, the property still names the older state, and the next publication
does the same again: every step can be repeated. What a query meets meanwhile is never wrong, for the catalogue, whose
rows the answer is made of, is already at the newer state: a row is either as it was or as it is now, and ids that
are gone are left out.
"""

import secrets
import threading
import time
from typing import Final

import numpy as np

from soundpalette.core.milvus_index import expressions
from soundpalette.core.milvus_index.collection import MOST_HITS, Collection, Publication
from soundpalette.core.milvus_index.connection import Connection
from soundpalette.core.types import NO_FILTERS, Entries, Ids, Space, State, Vector, Vectors
from soundpalette.core.vector_index.base import Heard, Holdings, Manifest, Matches, Passing, Stamp, silent
from soundpalette.core.vector_index.rows import checked, tell
from soundpalette.errors import VectorIndexError

STAMP_SECONDS: Final = 1.0
"""How long a stamp is held: a query costs no round trip for it, and meets a publication a second later at most."""
MOST_IDS: Final = 10_000
"""Ids that one expression names."""


class MilvusIndex:
    """A published index; what is searched lies in Milvus."""

    def __init__(self, collection: Collection, manifest: Manifest) -> None:
        self._collection = collection
        self._manifest = manifest

    @property
    def manifest(self) -> Manifest:
        return self._manifest

    def query(self, vector: Vector, k: int, passing: Passing | None = None) -> Matches:
        """As `VectorIndex.query`, `k` up to 16,384; Milvus checks the conditions itself."""
        dimension = self._collection.space.dimension
        if vector.shape != (dimension,):
            raise VectorIndexError(f"a vector of shape {vector.shape} came, the index holds {dimension} dimensions")
        if not self._manifest.count or not k:
            return _best([], k)
        if passing is None:
            return self._collection.search(vector, k, "")
        return _best([self._collection.search(vector, k, one) for one in _expressions(passing)], k)

    def ids(self, most: int | None = None) -> Ids:
        """As `VectorIndex.ids`."""
        return self._collection.ids(most)

    def vectors(self, ids: Ids) -> Vectors:
        """The unit vectors float32 [n, dimension] of samples that the index holds."""
        if not len(ids):
            return np.empty((0, self._collection.space.dimension), np.float32)
        return self._collection.vectors(ids)


class MilvusStore:
    """The collection of `space` at one address, and what is published there."""

    def __init__(self, uri: str, token: str, space: Space) -> None:
        self._collection = Collection(Connection(uri, token), space)
        self._asking = threading.Lock()
        self._asked = -STAMP_SECONDS
        self._stamp: Stamp | None = None
        self._failed = ""

    @property
    def space(self) -> Space:
        return self._collection.space

    @property
    def place(self) -> str:
        return self._collection.connection.place

    def stamp(self) -> Stamp | None:
        """As `Store.stamp`, at most `STAMP_SECONDS` old. Raises VectorIndexError where Milvus does not answer."""
        with self._asking:
            if time.monotonic() - self._asked >= STAMP_SECONDS:
                self._failed, self._stamp = self._ask()
                self._asked = time.monotonic()
            if self._failed:  # told to all who waited, too: each asking takes as long as Milvus is given to answer
                raise VectorIndexError(self._failed)
            return self._stamp

    def _ask(self) -> tuple[str, Stamp | None]:
        """Why nothing can be asked, or what is published."""
        try:
            found = self._collection.published()
        except VectorIndexError as error:
            return str(error), None
        return "", (found.manifest.generation, found.number) if found else None

    def manifest(self) -> Manifest | None:
        found = self._collection.published()
        if found is None:
            return None
        manifest = found.manifest
        if manifest.space != self.space.key:
            raise VectorIndexError(
                f"the collection {self._collection.name} at {self.place} is of the space {manifest.space}, the "
                f"encoder's is {self.space.key}; drop it, or name another database in [index] milvus_uri"
            )
        return manifest

    def check(self) -> Manifest | None:
        """As `manifest`, and as many samples are there as it says."""
        manifest = self.manifest()
        if manifest is not None:
            self._collection.load()
            count = self._collection.count()
            if count != manifest.count:
                raise self._collection.damaged(f"it holds {count} samples, {manifest.count} were published")
        return manifest

    def verify(self) -> Manifest | None:
        """As `check`: Milvus holds its files against their checksums itself."""
        return self.check()

    def load(self) -> MilvusIndex | None:
        manifest = self.manifest()
        if manifest is None:
            return None
        self._collection.load()
        return MilvusIndex(self._collection, manifest)

    def publish(self, holdings: Holdings, heard: Heard = silent) -> Manifest:
        """Bring the collection to the state of `holdings`. Raises VectorIndexError."""
        state = holdings.state()
        held = self._held(state)
        self._collection.make()
        known = held is not None and held.edition is not None and holdings.knows(held.edition)
        # Fewer: rows were lost there. More: a run that broke off had sent them, and they are among what changed.
        known = known and held is not None and self._collection.count() >= held.count
        count = self._bring(holdings, held if known else None, heard)
        if known and count != state.count:
            count = self._bring(holdings, None, heard)
        if count != state.count:
            raise VectorIndexError(
                f"the index holds {count} samples, the catalogue {state.count}; nothing was published, index again"
            )
        return self._told(state)

    def _held(self, state: State) -> Manifest | None:
        """What is published, None where nothing usable is. Raises VectorIndexError for another library's."""
        manifest = self.manifest()
        if manifest is None or manifest.edition is None:
            return None
        # A file is this data folder's own; behind an address it may be somebody's who is just searching it.
        if manifest.edition.lineage != state.edition.lineage and not self._collection.connection.is_file:
            raise VectorIndexError(
                f"the collection {self._collection.name} at {self.place} is the index of another catalogue; "
                "drop it if that one is gone, or name another database in [index] milvus_uri"
            )
        return manifest

    def _bring(self, holdings: Holdings, held: Manifest | None, heard: Heard) -> int:
        """Write what changed since `held` (None: everything), take out what is gone; how many samples there are then.

        Where as many are there as the catalogue has, and all of these are, there are no others: ids, which are many,
        are compared only if not.
        """
        since, edition = (held.generation, held.edition.number) if held and held.edition else (-1, -1)
        written, last, wanted = 0, -1, holdings.state().count
        for entries in holdings.entries(since, edition):
            self._collection.upsert(_checked(entries, last))
            written, last = written + len(entries.fields), int(entries.rows.ids[-1])
            tell(heard, f"sent to {self.place}", written, len(entries.fields), wanted)
        self._collection.flush()
        count = self._collection.count()
        if count == wanted:
            return count
        self._collection.delete(np.setdiff1d(self._collection.ids(), holdings.ids()))
        self._collection.flush()
        return self._collection.count()

    def _told(self, state: State) -> Manifest:
        """Write what is published; every server that asks from now on sees it."""
        collection = self._collection
        manifest = Manifest(
            self.space.key,
            collection.kind().lower(),
            state.count,
            state.generation,
            state.stamp,
            edition=state.edition,
        )
        collection.publish(Publication(secrets.randbits(63), manifest))
        with self._asking:
            self._asked = -STAMP_SECONDS
        return manifest


def _expressions(passing: Passing) -> list[str]:
    """What passes, by conditions ("" where all do); by ids, in parts of a bounded length, where there are none."""
    if passing.filters != NO_FILTERS:
        return [expressions.expression(passing.filters, passing.roots)]
    ids = passing.ids
    return [expressions.among(ids[start : start + MOST_IDS]) for start in range(0, len(ids), MOST_IDS)]


def _best(found: list[Matches], k: int) -> Matches:
    """The `k` best of several answers."""
    ids = np.concatenate([np.empty(0, np.int64), *(matches.ids for matches in found)])
    scores = np.concatenate([np.empty(0, np.float32), *(matches.scores for matches in found)])
    best = np.argsort(-scores, kind="stable")[: min(k, MOST_HITS)]
    return Matches(ids[best], scores[best])


def _checked(entries: Entries, last: int) -> Entries:
    """`entries`, which come behind the id `last`. Raises VectorIndexError for vectors or ids that cannot be right."""
    ids = np.concatenate([rows.ids for rows in checked(iter([entries.rows]))])
    if (np.diff(ids, prepend=last) <= 0).any():  # they come by rising id
        raise VectorIndexError("two samples came under one id; nothing was published")
    return entries
