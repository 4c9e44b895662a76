"""Lists from the copy of a release, as `institutions.search` gives them: what is nearest to a point, and what lies in a
crowded box."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from geodata import boxes
from geodata.geohash import numbers_covering, text_of
from geodata.geometry import BBox, LonLat
from geodata.institutions import Item
from geodata.kept.register import KeptRegister

THESE = "FROM shown WHERE number IN (SELECT value FROM json_each(?))"
SHOWN, WHOSE = f"SELECT number, feature {THESE}", f"SELECT number, feature, id, campus {THESE}"


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
    shown = _of(kept, WHOSE, [number for number, _ in found])
    return [Item(shown[number][1], shown[number][0].decode(), metres, None) for number, metres in found]


def lying(kept: KeptRegister, box: BBox, on: date, *, limit: int) -> Lying | None:
    """The first so many institutions in a crowded box; None for a box that is not crowded, or where the database has to
    say it."""
    if not _covers(kept, on):
        return None
    atlas, stretches = kept.atlas, numbers_covering(box, letters=boxes.PLACE_LETTERS)
    if atlas.standing(stretches) <= boxes.CROWD:
        return None
    found = atlas.listed(stretches, box, on, limit + 1)
    numbers = atlas.number[found[:limit]].tolist()
    shown = _of(kept, SHOWN, numbers)
    features = tuple([shown[number][0] for number in numbers])
    if len(found) <= limit:
        return Lying(features, None)
    _, institution, campus = _of(kept, WHOSE, numbers[-1:])[numbers[-1]]
    return Lying(features, (text_of(int(atlas.code[found[limit - 1]]), boxes.PLACE_LETTERS), institution, campus))


def _covers(kept: KeptRegister, on: date) -> bool:
    """Whether the copy has the places of the day."""
    return kept.places_from is not None and kept.places_from <= on.isoformat()


def _of(kept: KeptRegister, statement: str, numbers: list[int]) -> dict[int, list[Any]]:
    """{number of a campus: what the statement tells of it}"""
    return {number: told for number, *told in kept.rows(statement, [json.dumps(numbers)])}
