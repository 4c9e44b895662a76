"""Outlines of units for maps, each with its quality, and the unit that holds a point."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from geodata.geometry import BBox, LonLat
from geodata.models import AdministrativeUnit, UnitBoundary
from geodata.unit_reads import Unit, check_level, in_force_on, to_unit, unit_columns

ARCHIPELAGOS = ("498", "576", "20333", "22736")
"""Codes of Hoàng Sa and Trường Sa: districts of the old world, special zones of today (27/2018/QH14, article 18)."""

_LOW_UNTIL_ZOOM, _MID_UNTIL_ZOOM = 6, 9


@dataclass(frozen=True)
class Containing:
    """The unit whose outline holds a point; with quality 'approximate' the answer is likely, not certain."""

    unit: Unit
    quality: str


def containing(session: Session, point: LonLat, *, level: str, on: date | None = None) -> Containing | None:
    """The unit of a level around a point on a day (None: today); None at sea, abroad or where no outline is known.

    On a shared edge the lower code. Raises `LevelNotInVintage`. Never store the answer of an approximate outline as an
    institution's commune: one point in five lies in another (measured).
    """
    check_level(session, level, on)
    spot = func.ST_SetSRID(func.ST_MakePoint(point.lon, point.lat), 4326)
    query: Select[Any] = (
        select(*unit_columns(), UnitBoundary.quality)
        .join(UnitBoundary, UnitBoundary.unit_key == AdministrativeUnit.key)
        .where(AdministrativeUnit.level == level, in_force_on(on), func.ST_Covers(UnitBoundary.geom, spot))
        .order_by(AdministrativeUnit.code)
    )
    row = session.execute(query).first()
    return None if row is None else Containing(to_unit(row), row.quality)


def boundaries_geojson(
    session: Session,
    *,
    level: str,
    on: date | None = None,
    zoom: float = 6,
    bbox: BBox | None = None,
    parent_key: str | None = None,
) -> str:
    """GeoJSON FeatureCollection text of a level on a day (None: today), outlines at the detail of the zoom.

    Each feature's id is the unit's key; `quality` is approximate or official, or null for a unit without an outline,
    which comes as its point. Whatever the box or parent, Hoàng Sa and Trường Sa are always among the features, as
    points with `symbol: "archipelago"`. Raises `LevelNotInVintage`.
    """
    check_level(session, level, on)
    values = {
        "level": level,
        "on": on,
        "parent": parent_key,
        "digits": 5 if zoom > _MID_UNTIL_ZOOM else 4,
        "archipelagos": list(ARCHIPELAGOS),
        "box": None if bbox is None else f"SRID=4326;POLYGON(({_ring(bbox)}))",
    }
    return str(session.scalar(text(_COLLECTION.format(geometry=_geometry_column(zoom))), values))


def boundaries_version(session: Session) -> str:
    """A short text that changes whenever an outline is loaded or replaced; for addresses that may be cached."""
    newest, number = session.execute(select(func.max(UnitBoundary.imported_at), func.count())).one()
    return "none" if newest is None else f"{newest:%Y%m%dT%H%M%S%f}-{number}"


def provinces_geojson(session: Session, *, on: date | None = None, zoom: float = 6) -> str:
    """The provinces of a day; see `boundaries_geojson`."""
    return boundaries_geojson(session, level="province", on=on, zoom=zoom)


def _geometry_column(zoom: float) -> str:
    if zoom <= _LOW_UNTIL_ZOOM:
        return "geom_low"
    return "geom_mid" if zoom <= _MID_UNTIL_ZOOM else "geom"


def _ring(box: BBox) -> str:
    corners = [(box.west, box.south), (box.east, box.south), (box.east, box.north), (box.west, box.north)]
    return ", ".join(f"{lon!r} {lat!r}" for lon, lat in [*corners, corners[0]])


_COLLECTION = """
WITH in_force AS (
    SELECT * FROM administrative_unit
    WHERE CASE WHEN CAST(:on AS date) IS NULL THEN valid_to IS NULL
               ELSE valid_from <= :on AND (valid_to IS NULL OR valid_to > :on) END
), shown AS (
    SELECT u.*, b.quality, b.source AS boundary_source, NULL AS symbol, coalesce(b.{geometry}, u.point) AS shape
    FROM in_force u LEFT JOIN unit_boundary b ON b.unit_key = u.key
    WHERE u.level = :level
      AND (b.unit_key IS NOT NULL OR NOT u.code = ANY(:archipelagos))
      AND (CAST(:parent AS text) IS NULL OR u.parent_key = :parent)
      AND (CAST(:box AS text) IS NULL OR coalesce(b.geom, u.point) && ST_GeomFromEWKT(:box))
    UNION ALL
    SELECT u.*, NULL, NULL, 'archipelago', u.point FROM in_force u
    WHERE u.code = ANY(:archipelagos) AND (u.level = 'district' OR u.kind = 'dac_khu')
), features AS (
    SELECT code, symbol, json_build_object(
        'type', 'Feature', 'id', key || CASE WHEN symbol IS NULL THEN '' ELSE '#symbol' END,
        'geometry', ST_AsGeoJSON(shape, :digits)::json,
        'properties', json_build_object(
            'key', key, 'code', code, 'level', level, 'kind', kind, 'name', name, 'full_name', full_name,
            'name_en', name_en, 'parent', parent_key, 'valid_from', valid_from, 'valid_to', valid_to,
            'quality', quality, 'source', boundary_source, 'symbol', symbol
        ))::text AS feature
    FROM shown WHERE shape IS NOT NULL
)
SELECT '{{"type":"FeatureCollection","features":['
    || coalesce(string_agg(feature, ',' ORDER BY symbol NULLS FIRST, code), '') || ']}}'
FROM features
"""
