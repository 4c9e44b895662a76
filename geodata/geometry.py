"""Places as values that parse themselves. Longitude first; degrees on WGS 84 (CRS84 axis order)."""

import math
from dataclasses import dataclass

from geodata.errors import GeodataError


class InvalidPoint(GeodataError):
    """A place that is not on Earth or not a number."""


class InvalidBBox(GeodataError):
    """A box that is not four numbers in order."""


@dataclass(frozen=True)
class LonLat:
    lon: float
    lat: float

    @classmethod
    def parse(cls, lon: str, lat: str) -> "LonLat":
        """From two decimal texts; raises `InvalidPoint` that names the wrong one."""
        return cls(_degrees(lon, 180, "longitude (lon)"), _degrees(lat, 90, "latitude (lat)"))


@dataclass(frozen=True)
class BBox:
    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> "BBox":
        """From `west,south,east,north`; raises `InvalidBBox` for anything but four degrees in order.

        A box may not cross the antimeridian: the country does not.
        """
        parts = text.split(",")
        if len(parts) != 4:
            raise InvalidBBox("bbox needs four numbers: west,south,east,north")
        try:
            west, east = (_degrees(part, 180, "longitude") for part in parts[::2])
            south, north = (_degrees(part, 90, "latitude") for part in parts[1::2])
        except InvalidPoint as error:
            raise InvalidBBox(f"bbox: {error}") from error
        if west > east or south > north:
            raise InvalidBBox("bbox must be west,south,east,north with west <= east and south <= north")
        return cls(west, south, east, north)

    def __str__(self) -> str:
        return f"{self.west:g},{self.south:g},{self.east:g},{self.north:g}"


VIETNAM = BBox(102.0, 6.0, 118.0, 23.6)
"""Mainland, islands and both archipelagos: the extent that every national view shows."""


def _degrees(text: str, limit: int, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise InvalidPoint(f"{what} must be a decimal number of degrees") from None
    if not math.isfinite(value) or abs(value) > limit:
        raise InvalidPoint(f"{what} must lie between -{limit} and {limit} degrees")
    return value
