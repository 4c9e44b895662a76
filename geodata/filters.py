"""What a reader asks of the register, and the conditions it puts on `institution_state`."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from geodata.geometry import BBox, LonLat
from geodata.models import InstitutionState, Licence
from geodata.releases import Moment, as_of, said
from geodata.unit_reads import Unit, unit
from geodata.vocabulary import GONE, UnitLevel

REFORM = date(2025, 7, 1)
"""Districts abolished, 34 provinces; codes before and after are different worlds (law 72/2025/QH15)."""

State = InstitutionState


@dataclass(frozen=True)
class InstitutionFilter:
    """A question to the register; empty means "no matter". `statuses` empty means all but closed and merged.

    `unit` is a unit code, today's world, or `code@YYYY-MM-DD`. `radius_m` goes with `near`.
    """

    on: date
    q: str = ""
    near: LonLat | None = None
    radius_m: float | None = None
    bbox: BBox | None = None
    types: tuple[str, ...] = ()
    ownerships: tuple[str, ...] = ()
    training_levels: tuple[str, ...] = ()
    occupations: tuple[str, ...] = ()
    unit: str | None = None
    statuses: tuple[str, ...] = ()
    identifier: str | None = None
    release: int | None = None

    @property
    def by_place(self) -> bool:
        """Whether any campus counts, not only the main one."""
        return bool(self.unit or self.bbox or self.near)

    def without(self, **relaxed: object) -> "InstitutionFilter":
        return replace(self, **relaxed)  # type: ignore[arg-type]


def conditions(session: Session, wanted: InstitutionFilter, at: Moment) -> list[ColumnElement[bool]]:
    """Conditions on `institution_state` for everything but the words `q`; raises `InvalidReference`, `UnknownUnit`."""
    tests = [as_of(State, at), *choices(wanted), *places(session, wanted)]
    if not wanted.by_place:
        tests.append(State.is_main.expression)  # said as the index says it: IS TRUE would not use that
    if wanted.identifier:
        tests.append(known_by(wanted.identifier, at))
    return tests


def choices(wanted: InstitutionFilter) -> list[ColumnElement[bool]]:
    """Conditions of the closed vocabularies and the occupations."""
    tests: list[ColumnElement[bool]] = []
    if wanted.statuses:
        tests.append(State.status.in_(wanted.statuses))
    elif not wanted.identifier:
        tests.append(State.status.not_in([status.value for status in GONE]))
    if wanted.types:
        tests.append(State.type.in_(wanted.types))
    if wanted.ownerships:
        tests.append(State.ownership.in_(wanted.ownerships))
    if wanted.training_levels:
        tests.append(State.training_levels.overlap(list(wanted.training_levels)))
    if wanted.occupations:
        tests.append(State.occupations.overlap(list(wanted.occupations)))
    return tests


def places(session: Session, wanted: InstitutionFilter) -> list[ColumnElement[bool]]:
    """Conditions of box, radius and administrative unit; they hold for any campus."""
    tests: list[ColumnElement[bool]] = []
    if wanted.bbox:
        tests += inside_box(wanted.bbox)
    if wanted.near:
        within = wanted.radius_m
        placed = State.geog.is_not(None)
        tests.append(placed if within is None else func.ST_DWithin(State.geog, spot(wanted.near), within))
    if wanted.unit:
        tests.append(inside(session, wanted.unit))
    return tests


def inside(session: Session, reference: str) -> ColumnElement[bool]:
    """Campuses whose stored codes put them in the unit, in the world the unit belongs to."""
    found = unit(session, reference)
    return unit_column(found) == found.code


def unit_column(unit: Unit) -> SQLColumnExpression[str | None]:
    """The column of stored codes that speaks of the unit's level and world."""
    former = unit.valid_from < REFORM
    columns: dict[tuple[str, bool], SQLColumnExpression[str | None]] = {
        (UnitLevel.PROVINCE, False): State.province_code,
        (UnitLevel.COMMUNE, False): State.commune_code,
        (UnitLevel.PROVINCE, True): State.former_province_code,
        (UnitLevel.DISTRICT, True): State.former_district_code,
        (UnitLevel.COMMUNE, True): State.former_commune_code,
    }
    return columns[unit.level, former]


def known_by(identifier: str, at: Moment) -> ColumnElement[bool]:
    """Institutions that carry or carried the code or e-ID, or hold a licence of this number. Exact, never fuzzy.

    Their ids are found first, each by its own index: as alternatives of one condition they read the whole table.
    """
    written, own = identifier.strip(), aliased(State)
    known = union_all(
        select(literal(written.lower())),
        select(own.institution_id).where(as_of(own, at), own.identifiers.contains([written.upper()])),
        select(Licence.institution_id).where(Licence.number == written, said(Licence, at)),
    )
    return State.institution_id == func.any(func.array(known.scalar_subquery()))


def inside_box(box: BBox) -> list[ColumnElement[bool]]:
    """Points in the box, its edges included. The index compares in single precision, half a metre wide of the mark."""
    return [
        State.geom.bool_op("&&")(envelope(box)),
        func.ST_X(State.geom).between(box.west, box.east),
        func.ST_Y(State.geom).between(box.south, box.north),
    ]


def spot(point: LonLat) -> ColumnElement[object]:
    """The point as PostGIS geography (lon/lat)."""
    return func.geography(func.ST_SetSRID(func.ST_MakePoint(literal(point.lon), literal(point.lat)), 4326))


def envelope(box: BBox) -> ColumnElement[object]:
    """The box as PostGIS geometry (lon/lat)."""
    return func.ST_MakeEnvelope(box.west, box.south, box.east, box.north, 4326)
