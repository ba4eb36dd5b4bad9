"""The published index as a server holds it: with what is usual in it, exchanged as one while queries are in flight."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from soundpalette.core.strength import Calibration
from soundpalette.core.vector_index import Stamp, Store, VectorIndex
from soundpalette.errors import VectorIndexError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """One published index and what is usual in it (None: it is empty). A query holds it until it is answered."""

    index: VectorIndex
    usual: Calibration | None
    stamp: Stamp


class IndexReader:
    """Holds the newest index of one space. Threads share it."""

    def __init__(self, store: Store, usual: Callable[[VectorIndex], Calibration]) -> None:
        self._store = store
        self._usual = usual
        self._loading = threading.Lock()
        self._held: Published | None = None

    def newest(self) -> Published | None:
        """What is published, None where nothing is.

        Whoever meets a newer one first loads it; meanwhile the others go on with the one that is held.
        Raises VectorIndexError where it cannot be used and no older one is held.
        """
        held = self._held
        stamp = self._store.stamp()
        if stamp is None or (held is not None and held.stamp == stamp):
            return held if stamp else None
        if not self._loading.acquire(blocking=held is None):
            return held
        try:
            return self._load()
        finally:
            self._loading.release()

    def _load(self) -> Published | None:
        held = self._held
        stamp = self._store.stamp()  # before the reading: what is published during it is met by the next query
        if stamp is None or (held is not None and held.stamp == stamp):
            return held if stamp else None
        try:
            index = self._store.load()
            if index is None:
                return None
            self._held = Published(index, self._usual(index) if index.manifest.count else None, stamp)
        except VectorIndexError as error:
            if held is None:
                raise
            log.warning("%s; queries are answered from the older index, which is still held", error)
            self._held = replace(held, stamp=stamp)
        return self._held
