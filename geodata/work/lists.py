"""Records that wait for somebody: without coordinates, placed by their commune only, not confirmed for a year.

Asked of the published state of each institution on the day; what is closed or merged waits for nobody. `provinces` are
codes of today (None: the whole country, `-`: records of no known province, which are the country's).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, case, func, not_, or_, select, true, tuple_
from sqlalchemy.orm import Session

from geodata.models import Campus, InstitutionState, RecordConfirmation, Release
from geodata.proposals.reviews import months_after
from geodata.vocabulary import LocationPrecision, Status

CONFIRMED_FOR_MONTHS = 12
OVER = (Status.CLOSED.value, Status.MERGED.value)
CURSOR = re.compile(r"(\d\d|-)~\w+~[\w.-]*", re.ASCII)
NOWHERE = "-"
"""Stands for no known province in counts and cursors."""

State = InstitutionState


class Waiting(StrEnum):
    """Why a record waits."""

    UNPLACED = "unplaced"
    APPROXIMATE = "approximate"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True)
class Entry:
    """A record, or one campus of it, that waits. `site`: what that campus is called or its address, where it is not the
    main place. `known_on`: the day of its last change or confirmation."""

    institution_id: str
    campus_id: str | None
    name: str
    province_code: str | None
    commune_code: str | None
    precision: str
    known_on: date | None
    site: str | None = None

    @property
    def cursor(self) -> str:
        """Where the list goes on after this entry."""
        return "~".join((self.province_code or NOWHERE, self.institution_id, self.campus_id or ""))


def waiting(
    session: Session,
    kind: Waiting,
    *,
    on: date,
    provinces: Collection[str] | None,
    after: str | None = None,
    limit: int = 50,
) -> tuple[Entry, ...]:
    """The entries of a list from beyond the cursor `after` on, by province and id; a cursor of nonsense begins anew."""
    here = and_(Campus.campus_id == State.campus_id, Campus.release_to.is_(None), _spans(Campus, on))
    site = case((not_(State.is_main), func.coalesce(Campus.name, Campus.address, "")))
    found = _listed(kind, on).add_columns(site).outerjoin(Campus, here).where(within(provinces))
    if after is not None and CURSOR.fullmatch(after):
        found = found.where(tuple_(*_order()) > tuple_(*after.split("~")))
    rows = session.execute(found.order_by(*_order()).limit(limit))
    return tuple(Entry(*values) for values in rows)


def counted(session: Session, *, on: date) -> dict[Waiting, dict[str, int]]:
    """How many entries each list has in each province (`-`: none known), of the whole country."""
    found: dict[Waiting, dict[str, int]] = {}
    for kind in Waiting:
        listed = _listed(kind, on).subquery()
        code = func.coalesce(listed.c.province_code, NOWHERE)
        rows = session.execute(select(code.label("province"), func.count().label("entries")).group_by(code))
        found[kind] = {row.province: row.entries for row in rows}
    return found


def stands(on: date) -> ColumnElement[bool]:
    """States that hold now and on the day, of institutions that are neither closed nor merged."""
    return and_(State.release_to.is_(None), _spans(State, on), State.status.not_in(OVER))


def _spans(rows: type[InstitutionState] | type[Campus], on: date) -> ColumnElement[bool]:
    return func.daterange(rows.valid_from, rows.valid_to).bool_op("@>")(on)


def _listed(kind: Waiting, on: date) -> Select[str, str | None, str, str | None, str | None, str, date | None]:
    confirmed = (
        select(RecordConfirmation.institution_id, func.max(RecordConfirmation.confirmed_on).label("on"))
        .group_by(RecordConfirmation.institution_id)
        .subquery()
    )
    published = func.date(func.timezone("Asia/Ho_Chi_Minh", Release.published_at))
    known_on = func.greatest(published, confirmed.c.on)
    found = (
        select(
            State.institution_id, State.campus_id, State.name, State.province_code, State.commune_code,
            State.location_precision, known_on,
        )
        .join(Release, Release.id == State.release_from)
        .outerjoin(confirmed, confirmed.c.institution_id == State.institution_id)
        .where(stands(on))
    )  # fmt: skip
    if kind is Waiting.UNPLACED:
        return found.where(State.geom.is_(None))
    if kind is Waiting.APPROXIMATE:
        return found.where(State.geom.is_not(None), State.location_precision == LocationPrecision.COMMUNE.value)
    return found.where(State.is_main, known_on <= months_after(on, -CONFIRMED_FOR_MONTHS))


def within(provinces: Collection[str] | None) -> ColumnElement[bool]:
    if provinces is None:
        return true()
    known = State.province_code.in_(set(provinces) - {NOWHERE})
    return or_(known, State.province_code.is_(None)) if NOWHERE in provinces else known


def _order() -> tuple[SQLColumnExpression[str], ...]:
    code = func.coalesce(State.province_code, NOWHERE)
    return code, State.institution_id, func.coalesce(State.campus_id, "")
