"""Following the register from an earlier release on the disk: only the institutions touched since are written anew.

What the small database then says is what a whole build would have put there; rows of its word index that point to
states which are gone stay behind, find nothing, and are counted.
"""

import json
import os
import sqlite3
import zlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.kept.encoding import known_by
from geodata.kept.files import FORMAT, said_of_itself
from geodata.kept.filling import PORTION, Filling, named
from geodata.models import Release

LARGEST_SHARE = 0.2
"""Of all institutions, touched now or left behind in the word index: beyond, all is written anew."""

ALWAYS_FOLLOWED = 100
COPIED_AT_ONCE = 1 << 30

TOUCHED = """
    SELECT institution_id AS id FROM institution_state WHERE release_from > :before
    UNION SELECT institution_id FROM institution_state WHERE release_to > :before
    UNION SELECT institution_id FROM change_log WHERE release_id > :before AND institution_id IS NOT NULL
    UNION SELECT predecessor_id FROM relation WHERE release_from > :before OR release_to > :before
    UNION SELECT successor_id FROM relation WHERE release_from > :before OR release_to > :before
    ORDER BY id
"""
WHOLESALE = """
    SELECT EXISTS (SELECT FROM change_log WHERE release_id > :before AND institution_id IS NULL
        AND subject <> 'indicator_value')
"""
"""Changes of whole tables. Figures without an institution are those of authorities, which the copy does not hold."""


def touched_since(session: Session, file: Path, release: Release) -> list[str] | None:
    """Institutions, by id, that may say something else than in the file; None where that is not certain: no file, one
    of another form or of another register's past, changes of whole tables, or too many."""
    about = _about(file)
    before = session.get(Release, about["head"]["release"]) if about else None
    if about is None or before is None or before.published_at.isoformat() != about["head"]["published_at"]:
        return None
    given = {"before": before.id}
    if before.id > release.id or session.scalar(text(WHOLESALE), given):
        return None
    touched = list(session.scalars(text(TOUCHED), given))
    most = max(ALWAYS_FOLLOWED, LARGEST_SHARE * about["head"]["institutions"])
    return touched if len(touched) + about["left_behind"] <= most else None


def follow(filling: Filling, touched: Sequence[str]) -> int:
    """Write these institutions anew; how many rows of the word index were left behind."""
    left_behind = 0
    for start in range(0, len(touched), PORTION):
        ids = touched[start : start + PORTION]
        left_behind += _forget(filling.database, ids)
        filling.put(named(filling.session, ids))
        filling.put_states(ids)
    return left_behind


def left_behind(database: sqlite3.Connection) -> int:
    """Rows of the word index that point nowhere, by what the database says of itself."""
    return int(said_of_itself(database, "left_behind") or 0)


def copy(source: Path, target: Path) -> None:
    """The file, sharing what it is made of where the file system can."""
    with source.open("rb") as old, target.open("wb") as new:
        while os.copy_file_range(old.fileno(), new.fileno(), COPIED_AT_ONCE):
            pass


def _about(file: Path) -> dict[str, Any] | None:
    """What the file says of itself; None for none that can be read."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            (head,) = database.execute("SELECT value FROM about WHERE key = 'head'").fetchone()
            found = {"head": json.loads(head), "left_behind": left_behind(database)}
    except (sqlite3.Error, TypeError, ValueError):
        return None
    return found if found["head"].get("format") == FORMAT else None


def _forget(database: sqlite3.Connection, ids: Sequence[str]) -> int:
    """Take the institutions out; how many states they had."""
    these = f"id IN ({', '.join('?' * len(ids))})"
    lines = database.execute(f"SELECT line FROM record WHERE {these}", ids).fetchall()
    known = (row[:3] for (line,) in lines for row in known_by(json.loads(zlib.decompress(line))))
    database.executemany("DELETE FROM known WHERE kind = ? AND text = ? AND id = ?", known)
    database.execute(f"DELETE FROM record WHERE {these}", ids)
    return database.execute(f"DELETE FROM state WHERE {these}", ids).rowcount
