"""The tile matrix set WebMercatorQuad (OGC 17-083r4, annex E.1) and where things lie in it."""

import math
from dataclasses import dataclass

from geodata.errors import GeodataError

HALF = 20_037_508.342789244
"""Half of the projected world's width in metres."""

QUAD_ZOOM = 24
"""Zoom of the cells by which points are ordered: 2.4 m wide."""

CELL_BITS = 5
"""A tile is divided into 2⁵ × 2⁵ cells."""

EXTENT = 4096
LAST_STORED = 11
LAST_ZOOM = 18


class UnknownTile(GeodataError):
    """Outside of the tile matrix set."""


@dataclass(frozen=True)
class Tile:
    """Column `x` from the west, row `y` from the north."""

    z: int
    x: int
    y: int

    @classmethod
    def parse(cls, z: str, y: str, x: str) -> "Tile":
        """In the order of OGC addresses: matrix, row, column. Raises `UnknownTile`."""
        if not all(part.isascii() and part.isdecimal() and len(part) < 9 for part in (z, y, x)):
            raise UnknownTile(f"{z}/{y}/{x}")
        found = cls(int(z), int(x), int(y))
        if found.z > LAST_ZOOM or max(found.x, found.y) >= 2**found.z:
            raise UnknownTile(f"{z}/{y}/{x}")
        return found

    @property
    def quads(self) -> tuple[int, int]:
        """The range of Morton codes inside, its end excluded."""
        shift = 2 * (QUAD_ZOOM - self.z)
        code = spread(self.x) | spread(self.y) << 1
        return code << shift, (code + 1) << shift


def spread(number: int) -> int:
    """The bits of a number, every second one left free."""
    found = 0
    for bit in range(QUAD_ZOOM):
        found |= (number >> bit & 1) << 2 * bit
    return found


def project(lon: float, lat: float) -> tuple[float, float]:
    """A point in EPSG:3857."""
    return HALF * lon / 180, math.log(math.tan((90 + lat) * math.pi / 360)) * HALF / math.pi
