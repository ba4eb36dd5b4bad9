"""The catalogue: one SQLite file that holds the truth about the library. Everything else is derived from it.

Rows and vectors of a batch commit in one transaction, so the commit is the checkpoint. `generation` counts the
commits that changed what a search can find; an index built at an older generation knows that it is behind.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from filelock import FileLock

from soundpalette.core import migrations
from soundpalette.core.types import Counts, Failure, KnownFile, NewFailure, NewSample, Root, Rows, Sample, Space, Vector
from soundpalette.errors import CatalogueError

ID_LENGTH: Final = 12
LOCK: Final = "migration.lock"
MEND: Final = "move it away and run `soundpalette index FOLDER` again"
BUSY_SECONDS: Final = 30.0
CHUNK_ROWS: Final = 4096
_SAMPLE_COLUMNS: Final = "s.id, s.root_id, s.path, s.size, s.mtime_ns, s.content_hash, s.seconds, s.rate, s.channels"


class Catalogue:
    """One catalogue file; safe to use from several threads, which share idle connections. One process writes."""

    def __init__(self, path: Path) -> None:
        """Open `path`, creating or migrating it. Raises CatalogueError for a newer version or a damaged file."""
        self.path = path
        self._idle: list[sqlite3.Connection] = []
        with _translated(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with self._connected() as connection:
            version = migrations.version(connection)
            if version > migrations.VERSION:
                raise CatalogueError(
                    f"{path} has version {version}, this SoundPalette knows up to {migrations.VERSION}; "
                    "upgrade soundpalette, or name another folder with SOUNDPALETTE_DATA_DIR"
                )
            if version < migrations.VERSION or not migrations.is_ours(connection):
                self._make(connection)

    def _make(self, connection: sqlite3.Connection) -> None:
        with FileLock(self.path.with_name(LOCK)):  # two may come at once, and SQLite's switch to WAL waits for nobody
            if migrations.is_foreign(connection):
                raise CatalogueError(f"{self.path} is another program's database; {MEND}")
            connection.execute("PRAGMA journal_mode = WAL")
            migrations.migrate(connection)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection for one piece of work, whichever thread does it; as many are kept as worked at once."""
        with _translated(self.path):
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = sqlite3.connect(self.path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
            try:
                yield connection
            finally:
                self._idle.append(connection)

    def close(self) -> None:
        """Close every idle connection."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._connected() as connection, migrations.transaction(connection):
            yield connection

    def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._connected() as connection:
            return connection.execute(sql, parameters).fetchall()

    def _number(self, sql: str, parameters: Sequence[object] = ()) -> int:
        return int(self._rows(sql, parameters)[0][0])

    # --- roots ---

    def roots(self) -> list[Root]:
        """Every root of the library, by path."""
        return [Root(*row) for row in self._rows("SELECT id, path FROM roots ORDER BY path")]

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
        return {path: KnownFile(*values) for path, *values in rows}

    def has_vector(self, content_hash: str, space: Space) -> bool:
        """Whether this content is already embedded in `space`."""
        return bool(self._rows("SELECT 1 FROM vectors WHERE space = ? AND content_hash = ?", (space.key, content_hash)))

    # --- writing ---

    def commit(self, space: Space, samples: Sequence[NewSample], failures: Sequence[NewFailure]) -> None:
        """Write a batch in one transaction: a row and (where new) a vector a sample, a row a failure.

        A file that failed loses the row of its earlier content, unless it could not be read at all or fails with the
        very content that is known. A touched file (same content) changes no generation.
        """
        with self._transaction() as connection:
            generation = _meta(connection, "generation") + 1
            changes = [_put_sample(connection, space, sample, generation) for sample in samples]
            changes += [_put_failure(connection, space, failure) for failure in failures]
            if any(changes):
                _count_generation(connection)

    def remove(self, root_id: str, paths: Iterable[str]) -> None:
        """Forget files that are gone."""
        rows = [(root_id, path) for path in paths]
        with self._transaction() as connection:
            gone = connection.executemany("DELETE FROM samples WHERE root_id = ? AND path = ?", rows).rowcount
            if gone > 0:
                _count_generation(connection)

    def drop_unused_vectors(self) -> None:
        """Drop every vector whose content no sample has any more."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM vectors WHERE content_hash NOT IN (SELECT content_hash FROM samples)")

    def forget_failures(self, space: Space, root_id: str, below: str, keep: Iterable[str]) -> None:
        """Drop the failures of `space` below `below` but for the paths in `keep`: what is gone or mended is none."""
        kept = set(keep)
        sql = f"SELECT s.path FROM failures s WHERE s.space = ? AND s.root_id = ? AND {_BELOW}"
        rows = self._rows(sql, (space.key, root_id, *_below(below)))
        stale = [(space.key, root_id, path) for (path,) in rows if path not in kept]
        if stale:
            with self._transaction() as connection:
                connection.executemany("DELETE FROM failures WHERE space = ? AND root_id = ? AND path = ?", stale)

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
        with self._connected() as connection:
            return _meta(connection, "generation")

    def stamp(self) -> int:
        """Drawn anew with each generation: an index of another stamp is not of this state of this catalogue."""
        with self._connected() as connection:
            return _meta(connection, "stamp")

    def count(self, space: Space) -> int:
        """How many samples have a vector in `space`."""
        return self._number(f"SELECT count(*) {_EMBEDDED}", (space.key,))

    def total(self) -> int:
        """How many samples there are, embedded or not."""
        return self._number("SELECT count(*) FROM samples")

    def failed(self, space: Space) -> int:
        """How many files could not be indexed in `space`."""
        return self._number("SELECT count(*) FROM failures WHERE space = ?", (space.key,))

    def bytes(self) -> int:
        """Size on the disk, with what SQLite has not folded in yet."""
        files = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def spaces(self) -> list[str]:
        """The keys of all spaces that hold vectors."""
        return [key for (key,) in self._rows("SELECT DISTINCT space FROM vectors ORDER BY space")]

    def pending(self, space: Space, since: int) -> int:
        """How many samples an index of `space` built at generation `since` lacks, or holds with an older content.

        Those that failed in this space are none: they will not come.
        """
        sql = (
            "SELECT count(*) FROM samples s LEFT JOIN vectors v ON v.space = ? AND v.content_hash = s.content_hash "
            "WHERE (v.content_hash IS NULL OR max(s.generation, v.generation) > ?) AND NOT EXISTS "
            "(SELECT 1 FROM failures f WHERE f.root_id = s.root_id AND f.path = s.path AND f.space = ?)"
        )
        return self._number(sql, (space.key, since, space.key))

    def samples(self, ids: Sequence[str]) -> dict[str, Sample]:
        """By id, those of `ids` that the library still holds."""
        found: dict[str, Sample] = {}
        for start in range(0, len(ids), CHUNK_ROWS):
            chunk = ids[start : start + CHUNK_ROWS]
            marks = ",".join("?" * len(chunk))
            for row in self._rows(f"SELECT {_SAMPLE_COLUMNS} FROM samples s WHERE s.id IN ({marks})", chunk):
                found[row[0]] = Sample(*row)
        return found

    def sample_at(self, root_id: str, path: str) -> Sample | None:
        """The sample of a root at this relative path, if it is indexed."""
        rows = self._rows(f"SELECT {_SAMPLE_COLUMNS} FROM samples s WHERE root_id = ? AND path = ?", (root_id, path))
        return Sample(*rows[0]) if rows else None

    def vector(self, sample_id: str, space: Space) -> Vector | None:
        """A sample's unit vector, float32 [dimension], if it is embedded in `space`."""
        rows = self._rows(f"SELECT v.vector {_EMBEDDED} AND s.id = ?", (space.key, sample_id))
        return _vector(rows[0][0], space) if rows else None

    def vectors(self, space: Space) -> Iterator[Rows]:
        """All samples of `space` by id, in chunks of one consistent reading."""
        with self._connected() as connection:
            cursor = connection.execute(f"SELECT s.id, v.vector {_EMBEDDED} ORDER BY s.id", (space.key,))
            while rows := cursor.fetchmany(CHUNK_ROWS):
                ids = np.array([int(row[0], 16) for row in rows], np.int64)
                yield Rows(ids, np.stack([_vector(row[1], space) for row in rows]))

    def failures(self, space: Space) -> list[Failure]:
        """Every file that could not be indexed in `space`, by absolute path."""
        sql = (
            "SELECT r.path, f.path, f.reason FROM failures f JOIN roots r ON r.id = f.root_id "
            "WHERE f.space = ? ORDER BY 1, 2"
        )
        rows = self._rows(sql, (space.key,))
        return [Failure(str(Path(root, path)), reason) for root, path, reason in rows]


