"""The small database of records that a release is kept in, and how files come into their places."""

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from geodata.kept.encoding import known_by, to_line

FORMAT = 2
LAYOUT = "2"
"""Of what is made of the records and the register besides them (places, arrays, bearers): it is made anew where it was
made otherwise."""

REGISTER = "register.db"
UNSAFE = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
"""For drafts alone, which are thrown away when they are not finished."""

SCHEMA = """
    CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
    CREATE TABLE origin (name TEXT PRIMARY KEY, plain TEXT) WITHOUT ROWID;
    CREATE TABLE record (id TEXT PRIMARY KEY, line BLOB) WITHOUT ROWID;
    CREATE TABLE known (kind TEXT, text TEXT, id TEXT, means TEXT, valid_from TEXT, valid_to TEXT);
    CREATE TABLE state (
        number INTEGER PRIMARY KEY, id TEXT, valid_from TEXT, valid_to TEXT, name_folded TEXT, type TEXT,
        ownership TEXT, status TEXT, province TEXT, levels TEXT, occupations TEXT, feature BLOB);
    CREATE VIRTUAL TABLE finding USING fts5 (words, content='', tokenize="unicode61 remove_diacritics 0", prefix='2 3');
"""
INDEXES = """
    CREATE INDEX known_text ON known (text, kind);
    CREATE INDEX state_id ON state (id);
    CREATE INDEX state_name ON state (name_folded, id);
    ANALYZE;
"""


def put_records(
    database: sqlite3.Connection, origins: Iterable[tuple[str, str]], records: Sequence[tuple[list[Any], str]]
) -> None:
    """Origins by name, and records as (plain, line), with everything they are found by."""
    database.executemany("INSERT OR IGNORE INTO origin VALUES (?, ?)", origins)
    lines = [(plain[0], zlib.compress(line.encode())) for plain, line in records]
    database.executemany("INSERT INTO record VALUES (?, ?)", lines)
    known = (row for plain, _ in records for row in known_by(plain))
    database.executemany("INSERT INTO known VALUES (?, ?, ?, ?, ?, ?)", known)


def put_about(
    database: sqlite3.Connection,
    head: dict[str, Any],
    *,
    key: str,
    summary: dict[str, Any],
    left_behind: int = 0,
    **held: str,
) -> None:
    """What the database says of itself. `held`: the versions of what else it holds."""
    about = {"head": to_line(head), "key": key, "summary": json.dumps(summary), "left_behind": str(left_behind), **held}
    database.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", about.items())
    database.commit()


def said_of_itself(database: sqlite3.Connection, key: str) -> str:
    """As `put_about` wrote it: `words`, the version of the words in which it tells whole answers, `layout`,
    and so on; empty where it has none."""
    rows = database.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchall()
    return str(rows[0][0]) if rows else ""


def settle(draft: Path, target: Path) -> None:
    """On the disk first, then in its place."""
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.rename(target)
