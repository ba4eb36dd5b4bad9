"""The catalogue: one SQLite file that holds the truth about the library. Everything else is derived from it.

Rows and vectors of a batch commit in one transaction, so the commit is the checkpoint. `generation` counts the
commits that changed what a search can find; an index built at an older generation knows that it is behind.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from soundpalette.core import features_table, filters, traits_table, vectors_table
from soundpalette.core.addresses import place_in
from soundpalette.core.database import MEND, Connection
from soundpalette.core.ids import ID_LENGTH, numbers
from soundpalette.core.migrations import STAMPED
from soundpalette.core.overview import COUNTS, GROUPS, Count, Group, Tally, tally
from soundpalette.core.places_table import PlacesTable
from soundpalette.core.runs_table import Advance, RunsTable, advance
from soundpalette.core.types import (
    Analysis,
    Edition,
    Entries,
    Failure,
    Features,
    Filters,
    FoundFile,
    Guess,
    Ids,
    KnownFile,
    NewFailure,
    NewSample,
    Root,
    Rows,
    Sample,
    Space,
    State,
    Traits,
    Vector,
)
from soundpalette.errors import CatalogueError

CHUNK_ROWS: Final = 4096
_SAMPLE_COLUMNS: Final = "s.id, s.root_id, s.path, s.size, s.mtime_ns, s.content_hash, s.seconds, s.rate, s.channels"


class Catalogue(RunsTable, PlacesTable):
    """One catalogue file; safe to use from several threads. One process writes."""

    # --- roots ---

    def roots(self) -> list[Root]:
        """Every root of the library, by path."""
        return [Root(*row) for row in self._rows("SELECT id, path FROM roots ORDER BY path")]

    def add_root(self, path: Path | str) -> Root:
        """The root of this absolute path or address, entered if it is new."""
        root = new_root(path)
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO roots VALUES (?, ?)", (root.id, root.path))
        return root

    # --- what a scan needs ---

    def known_files(self, root_id: str, below: str, space: Space) -> dict[str, KnownFile]:
        """By relative path, every sample of a root below the relative folder `below` ("" for all of it)."""
        rows = self._rows(
            "SELECT s.path, s.id, s.size, s.mtime_ns, s.content_hash, v.content_hash IS NOT NULL, "
            "coalesce(t.revision, '') FROM samples s "
            "LEFT JOIN vectors v ON v.space = ? AND v.content_hash = s.content_hash "
            "LEFT JOIN traits t ON t.sample_id = s.id "
            f"WHERE s.root_id = ? AND {filters.BELOW}",
            (space.key, root_id, *filters.below(below)),
        )
        return {path: KnownFile(*values) for path, *values in rows}

    def files(self, root_id: str, below: str) -> Iterator[FoundFile]:
        """As they were when they were indexed, the samples of a root below `below`, by path; read as they are taken."""
        sql = (
            f"SELECT s.path, s.size, s.mtime_ns FROM samples s WHERE s.root_id = ? AND {filters.BELOW} ORDER BY s.path"
        )
        with self._connected() as connection:
            yield from map(FoundFile._make, connection.execute(sql, (root_id, *filters.below(below))))

    def unfinished(self, root_id: str, space: Space | None, is_current: Callable[[str], bool]) -> set[str]:
        """Paths of the root's samples without a vector in `space` (None: no matter), or without traits of a revision
        that is current."""
        revisions = [word for (word,) in self._rows("SELECT DISTINCT revision FROM traits") if is_current(word)]
        lacking = f"SELECT s.rowid FROM samples s WHERE NOT EXISTS ({_TOLD.format(','.join('?' * len(revisions)))})"
        parameters: tuple[object, ...] = tuple(revisions)
        if space is not None:
            lacking += f" UNION {_UNEMBEDDED}"
            parameters += (space.key,)
        sql = f"SELECT path FROM samples WHERE rowid IN ({lacking}) AND +root_id = ?"
        return {path for (path,) in self._rows(sql, (*parameters, root_id))}

    def has_vector(self, content_hash: str, space: Space) -> bool:
        """Whether this content is already embedded in `space`."""
        return bool(self._rows("SELECT 1 FROM vectors WHERE space = ? AND content_hash = ?", (space.key, content_hash)))

    def content_vector(self, content_hash: str, space: Space) -> Vector | None:
        """The unit vector, float32 [dimension], of this content in `space`."""
        sql = "SELECT vector FROM vectors WHERE space = ? AND content_hash = ?"
        rows = self._rows(sql, (space.key, content_hash))
        return vectors_table.read(rows[0][0], space) if rows else None

    def features(self, content_hash: str, revision: str) -> Features | None:
        """The features, float32 [windows, width], that an encoder of `revision` made of this content."""
        sql = "SELECT width, features FROM features WHERE content_hash = ? AND revision = ?"
        rows = self._rows(sql, (content_hash, revision))
        return features_table.read(*rows[0]) if rows else None

    def analysis(self, content_hash: str) -> Analysis | None:
        """What analysing this content gave, of whichever revision; None where that was not tried yet."""
        rows = self._rows("SELECT revision, told FROM analyses WHERE content_hash = ?", (content_hash,))
        return Analysis(*rows[0]) if rows else None

    def guess(self, content_hash: str, space: Space) -> Guess | None:
        """What the encoder of `space` guessed of this content."""
        sql = "SELECT guess FROM guesses WHERE content_hash = ? AND space = ?"
        rows = self._rows(sql, (content_hash, space.key))
        return traits_table.read_guess(rows[0][0]) if rows else None

    # --- writing ---

    def commit(
        self,
        space: Space,
        samples: Sequence[NewSample],
        failures: Sequence[NewFailure],
        so_far: Advance | None = None,
    ) -> None:
        """Write a batch in one transaction: a row and (where new) a vector a sample, a row a failure, and how far the
        run has come.

        A file that failed loses the row of its earlier content, unless it could not be read at all or fails with the
        very content that is known. A touched file (same content) changes no generation.
        """
        with self._transaction() as connection:
            now = _Now(_meta(connection, "generation") + 1, _edition(connection).number + 1)
            changes = [_put_sample(connection, space, sample, now) for sample in samples]
            changes += [_put_failure(connection, space, failure) for failure in failures]
            if any(changes):
                _count_generation(connection)
            elif any(sample.revision for sample in samples):
                _count_edition(connection)
            if so_far is not None:
                advance(connection, so_far)

    def remove(self, root_id: str, paths: Iterable[str]) -> None:
        """Forget files that are gone."""
        rows = [(root_id, path) for path in paths]
        with self._transaction() as connection:
            gone = connection.executemany("DELETE FROM samples WHERE root_id = ? AND path = ?", rows).rowcount
            if gone > 0:
                _count_generation(connection)

    def drop_unused(self) -> None:
        """Drop all vectors, features, analyses and guesses whose content no sample has any more."""
        with self._transaction() as connection:
            for table, key in _OF_CONTENT.items():
                # By their index: in their own order, each would be looked up among the samples at another place.
                unused = f"SELECT {key} FROM {table} u WHERE NOT EXISTS ({_USED})"
                connection.execute(f"DELETE FROM {table} WHERE {key} IN ({unused})")

    def forget_failures(self, space: Space, root_id: str, below: str, keep: Iterable[str]) -> None:
        """Drop the failures of `space` below `below` but for the paths in `keep`: what is gone or mended is none."""
        kept = set(keep)
        sql = f"SELECT s.path FROM failures s WHERE s.space = ? AND s.root_id = ? AND {filters.BELOW}"
        rows = self._rows(sql, (space.key, root_id, *filters.below(below)))
        stale = [(space.key, root_id, path) for (path,) in rows if path not in kept]
        if stale:
            with self._transaction() as connection:
                connection.executemany("DELETE FROM failures WHERE space = ? AND root_id = ? AND path = ?", stale)

    # --- reading ---

    def generation(self) -> int:
        """Counts the commits that changed what a search can find."""
        with self._connected() as connection:
            return _meta(connection, "generation")

    def stamp(self) -> int:
        """Drawn anew with each generation: an index of another stamp is not of this state of this catalogue."""
        with self._connected() as connection:
            return _meta(connection, "stamp")

    def edition(self) -> Edition:
        """Counts the commits that changed what a search can find or what filters look at."""
        with self._connected() as connection:
            return _edition(connection)

    def was_at(self, edition: Edition) -> bool:
        """Whether this catalogue once was at this edition: a copy that was changed since has other stamps."""
        sql = "SELECT 1 FROM editions WHERE number = ? AND stamp = ?"
        return bool(self._rows(sql, (edition.number, edition.stamp)))

    def follows(self, generation: int, stamp: int) -> bool:
        """Whether this catalogue once was in the state of that stamp: a new or restored one counts on its own."""
        return bool(self._rows("SELECT 1 FROM stamps WHERE generation = ? AND stamp = ?", (generation, stamp)))

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
            f"SELECT count(*) FROM samples s WHERE s.rowid IN ({_UNEMBEDDED} "
            "UNION SELECT n.rowid FROM samples n WHERE n.generation > ? "
            "UNION SELECT n.rowid FROM vectors v JOIN samples n ON n.content_hash = v.content_hash "
            "WHERE v.space = ? AND v.generation > ?) AND NOT EXISTS "
            "(SELECT 1 FROM failures f WHERE f.root_id = s.root_id AND f.path = s.path AND f.space = ?)"
        )
        return self._number(sql, (space.key, since, space.key, since, space.key))

    def samples(self, ids: Sequence[str]) -> dict[str, Sample]:
        """By id, those of `ids` that the library still holds."""
        sql = f"SELECT {_SAMPLE_COLUMNS} FROM samples s WHERE s.id IN"
        return {row[0]: Sample(*row) for row in self._rows_of(sql, ids)}

    def traits(self, ids: Sequence[str]) -> dict[str, Traits]:
        """By id, what is known as music of those of `ids` that were analysed by this version of the program."""
        sql = "SELECT sample_id, traits FROM facts WHERE sample_id IN"
        found = ((sample_id, traits_table.read(facts)) for sample_id, facts in self._rows_of(sql, ids))
        return {sample_id: traits for sample_id, traits in found if traits is not None}

    def select(self, wanted: Filters) -> Ids:
        """The ids, int64 [n] in rising order, of all samples that meet every condition. Raises RequestError."""
        conditions = filters.conditions(wanted, self.roots())
        # One string: a row a sample would cost more than finding them, and so would SQLite's sorting. The limit keeps
        # the inner query apart, since a join that no condition needs is left out only where nothing is aggregated.
        sql, parameters = filters.selection("s.id", conditions, "LIMIT -1")
        ((found,),) = self._rows(f"SELECT group_concat(id, '') FROM ({sql})", parameters)
        return np.sort(numbers(found or ""))

    def ids(self) -> Ids:
        """The ids of all samples, int64 [n] in rising order."""
        ((found,),) = self._rows("SELECT group_concat(id, '') FROM samples")
        return np.sort(numbers(found or ""))

    def groups(self) -> list[Group]:
        """All samples, grouped by what filters choose by: a value, and the ids of those that have it."""
        return list(map(Group._make, self._rows(GROUPS)))

    def tally(self) -> Tally:
        """All samples, counted by what is known of them."""
        return tally(map(Count._make, self._rows(COUNTS)))

    def why_empty(self, wanted: Filters) -> str:
        """A sentence about filters that no sample meets: which condition is to blame, and what is there instead."""
        return filters.why_empty(self._rows, filters.conditions(wanted, self.roots()))

    def _rows_of(self, sql: str, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The rows of a statement that ends in IN, over any number of ids."""
        for start in range(0, len(ids), CHUNK_ROWS):
            chunk = ids[start : start + CHUNK_ROWS]
            yield from self._rows(f"{sql} ({','.join('?' * len(chunk))})", chunk)

    def sample_at(self, root_id: str, path: str) -> Sample | None:
        """The sample of a root at this relative path, if it is indexed."""
        rows = self._rows(f"SELECT {_SAMPLE_COLUMNS} FROM samples s WHERE root_id = ? AND path = ?", (root_id, path))
        return Sample(*rows[0]) if rows else None

    def vector(self, sample_id: str, space: Space) -> Vector | None:
        """A sample's unit vector, float32 [dimension], if it is embedded in `space`."""
        rows = self._rows(f"SELECT v.vector {_EMBEDDED} AND s.id = ?", (space.key, sample_id))
        return vectors_table.read(rows[0][0], space) if rows else None

    def holdings(self, space: Space) -> "SpaceHoldings":
        """What an index of `space` is built from."""
        return SpaceHoldings(self, space)

    def embedded(self, space: Space) -> Ids:
        """The ids of all samples that have a vector in `space`, int64 [n] in rising order."""
        # All ids from their index but those without a vector: following each to its vector takes seven times as long.
        ids = f"SELECT s.id FROM samples s WHERE s.rowid NOT IN ({_UNEMBEDDED})"
        ((found,),) = self._rows(f"SELECT group_concat(id, '') FROM ({ids})", (space.key,))
        return np.sort(numbers(found or ""))

    def vectors(self, space: Space, since: int = -1) -> Iterator[Rows]:
        """The samples of `space` whose vector came or changed after generation `since`, by id, in chunks of one
        consistent reading."""
        sql = f"SELECT s.id, v.vector {_EMBEDDED} AND max(s.generation, v.generation) > ? ORDER BY s.id"
        with self._connected() as connection:
            cursor = connection.execute(sql, (space.key, since))
            while rows := cursor.fetchmany(CHUNK_ROWS):
                ids = numbers("".join(row[0] for row in rows))
                yield Rows(ids, vectors_table.read_all([row[1] for row in rows], space))

    def entries(self, space: Space, since: int = -1, edition: int = -1) -> Iterator[Entries]:
        """As `vectors`, with fields; also those whose fields changed after the edition of that number."""
        sql = (
            f"SELECT s.id, v.vector, {traits_table.FIELD_COLUMNS} {_EMBEDDED_WITH_TRAITS} "
            "AND (max(s.generation, v.generation) > ? OR t.changed > ?) ORDER BY s.id"
        )
        with self._connected() as connection:
            cursor = connection.execute(sql, (space.key, since, edition))
            while rows := cursor.fetchmany(CHUNK_ROWS):
                vectors = vectors_table.read_all([row[1] for row in rows], space)
                fields = tuple(traits_table.fields_of(row[2:]) for row in rows)
                yield Entries(Rows(numbers("".join(row[0] for row in rows)), vectors), fields)

    def failures(self, space: Space, offset: int = 0, limit: int = -1) -> list[Failure]:
        """The files that could not be indexed in `space`, by absolute path: all, or `limit` of them after `offset`."""
        sql = (
            "SELECT r.path, f.path, f.reason FROM failures f JOIN roots r ON r.id = f.root_id "
            "WHERE f.space = ? ORDER BY 1, 2 LIMIT ? OFFSET ?"
        )
        rows = self._rows(sql, (space.key, limit, offset))
        return [Failure(place_in(root, path), reason) for root, path, reason in rows]


