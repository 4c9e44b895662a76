"""The institutions nearest to a point, in the order that measuring every one of them would give."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, Row, func, null, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from geodata.filters import spot
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


@dataclass(frozen=True)
class Near:
    """A question: the point, the conditions, and which part of the order is wanted."""

    point: LonLat
    tests: tuple[ColumnElement[bool], ...]
    reading: Reading | None
    limit: int
    offset: int

    @property
    def metres(self) -> ColumnElement[float]:
        """Geodesic distance on the spheroid."""
        return func.ST_Distance(State.geog, spot(self.point))

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


def among_candidates(session: Session, wanted: Near) -> list[Row[tuple[str, str, str, float, str | None]]] | None:
    """With one query: the first of the index' order, measured on the spheroid and put in order. None where that may
    leave somebody out: too many at nearly the same distance, or several campuses of the same institutions."""
    take = wanted.limit + wanted.offset + SPARE
    sphere = State.geog.op("<->", return_type=Float())(spot(wanted.point))
    candidates = (
        select(State.row_id, State.institution_id, State.campus_id, wanted.metres.label("m"), sphere.label("sphere"))
        .add_columns(wanted.matched.label("matched"))
        .where(*wanted.tests, State.geog.is_not(None))
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
        .limit(wanted.limit)
        .offset(wanted.offset)
        .subquery()
    )
    known = select(func.count().label("number"), func.max(candidates.c.sphere).label("farthest")).subquery()
    shown = (
        select(page.c.institution_id, State.feature, State.name_folded, page.c.m, page.c.matched)
        .add_columns(known.c.number, known.c.farthest)
        .join(State, State.row_id == page.c.row_id)
        .join(known, known.c.number > 0)
        .order_by(page.c.m, page.c.institution_id)
    )
    rows = session.execute(shown).all()
    if not rows or (len(rows) < wanted.limit and rows[0].number == take):
        return None
    complete = rows[0].number < take or rows[-1].m * (1 + SPHERE_ERRS) < rows[0].farthest
    return list(rows) if complete else None


def within(session: Session, wanted: Near, reach: float) -> list[Row[tuple[str, str, str, float, str | None]]]:
    """All within so many metres are measured."""
    near = (
        select(State.institution_id, State.feature, State.name_folded)
        .add_columns(wanted.metres.label("m"), wanted.matched.label("matched"))
        .where(*wanted.tests, func.ST_DWithin(State.geog, spot(wanted.point), reach))
        .ext(distinct_on(State.institution_id))
        .order_by(State.institution_id, wanted.metres, State.campus_id)
        .subquery()
    )
    page = select(near).order_by(near.c.m, near.c.institution_id).limit(wanted.limit).offset(wanted.offset)
    return list(session.execute(page).all())


def reach_of(session: Session, wanted: Near) -> float | None:
    """Metres within which at least as many institutions lie as the page needs, or all of them; None when there is
    none."""
    needed = wanted.limit + wanted.offset
    take = needed + MANY
    while True:
        candidates = (
            select(State.institution_id, wanted.metres.label("m"))
            .where(*wanted.tests, State.geog.is_not(None))
            .order_by(State.geog.op("<->")(spot(wanted.point)))
            .limit(take)
        )
        rows = session.execute(candidates).all()
        nearest_of = {row.institution_id: row.m for row in sorted(rows, key=lambda row: row.m, reverse=True)}
        metres = sorted(nearest_of.values())
        if len(metres) >= needed or len(rows) < take:
            return metres[min(needed, len(metres)) - 1] + 0.001 if metres else None
        take *= 4
