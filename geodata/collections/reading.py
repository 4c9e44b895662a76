"""Reading collections: a page of features, or one."""

import base64
import binascii
import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import JSON, ColumnElement, Date, Select, Subquery, Text, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DataError, InternalError
from sqlalchemy.orm import Session

from geodata.collections.asked import Asked, Box
from geodata.collections.crs import System
from geodata.collections.model import Collection
from geodata.collections.model_types import Type
from geodata.cql2 import InvalidFilter, compile_filter
from geodata.errors import GeodataError
from geodata.institutions import InvalidCursor
from geodata.releases import Moment, moment
from geodata.remembered import Remembered

COUNTED_EXACTLY = 100_000
COUNTS: Remembered[int | None] = Remembered(most=1_024)


class UnknownItem(GeodataError):
    """No feature of the collection has this id."""


@dataclass(frozen=True)
class Items:
    """A page. `features` are GeoJSON Feature texts, coordinates in the system asked for; `number_matched` is None above
    100,000; `next_cursor` None on the last page."""

    features: tuple[str, ...]
    number_matched: int | None
    next_cursor: str | None
    moment: Moment


@dataclass(frozen=True)
class Place:
    """Where the next page starts: behind a key, in a release, on the day that the first page showed."""

    release: int
    on: date
    after: str

    @classmethod
    def parse(cls, text: str) -> "Place":
        try:
            release, on, after = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=="))
            found = cls(int(release), date.fromisoformat(on), str(after))
        except (ValueError, TypeError, binascii.Error):
            raise InvalidCursor("cursor: not one of ours; start again without it") from None
        if not 0 <= found.release < 2**31 or "\x00" in found.after:
            raise InvalidCursor("cursor: not one of ours; start again without it")
        return found

    def __str__(self) -> str:
        packed = json.dumps([self.release, self.on.isoformat(), self.after], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def items(session: Session, collection: Collection, asked: Asked, *, limit: int, cursor: str | None = None) -> Items:
    """A page of the features that fit, by key. Pages of one question never repeat or leave out a feature, whatever is
    published meanwhile: the cursor stays in the release and day of the first page.

    Raises `InvalidFilter`, `InvalidCursor`, `UnknownRelease`.
    """
    start = Place.parse(cursor) if cursor else None
    if start:
        asked = replace(asked, on=start.on, release=start.release)
    at = moment(session, asked.day, asked.release)
    rows = collection.source(session, asked, at).subquery()
    tests = conditions(collection, rows, asked)
    page = select(rows).where(*tests, *behind(collection, rows, start)).order_by(rows.c.key).limit(limit + 1).subquery()
    try:
        found = session.execute(shaped(collection, page, asked.system).order_by(page.c.key)).all()
        matched = counted(session, collection, rows, tests, asked, at)
    except (DataError, InternalError) as error:
        raise incomputable(asked) from error
    more = str(Place(at.release, asked.on, str(found[limit - 1].key))) if len(found) > limit else None
    return Items(tuple(row.feature for row in found[:limit]), matched, more, at)


def incomputable(asked: Asked) -> GeodataError:
    """What the database refused to compute: a number too large, or a place that a projection does not reach."""
    return InvalidFilter(
        "the question leads out of what can be computed" if asked.filter else "the box lies outside of the system",
        remedy="use smaller numbers, and coordinates within the area of use of the reference system",
    )


def item(session: Session, collection: Collection, key: str, asked: Asked) -> str:
    """One feature as GeoJSON text, with its status whatever it is. Raises `UnknownItem`, `UnknownRelease`."""
    if "\x00" in key or (collection.key_type is int and not (key.isascii() and key.isdecimal() and len(key) < 19)):
        raise UnknownItem(key)
    at = moment(session, asked.day, asked.release)
    rows = collection.source(session, asked, at).subquery()
    found = session.execute(
        shaped(collection, rows, asked.system).where(rows.c.key == collection.key_type(key)).limit(1)
    ).first()
    if found is None:
        raise UnknownItem(f"no feature {key[:80]!r} in {collection.id}")
    return str(found.feature)


def conditions(collection: Collection, rows: Subquery, asked: Asked) -> list[ColumnElement[bool]]:
    """Everything asked but the page; closed and merged institutions are left out unless `status` is asked about."""
    tests: list[ColumnElement[bool]] = []
    named = {name for name, _ in asked.equal}
    if asked.boxes:
        tests.append(or_(*(func.ST_Intersects(rows.c.geom, outline(box, asked.box_system)) for box in asked.boxes)))
    tests += [equals(collection, rows, name, value) for name, value in asked.equal]
    if asked.filter is not None:
        columns = collection.columns(rows)
        found = compile_filter(asked.filter, columns, language=asked.filter_language, srid=asked.filter_system.srid)
        tests.append(found.condition)
        named |= found.names
    if "status" not in named:
        tests.append(rows.c.gone.is_(False))
    return tests


def outline(box: Box, system: System) -> ColumnElement[Any]:
    """The box in WGS 84; its sides stay straight in its own system."""
    drawn = func.ST_MakeEnvelope(*box, system.srid)
    if system.srid == 4326:
        return drawn
    return func.ST_Transform(func.ST_Segmentize(drawn, max(box[2] - box[0], box[3] - box[1]) / 50 or 1), 4326)


def equals(collection: Collection, rows: Subquery, name: str, value: str) -> ColumnElement[bool]:
    """A property that must be equal; of a list, one of its members."""
    wanted = next(one for one in collection.queryables if one.name == name)
    column = rows.c[name]
    if wanted.type is Type.STRINGS:
        return cast(column, ARRAY(Text)).contains([value])
    if wanted.type is Type.DATE:
        return column == date.fromisoformat(value)
    if wanted.type in (Type.INTEGER, Type.NUMBER):
        return column == float(value)
    if wanted.type is Type.BOOLEAN:
        return column.is_(value == "true")
    return column == value


def behind(collection: Collection, rows: Subquery, start: Place | None) -> list[ColumnElement[bool]]:
    if start is None:
        return []
    if collection.key_type is int and not start.after.isdecimal():
        raise InvalidCursor("cursor: not one of ours; start again without it")
    return [rows.c.key > collection.key_type(start.after)]


def counted(
    session: Session, collection: Collection, rows: Subquery, tests: list[ColumnElement[bool]], asked: Asked, at: Moment
) -> int | None:
    """How many fit, worked out once per publication; None above COUNTED_EXACTLY."""

    def work_out() -> int | None:
        some = select(rows.c.key).where(*tests).limit(COUNTED_EXACTLY + 1).subquery()
        found = session.scalar(select(func.count()).select_from(some)) or 0
        return found if found <= COUNTED_EXACTLY else None

    if at.published_at is None:
        return work_out()
    anywhere = replace(asked, release=None)
    return COUNTS.get((collection.id, at, anywhere), work_out)


def shaped(collection: Collection, rows: Subquery, system: System) -> Select[Any]:
    """`key`, and the Feature as text."""
    pairs = [part for pair in properties(collection, rows) for part in pair]
    feature = func.json_build_object(
        *("type", "Feature"),
        *("id", cast(rows.c.key, Text) if collection.key_type is str else rows.c.key),
        *("geometry", geometry(rows.c.geom, system)),
        *("properties", func.json_build_object(*pairs)),
    )
    return select(rows.c.key, cast(feature, Text).label("feature"))


def properties(collection: Collection, rows: Subquery) -> list[tuple[Any, Any]]:
    shown = [(literal(one.name), collection.value(one, rows), one.type) for one in collection.properties]
    return [(name, cast(cast(value, Date), Text) if kind is Type.DATE else value) for name, value, kind in shown]


def geometry(geom: ColumnElement[Any], system: System) -> ColumnElement[Any]:
    """The geometry as JSON in the system, its axes in the order of the authority."""
    placed = geom if system.srid == 4326 else func.ST_Transform(geom, system.srid)
    turned = func.ST_FlipCoordinates(placed) if system.north_first else placed
    return cast(func.ST_AsGeoJSON(turned, system.digits, 0), JSON)
