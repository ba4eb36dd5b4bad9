"""The catalogue's SQLite file: connections that threads share, transactions, faults told as sentences."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from soundpalette.core import migrations
from soundpalette.errors import CatalogueError

Connection = sqlite3.Connection
LOCK: Final = "migration.lock"
MEND: Final = "move it away and run `soundpalette index FOLDER` again"
BUSY_SECONDS: Final = 30.0
CACHE_KIB: Final = 32 << 10
"""Of pages a connection keeps at most: with SQLite's 2 MB, what a query reads of 100,000 samples takes five times as
long."""


class Database:
    """One SQLite file of ours; safe to use from several threads, which share idle connections. One process writes."""

    def __init__(self, path: Path) -> None:
        """Open `path`, creating or migrating it. Raises CatalogueError for a newer version or a damaged file."""
        self.path = path
        self._idle: list[Connection] = []
        self._watching = threading.Lock()
        self._watcher: Connection | None = None
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with self._connected() as connection:
            version = migrations.version(connection)
            if version < 0:
                raise CatalogueError(f"{path} is damaged (its version is {version}); {MEND}")
            if version > migrations.VERSION:
                raise CatalogueError(
                    f"{path} has version {version}, this SoundPalette knows up to {migrations.VERSION}; "
                    "upgrade soundpalette, or name another folder with SOUNDPALETTE_DATA_DIR"
                )
            if version < migrations.VERSION or not migrations.is_ours(connection):
                self._make(connection)

    def _make(self, connection: Connection) -> None:
        with FileLock(self.path.with_name(LOCK)):  # two may come at once, and SQLite's switch to WAL waits for nobody
            if migrations.is_foreign(connection):
                raise CatalogueError(f"{self.path} is another program's database; {MEND}")
            connection.execute("PRAGMA journal_mode = WAL")
            migrations.migrate(connection)

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection for one piece of work, whichever thread does it; as many are kept as worked at once."""
        with _translated(self.path):
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = self._connect()
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            try:
                yield connection
            finally:
                self._idle.append(connection)

    def _connect(self) -> Connection:
        return sqlite3.connect(self.path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)

    def version(self) -> int:
        """Another number after each commit, whichever process made it; only to be compared with earlier ones."""
        # SQLite tells a connection of other connections' commits alone: hence one that never writes.
        with self._watching, _translated(self.path):
            if self._watcher is None:
                self._watcher = self._connect()
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def check(self) -> None:
        """Read every page. Raises CatalogueError where one is damaged.

        SQLite 3.40's quick_check finds NULLs that are none in tables WITHOUT ROWID, so the whole check is asked for.
        """
        told = self._rows("PRAGMA integrity_check(1)")[0][0]
        if told != "ok":
            raise CatalogueError(f"{self.path} is damaged ({told}); {MEND}")

    def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            self._idle.pop().close()
        if self._watcher is not None:
            self._watcher.close()
            self._watcher = None

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._connected() as connection, migrations.transaction(connection):
            yield connection

    def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._connected() as connection:
            return connection.execute(sql, parameters).fetchall()

    def _number(self, sql: str, parameters: Sequence[object] = ()) -> int:
        return int(self._rows(sql, parameters)[0][0])


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise CatalogueError(
            f"{path} cannot be used ({error}); check that its folder is writable, that the disk has room and "
            "that no other program holds it"
        ) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # of damaged text in SQLite's own messages
        raise CatalogueError(f"{path} is damaged or no SoundPalette catalogue ({error}); {MEND}") from error
    except OSError as error:
        raise CatalogueError(
            f"{path} cannot be created ({error.strerror}); set SOUNDPALETTE_DATA_DIR to a writable folder"
        ) from error
