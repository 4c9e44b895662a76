"""Reading administrative units: one by code and day, all of a level, above, before and after."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from geodata.errors import GeodataError
from geodata.geometry import LonLat
from geodata.models import AdministrativeUnit, UnitSuccession
from geodata.vocabulary import UnitLevel

A = AdministrativeUnit

_REFERENCE = re.compile(r"(?P<code>[0-9]{1,5})(?:@(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}))?", re.ASCII)


class UnknownUnit(GeodataError):
    """No administrative unit has this code on this day."""


class InvalidReference(GeodataError):
    """A text that is not a code or `code@day`."""


class LevelNotInVintage(GeodataError):
    """A level has no units on a day: districts were abolished on 01/07/2025. `nearest_day` is a day that has them."""

    def __init__(self, level: str, on: date, nearest_day: date) -> None:
        super().__init__(level, on, nearest_day)
        self.level, self.on, self.nearest_day = level, on, nearest_day

    def __str__(self) -> str:
        return (
            f"there are no administrative units of level {self.level} on {self.on}; "
            f"ask for a vintage that has them, such as on={self.nearest_day}"
        )


@dataclass(frozen=True)
class Unit:
    """A unit during one span of days, half-open; `valid_to` None = in force. `lon_lat` stands for it on a map."""

    key: str
    code: str
    level: str
    name: str
    full_name: str
    name_en: str
    kind: str
    parent_key: str | None
    valid_from: date
    valid_to: date | None
    lon_lat: LonLat | None
    area_km2: float | None

    @property
    def in_force(self) -> bool:
        """Whether the unit exists today."""
        return self.valid_to is None

    def holds_on(self, day: date | None) -> bool:
        """Whether the unit exists on the day; None asks about today."""
        if day is None:
            return self.in_force
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Successor:
    """A unit that took over (or gave) land: 'whole' or 'part' of the predecessor; `is_default` marks the main one."""

    unit: Unit
    part: str
    is_default: bool


def parse_reference(reference: str) -> tuple[str, date | None]:
    """('52', None) for '52', ('52', 30/06/2025) for '52@2025-06-30'; raises `InvalidReference`."""
    match = _REFERENCE.fullmatch(reference.strip())
    try:
        if match is not None:
            return match["code"], date.fromisoformat(match["day"]) if match["day"] else None
    except ValueError:
        pass
    raise InvalidReference("a unit is a code of up to five digits, alone or with a day: 52 or 52@2025-06-30")


def unit(session: Session, reference: str, on: date | None = None) -> Unit:
    """The unit with this code on the day: the day in the reference, else `on`, else today.

    Raises `InvalidReference` and `UnknownUnit`.
    """
    code, day = parse_reference(reference)
    found = _first(session, _units().where(A.code == code, in_force_on(day or on)))
    if found is None:
        raise UnknownUnit(f"no administrative unit has the code {code} {f'on {day or on}' if day or on else 'today'}")
    return found


def by_key(session: Session, keys: Iterable[str]) -> dict[str, Unit]:
    """Units by key; unknown keys are left out."""
    rows = session.execute(_units().where(A.key.in_(list(keys))))
    return {row.key: to_unit(row) for row in rows}


def units(session: Session, *, level: str, on: date | None = None, parent_key: str | None = None) -> list[Unit]:
    """The units of a level on a day (None: today), by code; raises `LevelNotInVintage` where the level has none."""
    check_level(session, level, on)
    query = _units().where(A.level == level, in_force_on(on)).order_by(A.code)
    if parent_key is not None:
        query = query.where(A.parent_key == parent_key)
    return [to_unit(row) for row in session.execute(query)]


def check_level(session: Session, level: str, on: date | None) -> None:
    """Raises `LevelNotInVintage` unless the level has units on the day (None: today)."""
    if session.scalar(select(A.key).where(A.level == level, in_force_on(on)).limit(1)) is not None:
        return
    spans = select(func.min(A.valid_from), func.max(A.valid_to), func.current_date()).where(A.level == level)
    first, end, today = session.execute(spans).one()
    if first is None:
        raise UnknownUnit(f"the register holds no administrative units of level {level}")
    asked = on or today
    raise LevelNotInVintage(level, asked, first if asked < first or end is None else end - timedelta(days=1))


def ancestors(session: Session, key: str) -> list[Unit]:
    """The units above, nearest first; empty for a province or an unknown key."""
    found: list[Unit] = []
    parent = session.scalar(select(A.parent_key).where(A.key == key))
    while parent is not None:
        above = by_key(session, [parent])[parent]
        found.append(above)
        parent = above.parent_key
    return found


def province_of(session: Session, unit: Unit) -> Unit:
    """The province of a unit in its own vintage; the unit itself when it is one."""
    return unit if unit.level == UnitLevel.PROVINCE else ancestors(session, unit.key)[-1]


def successors(session: Session, key: str) -> list[Successor]:
    """What took the unit's land over, largest first. Of a district: the communes of today that lie in it."""
    return _linked(session, UnitSuccession.predecessor_key, UnitSuccession.successor_key, [key])


