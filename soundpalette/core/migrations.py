"""Numbered schema steps of the catalogue: step n brings version n-1 to version n (SQLite's `user_version`)."""

import sqlite3
from typing import Final

STEPS: Final = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('generation', 0);

    CREATE TABLE roots (id TEXT PRIMARY KEY, path TEXT NOT NULL UNIQUE) WITHOUT ROWID;

    -- A row a path. `generation` is the catalogue's at the row's last change.
    CREATE TABLE samples (
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
    );
    CREATE INDEX samples_by_content ON samples (content_hash);

    -- A vector a content and space, float32 little-endian: equal files share it.
    CREATE TABLE vectors (
        content_hash TEXT NOT NULL,
        space TEXT NOT NULL,
        generation INTEGER NOT NULL,
        vector BLOB NOT NULL,
        UNIQUE (space, content_hash)
    );

    CREATE TABLE failures (
        root_id TEXT NOT NULL REFERENCES roots (id),
        path TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (root_id, path)
    ) WITHOUT ROWID;

    CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        space TEXT NOT NULL,
        started TEXT NOT NULL,
        finished TEXT,
        seen INTEGER, added INTEGER, updated INTEGER, removed INTEGER, unchanged INTEGER, failed INTEGER
    );
    """,
)
VERSION: Final = len(STEPS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring an older catalogue (or an empty file) to `VERSION`, each step in a transaction of its own.

    The version is read inside the transaction: two processes may open a new catalogue at the same moment.
    """
    while version(connection) < VERSION:
        connection.execute("BEGIN IMMEDIATE")
        try:
            now = version(connection)
            if now < VERSION:
                for statement in STEPS[now].split(";"):  # executescript would commit first
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {now + 1}")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def version(connection: sqlite3.Connection) -> int:
    """The schema version that the file has; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
