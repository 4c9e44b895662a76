"""The collections, each with the rows it is made of."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from geodata.collections.asked import Asked
from geodata.collections.model import Collection
from geodata.collections.model_types import Property, Type
from geodata.collections.overlay_rows import OVERLAY_CHOICES, OVERLAY_PROPERTIES, overlay_values
from geodata.models import AdministrativeUnit, InstitutionState, Programme, UnitBoundary
from geodata.releases import Moment, as_of, said
from geodata.vocabulary import (
    GONE,
    CampusKind,
    DataStatus,
    InstitutionType,
    LocationPrecision,
    Ownership,
    Status,
    TrainingLevel,
    UnitLevel,
)

State = InstitutionState
Unit = AdministrativeUnit
PLACES = (
    Property("province_code"),
    Property("province", path=("province", "name")),
    Property("commune_code"),
    Property("commune", path=("commune", "name")),
    Property("former_province_code"),
    Property("former_district_code"),
    Property("former_district", path=("former_place", "district")),
    Property("former_commune_code"),
)
PLACED = Property("location_precision", values=tuple(LocationPrecision))
WHOSE = (
    Property("type", values=tuple(InstitutionType)),
    Property("ownership", values=tuple(Ownership)),
    Property("status", values=tuple(Status)),
)
SPAN = (Property("valid_from", Type.DATE), Property("valid_to", Type.DATE))
RESTS_ON = Property("data_status", values=tuple(DataStatus))
TAUGHT = (
    Property("training_levels", Type.STRINGS, values=tuple(TrainingLevel)),
    Property("occupations", Type.STRINGS),
)


def shown(model: type[Any], asked: Asked, at: Moment) -> ColumnElement[bool]:
    """Rows of the release that hold on the day, or on any day of the interval."""
    when = asked.when
    if when is None or when.is_one_day:
        return as_of(model, at)
    started = [] if when.last is None else [or_(model.valid_from.is_(None), model.valid_from <= when.last)]
    lasting = [] if when.first is None else [or_(model.valid_to.is_(None), model.valid_to > when.first)]
    return and_(said(model, at), *started, *lasting)


def states(asked: Asked, at: Moment, key: ColumnElement[Any]) -> Select[Any]:
    """Institution states, of an interval the last one of each key."""
    names = [one.name for one in (*PLACES, PLACED, *WHOSE, *SPAN, RESTS_ON, *TAUGHT) if one.queryable]
    columns = [getattr(State, name) for name in names]
    rows = select(
        key.label("key"),
        State.institution_id,
        State.name,
        State.identifiers,
        State.geom,
        State.feature,
        State.status.in_([status.value for status in GONE]).label("gone"),
        *columns,
    ).where(shown(State, asked, at))
    if asked.when is None or asked.when.is_one_day:
        return rows
    return rows.ext(distinct_on(key)).order_by(key, State.valid_from.desc().nulls_last())


def institutions(_session: Session, asked: Asked, at: Moment) -> Select[Any]:
    """Each institution once, at its main campus."""
    return states(asked, at, State.institution_id.expression).where(State.is_main)


def campuses(_session: Session, asked: Asked, at: Moment) -> Select[Any]:
    """Each campus, with what is said of its institution."""
    return states(asked, at, State.campus_id.expression).where(State.campus_id.is_not(None))


def programmes(_session: Session, asked: Asked, at: Moment) -> Select[Any]:
    """Each programme at the campus it is taught at, at the main one where none is named."""
    taught = Programme
    there = and_(
        State.institution_id == taught.institution_id,
        as_of(State, at),
        or_(
            State.campus_id == taught.campus_id,
            and_(State.is_main, taught.campus_id.is_(None)),
        ),
    )
    return (
        select(
            taught.row_id.label("key"),
            *(taught.institution_id, taught.occupation_code, taught.occupation_name, taught.training_level),
            *(taught.quota, taught.taught_out_until, taught.valid_from, taught.valid_to),
            *(State.name, State.type, State.ownership, State.status, State.data_status, State.geom, State.feature),
            *(State.province_code, State.commune_code, State.former_province_code, State.former_district_code),
            *(State.former_commune_code, State.location_precision),
            func.coalesce(State.status.in_([status.value for status in GONE]), False).label("gone"),
        )
        .outerjoin(State, there)
        .where(shown(taught, asked, at))
    )


def units(_session: Session, asked: Asked, at: Moment) -> Select[Any]:
    """Administrative units of the day, or of all vintages that an interval meets; with their outline, or the point that
    stands for them."""
    when = asked.when
    first, last = (at.on, at.on) if when is None or when.is_one_day else (when.first, when.last)
    days = [] if last is None else [Unit.valid_from <= last]
    days += [] if first is None else [or_(Unit.valid_to.is_(None), Unit.valid_to > first)]
    columns: list[Any] = [
        Unit.key.label("key"),
        *(Unit.code, Unit.level, Unit.name, Unit.full_name, Unit.name_en, Unit.kind),
        *(Unit.parent_key.label("parent"), Unit.valid_from, Unit.valid_to, Unit.area_km2),
        UnitBoundary.quality.label("boundary_quality"),
        func.coalesce(UnitBoundary.geom, Unit.point).label("geom"),
        literal(False).label("gone"),
    ]
    return select(*columns).outerjoin(UnitBoundary, UnitBoundary.unit_key == Unit.key).where(*days)


def overlay(session: Session, asked: Asked, at: Moment) -> Select[Any]:
    """Readiness figures with the outlines of their units."""
    rows = overlay_values(session, asked, at)
    geometry = func.coalesce(UnitBoundary.geom_mid, Unit.point)
    return (
        select(rows, geometry.label("geom"), literal(False).label("gone"))
        .outerjoin(Unit, Unit.key == rows.c.unit)
        .outerjoin(UnitBoundary, UnitBoundary.unit_key == rows.c.unit)
    )


COLLECTIONS = {
    one.id: one
    for one in (
        Collection(
            "institutions",
            (
                Property("name"),
                Property("name_en", path=("name_en",)),
                Property("name_short", path=("name_short",)),
                Property("identifiers", Type.STRINGS),
                *WHOSE,
                Property("enrolment", path=("enrolment",)),
                Property("high_quality", path=("high_quality",)),
                *TAUGHT,
                Property("address", path=("address",)),
                *PLACES,
                PLACED,
                Property("website", path=("website",)),
                *SPAN,
                RESTS_ON,
            ),
            institutions,
            "Point",
            "type = 'college' AND S_INTERSECTS(geometry, BBOX(105.2, 20.5, 106.1, 21.4))",
        ),
        Collection(
            "campuses",
            (
                Property("institution_id"),
                Property("name"),
                Property("campus_kind", values=tuple(CampusKind), path=("campus", "kind")),
                Property("campus_name", path=("campus", "name")),
                *WHOSE,
                Property("address", path=("address",)),
                *PLACES,
                PLACED,
                *SPAN,
                RESTS_ON,
            ),
            campuses,
            "Point",
            "institution_id IS NOT NULL AND province_code = '01'",
        ),
        Collection(
            "programmes",
            (
                Property("institution_id"),
                Property("name"),
                Property("occupation_code"),
                Property("occupation_name"),
                Property("training_level", values=tuple(TrainingLevel)),
                Property("quota", Type.INTEGER),
                Property("taught_out_until", Type.DATE),
                *WHOSE,
                *PLACES,
                PLACED,
                *SPAN,
                RESTS_ON,
            ),
            programmes,
            "Point",
            "occupation_code LIKE '65202%' AND training_level = 'college'",
            key_type=int,
        ),
        Collection(
            "administrative-units",
            (
                Property("code"),
                Property("level", values=tuple(UnitLevel)),
                Property("name"),
                Property("full_name"),
                Property("name_en"),
                Property("kind"),
                Property("parent"),
                Property("area_km2", Type.NUMBER),
                Property("boundary_quality"),
                *SPAN,
            ),
            units,
            "any",
            "level = 'province'",
        ),
        Collection(
            "overlay-values",
            OVERLAY_PROPERTIES,
            overlay,
            "any",
            "indicator = 'digital_governance' AND value < 50",
            choices=OVERLAY_CHOICES,
        ),
    )
}
