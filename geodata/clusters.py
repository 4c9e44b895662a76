"""Institutions gathered for a map: grid cells at small scales, single institutions where there is room.

Nothing is sampled: the counts of all features of a box, with those known only by province and those without any place,
are the number matched. Each institution counts once, at the campus that `institutions.search` would show.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from geodata.filters import InstitutionFilter, conditions
from geodata.geometry import VIETNAM, BBox
from geodata.institutions import once
from geodata.models import AdministrativeUnit, InstitutionState
from geodata.releases import Moment, moment
from geodata.search import read

State = InstitutionState
MOST_SINGLES = 200
"""Up to this many in the box are shown one by one, unless several stand on the same spot."""

CELLS_ACROSS = 4
"""Grid cells along a 256-pixel tile: a cell is 64 pixels wide."""

MOST_CELLS = 800
SAME_SPOT_DEGREES = 1e-5
"""About a metre: nobody can tell two markers apart there at any zoom."""


@dataclass(frozen=True)
class Clusters:
    """GeoJSON Features as text, at most 1,000. `without_location` counts the matches without even a province."""

    features: tuple[str, ...]
    number_matched: int
    without_location: int
    moment: Moment


def clusters(session: Session, wanted: InstitutionFilter, *, bbox: BBox, zoom: int) -> Clusters:
    """What a map of this box and zoom (0 to 22) shows of the matches. Raises as `institutions.search` does."""
    boxed = wanted.without(bbox=None if holds(bbox, VIETNAM) else bbox)
    at = moment(session, wanted.on, wanted.release)
    placed = gathered(session, boxed, at, bbox, zoom)
    unplaced, nowhere = known_by_province(session, wanted.without(bbox=None), at, bbox)
    return Clusters(
        features=tuple(json_text(feature) for feature in [*placed, *unplaced]),
        number_matched=sum(members(feature) for feature in [*placed, *unplaced]),
        without_location=nowhere,
        moment=at,
    )


def gathered(session: Session, wanted: InstitutionFilter, at: Moment, bbox: BBox, zoom: int) -> list[dict[str, Any]]:
    """Cells with their count, or the institution itself where a cell holds one."""
    rows = select(State.institution_id, State.geom, State.feature).where(
        *matching(session, wanted, at), State.geom.is_not(None)
    )
    found = (once(rows) if wanted.by_place else rows).cte("found")
    few = session.scalar(select(func.count()).select_from(select(found.c.geom).limit(MOST_SINGLES + 1).subquery())) or 0
    size = SAME_SPOT_DEGREES if few <= MOST_SINGLES else cell_degrees(bbox, zoom)
    lon, lat = func.ST_X(found.c.geom), func.ST_Y(found.c.geom)
    cells = select(
        func.count().label("count"),
        *(edge(axis) for axis in (lon, lat) for edge in (func.min, func.max, func.avg)),
        func.min(found.c.feature).label("feature"),
        func.array_agg(found.c.institution_id).label("ids"),
    ).group_by(func.floor(lon / size), func.floor(lat / size))
    return [cell(row) for row in session.execute(cells.order_by(func.count().desc(), func.min(found.c.institution_id)))]


def cell(row: Any) -> dict[str, Any]:
    """A Feature of one grid cell; members of a cell too small to zoom into are named."""
    count, west, east, lon, south, north, lat, feature, ids = row
    if count == 1:
        single: dict[str, Any] = json.loads(feature)
        return single
    same_spot = east - west <= SAME_SPOT_DEGREES and north - south <= SAME_SPOT_DEGREES
    properties = {"cluster": True, "count": count, "bbox": [west, south, east, north]}
    if same_spot:
        properties["members"] = sorted(ids)[:50]
    return point_feature(lon, lat, properties)


def cell_degrees(bbox: BBox, zoom: int) -> float:
    """The cell's width in degrees: 64 pixels at the zoom, more when the box would hold too many cells."""
    by_zoom: float = 360 / 2**zoom / CELLS_ACROSS
    by_box: float = ((bbox.east - bbox.west + by_zoom) * (bbox.north - bbox.south + by_zoom) / MOST_CELLS) ** 0.5
    return max(by_zoom, by_box, SAME_SPOT_DEGREES)


def known_by_province(
    session: Session, wanted: InstitutionFilter, at: Moment, bbox: BBox
) -> tuple[list[dict[str, Any]], int]:
    """A Feature per province in the box for the matches known no better, and how many are not even known so."""
    unit = AdministrativeUnit
    rows = select(State.institution_id, State.province_code).where(*matching(session, wanted, at), State.geom.is_(None))
    found = (once(rows.add_columns(State.campus_id)) if wanted.by_place else rows).subquery()
    grouped = (
        select(found.c.province_code, unit.key, unit.name, func.ST_X(unit.point), func.ST_Y(unit.point), func.count())
        .select_from(found)
        .outerjoin(unit, and_(unit.code == found.c.province_code, unit.level == "province", unit.valid_to.is_(None)))
        .group_by(found.c.province_code, unit.key, unit.name, unit.point)
        .order_by(found.c.province_code)
    )
    inside: list[dict[str, Any]] = []
    nowhere = 0
    for _, key, name, lon, lat, count in session.execute(grouped):
        if lon is None:
            nowhere += count
        elif bbox.west <= lon <= bbox.east and bbox.south <= lat <= bbox.north:
            known = {"cluster": True, "count": count, "approximate": "province", "unit": key, "name": name}
            inside.append(point_feature(lon, lat, known))
    return inside, nowhere


def matching(session: Session, wanted: InstitutionFilter, at: Moment) -> list[ColumnElement[bool]]:
    reading = read(session, wanted, at)
    return conditions(session, wanted, at) + ([reading.condition] if reading else [])


def members(feature: dict[str, Any]) -> int:
    count: int = feature["properties"].get("count", 1)
    return count


def holds(outer: BBox, inner: BBox) -> bool:
    return (
        outer.west <= inner.west
        and outer.south <= inner.south
        and outer.east >= inner.east
        and outer.north >= inner.north
    )


def point_feature(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]},
        "properties": properties,
    }


def json_text(feature: dict[str, Any]) -> str:
    return json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
