"""Bringing the current release to the disk, in two files: a small database to answer from, and the list for others.

What an earlier release left there is followed where that is certain to give the same; otherwise all is written anew.
Records are read some thousands at a time: a million institutions need no more memory than a thousand.
"""

import os
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from geodata.days import vietnamese_day
from geodata.kept.files import FORMAT, INDEXES, LAYOUT, REGISTER, SCHEMA, UNSAFE, put_about, said_of_itself, settle
from geodata.kept.filling import Filling, named_after
from geodata.kept.listing import Progress, write_list
from geodata.kept.places import put_again, put_all
from geodata.kept.telling import Teller, name_bearers, tell_again, tell_all, words_version
from geodata.kept.updating import copy, follow, left_behind, touched_since
from geodata.models import Release
from geodata.releases import current_release
from geodata.verification.facts import Edition
from geodata.verification.loading import Shelf, edition


def build(
    session: Session,
    directory: Path,
    *,
    whole: bool = False,
    teller: Teller | None = None,
    progress: Progress = lambda _: None,
) -> dict[str, Any] | None:
    """Bring the files to the current release (`whole`: write all of it anew) and to the words of the teller; the list's
    head, or None where nothing was published. Each file comes into its place whole. For one repeatable-read
    transaction."""
    release = current_release(session)
    if release is None:
        return None
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = directory / REGISTER
    draft = directory / f"register.{os.getpid()}.new"
    draft.unlink(missing_ok=True)
    touched = None if whole else touched_since(session, target, release)
    if touched is not None:
        copy(target, draft)
    told = edition(session, None, Shelf())
    with closing(sqlite3.connect(draft)) as database:
        database.executescript(UNSAFE)
        behind = _fill(session, database, release.id, touched)
        head = write_list(database, directory, _about(release, told), progress)
        words = _tell(session, database, teller, release.id, touched)
        day = teller.on if teller else vietnamese_day(release.published_at)
        _place(session, database, day, touched)
        held = {"words": words, "layout": LAYOUT, "places_from": day.isoformat()}
        put_about(database, head, key=told.key, summary=release.summary, left_behind=behind, **held)
    settle(draft, target)
    return head


def _fill(session: Session, database: sqlite3.Connection, release: int, touched: list[str] | None) -> int:
    """Put in what the release says; how many rows of the word index point nowhere afterwards."""
    filling = Filling(session, database, release)
    if touched is not None:
        return left_behind(database) + follow(filling, touched)
    database.executescript(SCHEMA)
    ids = named_after(session, "")
    while ids:
        filling.put(ids)
        ids = named_after(session, ids[-1])
    filling.put_states(None)
    database.executescript(INDEXES)
    return 0


def _tell(
    session: Session, database: sqlite3.Connection, teller: Teller | None, release: int, touched: list[str] | None
) -> str:
    """Put in whole answers where there is somebody to tell them; the version of their words."""
    if teller is None:
        database.execute("DROP TABLE IF EXISTS told")
        return ""
    words = words_version(session, teller)
    if touched is None or said_of_itself(database, "words") != words:
        tell_all(session, database, teller, release)
    else:
        tell_again(session, database, teller, release, touched)
    name_bearers(database)
    return words


def _place(session: Session, database: sqlite3.Connection, day: date, touched: list[str] | None) -> None:
    """Put in where everybody lies from the day on."""
    before = said_of_itself(database, "layout") == LAYOUT and said_of_itself(database, "places_from") <= day.isoformat()
    if touched is None or not before:
        put_all(session, database, day)
    else:
        put_again(session, database, day, touched)


def _about(release: Release, told: Edition) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "release": release.id,
        "published_at": release.published_at.isoformat(),
        "published_on": told.published_on.isoformat() if told.published_on else None,
        "data_status": told.data_status,
    }
