"""Words that found nothing and that nobody has dealt with since they were last asked."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.missed_queries import Missed
from geodata.models import MissedAnswer, MissedQuery
from geodata.people.rights import Person
from geodata.text import clean, fold
from geodata.vocabulary import MissedKind

LOOKS_BACK = timedelta(days=90)
OFTEN = 2
"""Words asked in vain once may be anybody's slip; from so many times on they wait for somebody."""


def unanswered(session: Session, *, on: date, limit: int | None = None, after: int = 0) -> Sequence[Missed]:
    """The words missed within 90 days, most often first, from the position `after` on; what was dealt with comes back
    when it is missed on a later day."""
    query = MissedQuery
    last = (
        select(MissedAnswer.kind, MissedAnswer.words, func.max(MissedAnswer.handled_on).label("on"))
        .group_by(MissedAnswer.kind, MissedAnswer.words)
        .subquery()
    )
    times = func.sum(query.count)
    rows = session.execute(
        select(query.kind, query.words, times.label("times"), func.max(query.day).label("last"))
        .outerjoin(last, (last.c.kind == query.kind) & (last.c.words == query.words))
        .where(query.day >= on - LOOKS_BACK, (last.c.on.is_(None)) | (query.day > last.c.on))
        .group_by(query.kind, query.words)
        .having(times >= OFTEN)
        .order_by(times.desc(), query.words, query.kind)
        .offset(after)
        .limit(limit)
    )
    return [Missed(MissedKind(row.kind), row.words, int(row.times), row.last) for row in rows]


def handle(session: Session, person: Person, kind: MissedKind, words: str, *, note: str, on: date) -> None:
    """The words were dealt with today: a name was added, a spelling, or nothing can be done. The caller commits."""
    session.add(
        MissedAnswer(kind=kind.value, words=fold(words)[:80], handled_on=on, note=clean(note)[:300], by_id=person.id)
    )
    session.flush()
