"""The catalogue: one SQLite file that holds the truth about the library. Everything else is derived from it.

Rows and vectors of a batch commit in one transaction, so the commit is the checkpoint. `generation` counts the
commits that changed what a search can find; an index built at an older generation knows that it is behind.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from soundpalette.core import migrations
from soundpalette.core.types import Counts, Failure, KnownFile, NewFailure, NewSample, Root, Rows, Sample, Space, Vector
from soundpalette.errors import CatalogueError

ID_LENGTH: Final = 12
BUSY_SECONDS: Final = 30.0
CHUNK_ROWS: Final = 4096
_SAMPLE_COLUMNS: Final = "s.id, s.root_id, s.path, s.size, s.mtime_ns, s.content_hash, s.seconds, s.rate, s.channels"


class Catalogue:
    """One catalogue file; safe to use from several threads, each has a connection of its own. One process writes."""

    def __init__(self, path: Path) -> None:
        """Open `path`, creating or migrating it. Raises CatalogueError for a newer version or a damaged file."""
        self.path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._migrate()

    def _migrate(self) -> None:
        version = migrations.version(self._connection)
        if version > migrations.VERSION:
            raise CatalogueError(
                f"{self.path} has version {version}, this SoundPalette knows up to {migrations.VERSION}; "
                "upgrade soundpalette, or name another folder with SOUNDPALETTE_DATA_DIR"
            )
        if version < migrations.VERSION:
            migrations.migrate(self._connection)

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # check_same_thread=False only so that close() may be called from another thread.
            connection = sqlite3.connect(self.path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
            self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Close every thread's connection."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._local = threading.local()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with _translated(self.path):
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with _translated(self.path):
            return self._connection.execute(sql, parameters).fetchall()

    # --- roots ---

    def roots(self) -> list[Root]:
        """Every root of the library, by path."""
        return [Root(str(i), str(p)) for i, p in self._rows("SELECT id, path FROM roots ORDER BY path")]

    def add_root(self, path: Path) -> Root:
        """The root of this absolute path, entered if it is new."""
        root = Root(_digest(str(path))[:ID_LENGTH], str(path))
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO roots VALUES (?, ?)", (root.id, root.path))
        return root

    # --- what a scan needs ---

    def known_files(self, root_id: str, below: str, space: Space) -> dict[str, KnownFile]:
        """By relative path, every sample of a root below the relative folder `below` ("" for all of it)."""
        rows = self._rows(
            "SELECT s.path, s.id, s.size, s.mtime_ns, s.content_hash, v.content_hash IS NOT NULL FROM samples s "
            "LEFT JOIN vectors v ON v.space = ? AND v.content_hash = s.content_hash "
            f"WHERE s.root_id = ? AND {_BELOW}",
            (space.key, root_id, *_below(below)),
        )
        return {str(path): KnownFile(*values) for path, *values in rows}  # type: ignore[arg-type]

    def has_vector(self, content_hash: str, space: Space) -> bool:
        """Whether this content is already embedded in `space`."""
        return bool(self._rows("SELECT 1 FROM vectors WHERE space = ? AND content_hash = ?", (space.key, content_hash)))

    # --- writing ---

    def commit(self, space: Space, samples: Sequence[NewSample], failures: Sequence[NewFailure]) -> None:
        """Write a batch in one transaction: a row and (where new) a vector a sample, a row a failure.

        A file that failed loses the row of its earlier content. A touched file (same content) changes no generation.
        """
        with self._transaction() as connection:
            generation = _generation(connection) + 1
            changes = [_put_sample(connection, space, sample, generation) for sample in samples]
            changes += [_put_failure(connection, failure) for failure in failures]
            if any(changes):
                connection.execute("UPDATE meta SET value = ? WHERE key = 'generation'", (generation,))

    def remove(self, root_id: str, paths: Iterable[str]) -> None:
        """Forget files that are gone."""
        rows = [(root_id, path) for path in paths]
        with self._transaction() as connection:
            gone = connection.executemany("DELETE FROM samples WHERE root_id = ? AND path = ?", rows).rowcount
            if gone > 0:
                connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")

    def drop_unused_vectors(self) -> None:
        """Drop every vector whose content no sample has any more."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM vectors WHERE content_hash NOT IN (SELECT content_hash FROM samples)")

    def forget_failures(self, root_id: str, below: str, keep: Iterable[str]) -> None:
        """Drop the failures below `below` except those of the paths in `keep`: what is gone or mended is no failure."""
        kept = set(keep)
        rows = self._rows(f"SELECT s.path FROM failures s WHERE s.root_id = ? AND {_BELOW}", (root_id, *_below(below)))
        stale = [(root_id, path) for (path,) in rows if path not in kept]
        if stale:
            with self._transaction() as connection:
                connection.executemany("DELETE FROM failures WHERE root_id = ? AND path = ?", stale)

    def start_run(self, space: Space) -> int:
        """Note that an indexing run begins; its number."""
        with self._transaction() as connection:
            row = connection.execute("INSERT INTO runs (space, started) VALUES (?, ?)", (space.key, _now()))
            return int(row.lastrowid or 0)

    def finish_run(self, run: int, counts: Counts) -> None:
        """Note what the run did."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE runs SET finished = ?, seen = ?, added = ?, updated = ?, removed = ?, unchanged = ?, "
                "failed = ? WHERE id = ?",
                (
                    _now(),
                    counts.seen,
                    counts.added,
                    counts.updated,
                    counts.removed,
                    counts.unchanged,
                    counts.failed,
                    run,
                ),
            )

    # --- reading ---

    def generation(self) -> int:
        """Counts the commits that changed what a search can find."""
        with _translated(self.path):
            return _generation(self._connection)

    def count(self, space: Space) -> int:
        """How many samples have a vector in `space`."""
        sql = f"SELECT count(*) {_EMBEDDED}"
        return int(str(self._rows(sql, (space.key,))[0][0]))

    def total(self) -> int:
        """How many samples there are, embedded or not."""
        return int(str(self._rows("SELECT count(*) FROM samples")[0][0]))

    def spaces(self) -> list[str]:
        """The keys of all spaces that hold vectors."""
        return [str(key) for (key,) in self._rows("SELECT DISTINCT space FROM vectors ORDER BY space")]

    def pending(self, space: Space, since: int) -> int:
        """How many samples of `space` are new or changed since generation `since`."""
        sql = f"SELECT count(*) {_EMBEDDED} AND max(s.generation, v.generation) > ?"
        return int(str(self._rows(sql, (space.key, since))[0][0]))

    def samples(self, ids: Sequence[str]) -> dict[str, Sample]:
        """By id, those of `ids` that the library still holds."""
        found: dict[str, Sample] = {}
        for start in range(0, len(ids), CHUNK_ROWS):
            chunk = ids[start : start + CHUNK_ROWS]
            marks = ",".join("?" * len(chunk))
            for row in self._rows(f"SELECT {_SAMPLE_COLUMNS} FROM samples s WHERE s.id IN ({marks})", chunk):
                found[str(row[0])] = Sample(*row)  # type: ignore[arg-type]
        return found

    def sample_at(self, root_id: str, path: str) -> Sample | None:
        """The sample of a root at this relative path, if it is indexed."""
        rows = self._rows(f"SELECT {_SAMPLE_COLUMNS} FROM samples s WHERE root_id = ? AND path = ?", (root_id, path))
        return Sample(*rows[0]) if rows else None  # type: ignore[arg-type]

    def vector(self, sample_id: str, space: Space) -> Vector | None:
        """A sample's unit vector, float32 [dimension], if it is embedded in `space`."""
        rows = self._rows(f"SELECT v.vector {_EMBEDDED} AND s.id = ?", (space.key, sample_id))
        return _vector(rows[0][0], space) if rows else None

    def vectors(self, space: Space) -> Iterator[Rows]:
        """All samples of `space` by id, in chunks of one consistent reading."""
        with _translated(self.path):
            # A connection of its own: the reading stays consistent while this thread goes on using the other one.
            connection = sqlite3.connect(self.path, BUSY_SECONDS, isolation_level=None)
            try:
                cursor = connection.execute(f"SELECT s.id, v.vector {_EMBEDDED} ORDER BY s.id", (space.key,))
                while rows := cursor.fetchmany(CHUNK_ROWS):
                    ids = np.array([int(row[0], 16) for row in rows], np.int64)
                    yield Rows(ids, np.stack([_vector(row[1], space) for row in rows]))
            finally:
                connection.close()

    def failures(self) -> list[Failure]:
        """Every file that could not be indexed, by absolute path."""
        rows = self._rows(
            "SELECT r.path, f.path, f.reason FROM failures f JOIN roots r ON r.id = f.root_id ORDER BY 1, 2"
        )
        return [Failure(str(Path(str(root), str(path))), str(reason)) for root, path, reason in rows]


