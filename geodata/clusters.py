"""Institutions gathered for a map: grid cells at small scales, single institutions where there is room.

Nothing is sampled: the counts of all features of a box, with those known only by province and those without any place,
are the number matched. Each institution counts once, at the campus that `institutions.search` would show.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from geodata.filters import InstitutionFilter, conditions
from geodata.geometry import VIETNAM, BBox
from geodata.institutions import once
from geodata.models import AdministrativeUnit, InstitutionState
from geodata.releases import Moment, moment
from geodata.remembered import Remembered
from geodata.search import read, was_cut_short

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
    """Cells with their count, or the institution itself where a cell holds one; the fullest first."""
    rows = select(State.row_id, State.institution_id, State.geom).where(
        *matching(session, wanted, at), State.geom.is_not(None)
    )
    found = (once(rows) if wanted.by_place else rows).cte("found")
    cells = session.execute(gridded(found, cell_degrees(bbox, zoom))).all()
    single = features_of(session, [row.row_id for row in cells if row.size == 1])
    return [single[row.row_id] if row.size == 1 else cell(row) for row in cells]


def gridded(found: CTE, degrees: float) -> Select[Any]:
    """The cells of so many degrees, or of a spot when few are found. Only what tells them apart is read: the Features
    of a whole country would be most of the work."""
    few = select(func.count() <= MOST_SINGLES).select_from(select(found.c.row_id).limit(MOST_SINGLES + 1).subquery())
    size = case((few.scalar_subquery(), SAME_SPOT_DEGREES), else_=degrees)
    lon, lat = func.ST_X(found.c.geom), func.ST_Y(found.c.geom)
    west, east, south, north = func.min(lon), func.max(lon), func.min(lat), func.max(lat)
    same_spot = and_(east - west <= SAME_SPOT_DEGREES, north - south <= SAME_SPOT_DEGREES)
    return (
        select(
            func.count().label("size"),
            *(west.label("west"), south.label("south"), east.label("east"), north.label("north")),
            *(func.avg(lon).label("lon"), func.avg(lat).label("lat")),
            func.min(found.c.row_id).label("row_id"),
            case((same_spot, func.array_agg(found.c.institution_id))).label("ids"),
        )
        .group_by(func.floor(lon / size), func.floor(lat / size))
        .order_by(func.count().desc(), func.min(found.c.institution_id))
    )


def features_of(session: Session, rows: list[int]) -> dict[int, dict[str, Any]]:
    """The Features of states, by `row_id`."""
    found = session.execute(select(State.row_id, State.feature).where(State.row_id == func.any(rows))) if rows else ()
    return {row_id: json.loads(feature) for row_id, feature in found}


def cell(row: Any) -> dict[str, Any]:
    """A Feature of a grid cell with several institutions; members of a cell too small to zoom into are named."""
    properties = {"cluster": True, "count": row.size, "bbox": [row.west, row.south, row.east, row.north]}
    if row.ids:
        properties["members"] = sorted(row.ids)[:50]
    return point_feature(row.lon, row.lat, properties)


def cell_degrees(bbox: BBox, zoom: int) -> float:
    """The cell's width in degrees: 64 pixels at the zoom, more when the box would hold too many cells."""
    by_zoom: float = 360 / 2**zoom / CELLS_ACROSS
    by_box: float = ((bbox.east - bbox.west + by_zoom) * (bbox.north - bbox.south + by_zoom) / MOST_CELLS) ** 0.5
    return max(by_zoom, by_box, SAME_SPOT_DEGREES)


def known_by_province(
    session: Session, wanted: InstitutionFilter, at: Moment, bbox: BBox
) -> tuple[list[dict[str, Any]], int]:
    """A Feature per province in the box for the matches known no better, and how many are not even known so."""
    if at.published_at is None:
        counted = province_counts(session, wanted, at)
    else:
        counted = BY_PROVINCE.get(
            (at, wanted), lambda: province_counts(session, wanted, at), unless=lambda: was_cut_short(session)
        )
    inside = [
        point_feature(lon, lat, {"cluster": True, "count": count, "approximate": "province", "unit": key, "name": name})
        for key, name, lon, lat, count in counted
        if lon is not None and lat is not None and bbox.west <= lon <= bbox.east and bbox.south <= lat <= bbox.north
    ]
    return inside, sum(count for *_, lon, _, count in counted if lon is None)


ProvinceCount = tuple[str | None, str | None, float | None, float | None, int]
BY_PROVINCE: Remembered[list[ProvinceCount]] = Remembered(most=256)
"""They are the same wherever the map is moved."""


def province_counts(session: Session, wanted: InstitutionFilter, at: Moment) -> list[ProvinceCount]:
    """Unit key, name, lon, lat and number of matches without a point, by province; the last of a unit unknown."""
    unit = AdministrativeUnit
    rows = select(State.institution_id, State.province_code).where(*matching(session, wanted, at), State.geom.is_(None))
    found = (once(rows.add_columns(State.campus_id)) if wanted.by_place else rows).subquery()
    grouped = (
        select(unit.key, unit.name, func.ST_X(unit.point), func.ST_Y(unit.point), func.count())
        .select_from(found)
        .outerjoin(unit, and_(unit.code == found.c.province_code, unit.level == "province", unit.valid_to.is_(None)))
        .group_by(found.c.province_code, unit.key, unit.name, unit.point)
        .order_by(found.c.province_code)
    )
    return [(key, name, lon, lat, count) for key, name, lon, lat, count in session.execute(grouped)]


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
