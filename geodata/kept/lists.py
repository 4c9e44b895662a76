"""Lists from the copy of a release, as `institutions.search` gives them: what is nearest to a point, and what lies in a
crowded box."""

import json
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from geodata import boxes
from geodata.geohash import numbers_covering, text_of
from geodata.geometry import BBox, LonLat
from geodata.institutions import Item
from geodata.kept.register import KeptRegister

SHOWN = "SELECT number, feature, id, campus FROM shown WHERE number IN (SELECT value FROM json_each(?))"
TOGETHER = """
    SELECT CAST(group_concat(feature, ',') AS BLOB) FROM (
        SELECT feature FROM shown WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number)
"""


@dataclass(frozen=True)
class Lying:
    """Institutions in a box in the order of places: their Feature texts with commas between, how many they are, and the
    key of the last where more follow."""

    features: bytes
    number: int
    key: tuple[str, str, str] | None


def nearest(kept: KeptRegister, point: LonLat, on: date, *, limit: int) -> list[Item] | None:
    """The so many institutions nearest to a point; None where the database has to say which they are."""
    found = kept.atlas.nearest(point, on, limit) if _covers(kept, on) else None
    if found is None:
        return None
    shown = _shown(kept, [number for number, _ in found])
    return [Item(shown[number][1], shown[number][0].decode(), metres, None) for number, metres in found]


def lying(kept: KeptRegister, box: BBox, on: date, *, limit: int) -> Lying | None:
    """The first so many institutions in a crowded box; None for a box that is not crowded, or where the database has to
    say it."""
    if not _covers(kept, on):
        return None
    atlas, stretches = kept.atlas, numbers_covering(box, letters=boxes.PLACE_LETTERS)
    ends = atlas.ends(stretches)
    if not atlas.is_crowd(stretches, ends, boxes.CROWD):
        return None
    found = atlas.listed(ends, box, on, limit + 1)
    numbers = atlas.number[found[:limit]].tolist()
    features = _together(kept, numbers)
    if len(found) <= limit:
        return Lying(features, len(numbers), None)
    _, institution, campus = _shown(kept, numbers[-1:])[numbers[-1]]
    place = text_of(int(atlas.code[found[limit - 1]]), boxes.PLACE_LETTERS)
    return Lying(features, len(numbers), (place, institution, campus))


def _covers(kept: KeptRegister, on: date) -> bool:
    """Whether the copy has the places of the day."""
    return kept.places_from is not None and kept.places_from <= on.isoformat()


def _shown(kept: KeptRegister, numbers: list[int]) -> dict[int, list[Any]]:
    """{number of a campus: Feature text, institution, campus}"""
    return {number: told for number, *told in kept.rows(SHOWN, [json.dumps(numbers)])}


def _together(kept: KeptRegister, numbers: list[int]) -> bytes:
    """The Feature texts with commas between: put together by SQLite where they lie in the order in which they are
    wanted, as all do that were written at once."""
    if all(one < other for one, other in pairwise(numbers)):
        ((together,),) = kept.rows(TOGETHER, [json.dumps(numbers)])
        return together or b""
    shown = _shown(kept, numbers)
    return b",".join([shown[number][0] for number in numbers])