_EMBEDDED: Final = "FROM samples s JOIN vectors v ON v.content_hash = s.content_hash WHERE v.space = ?"
_BELOW: Final = "(? = '' OR s.path = ? OR substr(s.path, 1, ?) = ?)"


def _below(folder: str) -> tuple[str, str, int, str]:
    """Parameters of `_BELOW`. A prefix compared by substr: LIKE would read % and _ in names as wildcards."""
    prefix = folder + "/"
    return folder, folder, len(prefix), prefix


def _put_sample(connection: sqlite3.Connection, space: Space, new: NewSample, generation: int) -> bool:
    """Write one sample; True where a search can notice."""
    where = (new.root_id, new.path)
    connection.execute("DELETE FROM failures WHERE root_id = ? AND path = ?", where)
    if new.vector is not None:
        blob = np.asarray(new.vector, "<f4").tobytes()
        row = (new.content_hash, space.key, generation, blob)
        connection.execute("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?)", row)
    old = connection.execute("SELECT id, content_hash FROM samples WHERE root_id = ? AND path = ?", where).fetchone()
    if old is not None and old[1] == new.content_hash:
        connection.execute("UPDATE samples SET size = ?, mtime_ns = ? WHERE id = ?", (new.size, new.mtime_ns, old[0]))
        return new.vector is not None
    sample_id = old[0] if old is not None else _free_id(connection, *where)
    connection.execute(
        "INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (sample_id, *where, new.size, new.mtime_ns, new.content_hash, new.seconds, new.rate, new.channels, generation),
    )
    return True


