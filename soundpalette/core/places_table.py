"""The map, as rows of the catalogue: where each content lies in the plane, and what the map was made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from soundpalette.core import vectors_table
from soundpalette.core.database import Connection, Database
from soundpalette.core.ids import numbers
from soundpalette.core.types import Ids, Places, Space, Vectors

CHUNK_ROWS: Final = 4096
_USED: Final = "EXISTS (SELECT 1 FROM samples s WHERE s.content_hash = v.content_hash)"
_PLACE: Final = "SELECT 1 FROM places p WHERE p.space = v.space AND p.content_hash = v.content_hash"
_HEX: Final = "printf('%04x%04x', round(65535 * min(max(p.x, 0), 1)), round(65535 * min(max(p.y, 0), 1)))"


@dataclass(frozen=True, slots=True)
class MapMade:
    """What a map was made of: the arithmetic's number, how many contents were `fitted` by looking at all, how many
    placed `beside` these since then, the catalogue's stamp; `version` is another after each change."""

    recipe: int
    fitted: int
    beside: int
    stamp: int
    version: int = 0


@dataclass(frozen=True, slots=True)
class ContentRows:
    """Some contents by hash, and their unit vectors float32 [n, dimension]."""

    contents: list[str]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Placed:
    """Some contents by hash, and their places [n, 2]."""

    contents: list[str]
    places: Places


@dataclass(frozen=True, slots=True)
class MapRows:
    """All samples with a place: ids, places as uint16 [n, 2], and by role the ids of all samples of that role."""

    ids: Ids
    places: npt.NDArray[np.uint16]
    roles: Mapping[str, Ids]


class PlacesTable(Database):
    """The catalogue's part about the map. A content is in use where a sample has it."""

    def map_made(self, space: Space) -> MapMade | None:
        """What the map of `space` was made of; None where there is none."""
        sql = "SELECT recipe, fitted, beside, stamp, version FROM maps WHERE space = ?"
        rows = self._rows(sql, (space.key,))
        return MapMade(*rows[0]) if rows else None

    def contents(self, space: Space) -> int:
        """How many contents in use have a vector in `space`."""
        return self._number(f"SELECT count(*) FROM vectors v WHERE v.space = ? AND {_USED}", (space.key,))

    def unplaced(self, space: Space) -> int:
        """How many of these have no place."""
        sql = f"SELECT count(*) FROM vectors v WHERE v.space = ? AND NOT EXISTS ({_PLACE}) AND {_USED}"
        return self._number(sql, (space.key,))

    def mapped(self, space: Space) -> int:
        """How many samples have a place."""
        sql = (
            "SELECT count(*) FROM samples s INDEXED BY samples_by_content WHERE EXISTS "
            "(SELECT 1 FROM places p WHERE p.space = ? AND p.content_hash = s.content_hash)"
        )
        return self._number(sql, (space.key,))

    def by_content(self, space: Space, *, placed: bool | None = None, after: str = "") -> Iterator[ContentRows]:
        """Contents in use behind the hash `after`, by hash, in chunks: all, or those with or without a place.

        Hashes are as good as drawn at random, so that the first of them are a fair and lasting choice.
        """
        condition = "" if placed is None else f"AND {'' if placed else 'NOT '}EXISTS ({_PLACE})"
        sql = (
            "SELECT v.content_hash, v.vector FROM vectors v "
            f"WHERE v.space = ? AND v.content_hash > ? AND {_USED} {condition} ORDER BY v.content_hash"
        )
        with self._connected() as connection:
            cursor = connection.execute(sql, (space.key, after))
            while rows := cursor.fetchmany(CHUNK_ROWS):
                yield ContentRows([row[0] for row in rows], vectors_table.read_all([row[1] for row in rows], space))

    def places_of(self, space: Space, contents: Sequence[str]) -> Places:
        """Where these contents lie, float64 [n, 2]; NaN where one has no place."""
        found: dict[str, tuple[float, float]] = {}
        for start in range(0, len(contents), CHUNK_ROWS):
            chunk = contents[start : start + CHUNK_ROWS]
            marks = ",".join("?" * len(chunk))
            sql = f"SELECT content_hash, x, y FROM places WHERE space = ? AND content_hash IN ({marks})"
            found |= {content: (x, y) for content, x, y in self._rows(sql, (space.key, *chunk))}
        nowhere = (np.nan, np.nan)
        return np.array([found.get(content, nowhere) for content in contents], np.float64).reshape(-1, 2)

    def put_map(self, space: Space, made: MapMade, placed: Iterable[Placed], *, anew: bool) -> None:
        """Write places in one transaction, beside those that are there or (`anew`) instead of them."""
        with self._transaction() as connection:
            if anew:
                connection.execute("DELETE FROM places WHERE space = ?", (space.key,))
            for some in placed:
                rows = zip(some.contents, some.places.tolist(), strict=True)
                put = "INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)"
                connection.executemany(put, ((space.key, content, x, y) for content, (x, y) in rows))
            note(connection, space, made)

    def map_rows(self, space: Space) -> MapRows:
        """All samples that have a place, in one consistent reading."""
        # Strings of fixed width: a row a sample would cost ten times as much, and hold up other threads.
        sql = (
            f"SELECT coalesce(group_concat(s.id, ''), ''), coalesce(group_concat({_HEX}, ''), '') "
            "FROM places p JOIN samples s ON s.content_hash = p.content_hash WHERE p.space = ?"
        )
        by_role = "SELECT role, group_concat(sample_id, '') FROM traits WHERE role IS NOT NULL GROUP BY role"
        with self._connected() as connection:
            connection.execute("BEGIN")
            try:
                ((ids, places),) = connection.execute(sql, (space.key,))
                roles: list[Any] = connection.execute(by_role).fetchall()
            finally:
                connection.execute("COMMIT")
        where = np.frombuffer(bytes.fromhex(places), ">u2").reshape(-1, 2)
        return MapRows(numbers(ids), where.astype(np.uint16), {role: numbers(found) for role, found in roles})


def note(connection: Connection, space: Space, made: MapMade) -> None:
    """Write what the map is made of; its version is drawn anew."""
    row = (space.key, made.recipe, made.fitted, made.beside, made.stamp)
    connection.execute("INSERT OR REPLACE INTO maps VALUES (?, ?, ?, ?, ?, random())", row)
