"""Looking for places in the arrays that `places` packed: what is nearest to a point, what lies in a box."""

import math
import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geodata.boxes import PLACE_LETTERS
from geodata.geohash import ROUNDING, numbers_around, numbers_covering
from geodata.geometry import BBox, LonLat
from geodata.kept.places import PACKED

if TYPE_CHECKING:
    from pyproj import Geod

FINEST, FIRST_LOOK, COARSEST = 20, 12, 5
"""Halvings of each direction: cells of some metres, of some kilometres, and of a thousand."""

HIGHEST, FARTHEST = 60, 22.5
"""Degrees of latitude, and of longitude between two places, up to which what `_least_metres` says is proven."""

FEW = 48
"""So many are measured one and all; of more, those that may be among the nearest."""

MOST_LOOKED_AT = 65_536
EQUATOR_M, POLE_M = 6_378_137.0, 6_356_752.314_245_179_5
"""The half axes of WGS 84."""

LEAST_DEGREE_M = math.radians(POLE_M**2 / EQUATOR_M)
"""No degree of latitude is shorter."""

PARTS_OF_A_METRE = 1e8
"""PostGIS tells no smaller ones."""

FIRST_PART, MORE_EACH_TIME = 4, 4
"""How many places are looked at first for each one wanted, and how many times more each time after."""

Numbers = npt.NDArray[np.int64]
Stretches = Sequence[tuple[int, int]]
"""Of codes, half-open."""

Ends = tuple[Numbers, Numbers]
"""The first place of each stretch, and the one after its last."""

TYPES = {"codes": "<i8", **dict.fromkeys(("id", "preference", "before", "own"), "<i4")}
"""Of arrays that `places.PACKED` has otherwise or not at all."""


@dataclass(frozen=True)
class Atlas:
    """Arrays in the order of places: `codes` of all campuses on whatever day, the others of those a list may show, with
    institutions by number in the order of their ids. `preference`: rows in which those of an institution stand
    together, the main campus first; from `before` to `own` of it stand those that go before a row."""

    codes: Numbers
    code: Numbers
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    first: npt.NDArray[np.int32]
    after: npt.NDArray[np.int32]
    id: npt.NDArray[np.int32]
    number: Numbers
    preference: npt.NDArray[np.int32]
    before: npt.NDArray[np.int32]
    own: npt.NDArray[np.int32]

    def nearest(self, point: LonLat, on: date, wanted: int) -> list[tuple[int, float]] | None:
        """(Number of the campus, metres) of so many institutions, nearest first by geodesic distance, each at its
        nearest campus, by id where they are equally far; None where it takes more to find them."""
        halvings = self._first_look(point, wanted) if abs(point.lat) < HIGHEST else 0
        while halvings >= COARSEST:
            around = numbers_around(point, halvings, letters=PLACE_LETTERS)
            found = self._among(around[0], point, on, wanted) if around else None
            if around and found:
                reach = found[-1][1]
                if reach <= _inside(point, around[1]):
                    return found
                box = _box_around(point, reach)
                return self._among(numbers_covering(box, letters=PLACE_LETTERS), point, on, wanted) if box else None
            halvings -= 1
        return None

    def ends(self, stretches: Stretches) -> Ends:
        """Between which places the stretches lie."""
        return _ends(self.code, stretches)

    def is_crowd(self, stretches: Stretches, ends: Ends, number: int) -> bool:
        """Whether more campuses than that stand in the stretches, on whatever day, as `boxes.around` counts them; no
        fewer than those a list may show, which stand between `ends`."""
        starts, stops = ends
        if int((stops - starts).sum()) > number:
            return True
        starts, stops = _ends(self.codes, stretches)
        return int((stops - starts).sum()) > number

    def listed(self, ends: Ends, box: BBox, on: date, most: int) -> Numbers:
        """Where, between the ends, the first so many are found that a list of the box shows that day, in the order of
        places: of each institution the main campus if that lies in the box, else the first of those that do."""
        found: list[Numbers] = []
        for part in _parts(ends, FIRST_PART * most):
            inside = part[self._lies(part, box, on)]
            found.append(inside[~self._goes_after(inside, box, on)])
            if sum(map(len, found)) >= most:
                break
        return np.concatenate(found)[:most] if found else np.empty(0, "<i8")

    def _lies(self, places: Numbers, box: BBox, on: date) -> npt.NDArray[np.bool_]:
        lon, lat = self.lon[places], self.lat[places]
        fits = (lon >= box.west) & (lon <= box.east) & (lat >= box.south) & (lat <= box.north)
        lies: npt.NDArray[np.bool_] = fits & self._holds(places, on)
        return lies

    def _goes_after(self, places: Numbers, box: BBox, on: date) -> npt.NDArray[np.bool_]:
        """Whether another campus of the institution goes before each of these."""
        before, own = self.before[places], self.own[places]
        numbers = own - before
        rows = np.repeat(np.arange(len(places)), numbers)
        steps = np.arange(len(rows)) - np.repeat(np.cumsum(numbers) - numbers, numbers)
        others = self.preference[before[rows] + steps]
        after = np.zeros(len(places), bool)
        after[rows[self._lies(others, box, on)]] = True
        return after

    def _first_look(self, point: LonLat, wanted: int) -> int:
        """The finest halvings of which nine cells are likely to hold so many."""
        halvings, enough = FIRST_LOOK, 3 * wanted
        while halvings < FINEST and self._number_around(point, halvings) > FEW:
            halvings += 1
        while halvings > COARSEST and self._number_around(point, halvings) < enough:
            halvings -= 1
        return halvings

    def _number_around(self, point: LonLat, halvings: int) -> int:
        around = numbers_around(point, halvings, letters=PLACE_LETTERS)
        starts, ends = self.ends(around[0] if around else [])
        return int((ends - starts).sum())

    def _holds(self, places: Any, on: date) -> npt.NDArray[np.bool_]:
        day = on.toordinal()
        holds: npt.NDArray[np.bool_] = (self.first[places] <= day) & (self.after[places] > day)
        return holds

    def _among(self, stretches: Stretches, point: LonLat, on: date, wanted: int) -> list[tuple[int, float]] | None:
        """The nearest of those that stand in the stretches; None where they are too few, or too many to look at."""
        starts, ends = self.ends(stretches)
        if not wanted <= (ends - starts).sum() <= MOST_LOOKED_AT:
            return None
        places = np.concatenate([np.arange(*pair) for pair in zip(starts, ends, strict=True)])
        places = places[self._holds(places, on)]
        if len(places) > max(FEW, 2 * wanted):
            least = self._least_metres(places, point)
            likely = self._measured(places[np.argpartition(least, 2 * wanted)[: 2 * wanted]], point, wanted)
            if likely is not None:
                places = places[least <= likely[-1][1]]
        return self._measured(places, point, wanted)

    def _least_metres(self, places: Numbers, point: LonLat) -> npt.NDArray[np.float64]:
        """No place is nearer: along the way no degree is shorter than the shortest of latitude, nor a degree of
        longitude than at the higher of its two ends, or the way runs higher still: that saves less than half a percent
        (the square of the degrees, in radians, and of the sine of the latitude, by 24), and every parallel is longer by
        more than that than the shortest meridian would have it."""
        lat = self.lat[places]
        shrinks = np.cos(np.radians(np.maximum(np.abs(lat), abs(point.lat))))
        least: npt.NDArray[np.float64] = LEAST_DEGREE_M * np.hypot(
            lat - point.lat, shrinks * (self.lon[places] - point.lon)
        )
        return least

    def _measured(self, places: Numbers, point: LonLat, wanted: int) -> list[tuple[int, float]] | None:
        metres = metres_between(point, self.lon[places], self.lat[places])
        found: dict[int, tuple[int, float]] = {}
        for at in np.lexsort((places, self.id[places], metres)):
            found.setdefault(int(self.id[places[at]]), (int(self.number[places[at]]), float(metres[at])))
            if len(found) == wanted:
                return list(found.values())
        return None