def new_root(path: Path | str) -> Root:
    """The root that an absolute path or an address makes."""
    return Root(_digest(str(path))[:ID_LENGTH], str(path))


@dataclass(frozen=True, slots=True)
class SpaceHoldings:
    """What a catalogue holds of one space, as `vector_index.Holdings` wants it."""

    catalogue: Catalogue
    space: Space

    def state(self) -> State:
        catalogue = self.catalogue
        return State(catalogue.generation(), catalogue.stamp(), catalogue.count(self.space), catalogue.edition())

    def rows(self, since: int = -1) -> Iterator[Rows]:
        return self.catalogue.vectors(self.space, since)

    def ids(self) -> Ids:
        return self.catalogue.embedded(self.space)

    def entries(self, since: int = -1, edition: int = -1) -> Iterator[Entries]:
        return self.catalogue.entries(self.space, since, edition)

    def knows(self, edition: Edition) -> bool:
        return self.catalogue.was_at(edition)

    def follows(self, generation: int, stamp: int) -> bool:
        return self.catalogue.follows(generation, stamp)


@dataclass(frozen=True, slots=True)
class _Now:
    """The numbers that a commit's changes carry."""

    generation: int
    edition: int


# Both sides come by content hash, from indexes alone: ten times as fast as by the order of the samples.
_UNEMBEDDED: Final = (
    "SELECT s.rowid FROM samples s INDEXED BY samples_by_content WHERE NOT EXISTS "
    "(SELECT 1 FROM vectors v WHERE v.space = ? AND v.content_hash = s.content_hash)"
)
_OF_CONTENT: Final = {
    "vectors": "rowid",
    "features": "rowid",
    "analyses": "rowid",
    "guesses": "content_hash",
    "places": "content_hash",
}
"""What is kept by content hash, and by which column one row of it is named."""
_USED: Final = "SELECT 1 FROM samples s WHERE s.content_hash = u.content_hash"
_TOLD: Final = "SELECT 1 FROM traits t WHERE t.sample_id = s.id AND t.revision IN ({})"
_EMBEDDED: Final = "FROM samples s JOIN vectors v ON v.content_hash = s.content_hash WHERE v.space = ?"
_EMBEDDED_WITH_TRAITS: Final = _EMBEDDED.replace("WHERE", "LEFT JOIN traits t ON t.sample_id = s.id WHERE")


