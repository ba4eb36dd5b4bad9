"""Indexing runs, as rows of the catalogue: when, how far, and what they did."""

from dataclasses import dataclass
from datetime import UTC, datetime

from soundpalette.core.database import Connection, Database
from soundpalette.core.types import Counts, Space


@dataclass(frozen=True, slots=True)
class Run:
    """An indexing run: when it began and ended ("": it did not), files it is to read and those that it committed, when
    that was last told, and whether no other began later, in whichever space. Times are UTC in ISO 8601."""

    started: str
    finished: str
    planned: int
    done: int
    changed: str
    newest: bool


@dataclass(frozen=True, slots=True)
class Advance:
    """A run has come so many `files` further."""

    run: int
    files: int


class RunsTable(Database):
    """The catalogue's part about runs."""

    def start_run(self, space: Space) -> int:
        """Note that an indexing run begins; its number."""
        with self._transaction() as connection:
            sql = "INSERT INTO runs (space, started, changed) VALUES (?, ?, ?)"
            row = connection.execute(sql, (space.key, now(), now()))
            return int(row.lastrowid or 0)

    def plan_run(self, run: int, files: int) -> None:
        """Note how many files the run is to read."""
        with self._transaction() as connection:
            connection.execute("UPDATE runs SET planned = ?, changed = ? WHERE id = ?", (files, now(), run))

    def finish_run(self, run: int, counts: Counts) -> None:
        """Note what the run did."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE runs SET finished = ?, seen = ?, added = ?, updated = ?, removed = ?, unchanged = ?, "
                "failed = ? WHERE id = ?",
                (
                    now(),
                    counts.seen,
                    counts.added,
                    counts.updated,
                    counts.removed,
                    counts.unchanged,
                    counts.failed,
                    run,
                ),
            )

    def last_run(self, space: Space) -> Run | None:
        """The run in `space` that began last, whether it is at work, has ended or was broken off."""
        sql = (
            "SELECT started, coalesce(finished, ''), planned, done, changed, id = (SELECT max(id) FROM runs) FROM runs "
            "WHERE space = ? ORDER BY id DESC LIMIT 1"
        )
        rows = self._rows(sql, (space.key,))
        if not rows:
            return None
        started, finished, planned, done, changed, newest = rows[0]
        return Run(started, finished, planned, done, changed, bool(newest))

    def last_finished(self, space: Space) -> str:
        """When the last whole run in `space` ended, UTC; "" where none did."""
        rows = self._rows("SELECT max(finished) FROM runs WHERE space = ?", (space.key,))
        return rows[0][0] or ""


def advance(connection: Connection, so_far: Advance) -> None:
    """Note in a commit's own transaction how far its run has come with it."""
    sql = "UPDATE runs SET done = done + ?, changed = ? WHERE id = ?"
    connection.execute(sql, (so_far.files, now(), so_far.run))


def now() -> str:
    """UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
