"""Institutions as people look for them: by words, by filters, nearest first."""

import base64
import binascii
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Subquery,
    distinct,
    func,
    literal,
    null,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from geodata.boxes import as_they_lie, crowded, listed_as_they_lie
from geodata.counting import COUNTED_EXACTLY, MOST_ROWS, counted
from geodata.errors import GeodataError
from geodata.filters import InstitutionFilter, conditions
from geodata.models import InstitutionState
from geodata.nearest import Item as Item
from geodata.nearest import nearest
from geodata.places import PlaceHit, places_meant
from geodata.releases import Moment, moment
from geodata.search import Reading, read, was_cut_short
from geodata.vocabulary import Status

State = InstitutionState


class InvalidCursor(GeodataError):
    """A cursor that this register did not hand out, or for another question."""


@dataclass(frozen=True)
class Page:
    """One page of results. `number_matched` is None above `more_than` unless asked for exactly; `without_location`
    counts the matches that have no point; `places` are the places that the words (also) name."""

    items: tuple[Item, ...]
    number_matched: int | None
    without_location: int
    next_cursor: str | None
    moment: Moment
    places: tuple[PlaceHit, ...]
    more_than: int = COUNTED_EXACTLY

    @property
    def release(self) -> int:
        return self.moment.release


@dataclass(frozen=True)
class Cursor:
    """Where the next page starts, within one release: after a name and id, or after a place, institution and campus."""

    release: int
    offset: int
    after: tuple[str, ...] | None = None

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        try:
            release, offset, after = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=="))
            whole = isinstance(release, int) and isinstance(offset, int) and 0 <= offset < 2**31 and release >= 0
            keys = None if after is None else tuple(str(one) for one in after)
            "".join(keys or ()).encode()  # what is no text is none of ours
        except (ValueError, TypeError, IndexError, KeyError, binascii.Error):
            raise InvalidCursor("cursor: not one of ours; start again without it") from None
        if not whole or (keys is not None and (len(keys) not in (2, 3) or "\x00" in "".join(keys))):
            raise InvalidCursor("cursor: not one of ours; start again without it")
        return cls(release, offset, keys)

    def __str__(self) -> str:
        packed = json.dumps([self.release, self.offset, self.after], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def search(
    session: Session,
    wanted: InstitutionFilter,
    *,
    limit: int = 20,
    cursor: str | None = None,
    count_exactly: bool = False,
) -> Page:
    """A page of institutions: nearest first when a point is given, best match first with words, else by name; as they
    lie in a box that is crowded.

    Each institution appears once, at its main campus or, with a place filter, at a campus that fits it. Raises
    `InvalidCursor`, `UnknownRelease`, `UnknownUnit`.
    """
    start = Cursor.parse(cursor) if cursor else None
    at = moment(session, wanted.on, start.release if start else wanted.release)
    start = start or Cursor(at.release, 0)
    if listed_as_they_lie(wanted) and crowded(session, wanted, at):
        return page_of_a_crowd(session, wanted, at, start, limit=limit, count_exactly=count_exactly)
    if start.after is not None and len(start.after) != len(BY_NAME):
        raise InvalidCursor("cursor: it comes from another question; start again without it")
    reading = read(session, wanted, at)
    tests = _tests(session, wanted, at, reading)
    found = reading.found if reading else None
    if found is None or (count_exactly and found[0] is None):
        found = counted(session, wanted, tests, at, exactly=count_exactly)
    if wanted.near:
        items = nearest(session, wanted.near, tests, reading, limit=limit + 1, offset=start.offset)
    else:
        ranked = reading is not None and (found[0] is not None or count_exactly)
        items = listed(session, tests, reading, ranked=ranked, by_place=wanted.by_place, limit=limit + 1, start=start)
    return Page(
        items=tuple(item for item, _ in items[:limit]),
        number_matched=found[0],
        without_location=found[1],
        next_cursor=following(items, limit, start, keyed=not (wanted.near or reading)),
        moment=at,
        places=places_meant(session, wanted.q) if wanted.q else (),
    )


BY_NAME = ("name", "id")
BY_PLACE = ("place", "institution", "campus")
"""What a cursor of each order holds."""


def page_of_a_crowd(
    session: Session, wanted: InstitutionFilter, at: Moment, start: Cursor, *, limit: int, count_exactly: bool
) -> Page:
    """The institutions of a crowded box as they lie, uncounted unless that is asked for. Raises `InvalidCursor`."""
    if start.after is not None and len(start.after) != len(BY_PLACE):
        raise InvalidCursor("cursor: it comes from another question; start again without it")
    lying = as_they_lie(session, wanted, at, limit=limit + 1, after=start.after)
    number = len(lying) if start.after is None and len(lying) <= limit else None
    if number is None and count_exactly:
        number, _ = counted(session, wanted, conditions(session, wanted, at), at, exactly=True)
    return Page(
        items=tuple(Item(one.institution_id, one.feature, None, None) for one in lying[:limit]),
        number_matched=number,
        without_location=0,
        next_cursor=str(Cursor(start.release, 0, lying[limit - 1].key)) if len(lying) > limit else None,
        moment=at,
        places=(),
        more_than=len(lying) - 1,
    )


def following(items: list[tuple[Item, str]], limit: int, start: Cursor, *, keyed: bool) -> str | None:
    """The cursor of the next page, None on the last; by name and id when that is the order, else by position."""
    if len(items) <= limit:
        return None
    last, name = items[limit - 1]
    return str(Cursor(start.release, 0 if keyed else start.offset + limit, (name, last.id) if keyed else None))


def listed(
    session: Session,
    tests: list[ColumnElement[bool]],
    reading: Reading | None,
    *,
    ranked: bool,
    by_place: bool,
    limit: int,
    start: Cursor,
) -> list[tuple[Item, str]]:
    """Best match first, those in operation before the rest, then by name; each institution once. Words that fit very
    many (not `ranked`) tell nobody apart: then by name alone.

    With the folded name beside each item.
    """
    rank = reading.rank if reading and ranked else literal(0)
    matched = reading.matched if reading else null()
    if start.after:
        tests = [*tests, tuple_(State.name_folded, State.institution_id) > tuple_(*map(literal, start.after))]
    rows = select(
        State.row_id,
        State.institution_id,
        State.name_folded,
        State.status,
        rank.label("rank"),
        matched.label("matched"),
    ).where(*tests)
    chosen = (once(rows) if by_place else rows).subquery()
    page = select(chosen).order_by(*order_of(chosen, ranked=ranked)).limit(limit).offset(start.offset).subquery()
    shown = (
        select(page.c.institution_id, State.feature, page.c.name_folded, page.c.matched)
        .join(State, State.row_id == page.c.row_id)
        .order_by(*order_of(page, ranked=ranked))
    )
    with in_order(session, wanted=reading is not None and not ranked):
        found = session.execute(shown).all()
    return [(Item(row.institution_id, row.feature, None, row.matched), row.name_folded) for row in found]


@contextmanager
def in_order(session: Session, *, wanted: bool) -> Iterator[None]:
    """Inside, rows are read in the order of an index. Where very many fit some words, the first by name are soon found
    so; the planner thinks that few fit, and would collect and sort them all."""
    setting = "enable_bitmapscan"
    if wanted:
        session.execute(select(func.set_config(setting, "off", True)))
    yield
    if wanted:
        session.execute(select(func.set_config(setting, "on", True)))


def order_of(rows: Subquery, *, ranked: bool) -> list[ColumnElement[Any]]:
    """By rank where that is wanted, then by name. Features, which are wide, are fetched after sorting."""
    found = rows.c
    by_rank = [found.rank, found.status != Status.ACTIVE, func.length(found.name_folded)] if ranked else []
    return [*by_rank, found.name_folded, found.institution_id]


def once(rows: Select[*tuple[object, ...]]) -> Select[*tuple[object, ...]]:
    """Each institution at one campus, the main one if it is among the rows."""
    one_each = rows.ext(distinct_on(State.institution_id))
    return one_each.order_by(State.institution_id, State.is_main.desc(), State.campus_id)


def facets(session: Session, wanted: InstitutionFilter) -> dict[str, dict[str, int]]:
    """For each filter, how many institutions each of its values would give under all the other filters and words; a
    filter is left out where so much matches that nobody should wait for the numbers; all are where similar names could
    not be looked at (`was_cut_short`)."""
    at = moment(session, wanted.on, wanted.release)
    if _number(session, wanted, at) is None or was_cut_short(session):
        return {}  # with a filter less there are no fewer
    every: dict[str, tuple[SQLColumnExpression[Any], InstitutionFilter]] = {
        "type": (State.type, wanted.without(types=())),
        "ownership": (State.ownership, wanted.without(ownerships=())),
        "status": (State.status, wanted.without(statuses=tuple(Status))),
        "training_level": (func.unnest(State.training_levels), wanted.without(training_levels=())),
        "occupation": (func.unnest(State.occupations), wanted.without(occupations=())),
        "province": (State.province_code, wanted.without(unit=None)),
    }
    counts = {name: tally(session, column, relaxed, at) for name, (column, relaxed) in every.items()}
    return {name: found for name, found in counts.items() if found is not None}


def _number(session: Session, wanted: InstitutionFilter, at: Moment) -> int | None:
    """How many match, as `search` says it; None beyond what is counted."""
    reading = read(session, wanted, at)
    if reading is not None and reading.found is not None:
        return reading.found[0]
    return counted(session, wanted, _tests(session, wanted, at, reading), at)[0]


def _tests(
    session: Session, wanted: InstitutionFilter, at: Moment, reading: Reading | None
) -> list[ColumnElement[bool]]:
    return conditions(session, wanted, at) + ([reading.condition] if reading else [])


def by_type(session: Session, wanted: InstitutionFilter) -> dict[str, int]:
    """How many institutions of each type there are, however many."""
    at = moment(session, wanted.on, wanted.release)
    each = func.count(distinct(State.institution_id)) if wanted.by_place else func.count()
    tests = _tests(session, wanted, at, read(session, wanted, at))
    counts = select(State.type, each.label("number")).where(*tests).group_by(State.type)
    return {row.type: row.number for row in session.execute(counts)}


def tally(
    session: Session,
    column: SQLColumnExpression[str | None],
    wanted: InstitutionFilter,
    at: Moment,
    *,
    most: int = MOST_ROWS,
) -> dict[str, int] | None:
    """Institutions per value of the column; None beyond so many campuses with their values."""
    tests = _tests(session, wanted, at, read(session, wanted, at))
    found = select(column.label("value"), State.institution_id).where(*tests).limit(most + 1).subquery()
    counts = select(found.c.value, func.count(distinct(found.c.institution_id)), func.count()).group_by(found.c.value)
    values = session.execute(counts).all()
    if sum(number for *_, number in values) > most:
        return None
    return {value: number for value, number, _ in values if value is not None}
