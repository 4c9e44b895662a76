"""Which of the source's commune points can be trusted, and better ones for those that cannot.

Measured on the source: 331 old communes carry their district's point (or share one with another commune), the
legacy points of Hoàng Sa and Trường Sa lie on the mainland, and a handful of points of either world belong to a
namesake up to 110 km away. The crosswalk gives each point a second opinion: the other world's points of the same land.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from statistics import median

from geodata.unit_build.sources import Link, Place

FAR_NEW_KM = 18.0
"""A commune of today farther than this from every trusted old point that went into it is misplaced."""
FAR_OLD_KM = 30.0
"""An old commune farther than this from its successor's point is misplaced (the largest communes measure 25 km)."""

ARCHIPELAGO_DISTRICTS = {"498": "20333", "576": "22736"}
"""Huyện Hoàng Sa and Huyện Trường Sa, with the special zone of today whose point is right."""

Points = dict[str, tuple[float, float]]


def trusted_old_points(old: dict[str, Place]) -> Points:
    """Points of old communes that are their own: not the district's, not shared, not an archipelago's."""
    communes = [place for place in old.values() if place.level == "commune"]
    shared = Counter(place.lon_lat for place in communes)
    return {
        place.code: place.lon_lat
        for place in communes
        if place.lon_lat is not None
        and place.parent_code is not None
        and shared[place.lon_lat] == 1
        and place.lon_lat != old[place.parent_code].lon_lat
        and place.parent_code not in ARCHIPELAGO_DISTRICTS
    }


def corrected_new(new: dict[str, Place], links: Iterable[Link], trusted: Points) -> dict[str, Place]:
    """The places of today; a misplaced commune stands at the middle of the old points that went into it."""
    sources = defaultdict(list)
    for link in links:
        if link.is_default and link.old in trusted:
            sources[link.new].append(trusted[link.old])
    return {code: _beside(place, sources[code]) for code, place in new.items()}


def corrected_old(
    old: dict[str, Place], new: dict[str, Place], links: Iterable[Link], trusted: Points
) -> tuple[dict[str, Place], Points]:
    """The old places with better points, and the trusted points without the misplaced ones."""
    heir = {link.old: new[link.new] for link in links if link.is_default}
    kept = {code: at for code, at in trusted.items() if _plausible(at, heir[code])}
    points = {code: kept.get(code) or heir[code].lon_lat for code, place in old.items() if place.level == "commune"}
    points |= {district: new[zone].lon_lat for district, zone in ARCHIPELAGO_DISTRICTS.items()}
    return {code: replace(place, lon_lat=points.get(code, place.lon_lat)) for code, place in old.items()}, kept


def _plausible(at: tuple[float, float], heir: Place) -> bool:
    """Near enough to the commune that took the place over; a special zone's islands lie as far apart as they like."""
    return _is_zone(heir) or heir.lon_lat is None or _km(at, heir.lon_lat) <= FAR_OLD_KM


def _is_zone(place: Place) -> bool:
    return place.full_name.startswith("Đặc khu")


def _beside(place: Place, sources: list[tuple[float, float]]) -> Place:
    if _is_zone(place) or place.lon_lat is None or not sources:
        return place
    if min(_km(place.lon_lat, at) for at in sources) <= FAR_NEW_KM:
        return place
    middle = (median(at[0] for at in sources), median(at[1] for at in sources))
    return replace(place, lon_lat=min(sources, key=lambda at: (_km(at, middle), at)))


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot((a[0] - b[0]) * 107.0, (a[1] - b[1]) * 110.6)
