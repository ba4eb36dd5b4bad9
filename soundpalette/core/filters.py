"""Filters as SQL over the catalogue's rows, and what to say where no sample meets them."""

import math
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from soundpalette.core.addresses import is_address
from soundpalette.core.music.notes import Key
from soundpalette.core.types import Filters, KeyMatch, Root

FROM: Final = "FROM samples s LEFT JOIN traits t ON t.sample_id = s.id"
BELOW: Final = "s.path >= ? AND s.path < ? AND (? = '' OR s.path = ? OR substr(s.path, 1, ?) = ?)"
TEMPO_SLACK: Final = 0.5
"""Beats a minute beyond the bounds that still round to them: what was measured is seldom whole."""
VALUES_TOLD: Final = 5
LONGEST_VALUE: Final = 80
"""Characters that are told of a folder: its end, which tells it from the others."""
_FOLDER_OF: Final = "rtrim(s.path, replace(s.path, '/', ''))"
"""A path up to and with its last slash."""
_PLAIN: Final = str.maketrans(string.ascii_uppercase + "-_", string.ascii_lowercase + "  ")
PLAIN_SQL: Final = "replace(replace(lower({}), '-', ' '), '_', ' ')"
"""As `plain`, of a column; an index has this very expression (core/migrations.py)."""

Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
"""Runs SQL with its parameters and gives all rows."""


