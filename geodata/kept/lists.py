"""Lists from the copy of a release, as `institutions.search` gives them: what is nearest to a point, and what lies in a
crowded box."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from geodata import boxes
from geodata.geohash import numbers_covering, text_of
from geodata.geometry import BBox, LonLat
from geodata.institutions import Item
from geodata.kept.register import KeptRegister

THESE = "FROM json_each(?) AS one JOIN shown ON number = one.value"
SHOWN, BETTER = f"SELECT number, shown.id, feature {THESE}", f"SELECT number, better {THESE} WHERE better IS NOT NULL"
KEY = "SELECT code, place.id, campus FROM place JOIN shown USING (id, number) WHERE shown.number = :number"
Better = list[tuple[float, float, str | None, str | None]]


@dataclass(frozen=True)
class Lying:
    """Institutions in a box in the order of places: their Feature texts, and the key of the last where more follow."""

    features: tuple[bytes, ...]
    key: tuple[str, str, str] | None


def nearest(kept: KeptRegister, point: LonLat, on: date, *, limit: int) -> list[Item] | None:
    """The so many institutions nearest to a point; None where the database has to say which they are."""
    found = kept.atlas.nearest(point, on, limit) if _covers(kept, on) else None
    if found is None:
        return None
    shown = {number: (one, feature) for number, one, feature in _of(kept, SHOWN, [number for number, _ in found])}
    return [Item(shown[number][0], shown[number][1].decode(), metres, None) for number, metres in found]


def lying(kept: KeptRegister, box: BBox, on: date, *, limit: int) -> Lying | None:
    """The first so many institutions in a crowded box; None for a box that is not crowded, or where the database has to
    say it."""
    if not _covers(kept, on):
        return None
    stretches = numbers_covering(box, letters=boxes.PLACE_LETTERS)
    if kept.atlas.standing(stretches) <= boxes.CROWD:
        return None
    inside = kept.atlas.inside(stretches, box, on)
    found = list(islice(_listed(kept, inside, box, on, limit + 1), limit + 1))
    shown = {number: feature for number, _, feature in _of(kept, SHOWN, found[:limit])}
    key = _key(kept, found[limit - 1]) if len(found) > limit else None
    return Lying(tuple([shown[number] for number in found[:limit]]), key)


def _covers(kept: KeptRegister, on: date) -> bool:
    """Whether the copy has the places of the day."""
    return kept.places_from is not None and kept.places_from <= on.isoformat()


def _of(kept: KeptRegister, statement: str, numbers: list[int]) -> list[Any]:
    return kept.rows(statement, [json.dumps(numbers)])


def _listed(kept: KeptRegister, inside: Iterator[tuple[int, bool]], box: BBox, on: date, some: int) -> Iterator[int]:
    """The campuses that are listed, of all that lie in the box: each institution's main one if that is among them, else
    the first of the others."""
    while part := list(islice(inside, some + some // 2)):
        asked = [number for number, is_main in part if not is_main]
        better = {number: json.loads(others) for number, others in _of(kept, BETTER, asked)}
        for number, _ in part:
            if number not in better or not _goes_first(better[number], box, on.isoformat()):
                yield number


def _goes_first(better: Better, box: BBox, day: str) -> bool:
    """Whether one of these campuses lies in the box that day."""
    return any(
        box.west <= lon <= box.east and box.south <= lat <= box.north and (first or "") <= day < (after or "9999-12-31")
        for lon, lat, first, after in better
    )


def _key(kept: KeptRegister, number: int) -> tuple[str, str, str]:
    """Where a campus stands in the order of places."""
    ((code, institution, campus),) = kept.rows(KEY, {"number": number})
    return text_of(code, boxes.PLACE_LETTERS), institution, campus
