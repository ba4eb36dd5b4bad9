"""The map, as rows of the catalogue: where each content lies in the plane, and what the map was made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from soundpalette.core import vectors_table
from soundpalette.core.database import MEND, Connection, Database
from soundpalette.core.ids import numbers
from soundpalette.core.types import Ids, Places, Space, Vectors
from soundpalette.errors import CatalogueError

CHUNK_ROWS: Final = 4096
_USED: Final = "EXISTS (SELECT 1 FROM samples s WHERE s.content_hash = v.content_hash)"
_PLACE: Final = "SELECT 1 FROM places p WHERE p.space = v.space AND p.content_hash = v.content_hash"
# For the map as a whole: one string of hex words of fixed width, since a row a sample would cost ten times as much and
# hold up other threads. Contents are told by 64 bits of their hashes, and brought together in numpy: SQLite would look
# up each of them, which takes twice as long as all the rest.
_KEY: Final = "substr({}.content_hash, 1, 16)"
_STEPS: Final = "CAST(round(65535 * min(max({}, 0), 1)) AS INTEGER)"
_PLACED: Final = (
    f"SELECT coalesce(group_concat({_KEY.format('p')} || "
    f"printf('%04x%04x', {_STEPS.format('p.x')}, {_STEPS.format('p.y')}), ''), '') FROM places p WHERE p.space = ?"
)
_SAMPLES: Final = f"SELECT coalesce(group_concat({_KEY.format('s')} || s.id, ''), '') FROM samples s"
_ROLES: Final = "SELECT role, group_concat(sample_id, '') FROM traits WHERE role IS NOT NULL GROUP BY role"
_PLACED_ROW: Final = np.dtype([("content", ">u8"), ("place", ">u2", 2)])
_SAMPLE_ROW: Final = np.dtype([("content", ">u8"), ("id", "u1", 6)])


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
        with self._connected() as connection:
            connection.execute("BEGIN")
            try:
                ((placed,),) = connection.execute(_PLACED, (space.key,))
                ((samples,),) = connection.execute(_SAMPLES)
                roles: list[tuple[str, str]] = connection.execute(_ROLES).fetchall()
            finally:
                connection.execute("COMMIT")
        return _joined(_read(placed, _PLACED_ROW), _read(samples, _SAMPLE_ROW), roles)


def note(connection: Connection, space: Space, made: MapMade) -> None:
    """Write what the map is made of; its version is drawn anew."""
    row = (space.key, made.recipe, made.fitted, made.beside, made.stamp)
    connection.execute("INSERT OR REPLACE INTO maps VALUES (?, ?, ?, ?, ?, random())", row)


def _read(text: str, row: "np.dtype[np.void]") -> Any:
    """Rows of hex words. Raises CatalogueError."""
    try:
        return np.frombuffer(bytes.fromhex(text), row)
    except ValueError as error:
        raise CatalogueError(f"the catalogue holds a damaged hash or id ({error}); {MEND}") from error


def _joined(placed: Any, samples: Any, roles: Sequence[tuple[str, str]]) -> MapRows:
    """Samples brought together with their contents' places."""
    contents, wanted = placed["content"].astype(np.uint64), samples["content"].astype(np.uint64)
    order = np.argsort(contents)
    at = np.searchsorted(contents, wanted, sorter=order)
    at[at == len(contents)] = 0
    has = contents[order[at]] == wanted if len(contents) else np.zeros(len(wanted), bool)
    places = placed["place"][order[at[has]]].astype(np.uint16)
    ids = np.pad(samples["id"][has], ((0, 0), (2, 0))).view(">i8").ravel().astype(np.int64)
    return MapRows(ids, places, {role: numbers(found) for role, found in roles})
