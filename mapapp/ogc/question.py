"""The question of a page of features: every parameter read strictly, refused with a reason."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TypeVar

from flask import request

from geodata.collections import CRS84, Asked, Collection, InvalidInterval, Property, System, Type, UnknownSystem, When
from geodata.cql2.filters import LANGUAGES
from geodata.geometry import BBox, InvalidBBox
from mapapp.db import today
from mapapp.i18n import gettext as _
from mapapp.params import CONTROL, InvalidParameters

FIRST_PAGE = 100
MOST_ITEMS = 10_000
ITEMS = (
    "f",
    "limit",
    "cursor",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
    "release",
)
ITEM = ("f", "crs", "datetime", "release")
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """What a page of features is asked for."""

    asked: Asked
    limit: int
    cursor: str | None


def items_question(collection: Collection) -> Page:
    """From the address. Raises `InvalidParameters` that names every wrong parameter."""
    reader = Reader((*ITEMS, *collection.choices, *(one.name for one in collection.queryables)))
    asked = place_and_time(reader)
    box_system = reader.read("bbox-crs", System.named) or CRS84
    boxes = reader.read("bbox", lambda text: boxes_of(text, box_system)) or ()
    equal = [(one.name, reader.read(one.name, partial(equal_to, one))) for one in plain(collection)]
    asked = replace(
        asked,
        boxes=boxes,
        box_system=box_system,
        equal=tuple((name, value) for name, value in equal if value is not None),
        filter=reader.read("filter", str),
        filter_language=reader.read("filter-lang", language) or "cql2-text",
        filter_system=reader.read("filter-crs", System.named) or CRS84,
        choices=tuple((name, value) for name in collection.choices if (value := reader.read(name, choice(name)))),
    )
    limit = reader.read("limit", limit_of) or FIRST_PAGE
    cursor = reader.read("cursor", bounded)
    reader.finish()
    return Page(asked, limit, cursor)


def item_question() -> Asked:
    reader = Reader(ITEM)
    asked = place_and_time(reader)
    reader.finish()
    return asked


def place_and_time(reader: "Reader") -> Asked:
    return Asked(
        on=today(),
        when=reader.read("datetime", When.parse),
        system=reader.read("crs", System.named) or CRS84,
        release=reader.read("release", release_of),
    )


def plain(collection: Collection) -> tuple[Property, ...]:
    """Queryables that are parameters of their own; a collection's choices are read as such."""
    return tuple(one for one in collection.queryables if one.name not in collection.choices)


class Reader:
    """Reads parameters one by one and keeps what is wrong with them."""

    def __init__(self, known: tuple[str, ...]) -> None:
        text = _("không có tham số này; dùng được: %(known)s", known=", ".join(known))
        self.faults = {CONTROL.sub("?", name)[:80]: text for name in request.args if name not in known}

    def read(self, name: str, parse: Callable[[str], T]) -> T | None:
        """The value, None when it was not given or is wrong."""
        given = [text for text in request.args.getlist(name) if text.strip()]
        if len(set(given)) > 1:
            self.faults[name] = _("chỉ được cho một lần")
        if not given:
            return None
        if name != "filter" and CONTROL.search(given[0]):
            self.faults[name] = _("có ký tự điều khiển, không phải văn bản")
            return None
        try:
            return parse(given[0].strip())
        except (ValueError, InvalidInterval, UnknownSystem, InvalidBBox) as error:
            self.faults[name] = str(error)
            return None

    def finish(self) -> None:
        if self.faults:
            raise InvalidParameters(self.faults.items())


def boxes_of(text: str, system: System) -> tuple[tuple[float, float, float, float], ...]:
    """Four numbers, or six with heights that are left aside; a box over the antimeridian as its two halves."""
    parts = text.split(",")
    if len(parts) == 6:
        parts = [*parts[:2], *parts[3:5]]
    if len(parts) != 4 or not all(NUMBER.fullmatch(part.strip()) for part in parts):
        raise InvalidBBox(_("phải là bốn số: góc dưới rồi góc trên, đúng thứ tự trục của hệ tọa độ"))
    west, south, east, north = (float(part) for part in parts)
    if system.north_first:
        west, south, east, north = south, west, north, east
    if system.srid in (4326, 4756):
        return degrees(west, south, east, north)
    if west > east or south > north:
        raise InvalidBBox(_("góc dưới phải nhỏ hơn góc trên"))
    return ((west, south, east, north),)


def degrees(west: float, south: float, east: float, north: float) -> tuple[tuple[float, float, float, float], ...]:
    if west > east:
        return (*degrees(west, south, 180, north), *degrees(-180, south, east, north))
    BBox.parse(f"{west},{south},{east},{north}")
    return ((west, south, east, north),)


def equal_to(one: Property, text: str) -> str:
    """The value of a property that must be equal, checked against its type."""
    if one.values and text not in one.values:
        raise ValueError(_("phải là một trong: %(values)s", values=", ".join(one.values)))
    if one.type in (Type.INTEGER, Type.NUMBER) and not NUMBER.fullmatch(text):
        raise ValueError(_("phải là số"))
    if one.type is Type.BOOLEAN and text not in ("true", "false"):
        raise ValueError(_("phải là một trong: %(values)s", values="true, false"))
    if one.type is Type.DATE:
        date.fromisoformat(text)
    return bounded(text)


def choice(name: str) -> Callable[[str], str]:
    """Reads a choice of the overlay values."""

    def read(text: str) -> str:
        if name == "level" and text not in ("province", "district", "commune"):
            raise ValueError(_("phải là một trong: %(values)s", values="province, district, commune"))
        if name == "period" and not re.fullmatch(r"\d{4}", text, re.ASCII):
            raise ValueError(_("không đúng dạng"))
        return bounded(text)

    return read


def language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(_("phải là một trong: %(values)s", values=", ".join(LANGUAGES)))
    return text


def limit_of(text: str) -> int:
    """A number of features; more than the most is read as the most (OGC 17-069r4, recommendation 7)."""
    if not (text.isascii() and text.isdecimal()) or int(text[:12]) == 0:
        raise ValueError(_("phải là số nguyên dương"))
    return min(int(text[:12]), MOST_ITEMS)


def release_of(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:12]) < 2**31):
        raise ValueError(_("không có lần công bố này"))
    return int(text)


def bounded(text: str) -> str:
    if len(text) > 1_000:
        raise ValueError(_("không được dài quá %(max_length)s ký tự", max_length=1_000))
    return text