def _put_failure(connection: sqlite3.Connection, failure: NewFailure) -> bool:
    """Write one failure and drop the sample that stood there; True where there was one."""
    where = (failure.root_id, failure.path)
    connection.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?)", (*where, failure.reason))
    return connection.execute("DELETE FROM samples WHERE root_id = ? AND path = ?", where).rowcount > 0


def _free_id(connection: sqlite3.Connection, root_id: str, path: str) -> str:
    """12 hex characters from root and path. 48 bits collide about once in 16 million samples: then the next hash."""
    salt = ""
    while True:
        sample_id = _digest(f"{root_id}\0{path}{salt}")[:ID_LENGTH]
        if connection.execute("SELECT 1 FROM samples WHERE id = ?", (sample_id,)).fetchone() is None:
            return sample_id
        salt += "\0"


def _generation(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()[0])


def _vector(blob: object, space: Space) -> Vector:
    vector = np.frombuffer(blob, "<f4")  # type: ignore[call-overload]
    if vector.size != space.dimension:
        raise CatalogueError(f"a vector of {space.key} has {vector.size} values; run `soundpalette index --prune` anew")
    return np.asarray(vector, np.float32)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise CatalogueError(
            f"{path} cannot be used ({error}); check that its folder is writable, that the disk has room and "
            "that no other program holds it"
        ) from error
    except sqlite3.DatabaseError as error:
        raise CatalogueError(
            f"{path} is damaged or no SoundPalette catalogue ({error}); move it away and run `soundpalette index` again"
        ) from error
    except OSError as error:
        raise CatalogueError(
            f"{path} cannot be created ({error.strerror}); set SOUNDPALETTE_DATA_DIR to a writable folder"
        ) from error
