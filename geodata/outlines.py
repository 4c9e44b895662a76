"""Outlines of units as values: one type, simplified together so that neighbours keep sharing their edges."""

from collections.abc import Iterator, Sequence

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

WIDTHS = {"province": (0.03, 0.012), "district": (0.03, 0.01), "commune": (0.025, 0.008)}
"""Widths in degrees of the (low, mid) simplification per level: about one pixel at zoom 5 and at zoom 7."""


def as_multi(geometry: BaseGeometry) -> MultiPolygon:
    """The polygons of a geometry as one normalised two-dimensional multipolygon."""
    parts = shapely.get_parts(shapely.force_2d(geometry))
    return MultiPolygon([part for part in parts if isinstance(part, Polygon)]).normalize()


def at_three_widths(
    level: str, outlines: Sequence[MultiPolygon]
) -> Iterator[tuple[MultiPolygon, MultiPolygon, MultiPolygon]]:
    """Each outline as it is, at low and at middle detail, in the order given; all valid."""
    low, mid = (shapely.coverage_simplify(outlines, width) for width in WIDTHS[level])
    for full, at_low, at_mid in zip(outlines, low, mid, strict=True):
        middle = as_multi(at_mid) if at_mid.is_valid else full
        yield full, as_multi(at_low) if at_low.is_valid else middle, middle


def ewkb_hex(outline: MultiPolygon) -> str:
    """A multipolygon in WGS 84 as PostGIS reads it."""
    return str(shapely.to_wkb(shapely.set_srid(outline, 4326), hex=True, include_srid=True))
