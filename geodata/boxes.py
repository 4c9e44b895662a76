"""Institutions in a box where very many lie: as they lie, a page after the other, without sorting or counting them.

In a large register a city holds tens of thousands: their names in order are of no use to anybody, and their number
takes forty times as long as a page of them. Geohashes put places in an order in which neighbours stand together; a box
is a few stretches of it, which are read one after the other until a page is full.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    SQLColumnExpression,
    Text,
    bindparam,
    collate,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from geodata.filters import InstitutionFilter, choices
from geodata.geohash import covering
from geodata.geometry import BBox
from geodata.models import InstitutionState, Release
from geodata.nearest import written
from geodata.releases import Moment, as_of, said

State = InstitutionState

LARGE = 20_000
"""A register of no more institutions is listed by name in any box, and counted: that is done in no time."""

CROWD = 500
"""So many campuses in or close to a box are listed by name."""

PLACE_LETTERS = 10


def place_of(state: Any) -> ColumnElement[str]:
    """Where a campus stands in the order of places; as `ix_institution_state_place` has it."""
    return collate(func.ST_GeoHash(state.geom, literal_column(str(PLACE_LETTERS))), "C")


SPAN = (
    func.unnest(*(func.string_to_array(bindparam(name, type_=Text), ",") for name in ("starts", "ends")), type_=Text)
    .table_valued("starts", "ends")
    .render_derived(name="span")
)
"""Stretches of the order of places, as `stretches` gives them."""


@dataclass(frozen=True)
class Lying:
    """A campus in the box: the institution, its Feature text, and where it stands in the order, for the next page."""

    institution_id: str
    feature: str
    place: str
    campus_id: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.place, self.institution_id, self.campus_id


def listed_as_they_lie(wanted: InstitutionFilter) -> bool:
    """Whether the question is one about a box, which no words, point or unit put into another order."""
    return bool(wanted.bbox) and not (wanted.q or wanted.near or wanted.unit or wanted.identifier)


def crowded(session: Session, wanted: InstitutionFilter, at: Moment) -> bool:
    """Whether more than a CROWD of campuses lie in the box or close to it, in a release of a large register."""
    release = session.get(Release, at.release) if at.release else None
    if release is None or not is_large(release.summary) or wanted.bbox is None:
        return False
    return (session.scalar(select(around(at)), stretches(wanted.bbox)) or 0) > CROWD


def is_large(summary: Mapping[str, Any]) -> bool:
    """By what a release says of itself."""
    return int(summary.get("institutions", 0)) > LARGE


def stretches(box: BBox, after: str = "") -> dict[str, Any]:
    """The stretches of the order in which the box lies, from a place on, and how far to count in them."""
    spans = [(max(start, after), end) for start, end in covering(box) if end > after]
    starts, ends = ",".join([start for start, _ in spans]), ",".join([end for _, end in spans])
    return {"starts": starts, "ends": ends, "crowd": CROWD + 1}


def around(at: Moment) -> SQLColumnExpression[int]:
    """How many campuses stand in the stretches, counted up to `crowd`."""
    some_more = written("crowd")
    each = select(literal(1)).where(said(State, at), *_in_span(State)).limit(some_more).lateral("each")
    some = select(each).select_from(SPAN.join(each, literal(True))).limit(some_more).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def page_given(box: BBox, *, limit: int, after: tuple[str, ...] | None = None) -> dict[str, Any]:
    """The values for `page_of`."""
    place, institution, campus = after or ("", "", "")
    return {
        **stretches(box, place),
        **{"west": box.west, "south": box.south, "east": box.east, "north": box.north},
        **{"after_place": place, "after_institution": institution, "after_campus": campus, "limit": limit},
    }


def page_of(wanted: InstitutionFilter, at: Moment) -> Select[Any]:
    """Campuses in a box that fit the question: each institution at its main campus if that lies in the box, else at the
    first of its campuses that do. Takes the values of `page_given`."""
    place = place_of(State)
    last, key = bindparam("after_place", type_=Text), tuple_(State.institution_id, State.campus_id)
    after = tuple_(bindparam("after_institution", type_=Text), bindparam("after_campus", type_=Text))
    found = (
        select(State.institution_id, State.campus_id, State.feature, place.label("place"))
        .where(*_in_span(State), *_in_box(State), as_of(State, at), *choices(wanted))
        .where(or_(place > last, key > after))  # stretches begin at the last place: no condition that an index takes
        .where(or_(State.is_main, ~_better_campus(at)))
        .order_by(place, State.institution_id, State.campus_id)
        .limit(written("limit"))
        .lateral("found")
    )
    return select(found).select_from(SPAN.join(found, literal(True))).limit(written("limit"))


def as_they_lie(
    session: Session, wanted: InstitutionFilter, at: Moment, *, limit: int, after: tuple[str, ...] | None
) -> list[Lying]:
    """A page in the order of places; `after`: the key of the last one before it."""
    assert wanted.bbox is not None  # noqa: S101  asked for by `listed_as_they_lie`
    rows = session.execute(page_of(wanted, at), page_given(wanted.bbox, limit=limit, after=after))
    return [Lying(row.institution_id, row.feature, row.place, row.campus_id) for row in rows]


def _in_span(state: Any) -> list[ColumnElement[bool]]:
    place = place_of(state)
    return [place >= SPAN.c.starts, place < SPAN.c.ends]


def _in_box(state: Any) -> list[ColumnElement[bool]]:
    edges: list[ColumnElement[float]] = [bindparam(name, type_=Float) for name in ("west", "south", "east", "north")]
    west, south, east, north = edges
    return [func.ST_X(state.geom).between(west, east), func.ST_Y(state.geom).between(south, north)]


def _better_campus(at: Moment) -> ColumnElement[bool]:
    """Whether another campus of the institution lies in the box too and goes first."""
    other = aliased(State)
    goes_first = or_(other.is_main, other.campus_id < State.campus_id)
    return exists().where(other.institution_id == State.institution_id, as_of(other, at), *_in_box(other), goes_first)
