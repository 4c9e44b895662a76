"""`/api/v1/institutions` near a point or in a crowded box, as of today and without further filters: one statement each,
and nothing of Flask."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import Flask

from geodata.boxes import is_large
from geodata.counting import counted_before
from geodata.engine import make_engine
from geodata.filters import InstitutionFilter
from geodata.geometry import BBox, InvalidBBox, LonLat
from geodata.institutions import Cursor
from geodata.plain_reads import Away, NotRead, PlainReads
from geodata.releases import Moment
from geodata.roles import Role, Way
from mapapp.geojson import GEOJSON
from mapapp.list_words import told_page, told_ready
from mapapp.outage import Outage
from mapapp.params import InstitutionsQuestion
from mapapp.quick import Asked, NotPlain
from mapapp.replica import Replica, the_replica
from mapapp.settings import Settings

PATH = "/api/v1/institutions"
DEGREES = r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?"
COMMA = "(?:,|%2C)"
LIMIT = r"(?:&limit=(?P<limit>[1-9][0-9]{0,2}|1000))?"
NEAR = re.compile(rf"lat=(?P<lat>{DEGREES})&lon=(?P<lon>{DEGREES}){LIMIT}")
BOX = re.compile(rf"bbox=(?P<box>{COMMA.join([DEGREES] * 4)}){LIMIT}")
SAFE = "!$'()*,/:;?@"
"""Left as they are in the addresses that the application writes."""

DEFAULT_LIMIT = int(InstitutionsQuestion.model_fields["limit"].default)


@dataclass(frozen=True)
class Source:
    """Where the lists are read: on the replica, where there is one."""

    reads: PlainReads
    outage: Outage
    replica: Replica | None

    def moment(self, asked: Asked) -> Moment:
        """The current release today. Raises `NotPlain` before the first one, and while what is read from is left
        alone."""
        if self.outage.breaker.is_open or not asked.state.release:
            raise NotPlain
        if self.replica is not None and not self.replica.usable:
            raise NotPlain
        return Moment(asked.day, asked.state.release, True, asked.state.published_at)

    def not_plain(self, reason: NotRead) -> NotPlain:
        """What to raise; a primary that did not answer is left alone, as after any other question."""
        if isinstance(reason, Away) and self.replica is None:
            self.outage.breaker.trip()
        return NotPlain()


class Nearest:
    """What is nearest to a point."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def takes(self, path: str, query: str) -> bool:
        return path == PATH and NEAR.fullmatch(query) is not None

    def answer(self, asked: Asked) -> bytes:
        given = parts(NEAR, asked.query)
        point, limit = LonLat(float(given["lon"]), float(given["lat"])), int(given["limit"] or DEFAULT_LIMIT)
        at = self.source.moment(asked)
        if abs(point.lon) > 180 or abs(point.lat) > 90:
            raise NotPlain
        number = counted_before(InstitutionFilter(on=at.on, near=point), at)
        if number is None:
            raise NotPlain
        try:
            items = self.source.reads.nearest(point, at, limit=limit + 1)
        except NotRead as reason:
            raise self.source.not_plain(reason) from None
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

    def __init__(self, source: Source) -> None:
        self.source = source

    def takes(self, path: str, query: str) -> bool:
        return path == PATH and BOX.fullmatch(query) is not None

    def answer(self, asked: Asked) -> bytes:
        if not is_large(asked.state.summary):
            raise NotPlain
        given = parts(BOX, asked.query)
        at = self.source.moment(asked)
        try:
            box = BBox.parse(given["box"].replace("%2C", ","))
            found = self.source.reads.lying(box, at, limit=int(given["limit"] or DEFAULT_LIMIT))
        except InvalidBBox:
            raise NotPlain from None
        except NotRead as reason:
            raise self.source.not_plain(reason) from None
        following = Cursor(at.release, 0, found.key) if found.key else None
        return told_ready(
            found.features,
            found.number,
            number_matched=None if following else found.number,
            links=links(asked, following),
            of_the_register=asked.of_the_register,
        )


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


def plain_reads(settings: Settings) -> PlainReads:
    """Opens no connection yet; on the replica, where there is one: what it read is only told while it is the release
    that the primary shows."""
    way = Way(settings.replica_url, Role.READ) if settings.replica_url else settings.way(Role.READ)
    engine = make_engine(
        way.url,
        role=way.role,
        statement_timeout_ms=settings.statement_timeout_ms,
        application_name="mapapp-web",
        pool_size=1,
        plain=True,
    )
    return PlainReads(engine)


def answerers(app: Flask, settings: Settings) -> list[Nearest | Crowd]:
    reads = plain_reads(settings)
    app.extensions["mapapp.plain_reads"] = reads
    source = Source(reads, app.extensions["mapapp.outage"], the_replica(app))
    return [Nearest(source), Crowd(source)]
