"""What an outline must be before it may stand for a unit. Each check is one decorated function."""

from collections.abc import Callable, Iterator

import numpy as np
import shapely
from shapely import MultiPolygon, Point, Polygon, STRtree

from geodata.boundaries.matching import Matched
from geodata.boundaries.report import Problem, error, warning
from geodata.geometry import VIETNAM
from geodata.unit_reads import Unit
from geodata.unit_shapes import ARCHIPELAGOS

MAX_VERTICES = 400_000
"""Per outline; the largest official-grade one measured has 3,128."""
MAX_FILE_VERTICES = 6_000_000
FAR_DEGREES = 0.6
"""An outline must come within this (65 km) of its unit's point; known points are off by 18 km at most."""
OVERLAP_SHARE = 0.01
"""Share of the smaller neighbour that two outlines may both claim (drawing tolerance)."""

Check = Callable[[Matched], Iterator[Problem]]
CHECKS: list[Check] = []
"""Checks of a single outline, in order; the first that finds something ends the outline's examination."""


def check(function: Check) -> Check:
    """Register a check of one outline; its docstring is its title."""
    CHECKS.append(function)
    return function


def examine(match: Matched) -> list[Problem]:
    """What the first unhappy check finds, if any."""
    for single in CHECKS:
        found = list(single(match))
        if found:
            return found
    return []


@check
def has_outline(match: Matched) -> Iterator[Problem]:
    """The feature has an area to draw."""
    shape = match.feature.geometry
    if shape is None or shape.is_empty:
        yield _error(match, "the feature has no readable geometry", "delete the feature or draw its outline")
    elif not isinstance(shape, Polygon | MultiPolygon):
        yield _error(match, f"the geometry is a {shape.geom_type}", "give a Polygon or MultiPolygon")


@check
def few_vertices(match: Matched) -> Iterator[Problem]:
    """The outline is not too detailed to be checked safely."""
    count = int(shapely.get_num_coordinates(match.feature.geometry))
    if count > MAX_VERTICES:
        yield _error(match, f"{count} vertices, more than {MAX_VERTICES}", "simplify the outline")


@check
def real_coordinates(match: Matched) -> Iterator[Problem]:
    """Every coordinate is a finite number."""
    if not np.isfinite(shapely.get_coordinates(match.feature.geometry)).all():
        yield _error(match, "a coordinate is not a finite number", "correct the geometry or its coordinate system")


@check
def inside_vietnam(match: Matched) -> Iterator[Problem]:
    """The outline lies in Vietnam, in degrees, longitude first."""
    west, south, east, north = shapely.bounds(match.feature.geometry)
    where = f"{west:.4f},{south:.4f},{east:.4f},{north:.4f}"
    if _within(west, south, east, north):
        return
    if _within(south, west, north, east):
        yield _error(match, f"latitude and longitude are swapped (extent {where})", "write longitude first")
    elif max(abs(west), abs(east)) > 360 or max(abs(south), abs(north)) > 90:
        yield _error(match, f"coordinates are not degrees (extent {where})", "declare the projected CRS in the file")
    else:
        yield _error(match, f"the outline leaves Vietnam (extent {where})", "check the coordinate system")


@check
def valid_geometry(match: Matched) -> Iterator[Problem]:
    """The outline neither crosses nor overlaps itself."""
    shape = match.feature.geometry
    if not shapely.is_valid(shape):
        reason = shapely.is_valid_reason(shape)
        yield _error(match, f"invalid geometry: {reason}", "repair the outline at this place and import again")
    elif not shapely.area(shape) > 0:
        yield _error(match, "the outline has no area", "draw its outline")


@check
def where_the_unit_is(match: Matched) -> Iterator[Problem]:
    """The outline comes near the point known for the unit."""
    point = match.unit.lon_lat
    if point is None:
        return
    away = shapely.distance(match.feature.geometry, Point(point.lon, point.lat))
    if away > FAR_DEGREES:
        told = f"the outline lies {away * 108:.0f} km from {match.unit.full_name}"
        yield _error(match, told, "check codes and coordinate system")


def overlaps(matches: list[Matched]) -> Iterator[Problem]:
    """Outlines that claim the same land: an error above `OVERLAP_SHARE` of the smaller, else one warning for all."""
    shapes = np.array([match.feature.geometry for match in matches], dtype=object)
    slight = 0
    for a, b in STRtree(shapes).query(shapes, predicate="intersects").T:
        if a >= b or matches[a].unit == matches[b].unit:
            continue
        common = shapely.area(shapely.intersection(shapes[a], shapes[b]))
        if common > OVERLAP_SHARE * min(shapes[a].area, shapes[b].area):
            told = f"overlaps {matches[a].unit.full_name} by {common * 108 * 110:.1f} km²"
            yield _error(matches[b], told, "one place lies in one unit: correct the shared edge")
        elif common > 0:
            slight += 1
    if slight:
        yield warning(None, "", f"{slight} pair(s) of neighbours overlap slightly along their edges")


def missing(units: list[Unit], matches: list[Matched], *, partial: bool) -> Iterator[Problem]:
    """Units of the level that the file lacks; the archipelagos may stay without an outline."""
    present = {match.unit.key for match in matches}
    absent = [unit for unit in units if unit.key not in present and unit.code not in ARCHIPELAGOS]
    if absent and not partial:
        names = ", ".join(f"{unit.code} {unit.full_name}" for unit in absent[:20])
        more = f" and {len(absent) - 20} more" if len(absent) > 20 else ""
        told = f"{len(absent)} of {len(units)} units are missing: {names}{more}"
        yield error(None, "", told, "complete the file, or say --partial to replace only what it holds")


def too_many_vertices(matches: list[Matched]) -> Iterator[Problem]:
    """The file as a whole is too detailed."""
    total = int(shapely.get_num_coordinates([match.feature.geometry for match in matches]).sum())
    if total > MAX_FILE_VERTICES:
        yield error(None, "", f"{total} vertices, more than {MAX_FILE_VERTICES}", "simplify the outlines")


def _within(west: float, south: float, east: float, north: float) -> bool:
    return VIETNAM.west <= west <= east <= VIETNAM.east and VIETNAM.south <= south <= north <= VIETNAM.north


def _error(match: Matched, message: str, remedy: str) -> Problem:
    return error(match.feature.number, f"{match.unit.code} {match.unit.full_name}", message, remedy)
