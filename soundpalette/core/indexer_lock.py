"""Which indexer is at work on a catalogue, told by locks that the system takes back from whoever dies.

`LOCK` lets one indexer in. Whoever only wants to know asks `ALIVE`, which the indexer holds as well: trying the first
would take it, for a moment, from an indexer that just starts. SQLite's WAL wants all its processes under one kernel, so
that these locks reach as far as the catalogue does, containers on one machine included.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from soundpalette.core.runs_table import Run
from soundpalette.errors import IndexingError

LOCK: Final = "indexer.lock"
ALIVE: Final = "indexer.alive"
ASKED_SECONDS: Final = 10.0
"""Those who ask hold `ALIVE` for some microseconds."""
_ASKING: Final = threading.Lock()
"""One asks at a time: two of them would take each other for an indexer."""
RECENT: Final = timedelta(minutes=10)
"""Where the lock may not be opened (another user's folder), a run counts as alive that long after it last told."""


@contextmanager
def indexing(folder: Path) -> Iterator[None]:
    """Be the one indexer of the catalogue in `folder`. Raises IndexingError where another one is."""
    lock, alive = FileLock(folder / LOCK), FileLock(folder / ALIVE)
    try:
        lock.acquire(timeout=0)
        alive.acquire(timeout=ASKED_SECONDS)
    except Timeout as error:
        lock.release()
        raise IndexingError("another indexer is at work on this catalogue; wait until it has finished") from error
    except OSError as error:
        lock.release()
        raise IndexingError(
            f"{error.filename or lock.lock_file} cannot be locked ({error.strerror}); delete it or mend its rights"
        ) from error
    try:
        yield
    finally:
        alive.release()
        lock.release()


def is_at_work(run: Run | None, folder: Path) -> bool:
    """Whether the catalogue's last `run` in a space goes on: it has no end, and an indexer of `folder` is alive.

    Only the newest run of all may: one indexer is let in, and what it does in another space is no life of this one.
    """
    if run is None or run.finished or not run.newest:
        return False
    if not (folder / ALIVE).exists():
        return False
    alive = FileLock(folder / ALIVE)
    with _ASKING:
        try:
            alive.acquire(timeout=0)
        except Timeout:
            return True
        except OSError:
            return datetime.now(UTC) - datetime.fromisoformat(run.changed) < RECENT
        alive.release()
    return False
