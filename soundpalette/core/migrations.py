"""Numbered schema steps of the catalogue: step n brings version n-1 to version n (SQLite's `user_version`)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

APPLICATION: Final = int.from_bytes(b"SPal")
"""SQLite's `application_id` of our catalogues."""
STAMPED: Final = (
    "INSERT INTO stamps SELECT g.value, s.value FROM meta g, meta s WHERE g.key = 'generation' AND s.key = 'stamp'"
)
"""Notes the state that the catalogue has come to."""
STEPS: Final = (
    (
        f"PRAGMA application_id = {APPLICATION}",
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        # The stamp is drawn anew with each generation: equal stamps mean the same state of the same catalogue.
        "INSERT INTO meta VALUES ('generation', 0), ('stamp', random())",
        "CREATE TABLE roots (id TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE) WITHOUT ROWID",
        # A row a path. `generation` is the catalogue's at the row's last change.
        """CREATE TABLE samples (
            id TEXT PRIMARY KEY,
            root_id TEXT NOT NULL REFERENCES roots (id),
            path TEXT NOT NULL,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            content_hash TEXT NOT NULL,
            seconds REAL NOT NULL,
            rate INTEGER NOT NULL,
            channels INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            UNIQUE (root_id, path)
        )""",
        "CREATE INDEX samples_by_content ON samples (content_hash)",
        # A vector a content and space, float32 little-endian: equal files share it.
        """CREATE TABLE vectors (
            content_hash TEXT NOT NULL,
            space TEXT NOT NULL,
            generation INTEGER NOT NULL,
            vector BLOB NOT NULL,
            UNIQUE (space, content_hash)
        )""",
        """CREATE TABLE failures (
            root_id TEXT NOT NULL REFERENCES roots (id),
            path TEXT NOT NULL,
            space TEXT NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (root_id, path, space)
        ) WITHOUT ROWID""",
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY,
            space TEXT NOT NULL,
            started TEXT NOT NULL,
            finished TEXT,
            seen INTEGER, added INTEGER, updated INTEGER, removed INTEGER, unchanged INTEGER, failed INTEGER
        )""",
    ),
    (
        # What a content's sound and its file's own chunks tell, as JSON; `told` is NULL where the analysis failed.
        "CREATE TABLE analyses (content_hash TEXT PRIMARY KEY, revision INTEGER NOT NULL, told TEXT)",
        """CREATE TABLE guesses (
            content_hash TEXT NOT NULL,
            space TEXT NOT NULL,
            guess TEXT NOT NULL,
            PRIMARY KEY (content_hash, space)
        ) WITHOUT ROWID""",
        # A row a sample, to filter by; only a revision where the analysis failed.
        """CREATE TABLE traits (
            sample_id TEXT PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
            revision TEXT NOT NULL,
            bpm REAL,
            key TEXT,
            root TEXT,
            kind TEXT,
            role TEXT,
            genre TEXT
        ) WITHOUT ROWID""",
        # All of a sample's traits as JSON, with sources and confidence; apart, so that filters need not read past them.
        """CREATE TABLE facts (
            sample_id TEXT PRIMARY KEY REFERENCES samples (id) ON DELETE CASCADE,
            traits TEXT NOT NULL
        )""",
        """CREATE TABLE tags (
            tag TEXT NOT NULL,
            sample_id TEXT NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
            PRIMARY KEY (sample_id, tag)
        ) WITHOUT ROWID""",
    ),
    (
        # By words as core/filters.py compares them: without case and hyphens.
        "CREATE INDEX traits_by_genre ON traits (replace(replace(lower(genre), '-', ' '), '_', ' '))",
        "CREATE INDEX tags_by_word ON tags (replace(replace(lower(tag), '-', ' '), '_', ' '))",
        # Durations beside ids alone: a filter on both traits and duration need not read whole rows.
        "CREATE INDEX samples_with_seconds ON samples (id, seconds)",
    ),
    (
        # Every state that this catalogue was in: an index of none of them cannot be brought up to date by generations.
        "CREATE TABLE stamps (generation INTEGER PRIMARY KEY, stamp INTEGER NOT NULL)",
        STAMPED,
    ),
    (
        # What came or changed since a generation; written in rising order, which costs next to nothing.
        "CREATE INDEX samples_by_generation ON samples (generation)",
        "CREATE INDEX vectors_by_generation ON vectors (space, generation)",
        # What filters ask for most; also counted by (core/overview.py).
        "CREATE INDEX traits_by_bpm ON traits (bpm)",
        "CREATE INDEX traits_by_key ON traits (key)",
        "CREATE INDEX traits_by_role ON traits (role)",
    ),
    (
        # As `stamps`, of the changes of traits, too, which an index with fields beside its vectors has to follow.
        # `changed` is the edition of the row's last change.
        "CREATE TABLE editions (number INTEGER PRIMARY KEY, stamp INTEGER NOT NULL)",
        "INSERT INTO editions (stamp) VALUES (random())",
        "ALTER TABLE traits ADD COLUMN changed INTEGER NOT NULL DEFAULT 0",
    ),
    (
        # Features a content and revision, float32 little-endian [windows, width]: a vector is pooled from them anew.
        """CREATE TABLE features (
            content_hash TEXT NOT NULL,
            revision TEXT NOT NULL,
            width INTEGER NOT NULL CHECK (width > 0),
            features BLOB NOT NULL,
            UNIQUE (content_hash, revision)
        )""",
    ),
    (
        # Where a content lies on the map of a space: 0 to 1, one scale for both axes.
        """CREATE TABLE places (
            space TEXT NOT NULL,
            content_hash TEXT NOT NULL,
            x REAL NOT NULL,
            y REAL NOT NULL,
            PRIMARY KEY (space, content_hash)
        ) WITHOUT ROWID""",
        # What the map is of: how many contents were placed by looking at all, how many beside these since then, at
        # which stamp of the catalogue. `version` is drawn anew with each change.
        """CREATE TABLE maps (
            space TEXT PRIMARY KEY,
            recipe INTEGER NOT NULL,
            fitted INTEGER NOT NULL,
            beside INTEGER NOT NULL,
            stamp INTEGER NOT NULL,
            version INTEGER NOT NULL
        ) WITHOUT ROWID""",
        # How far a run is, in files, and when that was last told.
        "ALTER TABLE runs ADD COLUMN planned INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE runs ADD COLUMN done INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE runs ADD COLUMN changed TEXT NOT NULL DEFAULT ''",
    ),
)
VERSION: Final = len(STEPS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an older catalogue (or an empty file) to `VERSION`, each step in a transaction of its own.

    The version is read inside the transaction: two processes may open a new catalogue at the same moment.
    """
    while version(connection) < VERSION:
        with transaction(connection):
            now = version(connection)
            if now < VERSION:
                for statement in STEPS[now]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {now + 1}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:  # SQLite itself has already rolled back where the disk is full
            connection.execute("ROLLBACK")


def is_ours(connection: sqlite3.Connection) -> bool:
    """Whether the file is a catalogue, of whatever version."""
    return bool(connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION)


def is_foreign(connection: sqlite3.Connection) -> bool:
    """Whether the file is another program's database."""
    return not is_ours(connection) and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0


def version(connection: sqlite3.Connection) -> int:
    """The schema version that the file has; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