_EMBEDDED: Final = "FROM samples s JOIN vectors v ON v.content_hash = s.content_hash WHERE v.space = ?"
_BELOW: Final = "(? = '' OR s.path = ? OR substr(s.path, 1, ?) = ?)"


def _below(folder: str) -> tuple[str, str, int, str]:
    """Parameters of `_BELOW`. A prefix compared by substr: LIKE would read % and _ in names as wildcards."""
    prefix = folder + "/"
    return folder, folder, len(prefix), prefix


def _put_sample(connection: sqlite3.Connection, space: Space, new: NewSample, generation: int) -> bool:
    """Write one sample; True where a search can notice."""
    where = (new.root_id, new.path)
    connection.execute("DELETE FROM failures WHERE root_id = ? AND path = ? AND space = ?", (*where, space.key))
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


def _put_failure(connection: sqlite3.Connection, space: Space, failure: NewFailure) -> bool:
    """Write one failure, and drop the sample that stood there with another content; True where there was one."""
    where = (failure.root_id, failure.path)
    connection.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", (*where, space.key, failure.reason))
    if not failure.content_hash:
        return False
    sql = "DELETE FROM samples WHERE root_id = ? AND path = ? AND content_hash != ?"
    return connection.execute(sql, (*where, failure.content_hash)).rowcount > 0


def _free_id(connection: sqlite3.Connection, root_id: str, path: str) -> str:
    """12 hex characters from root and path. 48 bits collide about once in 16 million samples: then the next hash."""
    salt = ""
    while True:
        sample_id = _digest(f"{root_id}\0{path}{salt}")[:ID_LENGTH]
        if connection.execute("SELECT 1 FROM samples WHERE id = ?", (sample_id,)).fetchone() is None:
            return sample_id
        salt += "\0"


def _meta(connection: sqlite3.Connection, key: str) -> int:
    return int(connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])


def _count_generation(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
    connection.execute("UPDATE meta SET value = random() WHERE key = 'stamp'")


def _vector(blob: object, space: Space) -> Vector:
    if not isinstance(blob, bytes) or len(blob) != 4 * space.dimension:
        raise CatalogueError(f"the catalogue holds a damaged vector of {space.key}; {MEND}")
    return np.frombuffer(blob, "<f4").astype(np.float32, copy=False)


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
        raise CatalogueError(f"{path} is damaged or no SoundPalette catalogue ({error}); {MEND}") from error
    except OSError as error:
        raise CatalogueError(
            f"{path} cannot be created ({error.strerror}); set SOUNDPALETTE_DATA_DIR to a writable folder"
        ) from error