def read(database: sqlite3.Connection) -> Atlas:
    """From a database that `places` filled. Raises `sqlite3.Error`, `KeyError`."""
    bodies: Mapping[str, bytes] = dict(database.execute("SELECT name, body FROM atlas"))
    types = {name: TYPES.get(name) or PACKED[name] for name in (field.name for field in fields(Atlas))}
    return Atlas(**{name: np.frombuffer(bodies[name], kind) for name, kind in types.items()})


def _ends(codes: Numbers, stretches: Stretches) -> Ends:
    found = np.searchsorted(codes, np.array(stretches, "<i8").reshape(-1))
    return found[::2], found[1::2]


def _parts(ends: Ends, size: int) -> Iterator[Numbers]:
    """What stands between the ends: so many places, then ever more of them."""
    left = deque(zip(*(one.tolist() for one in ends), strict=True))
    while left:
        rows, taken = [], 0
        while left and taken < size:
            start, end = left.popleft()
            stop = min(end, start + size - taken)
            rows.append(np.arange(start, stop))
            taken += stop - start
            if stop < end:
                left.appendleft((stop, end))
        yield np.concatenate(rows)
        size *= MORE_EACH_TIME


def _inside(point: LonLat, box: BBox) -> float:
    """Metres from a point to the next place that does not lie in the box around it, or fewer: along a meridian at
    least as many as the degrees have, and straight to the plane of a meridian at the side."""
    degrees = min(point.lat - box.south, box.north - point.lat) - ROUNDING
    aside = math.radians(min(point.lon - box.west, box.east - point.lon) - ROUNDING)
    return min(degrees * LEAST_DEGREE_M, EQUATOR_M * math.cos(math.radians(point.lat)) * math.sin(aside))


def _box_around(point: LonLat, metres: float) -> BBox | None:
    """A box that holds every place so near to the point; None where it would reach too far."""
    degrees = metres / LEAST_DEGREE_M + ROUNDING
    sine = metres / (EQUATOR_M * math.cos(math.radians(point.lat)))
    aside = math.degrees(math.asin(min(sine, 1.0))) + ROUNDING
    fits = aside < FARTHEST and abs(point.lon) + aside < 180 and abs(point.lat) + degrees < HIGHEST
    return BBox(point.lon - aside, point.lat - degrees, point.lon + aside, point.lat + degrees) if fits else None


def metres_between(point: LonLat, lon: Any, lat: Any) -> npt.NDArray[np.float64]:
    """Geodesic distances on the spheroid, to the last bit those of PostGIS' ST_Distance between geographies: of degrees
    that were radians in between, and rounded as there."""
    here = np.full(len(lon), point.lon), np.full(len(lon), point.lat)
    exactly = _ellipsoid().inv(*map(_by_way_of_radians, (*here, lon, lat)))[2]
    metres: npt.NDArray[np.float64] = np.floor(exactly * PARTS_OF_A_METRE + 0.5) / PARTS_OF_A_METRE
    return metres


def _by_way_of_radians(degrees: Any) -> Any:
    return 180.0 * (math.pi * degrees / 180.0) / math.pi


@cache
def _ellipsoid() -> "Geod":
    """It comes with the first question, not with the start."""
    from pyproj import Geod

    return Geod(a=EQUATOR_M, b=POLE_M)
