"""The institutions nearest to a point, in the order that measuring every one of them would give."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Float, Integer, Row, Select, bindparam, func, null, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from geodata.models import InstitutionState
from geodata.search import Reading

State = InstitutionState
SPARE = 12
"""Candidates beyond those wanted: unless places lie on one another, the last is farther away than the index can err."""

MANY = 40
SPHERE_ERRS = 0.01
"""The index measures on a sphere; a distance on the spheroid differs from that by less than this share (0.6 % at most,
between the radius along a meridian at the equator and at the poles)."""


@dataclass(frozen=True)
class Item:
    """A result: the GeoJSON Feature as text, metres from the place asked about, and what matched."""

    id: str
    feature: str
    distance_m: float | None
    matched: str | None


HERE = func.geography(
    func.ST_SetSRID(func.ST_MakePoint(bindparam("lon", type_=Float), bindparam("lat", type_=Float)), 4326)
)
METRES: ColumnElement[float] = func.ST_Distance(State.geog, HERE)
"""Geodesic distance on the spheroid from the point that a statement is given."""


@dataclass(frozen=True)
class Near:
    """A question: the point, the conditions, and which part of the order is wanted."""

    point: LonLat
    tests: tuple[ColumnElement[bool], ...]
    reading: Reading | None
    limit: int
    offset: int

    @property
    def given(self) -> dict[str, float]:
        return {"lon": self.point.lon, "lat": self.point.lat}

    @property
    def matched(self) -> ColumnElement[Any]:
        return self.reading.matched if self.reading else null()


def nearest(
    session: Session,
    point: LonLat,
    tests: list[ColumnElement[bool]],
    reading: Reading | None,
    *,
    limit: int,
    offset: int,
) -> list[tuple[Item, str]]:
    """Nearest first by geodesic distance in metres, each institution at its nearest campus, with its folded name."""
    wanted = Near(point, tuple(tests), reading, limit, offset)
    rows = among_candidates(session, wanted)
    if rows is None:
        reach = reach_of(session, wanted)
        rows = within(session, wanted, reach) if reach is not None else []
    return [(Item(row.institution_id, row.feature, row.m, row.matched), row.name_folded) for row in rows]


def among_candidates(session: Session, wanted: Near) -> list[Row[Any]] | None:
    """With one query: the first of the index' order, measured on the spheroid and put in order. None where that may
    leave somebody out: too many at nearly the same distance, or several campuses of the same institutions."""
    given = {**wanted.given, **page_given(wanted.limit, wanted.offset)}
    return certain(session.execute(page_of(wanted.tests, wanted.matched), given).all(), wanted.limit, wanted.offset)


def page_given(limit: int, offset: int = 0) -> dict[str, int]:
    """The values for `page_of` besides the point's."""
    return {"take": limit + offset + SPARE, "limit": limit, "offset": offset}


def page_of(tests: Sequence[ColumnElement[bool]], matched: ColumnElement[Any]) -> Select[Any]:
    """The nearest candidates: id, Feature text, folded name, metres, what matched, and how many candidates there were
    and the farthest of them on the sphere. Takes `lon`, `lat` and the values of `page_given`."""
    take, limit, offset = map(written, ("take", "limit", "offset"))
    sphere = State.geog.op("<->", return_type=Float())(HERE)
    candidates = (
        select(State.row_id, State.institution_id, State.campus_id, METRES.label("m"), sphere.label("sphere"))
        .add_columns(matched.label("matched"))
        .where(*tests, State.geog.is_not(None))
        .order_by(sphere)
        .limit(take)
        .cte("candidates")
        .prefix_with("MATERIALIZED")
    )
    nearest_campus = (
        select(candidates)
        .ext(distinct_on(candidates.c.institution_id))
        .order_by(candidates.c.institution_id, candidates.c.m, candidates.c.campus_id)
        .subquery()
    )
    page = (
        select(nearest_campus)
        .order_by(nearest_campus.c.m, nearest_campus.c.institution_id)
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    known = select(func.count().label("number"), func.max(candidates.c.sphere).label("farthest")).subquery()
    return (
        select(page.c.institution_id, State.feature, State.name_folded, page.c.m, page.c.matched)
        .add_columns(known.c.number, known.c.farthest)
        .join(State, State.row_id == page.c.row_id)
        .join(known, known.c.number > 0)
        .order_by(page.c.m, page.c.institution_id)
    )


def written(name: str) -> BindParameter[int]:
    """A number that stands in the statement itself: of a limit that it does not know the planner thinks the worst, and
    plans anew each time."""
    return bindparam(name, type_=Integer, literal_execute=True)


def certain(rows: Sequence[Any], limit: int, offset: int = 0) -> list[Any] | None:
    """The rows of `page_of`, where nobody can be missing among them; else None."""
    take = limit + offset + SPARE
    if not rows or (len(rows) < limit and rows[0].number == take):
        return None
    complete = rows[0].number < take or rows[-1].m * (1 + SPHERE_ERRS) < rows[0].farthest
    return list(rows) if complete else None


def within(session: Session, wanted: Near, reach: float) -> list[Row[Any]]:
    """All within so many metres are measured."""
    near = (
        select(State.institution_id, State.feature, State.name_folded)
        .add_columns(METRES.label("m"), wanted.matched.label("matched"))
        .where(*wanted.tests, func.ST_DWithin(State.geog, HERE, reach))
        .ext(distinct_on(State.institution_id))
        .order_by(State.institution_id, METRES, State.campus_id)
        .subquery()
    )
    page = select(near).order_by(near.c.m, near.c.institution_id).limit(wanted.limit).offset(wanted.offset)
    return list(session.execute(page, wanted.given).all())


def reach_of(session: Session, wanted: Near) -> float | None:
    """Metres within which at least as many institutions lie as the page needs, or all of them; None when there is
    none."""
    needed = wanted.limit + wanted.offset
    take = needed + MANY
    while True:
        candidates = (
            select(State.institution_id, METRES.label("m"))
            .where(*wanted.tests, State.geog.is_not(None))
            .order_by(State.geog.op("<->")(HERE))
            .limit(take)
        )
        rows = session.execute(candidates, wanted.given).all()
        nearest_of = {row.institution_id: row.m for row in sorted(rows, key=lambda row: row.m, reverse=True)}
        metres = sorted(nearest_of.values())
        if len(metres) >= needed or len(rows) < take:
            return metres[min(needed, len(metres)) - 1] + 0.001 if metres else None
        take *= 4
