"""`/api/v1/institutions` near a point or in a crowded box, as of today and without further filters, from the copy of
the release."""

import re
from urllib.parse import parse_qsl, urlencode

from geodata.boxes import is_large
from geodata.counting import counted_before
from geodata.filters import InstitutionFilter
from geodata.geometry import BBox, InvalidBBox, LonLat
from geodata.institutions import Cursor
from geodata.kept import lists
from geodata.releases import Moment
from mapapp.geojson import GEOJSON
from mapapp.list_words import told_page, told_ready
from mapapp.outage import Outage
from mapapp.params import InstitutionsQuestion
from mapapp.quick import Asked, NotPlain
from mapapp.quick_copy import the_copy

PATH = "/api/v1/institutions"
DEGREES = r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?"
COMMA = "(?:,|%2C)"
LIMIT = r"(?:&limit=(?P<limit>[1-9][0-9]{0,2}|1000))?"
LIMITED = re.compile(r"&limit=([0-9]+)$")
NEAR = re.compile(rf"lat=(?P<lat>{DEGREES})&lon=(?P<lon>{DEGREES}){LIMIT}")
BOX = re.compile(rf"bbox=(?P<box>{COMMA.join([DEGREES] * 4)}){LIMIT}")
SAFE = "!$'()*,/:;?@"
"""Left as they are in the addresses that the application writes."""

SMALL, PAGE = 20, 100
"""So many are compressed, and put together, in a moment."""

DEFAULT_LIMIT = int(InstitutionsQuestion.model_fields["limit"].default)


class Nearest:
    """What is nearest to a point."""

    def __init__(self, outage: Outage) -> None:
        self.outage = outage

    def takes(self, path: str, query: str) -> bool:
        return path == PATH and NEAR.fullmatch(query) is not None

    def takes_long(self, query: str, *, packed: bool) -> bool:
        return (packed and limit_of(query) > SMALL) or takes_long(self.outage, query)

    def answer(self, asked: Asked) -> bytes:
        given = parts(NEAR, asked.query)
        point, limit = LonLat(float(given["lon"]), float(given["lat"])), int(given["limit"] or DEFAULT_LIMIT)
        if abs(point.lon) > 180 or abs(point.lat) > 90:
            raise NotPlain
        at = Moment(asked.day, asked.state.release, True, asked.state.published_at)
        number = counted_before(InstitutionFilter(on=at.on, near=point), at)
        if number is None:
            raise NotPlain
        with the_copy(self.outage, asked) as kept:
            items = lists.nearest(kept, point, at.on, limit=limit + 1)
        if items is None:
            raise NotPlain
        following = Cursor(at.release, limit) if len(items) > limit else None
        matched, without_location = number
        words = told_page(
            items[:limit],
            number_matched=matched,
            without_location=without_location,
            links=links(asked, following),
            of_the_register=asked.of_the_register,
        )
        return words.encode()


class Crowd:
    """What lies in a crowded box."""

    def __init__(self, outage: Outage) -> None:
        self.outage = outage

    def takes(self, path: str, query: str) -> bool:
        return path == PATH and BOX.fullmatch(query) is not None

    def takes_long(self, query: str, *, packed: bool) -> bool:
        return packed or takes_long(self.outage, query)

    def answer(self, asked: Asked) -> bytes:
        if not is_large(asked.state.summary):
            raise NotPlain
        given = parts(BOX, asked.query)
        limit = int(given["limit"] or DEFAULT_LIMIT)
        try:
            box = BBox.parse(given["box"].replace("%2C", ","))
        except InvalidBBox:
            raise NotPlain from None
        with the_copy(self.outage, asked) as kept:
            found = lists.lying(kept, box, asked.day, limit=limit)
        if found is None:
            raise NotPlain
        following = Cursor(asked.state.release, 0, found.key) if found.key else None
        return told_ready(
            found.features,
            found.number,
            number_matched=None if following else found.number,
            links=links(asked, following),
            of_the_register=asked.of_the_register,
        )


def takes_long(outage: Outage, query: str) -> bool:
    """More than a page, and the first list of a release, for which the arrays are read."""
    kept = outage.opened()
    return limit_of(query) > PAGE or (kept is not None and not kept.atlas_is_read)


def limit_of(query: str) -> int:
    return int(found[1]) if (found := LIMITED.search(query)) else DEFAULT_LIMIT


def parts(shape: re.Pattern[str], query: str) -> dict[str, str]:
    found = shape.fullmatch(query)
    if found is None:
        raise NotPlain
    return found.groupdict()


def links(asked: Asked, following: Cursor | None) -> list[dict[str, str]]:
    """As `questions.links`."""
    found = [{"rel": "self", "href": f"{asked.base}{PATH}?{asked.query}", "type": GEOJSON}]
    if following is not None:
        query = urlencode([*parse_qsl(asked.query), ("cursor", str(following))], safe=SAFE)
        found.append({"rel": "next", "href": f"{asked.base}{PATH}?{query}", "type": GEOJSON})
    return found
