"""What changed with which release: one entry per release and institution, in order, removals as tombstones.

Releases are numbered under a lock that each holds until it is committed, so that nothing can appear before a place a
reader has passed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

KINDS = ("created", "changed", "removed")
"""`created`: not in the register before; `removed`: no longer in it (its id is never given again)."""

TOUCHED = """
    SELECT institution_id FROM institution_state
    WHERE {column} = :release AND institution_id > :after
    GROUP BY institution_id ORDER BY institution_id {order} LIMIT :limit
"""

PAGE = f"""
    WITH touched AS (
        (SELECT institution_id FROM ({TOUCHED.format(column="release_from", order="")}) AS added)
        UNION (SELECT institution_id FROM ({TOUCHED.format(column="release_to", order="")}) AS closed)
    )
    SELECT institution_id, shown.name, shown.data_status, shown.row_id IS NOT NULL AS there,
        EXISTS (SELECT FROM institution_state AS before
            WHERE before.institution_id = touched.institution_id AND before.release_from < :release) AS known
    FROM touched LEFT JOIN LATERAL (
        SELECT row_id, name, data_status FROM institution_state AS state
        WHERE state.institution_id = touched.institution_id AND release_from <= :release
            AND (release_to IS NULL OR release_to > :release)
        ORDER BY is_main DESC, valid_from DESC NULLS LAST LIMIT 1
    ) AS shown ON true
    ORDER BY institution_id LIMIT :limit
"""

RELEASES = """
    SELECT release.id, published_at, kind FROM release, register_head AS head
    WHERE release.id <= head.release_id AND release.id >= :first
        AND (CAST(:since AS timestamptz) IS NULL OR published_at > :since)
    ORDER BY release.id
"""

NEWEST = """
    SELECT release.id, published_at, kind FROM release, register_head AS head
    WHERE release.id <= head.release_id ORDER BY release.id DESC
"""


@dataclass(frozen=True)
class Place:
    """Behind an institution of a release; (0, "") is the beginning."""

    release: int = 0
    after: str = ""


@dataclass(frozen=True)
class Change:
    """`kind` is one of `KINDS`; `name` and `data_status` are None of what was removed."""

    release: int
    published_at: datetime
    institution_id: str
    kind: str
    name: str | None
    data_status: str | None
    reason: str


@dataclass(frozen=True)
class Changes:
    """A page: changes in order, the place behind the last one, and whether there is more now."""

    items: tuple[Change, ...]
    place: Place
    more: bool


def changes(session: Session, *, behind: Place, since: datetime | None = None, limit: int = 100) -> Changes:
    """The changes behind a place, of releases published after `since`; the same for ever but for later ones."""
    found: list[Change] = []
    for row in session.execute(text(RELEASES), {"first": behind.release, "since": since}):
        after = behind.after if row.id == behind.release else ""
        found += of_release(session, row, after=after, limit=limit + 1 - len(found))
        if len(found) > limit:
            break
    shown = found[:limit]
    place = Place(shown[-1].release, shown[-1].institution_id) if shown else behind
    return Changes(tuple(shown), place, len(found) > limit)


def latest(session: Session, *, limit: int = 100) -> tuple[Change, ...]:
    """The changes of the newest releases, newest release first."""
    found: list[Change] = []
    for row in session.execute(text(NEWEST)):
        found += of_release(session, row, after="", limit=limit - len(found))
        if len(found) >= limit:
            break
    return tuple(found)


def of_release(session: Session, release: Any, *, after: str, limit: int) -> list[Change]:
    """The changes of one release by institution, behind one."""
    given = {"release": release.id, "after": after, "limit": limit}
    return [
        Change(
            release.id, release.published_at, row.institution_id, kind_of(row), row.name, row.data_status, release.kind
        )
        for row in session.execute(text(PAGE), given)
    ]


def kind_of(row: Any) -> str:
    if not row.there:
        return "removed"
    return "changed" if row.known else "created"
