"""Readiness figures per unit as rows, for the collection of overlay values."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import Boolean, Date, Double, Integer, Subquery, Text, column, func, literal, select
from sqlalchemy.orm import Session

from geodata.collections.asked import Asked
from geodata.collections.model_types import Property, Type
from geodata.filters import REFORM
from geodata.indicators import indicator_named, indicators
from geodata.overlays import NoFigures, Overlay, UnitFigure, by_unit
from geodata.releases import Moment
from geodata.remembered import Remembered
from geodata.vocabulary import UnitLevel

OVERLAY_CHOICES = ("indicator", "level", "period")
OVERLAY_PROPERTIES = (
    Property("indicator"),
    Property("period"),
    Property("level", values=tuple(UnitLevel)),
    Property("unit"),
    Property("code"),
    Property("full_name"),
    Property("value", Type.NUMBER),
    Property("reporting", Type.INTEGER),
    Property("applicable", Type.INTEGER),
    Property("target", Type.NUMBER),
    Property("gap", Type.NUMBER),
    Property("met", Type.BOOLEAN),
    Property("vintage", Type.DATE),
)
SQL_TYPES: dict[Type, Any] = {
    Type.STRING: Text(),
    Type.NUMBER: Double(),
    Type.INTEGER: Integer(),
    Type.BOOLEAN: Boolean(),
    Type.DATE: Date(),
}
ROWS: Remembered[str] = Remembered(most=16)


def overlay_values(session: Session, asked: Asked, at: Moment) -> Subquery:
    """A row per indicator and unit: of every indicator (or the chosen one) for the provinces (or the chosen level) of
    the day, in the latest period reported (or the chosen one). Districts are those of their last day unless an earlier
    day is asked. Raises `UnknownIndicator`."""
    chosen = tuple(asked.choice(name) for name in OVERLAY_CHOICES)
    if at.published_at is None:
        text = as_json(session, at, *chosen)
    else:
        text = ROWS.get((at, chosen), lambda: as_json(session, at, *chosen))
    columns = [column("key", Text()), *(column(one.name, SQL_TYPES[one.type]) for one in OVERLAY_PROPERTIES)]
    rows = func.jsonb_to_recordset(func.jsonb(literal(text))).table_valued(*columns, name="figure")
    return select(rows.render_derived(with_types=True)).subquery()


def as_json(session: Session, at: Moment, indicator: str | None, level: str | None, period: str | None) -> str:
    names = [indicator_named(indicator).id] if indicator else list(indicators())
    found = [figures(session, at, name, UnitLevel(level or UnitLevel.PROVINCE), period) for name in names]
    return json.dumps([row for rows in found for row in rows], ensure_ascii=False)


def figures(session: Session, at: Moment, indicator: str, level: UnitLevel, period: str | None) -> list[dict[str, Any]]:
    """The rows of one indicator; none where nobody reported on it."""
    day = min(at.on, REFORM - timedelta(days=1)) if level is UnitLevel.DISTRICT else at.on
    try:
        found = by_unit(session, indicator, level=level.value, on=day, period=period, release=at.release)
    except NoFigures:
        return []
    return [row(found, one) for one in found.rows]


def row(found: Overlay, one: UnitFigure) -> dict[str, Any]:
    key = one.unit.key if one.unit else "none"
    return {
        "key": f"{found.indicator.id}~{found.period}~{key}",
        "indicator": found.indicator.id,
        "period": found.period,
        "level": found.vintage.level,
        "unit": one.unit.key if one.unit else None,
        "code": one.unit.code if one.unit else None,
        "full_name": one.unit.full_name if one.unit else None,
        "value": one.value,
        "reporting": one.n,
        "applicable": one.N,
        "target": one.target,
        "gap": one.gap,
        "met": one.met,
        "vintage": found.vintage.on.isoformat(),
    }
