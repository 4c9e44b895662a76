"""Words that found nothing, kept for stewards to learn from: folded words, day and count, never who asked or where.

What may name a person is not kept: e-mail addresses, and numbers longer than an occupation code (telephone and identity
numbers). A day holds at most `MOST_A_DAY` different words, and days older than `KEPT_DAYS` are forgotten.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geodata.models import MissedQuery
from geodata.text import fold
from geodata.vocabulary import MissedKind

LONGEST = 80
MOST_A_DAY = 2_000
KEPT_DAYS = 365
KEY = ["day", "kind", "words"]
PERSONAL = re.compile(r"@|\d(?:[\s.-]?\d){7,}")

Misses = Mapping[tuple[date, MissedKind, str], int]
"""How often each (day, kind, folded words) found nothing."""


@dataclass(frozen=True)
class Missed:
    """Words that found nothing on `times` occasions, last on `last`."""

    kind: MissedKind
    words: str
    times: int
    last: date


def keepable(typed: str) -> str | None:
    """The folded words as they may be kept; None for what is empty, long, or may name a person."""
    words = fold(typed)
    return words if 0 < len(words) <= LONGEST and not PERSONAL.search(typed) else None


def keep(session: Session, misses: Misses) -> None:
    """Add the counts and forget what is too old. New words of a full day are dropped. The caller commits."""
    for (day, kind, words), count in sorted(misses.items()):
        if not add(session, day, kind, words, count) and room(session, day):
            row = insert(MissedQuery).values(day=day, kind=kind.value, words=words, count=count)
            more = {"count": MissedQuery.count + row.excluded.count}
            session.execute(row.on_conflict_do_update(index_elements=KEY, set_=more))
    if misses:
        oldest = max(day for day, _kind, _words in misses) - timedelta(days=KEPT_DAYS)
        session.execute(delete(MissedQuery).where(MissedQuery.day < oldest))


def add(session: Session, day: date, kind: MissedKind, words: str, count: int) -> bool:
    """Count words that the day already holds; False when it does not."""
    same = (MissedQuery.day == day, MissedQuery.kind == kind.value, MissedQuery.words == words)
    counted = update(MissedQuery).where(*same).values(count=MissedQuery.count + count).returning(MissedQuery.count)
    return session.scalar(counted) is not None


def room(session: Session, day: date) -> bool:
    """Whether the day may hold more different words."""
    held = session.scalar(select(func.count()).select_from(MissedQuery).where(MissedQuery.day == day)) or 0
    return held < MOST_A_DAY


def listed(session: Session, *, since: date, limit: int = 100) -> tuple[Missed, ...]:
    """The words missed since the day, most often first."""
    times = func.sum(MissedQuery.count)
    rows = (
        select(MissedQuery.kind, MissedQuery.words, times.label("times"), func.max(MissedQuery.day).label("last"))
        .where(MissedQuery.day >= since)
        .group_by(MissedQuery.kind, MissedQuery.words)
        .order_by(times.desc(), MissedQuery.words, MissedQuery.kind)
        .limit(limit)
    )
    return tuple(Missed(MissedKind(row.kind), row.words, int(row.times), row.last) for row in session.execute(rows))