def _put_sample(connection: Connection, space: Space, new: NewSample, now: _Now) -> bool:
    """Write one sample; True where a search can notice."""
    where = (new.root_id, new.path)
    connection.execute("DELETE FROM failures WHERE root_id = ? AND path = ? AND space = ?", (*where, space.key))
    if new.vector is not None:
        blob = np.asarray(new.vector, "<f4").tobytes()
        row = (new.content_hash, space.key, now.generation, blob)
        connection.execute("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?, ?)", row)
    features_table.put(connection, new.content_hash, new.features)
    traits_table.put_content(connection, space, new)
    old = connection.execute("SELECT id, content_hash FROM samples WHERE root_id = ? AND path = ?", where).fetchone()
    if old is not None and old[1] == new.content_hash:
        connection.execute("UPDATE samples SET size = ?, mtime_ns = ? WHERE id = ?", (new.size, new.mtime_ns, old[0]))
        traits_table.put(connection, old[0], new, now.edition)
        return new.vector is not None
    sample_id = old[0] if old is not None else _free_id(connection, *where)
    connection.execute(
        "INSERT OR REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (sample_id, *where, new.size, new.mtime_ns, new.content_hash, new.seconds, new.rate, new.channels,
         now.generation),
    )  # fmt: skip
    traits_table.put(connection, sample_id, new, now.edition)
    return True


