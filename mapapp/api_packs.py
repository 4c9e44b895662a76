"""`/api/v1/packs/{code}`: a province to take along: institutions, programmes and outlines in one answer."""

import json
from datetime import date
from functools import lru_cache
from typing import Any

from flask import Response

from geodata import administrative_units as units_
from geodata.occupations import load as occupations
from geodata.packs import Packed, Taught, institutions_of
from geodata.releases import moment
from geodata.text import fold
from mapapp.api import public_get
from mapapp.assets import Asset, make_asset
from mapapp.assets import respond as respond_asset
from mapapp.db import register, session, today
from mapapp.errors import UNKNOWN_UNIT, Problem
from mapapp.geojson import collection, to_json, with_properties
from mapapp.headers import FRESH_FOR
from mapapp.params import CatalogueQuestion
from mapapp.schemas import packs as schemas

FORMAT = 1
OUTLINE_ZOOM = 8


@public_get(
    "/packs/<code>",
    "A province to take along",
    tag="Institutions",
    question=CatalogueQuestion,
    answer=schemas.ProvincePack,
    answers={"404": "No province of today has this code."},
    path={"code": "code of a province of today, such as 48"},
)
def pack(_asked: CatalogueQuestion, code: str) -> Response:
    """Everything needed to search a province's institutions without a network: each institution's Feature with its
    programmes and the folded words it is found by (`search`; fold a question the same way: no marks, đ as d, lower
    case), and the province's outlines. The pack names its release and the day it tells about."""
    published = register().published_at
    return respond_asset(made(code, register().release, str(published), register().data_status, today()), FRESH_FOR)


@lru_cache(maxsize=8)
def made(code: str, release: int, published_at: str, data_status: str, on: date) -> Asset:
    """The pack, ready to send, made once for a release and day."""
    province = the_province(code, on)
    head = {
        "format": FORMAT,
        "province": {"code": province.code, "name": province.full_name, "name_en": province.name_en},
        "on": on,
        "release": release,
        "published_at": None if published_at == "None" else published_at.replace(" ", "T"),
        "data_status": data_status,
    }
    found = institutions_of(session(), code, moment(session(), on, release or None))
    institutions = collection(packed_feature(one) for one in found)
    outlines = json.dumps(outlines_of(province, on), ensure_ascii=False, separators=(",", ":"))
    text = f'{to_json(head)[:-1]},"institutions":{institutions},"boundaries":{outlines}}}'
    return make_asset(text.encode(), "application/json")


def the_province(code: str, on: date) -> units_.Unit:
    found = [unit for unit in units_.units(session(), level="province", on=on) if unit.code == code]
    if not found:
        raise Problem(UNKNOWN_UNIT)
    return found[0]


def packed_feature(one: Packed) -> str:
    """The Feature with what it teaches and what it is found by."""
    taught = [programme_json(programme) for programme in one.programmes]
    names = {fold(programme["name"]) for programme in taught}
    return with_properties(one.feature, programmes=taught, search=" ".join([one.words, *sorted(names)]))


def programme_json(one: Taught) -> dict[str, Any]:
    known = occupations().occupations.get(one.code)
    return {
        "code": one.code,
        "training_level": one.training_level,
        "name": one.name or (known.name_vi if known else one.code),
        "name_en": known.name_en if known else None,
    }


def outlines_of(province: units_.Unit, on: date) -> dict[str, Any]:
    """The province's own outline and its communes'."""
    provinces = json.loads(units_.boundaries_geojson(session(), level="province", on=on, zoom=OUTLINE_ZOOM))
    communes = units_.boundaries_geojson(session(), level="commune", on=on, zoom=OUTLINE_ZOOM, parent_key=province.key)
    own = [feature for feature in provinces["features"] if feature["properties"]["code"] == province.code]
    return {"type": "FeatureCollection", "features": [*own, *json.loads(communes)["features"]]}
