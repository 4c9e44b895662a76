"""Approximate outlines: every place in a province belongs to the unit of the nearest known point (Voronoi cells).

Inside one province the cells cover it exactly: they share their edges, and every face of the cut-up province goes to
exactly one unit. A unit whose points all lie far from its province's outline (an island the lines do not draw) gets no
cell.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPoint, MultiPolygon, Point, STRtree
from shapely.geometry.base import BaseGeometry

from geodata.outlines import as_multi

GRID = 1 / 65536
"""Coordinates snap to this many degrees (1.7 m): a binary fraction, so the source's own 1/1024 degrees stay exact."""

Faces = npt.NDArray[np.object_]

SHORE_DEGREES = 0.05
"""A point up to this far (5 km) off the drawn land still counts as on it: the coast is drawn at about 110 m."""


@dataclass(frozen=True)
class Seed:
    """A point that stands for a unit."""

    unit: str
    lon_lat: tuple[float, float]


def cells(provinces: dict[str, MultiPolygon], seeds: dict[str, list[Seed]]) -> dict[str, MultiPolygon]:
    """Outline per unit, cut out of its province; together they are the provinces, without gaps or overlaps."""
    usable = {code: _usable(outline, seeds.get(code, [])) for code, outline in provinces.items()}
    faces = _faces([line for code, outline in provinces.items() for line in _lines(outline, usable[code])])
    by_unit = defaultdict(list)
    for code, inside in _by_province(provinces, faces).items():
        for unit, face in _by_nearest(usable[code], inside):
            by_unit[unit].append(face)
    return {unit: as_multi(shapely.coverage_union_all(parts)) for unit, parts in sorted(by_unit.items())}


def _usable(province: MultiPolygon, seeds: Iterable[Seed]) -> list[Seed]:
    """Seeds on or near the land, one per place, in a fixed order."""
    found: dict[tuple[float, float], Seed] = {}
    for seed in sorted(seeds, key=lambda seed: (seed.unit, seed.lon_lat)):
        if province.distance(Point(seed.lon_lat)) <= SHORE_DEGREES:
            found.setdefault(seed.lon_lat, seed)
    return list(found.values())


def _lines(outline: MultiPolygon, seeds: Sequence[Seed]) -> list[BaseGeometry]:
    """A province's outline and the edges between the cells inside it."""
    if len(seeds) < 2:
        return [outline.boundary]
    points = MultiPoint([seed.lon_lat for seed in seeds])
    edges = shapely.voronoi_polygons(points, extend_to=outline, only_edges=True)
    return [outline.boundary, shapely.intersection(edges, outline)]


def _faces(lines: list[BaseGeometry]) -> Faces:
    """The country cut along all lines at once: polygons that share every vertex, across provinces too."""
    noded = shapely.union_all(lines, grid_size=GRID)
    return np.asarray(shapely.get_parts(shapely.polygonize([noded])))


def _by_province(provinces: dict[str, MultiPolygon], faces: Faces) -> dict[str, Faces]:
    """Faces by the province that holds them; faces in none (bays, enclaves of the sea) are left out."""
    codes = list(provinces)
    inner = shapely.point_on_surface(faces)
    face, province = STRtree(list(provinces.values())).query(inner, predicate="within")
    return {code: faces[face[province == index]] for index, code in enumerate(codes)}


def _by_nearest(seeds: Sequence[Seed], faces: Faces) -> Iterator[tuple[str, BaseGeometry]]:
    if not seeds:
        return
    nearest = STRtree([Point(seed.lon_lat) for seed in seeds]).nearest(shapely.point_on_surface(faces))
    for face, index in zip(faces, nearest, strict=True):
        yield seeds[index].unit, face