def _put_failure(connection: Connection, space: Space, failure: NewFailure) -> bool:
    """Write one failure, and drop the sample that stood there with another content; True where there was one."""
    where = (failure.root_id, failure.path)
    connection.execute("INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?)", (*where, space.key, failure.reason))
    if not failure.content_hash:
        return False
    sql = "DELETE FROM samples WHERE root_id = ? AND path = ? AND content_hash != ?"
    return connection.execute(sql, (*where, failure.content_hash)).rowcount > 0


def _free_id(connection: Connection, root_id: str, path: str) -> str:
    """12 hex characters from root and path. 48 bits collide about once in 16 million samples: then the next hash."""
    salt = ""
    while True:
        sample_id = _digest(f"{root_id}\0{path}{salt}")[:ID_LENGTH]
        if connection.execute("SELECT 1 FROM samples WHERE id = ?", (sample_id,)).fetchone() is None:
            return sample_id
        salt += "\0"


def _meta(connection: Connection, key: str) -> int:
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None or not isinstance(row[0], int):
        raise CatalogueError(f"the catalogue is damaged (its {key} is lost); {MEND}")
    return row[0]


def _count_generation(connection: Connection) -> None:
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
    connection.execute("UPDATE meta SET value = random() WHERE key = 'stamp'")
    connection.execute(STAMPED)
    _count_edition(connection)


def _edition(connection: Connection) -> Edition:
    first = "SELECT stamp FROM editions ORDER BY number LIMIT 1"
    row = connection.execute(f"SELECT number, stamp, ({first}) FROM editions ORDER BY number DESC LIMIT 1").fetchone()
    if row is None:
        raise CatalogueError(f"the catalogue is damaged (its editions are lost); {MEND}")
    return Edition(*row)


def _count_edition(connection: Connection) -> None:
    connection.execute("INSERT INTO editions (stamp) VALUES (random())")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