def predecessors(session: Session, key: str) -> list[Successor]:
    """What the unit was made of, by code; districts are left out, since their communes say the same exactly."""
    linked = _linked(session, UnitSuccession.successor_key, UnitSuccession.predecessor_key, [key])
    communes = [link for link in linked if link.unit.level == UnitLevel.COMMUNE]
    return sorted(communes or linked, key=lambda link: link.unit.code)


def today(session: Session, unit: Unit) -> list[Successor]:
    """Where the unit's land belongs today: itself, its one successor, or several candidates of a split unit."""
    if unit.in_force:
        return [Successor(unit, "whole", True)]
    found: dict[str, Successor] = {}
    for link in successors(session, unit.key):
        for last in today(session, link.unit):
            whole = link.part == last.part == "whole"
            found[last.unit.key] = Successor(
                last.unit, "whole" if whole else "part", link.is_default and last.is_default
            )
    return list(found.values())


def in_force_on(day: date | None) -> ColumnElement[bool]:
    """Units whose validity includes the day; None: units that have not ended."""
    if day is None:
        return A.valid_to.is_(None)
    return (A.valid_from <= day) & or_(A.valid_to.is_(None), A.valid_to > day)


def find(session: Session, *conditions: ColumnElement[bool]) -> list[Unit]:
    """Units that meet the conditions, provinces first, then by code and age."""
    rank = func.array_position(["province", "district", "commune"], A.level)
    return [to_unit(row) for row in session.execute(_units().where(*conditions).order_by(rank, A.code, A.valid_from))]


def to_unit(row: Row[Any]) -> Unit:
    """A row of `unit_columns()` as a value."""
    lon_lat = None if row.lon is None else LonLat(row.lon, row.lat)
    plain = {name: getattr(row, name) for name in _PLAIN}
    return Unit(**plain, lon_lat=lon_lat)


_PLAIN = tuple(field.name for field in fields(Unit) if field.name != "lon_lat")


def unit_columns() -> list[Any]:
    """The columns `to_unit` reads."""
    return [*(getattr(A, name) for name in _PLAIN), func.ST_X(A.point).label("lon"), func.ST_Y(A.point).label("lat")]


def _units() -> Select[Any]:
    return select(*unit_columns())


def _first(session: Session, query: Select[Any]) -> Unit | None:
    row = session.execute(query).first()
    return None if row is None else to_unit(row)


def _linked(
    session: Session, near: InstrumentedAttribute[str], far: InstrumentedAttribute[str], keys: Collection[str]
) -> list[Successor]:
    query: Select[Any] = (
        select(*unit_columns(), UnitSuccession.part, UnitSuccession.is_default)
        .join(UnitSuccession, far == A.key)
        .where(near.in_(keys))
        .order_by(UnitSuccession.is_default.desc(), A.code)
    )
    return [Successor(to_unit(row), row.part, row.is_default) for row in session.execute(query)]