@dataclass(frozen=True, slots=True)
class Place:
    """The samples at or below a folder relative to its root ("": all), of one root, or ("") of any."""

    root_id: str
    folder: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that a sample has to be: `name` and `asked` in words, then SQL over `FROM`.

    The SQL says IS NOT NULL where SQLite does not infer it (OR, IN): else it looks up the traits of every sample.
    `value` is what the sample has instead, `rank` how far that is from what was asked (of equal rank the most frequent
    comes first), `shown` how it is told.
    """

    name: str
    asked: str
    sql: str
    parameters: tuple[object, ...]
    value: str
    rank: str = "NULL"
    rank_parameters: tuple[object, ...] = ()
    shown: str = "{value} ({count})"
    join: str = ""


def below(folder: str) -> tuple[object, ...]:
    """Parameters of `BELOW`: a range that an index by root and path finds, and of it what is the folder or below it.

    A prefix is compared by substr: LIKE would read % and _ in names as wildcards.
    """
    prefix = folder + "/"
    end = folder + "0" if folder else b""  # "0" is what comes after "/"; a BLOB comes after all text
    return folder, end, folder, folder, len(prefix), prefix


def conditions(wanted: Filters, roots: Sequence[Root]) -> list[Condition]:
    """The conditions that `wanted` sets. Raises RequestError for a key that is none."""
    made = (
        _tempo(wanted),
        _key(wanted),
        _choice("role", wanted.role),
        _genre(wanted.genre),
        _choice("kind", wanted.kind),
        _duration(wanted),
        _folder(wanted.folder, roots),
        _tag(wanted.tag),
    )
    return [condition for condition in made if condition is not None]


def selection(columns: str, met: Sequence[Condition], tail: str = "", join: str = "") -> tuple[str, tuple[object, ...]]:
    """SQL and parameters of `columns` of all samples that meet all of `met`."""
    where = " AND ".join(f"({condition.sql})" for condition in met) or "1"
    parameters = tuple(value for condition in met for value in condition.parameters)
    return f"SELECT {columns} {FROM} {join} WHERE {where} {tail}", parameters


def why_empty(query: Query, asked: Sequence[Condition]) -> str:
    """Which of the conditions, taken away, lets samples through, how many, and what these have instead."""
    sentence = f"no sample has {' and '.join(condition.asked for condition in asked)}"
    mends = []
    for condition in asked:
        others = [other for other in asked if other is not condition]
        if count := _count(query, others):
            mends.append(f"without the {condition.name} {count} pass ({_instead(query, condition, others)})")
    if not mends:
        alone = [(condition, _count(query, [condition])) for condition in asked]
        mends = [f"{c.asked} alone: {n or f'none ({_instead(query, c, [])})'}" for c, n in alone]
    unknown = query(f"SELECT count(*) {FROM} WHERE t.sample_id IS NULL", ())[0][0]
    if unknown:
        mends.append(f"not analysed yet: {unknown}, run `soundpalette index --analyse-only`")
    return "; ".join([sentence, *mends])


def keys_that_fit(key: str, match: KeyMatch) -> tuple[str, ...]:
    """The keys that `key` matches, spelled as traits spell them. Raises RequestError for a key that is none."""
    asked = Key.parse(key)
    matches = {"exact": (asked,), "relative": (asked, asked.relative), "compatible": asked.compatible}
    return tuple(map(str, matches[match]))


def places(folder: str, roots: Sequence[Root]) -> list[Place]:
    """Where the samples of a folder are: below any root, or (absolute, or an address) in the root around it and in
    those below it."""
    path = Path(folder.strip())
    if not path.is_absolute() and not is_address(folder):
        return [_place("", path)]
    around = [_place(root.id, path.relative_to(root.path)) for root in roots if path.is_relative_to(root.path)]
    return around + [Place(root.id, "") for root in roots if path in Path(root.path).parents]


def plain(word: str) -> str:
    """A word as words are compared: without (ASCII) case, hyphens, underscores."""
    return word.strip().translate(_PLAIN)


def _tempo(wanted: Filters) -> Condition | None:
    low, high = wanted.min_bpm, wanted.max_bpm or math.inf
    if not low and math.isinf(high):
        return None
    scales = (1, 2, 0.5) if wanted.half_double else (1,)
    ranges = [f"t.bpm * {scale} BETWEEN ? AND ?" for scale in scales]
    distances = [f"abs(t.bpm * {scale} - min(max(t.bpm * {scale}, ?), ?))" for scale in scales]
    return Condition(
        "tempo",
        f"tempo {_range_told(low, high)} BPM{' (or half or double)' if wanted.half_double else ''}",
        f"t.bpm IS NOT NULL AND ({' OR '.join(ranges)})",
        (low - TEMPO_SLACK, high + TEMPO_SLACK) * len(scales),
        "t.bpm",
        f"min({', '.join(distances)})" if len(scales) > 1 else distances[0],
        (low, high) * len(scales),
        "{value:g} BPM",
    )


def _duration(wanted: Filters) -> Condition | None:
    low, high = wanted.min_seconds, wanted.max_seconds or math.inf
    if not low and math.isinf(high):
        return None
    asked = f"duration {_range_told(low, high)} seconds"
    distance = "abs(s.seconds - min(max(s.seconds, ?), ?))"
    return Condition(
        "duration", asked, "s.seconds BETWEEN ? AND ?", (low, high), "s.seconds", distance, (low, high), "{value:.3g} s"
    )


def _range_told(low: float, high: float) -> str:
    if math.isinf(high):
        return f"from {low:g}"
    return f"{low:g} to {high:g}" if low else f"up to {high:g}"


def _key(wanted: Filters) -> Condition | None:
    if not wanted.key.strip():
        return None
    keys, related = keys_that_fit(wanted.key, wanted.key_match), keys_that_fit(wanted.key, "compatible")
    how = {"exact": "", "relative": " or its relative", "compatible": " or one compatible with it"}[wanted.key_match]
    asked = f"key {Key.parse(wanted.key)}{how}"
    return Condition(
        "key",
        asked,
        f"t.key IS NOT NULL AND t.key IN {_marks(keys)}",
        keys,
        "t.key",
        f"t.key NOT IN {_marks(related)}",
        related,
    )


def _choice(name: str, word: str) -> Condition | None:
    """Of a column of traits that holds one of a few known words."""
    if word in ("", "any"):
        return None
    return Condition(name, f"{name} {word}", f"t.{name} = ?", (word,), f"t.{name}")


def _genre(genre: str) -> Condition | None:
    if not genre.strip():
        return None
    sql = f"s.id IN (SELECT g.sample_id FROM traits g WHERE {PLAIN_SQL.format('g.genre')} = ?)"
    return Condition("genre", f"genre {genre}", sql, (plain(genre),), "t.genre")


def _tag(tag: str) -> Condition | None:
    if not tag.strip():
        return None
    sql = f"s.id IN (SELECT g.sample_id FROM tags g WHERE {PLAIN_SQL.format('g.tag')} = ?)"
    join = "LEFT JOIN tags h ON h.sample_id = s.id"
    return Condition("tag", f"tag {tag}", sql, (plain(tag),), "h.tag", join=join)


def _folder(folder: str, roots: Sequence[Root]) -> Condition | None:
    if not folder.strip():
        return None
    there = places(folder, roots)
    # where no root is meant, all are named, since an index by path alone there is none
    roots_of = ["s.root_id = ?" if place.root_id else "s.root_id IN (SELECT id FROM roots)" for place in there]
    wheres = [f"{of} AND {BELOW}" for of in roots_of]
    parameters = [value for place in there for value in (*filter(None, [place.root_id]), *below(place.folder))]
    rank = f"instr(lower({_FOLDER_OF}), lower(?)) = 0"
    return Condition(
        "folder", f"folder {folder}", " OR ".join(wheres) or "0", tuple(parameters), f"nullif({_FOLDER_OF}, '')", rank,
        (Path(folder.strip()).name,), '"{value}" ({count})',
    )  # fmt: skip


def _place(root_id: str, path: Path) -> Place:
    return Place(root_id, "" if path == Path() else path.as_posix())


def _marks(values: Sequence[object]) -> str:
    return f"({','.join('?' * len(values))})"


def _count(query: Query, met: Sequence[Condition]) -> int:
    return int(query(*selection("count(*)", met))[0][0])


def _instead(query: Query, condition: Condition, others: Sequence[Condition]) -> str:
    """The values nearest to what was asked among the samples that meet the others."""
    met = [*others, Condition("", "", f"{condition.value} IS NOT NULL", (), "")]
    tail = f"GROUP BY 1 ORDER BY {condition.rank}, 2 DESC, 1 LIMIT ?"
    sql, parameters = selection(f"{condition.value}, count(*)", met, tail, condition.join)
    limit = VALUES_TOLD if "{count}" in condition.shown else 1
    rows = query(sql, (*parameters, *condition.rank_parameters, limit))
    told = ", ".join(condition.shown.format(value=_bounded(value), count=count) for value, count in rows)
    return f"there: {told}" if told else f"no {condition.name} is known of them"


def _bounded(value: object) -> object:
    """A word of bounded length without quotation marks, since it may name a folder; a number as it is."""
    if not isinstance(value, str):
        return value
    text = value.replace('"', "'")
    return text if len(text) <= LONGEST_VALUE else f"…{text[1 - LONGEST_VALUE :]}"
