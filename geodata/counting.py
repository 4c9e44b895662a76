"""How many institutions fit a question: exact, and worked out once for each publication."""

from collections.abc import Hashable
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, distinct, func, select
from sqlalchemy.orm import Session

from geodata.filters import InstitutionFilter
from geodata.geometry import LonLat
from geodata.models import InstitutionState
from geodata.releases import Moment
from geodata.remembered import Remembered

State = InstitutionState
Counted = tuple[int | None, int]
"""(institutions matched, those without a point); the first is None above COUNTED_EXACTLY unless wanted exactly, and
where so many campuses match that nobody should wait for the number."""

COUNTED_EXACTLY = 100_000
MOST_ROWS = 150_000
COUNTS: Remembered[Counted] = Remembered(most=4_096)


def counted(
    session: Session,
    wanted: InstitutionFilter,
    tests: list[ColumnElement[bool]],
    at: Moment,
    *,
    exactly: bool = False,
    words: str = "",
    most: int = MOST_ROWS,
) -> Counted:
    """As `count`, remembered for the publication and the question, which it costs more to count than to answer.

    `words`: those of `wanted.q` that the tests are about, when not all. Without a radius everybody's nearest
    institutions are the same in number.
    """

    def work_out() -> Counted:
        return count(session, tests, by_place=wanted.by_place, exactly=exactly, most=most)

    if at.published_at is None:
        return work_out()
    return COUNTS.get(_key(wanted, at, exactly=exactly, words=words, most=most), work_out)


def counted_before(wanted: InstitutionFilter, at: Moment) -> Counted | None:
    """What is remembered of a question, if anything."""
    return COUNTS.known(_key(wanted, at)) if at.published_at else None


def _key(
    wanted: InstitutionFilter, at: Moment, *, exactly: bool = False, words: str = "", most: int = MOST_ROWS
) -> Hashable:
    anywhere = wanted.without(near=LonLat(0, 0)) if wanted.near and wanted.radius_m is None else wanted
    return at, anywhere, exactly, words, most


def count(
    session: Session,
    tests: list[ColumnElement[bool]],
    *,
    by_place: bool,
    exactly: bool = False,
    most: int = MOST_ROWS,
) -> Counted:
    """The number for these tests. `by_place`: an institution may match at several campuses and counts once. `most`:
    so many campuses are looked at."""
    rows = select(State.institution_id, State.geom.is_not(None).label("placed")).where(*tests)
    found = (rows if exactly else rows.limit(most + 1)).subquery()
    each: SQLColumnExpression[Any] = distinct(found.c.institution_id) if by_place else found.c.institution_id
    numbers = select(func.count(), func.count(each), func.count(each).filter(found.c.placed))
    read, total, placed = session.execute(numbers).one()
    if exactly or (read <= most and total <= COUNTED_EXACTLY):
        return total, total - placed
    return None, 0
