"""Spatial conditions, by PostGIS on the plane of longitude and latitude."""

import math
from typing import Any

import shapely
from shapely.errors import ShapelyError
from shapely.geometry import box, shape
from sqlalchemy import ColumnElement, func, literal

from geodata.cql2.columns import Kind
from geodata.cql2.errors import InvalidFilter
from geodata.cql2.operands import WRITE, Operands

SPATIAL_TESTS = {
    "s_intersects": func.ST_Intersects,
    "s_disjoint": func.ST_Disjoint,
    "s_equals": func.ST_Equals,
    "s_contains": func.ST_Contains,
    "s_within": func.ST_Within,
    "s_crosses": func.ST_Crosses,
    "s_overlaps": func.ST_Overlaps,
    "s_touches": func.ST_Touches,
}
GATHERINGS = ("s_intersects", "s_disjoint")
"""Conditions that PostGIS answers for geometry collections too."""

MOST_VERTICES = 1_000
BEYOND = 100_000_000
"""No coordinate of any system we take is larger, in degrees or metres."""


def spatial_test(op: str, arguments: list[Any], operands: Operands) -> ColumnElement[bool]:
    left, right = (geometry(one, op, operands) for one in arguments)
    return SPATIAL_TESTS[op](left, right)


def box_test(arguments: Any, operands: Operands) -> ColumnElement[bool]:
    """BBOX(geometry, west, south, east, north): the one spatial condition of plain CQL."""
    if not isinstance(arguments, list) or len(arguments) != 5:
        raise InvalidFilter(
            "BBOX takes a geometry and four numbers", remedy="write west, south, east, north", at="bbox"
        )
    return spatial_test("s_intersects", [arguments[0], {"bbox": arguments[1:]}], operands)


def geometry(node: Any, op: str, operands: Operands) -> ColumnElement[Any]:
    """A geometry column, or a geometry of the filter in WGS 84."""
    if isinstance(node, dict) and "property" in node:
        return operands.of_kind(node, Kind.GEOMETRY, op).expression
    found = box_of(node) if isinstance(node, dict) and "bbox" in node else shape_of(node, op)
    check(found, op)
    placed = func.ST_SetSRID(func.ST_GeomFromText(literal(found.wkt)), operands.srid)
    return placed if operands.srid == 4326 else func.ST_Transform(placed, 4326)


def box_of(node: dict[str, Any]) -> Any:
    sides = node["bbox"]
    if not isinstance(sides, list) or len(sides) not in (4, 6) or not all(map(is_number, sides)):
        raise InvalidFilter("a box has four numbers", remedy="write west, south, east, north", at="bbox")
    half = len(sides) // 2
    (west, south), (east, north) = sides[:2], sides[half : half + 2]
    if west > east or south > north:
        raise InvalidFilter("a box runs from south-west to north-east", remedy="swap its corners", at="bbox")
    return box(west, south, east, north)


def shape_of(node: Any, op: str) -> Any:
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        raise InvalidFilter(f"{op} takes geometries", remedy=WRITE[Kind.GEOMETRY], at=op)
    try:
        return shapely.force_2d(shape(node))
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise InvalidFilter("a geometry cannot be read", remedy=WRITE[Kind.GEOMETRY], at=node["type"]) from None


def check(found: Any, op: str) -> None:
    """Refuses what PostGIS could not answer, or only at great cost."""
    vertices = shapely.get_coordinates(found)
    if not 0 < len(vertices) <= MOST_VERTICES:
        raise InvalidFilter(f"a geometry has 1 to {MOST_VERTICES} points", remedy="simplify it", at=found.geom_type)
    if not all(math.isfinite(one) and abs(one) < BEYOND for pair in vertices.tolist() for one in pair):
        raise InvalidFilter("a coordinate lies beyond the Earth", remedy=WRITE[Kind.GEOMETRY], at=found.geom_type)
    if not found.is_valid:
        raise InvalidFilter(
            "a geometry crosses itself", remedy="draw its outline without crossings", at=found.geom_type
        )
    if found.geom_type == "GeometryCollection" and op not in GATHERINGS:
        raise InvalidFilter(f"{op} takes no collections", remedy="use a MULTIPOINT, MULTIPOLYGON …", at=found.geom_type)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
