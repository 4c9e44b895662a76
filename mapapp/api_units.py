"""`/api/v1/units`, `/boundaries`, `/suggest`: administrative units of any vintage, and what typed words may mean."""

from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response, url_for

from geodata import administrative_units as units_
from geodata.administrative_units import Successor, Unit, UnknownUnit
from geodata.suggestions import Suggestion
from geodata.suggestions import suggest as suggest_
from geodata.vocabulary import UnitLevel
from mapapp.api import json_answer, public_get
from mapapp.assets import FOR_EVER, Asset, make_asset
from mapapp.assets import respond as respond_asset
from mapapp.db import register, session
from mapapp.errors import NOT_FOUND, UNKNOWN_UNIT, Problem
from mapapp.geojson import GEOJSON
from mapapp.identifiers import readable_identifier
from mapapp.params import BoundariesQuestion, InvalidParameters, SuggestQuestion, UnitQuestion, UnitsQuestion
from mapapp.questions import day_asked, external, facts
from mapapp.schemas import units as schemas

TAG = "Units"


@public_get(
    "/units",
    "Administrative units of a day",
    tag=TAG,
    question=UnitsQuestion,
    answer=schemas.UnitList,
    example="level=province&on=2025-06-30",
)
def units(asked: UnitsQuestion) -> Response:
    """The units of a level on a day, by code. Districts exist until 30/06/2025; asking for later ones is refused."""
    on = day_asked(asked.on)
    above = units_.unit(session(), asked.within, on) if asked.within else None
    found = units_.units(session(), level=asked.level, on=on, parent_key=above.key if above else None)
    shown = found[: asked.limit]
    return json_answer({"units": list(map(unit_json, shown)), "numberReturned": len(shown), **current(on)})


@public_get(
    "/units/<code>",
    "One administrative unit",
    tag=TAG,
    question=UnitQuestion,
    answer=schemas.UnitDetail,
    answers={"404": "No unit has this code on this day."},
    path={"code": "a code of today (52), or of a day (52@2025-06-30)"},
)
def unit(asked: UnitQuestion, code: str) -> Response:
    """A unit with what lies above it, what it was made of and what took over its land."""
    on = day_asked(asked.on)
    try:
        found = units_.unit(session(), readable_identifier(code), on)
    except UnknownUnit as error:
        raise Problem(UNKNOWN_UNIT) from error
    return json_answer(
        {
            "unit": unit_json(found),
            "ancestors": list(map(unit_json, units_.ancestors(session(), found.key))),
            "predecessors": list(map(link_json, units_.predecessors(session(), found.key))),
            "successors": list(map(link_json, units_.successors(session(), found.key))),
            **current(on),
        }
    )


@public_get(
    "/boundaries/<level>",
    "Outlines of administrative units",
    tag=TAG,
    question=BoundariesQuestion,
    answer=schemas.BoundaryCollection,
    media_type=GEOJSON,
    answers={"404": "There is no such level."},
    path={"level": "province, district or commune"},
    example="zoom=5",
)
def boundaries(asked: BoundariesQuestion, level: str) -> Response:
    """Outlines at the detail of a zoom, each with its `quality` (approximate or official); Hoàng Sa and Trường Sa are
    always among them. Communes and districts are given for one province at a time (`within`). An address with the
    current version `v` may be kept for ever."""
    if level not in tuple(UnitLevel):
        raise Problem(NOT_FOUND)
    if level != UnitLevel.PROVINCE and not asked.within:
        raise InvalidParameters([("within", "needed for this level: the code of a province")])
    version = units_.boundaries_version(session())
    on = day_asked(asked.on)
    found = outlines(version, level, on, min(asked.zoom, 10), asked.within)
    return respond_asset(found, FOR_EVER if asked.v == version else "public, max-age=300")


@lru_cache(maxsize=64)
def outlines(_version: str, level: str, on: date, zoom: int, within: str | None) -> Asset:
    """The outlines, ready to send; the version makes a replaced outline another entry."""
    units_.check_level(session(), level, on)
    above = units_.unit(session(), within, on).key if within else None
    text = units_.boundaries_geojson(session(), level=level, on=on, zoom=zoom, parent_key=above)
    return make_asset(text.encode(), GEOJSON)


@public_get(
    "/suggest",
    "Complete what is being typed",
    tag=TAG,
    question=SuggestQuestion,
    answer=schemas.Suggestions,
    example="q=da nang",
)
def suggest(asked: SuggestQuestion) -> Response:
    """Up to ten institutions, places and occupations, best first, each with what matched."""
    on = day_asked(asked.on)
    found = suggest_(session(), asked.q, on=on, limit=asked.limit) if asked.q else ()
    return json_answer({"suggestions": list(map(suggestion_json, found)), **current(on)})


def current(on: date) -> dict[str, Any]:
    return facts(on, register().release)


def unit_json(unit: Unit) -> dict[str, Any]:
    return {
        "key": unit.key,
        "code": unit.code,
        "level": unit.level,
        "name": unit.name,
        "full_name": unit.full_name,
        "name_en": unit.name_en,
        "kind": unit.kind,
        "parent": unit.parent_key,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "lon": unit.lon_lat.lon if unit.lon_lat else None,
        "lat": unit.lon_lat.lat if unit.lon_lat else None,
        "area_km2": unit.area_km2,
    }


def link_json(link: Successor) -> dict[str, Any]:
    return {"unit": unit_json(link.unit), "part": link.part, "is_default": link.is_default}


def suggestion_json(found: Suggestion) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "value": found.value,
        "label": found.label,
        "label_en": found.label_en,
        "detail": found.detail,
        "matched": found.matched,
        "href": suggestion_address(found),
    }


def suggestion_address(found: Suggestion) -> str:
    """Where the API tells more: the institution, the unit, or the institutions that teach the occupation."""
    if found.kind == "institution":
        return external(url_for("api.institution", id_or_code=found.value))
    if found.kind == "place":
        return external(url_for("api.unit", code=found.value))
    return external(url_for("api.institutions", occupation=found.value))
