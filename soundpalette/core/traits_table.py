"""What is known of a sample as music, as rows of the catalogue: columns to filter by, tags, and all facts as JSON."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from soundpalette.core.database import Connection
from soundpalette.core.filters import PLAIN_SQL
from soundpalette.core.types import Fact, Fields, Guess, NewSample, Space, Traits

TRAITS: Final = TypeAdapter(Traits)
GUESS: Final = TypeAdapter(Guess)
KEPT_READ: Final = 2048
"""Facts that stay read: one search after the other meets the same samples."""
FIELD_COLUMNS: Final = (
    f"s.root_id, s.path, s.seconds, t.bpm, t.key, t.kind, t.role, {PLAIN_SQL.format('t.genre')}, "
    f"(SELECT json_group_array({PLAIN_SQL.format('g.tag')}) FROM tags g WHERE g.sample_id = s.id)"
)
"""What `fields_of` reads, of samples `s` and their traits `t`."""


@lru_cache(maxsize=KEPT_READ)
def read(facts: str) -> Traits | None:
    """Traits from their JSON; None for those of another version of the program, until the next run analyses anew."""
    try:
        return TRAITS.validate_json(facts)
    except ValidationError:
        return None


def read_guess(guess: str) -> Guess | None:
    """A guess from its JSON; None for that of another version of the program."""
    try:
        return GUESS.validate_json(guess)
    except ValidationError:
        return None


def put_content(connection: Connection, space: Space, new: NewSample) -> None:
    """Write what belongs to the content, which equal files share: the analysis, and the guess of `space`."""
    if new.analysis is not None:
        row = (new.content_hash, new.analysis.revision, new.analysis.told)
        connection.execute("INSERT OR REPLACE INTO analyses VALUES (?, ?, ?)", row)
    if new.guess is not None:
        guess = (new.content_hash, space.key, GUESS.dump_json(new.guess).decode())
        connection.execute("INSERT OR REPLACE INTO guesses VALUES (?, ?, ?)", guess)


def fields_of(values: Sequence[Any]) -> Fields:
    """Fields from the values of `FIELD_COLUMNS`."""
    root_id, path, seconds, bpm, key, kind, role, genre, tags = values
    return Fields(root_id, path, seconds, bpm, key, kind, role, genre, tuple(json.loads(tags)))


def put(connection: Connection, sample_id: str, new: NewSample, edition: int) -> None:
    """Write a sample's traits, facts and tags in place of older ones, as a change of this edition."""
    if not new.revision:
        return
    for table in ("traits", "facts", "tags"):
        connection.execute(f"DELETE FROM {table} WHERE sample_id = ?", (sample_id,))
    row = (sample_id, new.revision, *_columns(new.traits), edition)
    connection.execute("INSERT INTO traits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    if new.traits is not None:
        connection.execute("INSERT INTO facts VALUES (?, ?)", (sample_id, TRAITS.dump_json(new.traits).decode()))
        tags = [(tag, sample_id) for tag in new.traits.tags]
        connection.executemany("INSERT OR IGNORE INTO tags VALUES (?, ?)", tags)


def _columns(traits: Traits | None) -> tuple[object, ...]:
    if traits is None:
        return (None,) * 6
    facts: tuple[Fact[float] | Fact[str] | None, ...] = (
        traits.bpm, traits.key, traits.root, traits.kind, traits.role, traits.genre,
    )  # fmt: skip
    # what is told with no confidence at all (the kind of what could not be heard) meets no condition
    return tuple(fact.value if fact and fact.confidence else None for fact in facts)
