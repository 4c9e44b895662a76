"""`/api/v1/access`: how far from every commune the nearest qualifying institution is, and what a change would do."""

from typing import Any

from flask import Response

from geodata.access import Access, CommuneAccess, Scenario
from geodata.access.distances import Reach, reach
from geodata.access.effect import Effect
from geodata.overlays import UnitFigure
from geodata.unit_reads import by_key
from mapapp.access_question import AccessFilters, WhatIfFilters, access_asked, effect_asked, scenario_asked
from mapapp.api import json_answer, public_get
from mapapp.db import session
from mapapp.overlay_rows import row_values
from mapapp.questions import facts
from mapapp.schemas import access as schemas

TAG = "Access and what-if"

METHOD_VI = (
    "Khoảng cách đường chim bay (trắc địa, WGS 84), từ điểm đại diện của xã đến địa điểm gần nhất của cơ sở đang "
    "hoạt động đạt các điều kiện; không phải quãng đường đi. Cơ sở chỉ biết đến cấp tỉnh hoặc huyện được đếm nhưng "
    "không cho khoảng cách."
)
METHOD_EN = (
    "Geodesic straight-line distance (WGS 84) from the commune's point to the nearest campus of an institution in "
    "operation that meets the conditions; it is no travel distance. Institutions whose place is known to province or "
    "district only are counted and give no distance."
)


@public_get(
    "/access",
    "Distance from every commune",
    tag=TAG,
    question=AccessFilters,
    answer=schemas.AccessAnswer,
    answers={"404": "There is no such indicator."},
    example="training_level=college&radius_km=20",
)
def access(asked: AccessFilters) -> Response:
    """For every commune of the day: `distance_km` to the nearest institution in operation that teaches one of the
    occupations at one of the levels, is of one of the types and meets the readiness condition; null where nobody with
    a known place qualifies. `reach` is the share of communes (of people, where a population was imported) within
    `radius_km`. `unplaced` institutions qualify too, but their place is known to province or district only."""
    found = access_asked(asked)
    return json_answer(access_json(found, asked.radius_km) | facts(found.question.on, found.release))


@public_get(
    "/access/what-if",
    "What closing, merging or upgrading would do",
    tag=TAG,
    question=WhatIfFilters,
    answer=schemas.WhatIfAnswer,
    answers={"404": "There is no such indicator."},
    example="training_level=college&radius_km=20",
)
def what_if(asked: WhatIfFilters) -> Response:
    """The same question before and after a change of the network: `close=ID`, `merge=A:B` (A's campuses go on as B's),
    `upgrade=ID` (it reaches the readiness and the level asked for). `changed` are the communes whose distance differs;
    `readiness` holds the indicator's figures before and after for the provinces concerned. Nothing is written: the
    change lives in the question only."""
    scenario, names = scenario_asked(asked)
    before, after = access_asked(asked), access_asked(asked, scenario)
    body = {
        "scenario": scenario_json(scenario, names),
        "radius_km": asked.radius_km,
        "before": {"institutions": before.institutions, **reach_json(before.reach(asked.radius_km))},
        "after": {"institutions": after.institutions, **reach_json(after.reach(asked.radius_km))},
        "changed": changed_json(before, after),
        "readiness": effect_json(effect_asked(asked, scenario)),
        "method_vi": METHOD_VI,
        "method_en": METHOD_EN,
    }
    return json_answer(body | facts(before.question.on, before.release))


def access_json(found: Access, radius_km: float) -> dict[str, Any]:
    """The whole answer of a question."""
    asked, condition = found.question, found.question.condition
    return {
        "occupation": list(asked.occupations),
        "training_level": list(asked.training_levels),
        "type": list(asked.types),
        "condition": None
        if condition is None
        else {"indicator": condition.indicator, "period": condition.period, "at_least": condition.at_least},
        "radius_km": radius_km,
        "institutions": found.institutions,
        "unplaced": found.unplaced,
        "reach": reach_json(found.reach(radius_km)),
        "provinces": provinces_json(found, radius_km),
        "rows": [row_json(row, radius_km) for row in found.rows],
        "numberReturned": len(found.rows),
        "population": None
        if found.population is None
        else {"years": list(found.population.years), "sources": list(found.population.sources)},
        "method_vi": METHOD_VI,
        "method_en": METHOD_EN,
    }


def reach_json(reach: Reach) -> dict[str, Any]:
    return {
        "communes": reach.communes,
        "reached": reach.reached,
        "share": rounded(reach.share),
        "people": reach.people,
        "people_reached": reach.people_reached,
        "people_share": rounded(reach.people_share),
        "median_km": reach.median_km,
    }


def rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def provinces_json(found: Access, radius_km: float) -> list[dict[str, Any]]:
    """The reach of every province, by code."""
    keys = {row.unit.parent_key for row in found.rows if row.unit.parent_key}
    above = by_key(session(), keys)
    grouped: dict[str, list[CommuneAccess]] = {}
    for row in found.rows:
        grouped.setdefault(province_key(row, above), []).append(row)
    known = by_key(session(), grouped)
    return [
        {"unit": key, "name": known[key].full_name, "name_en": known[key].name_en, **reach_json(reach(rows, radius_km))}
        for key, rows in sorted(grouped.items())
    ]


def province_key(row: CommuneAccess, above: dict[str, Any]) -> str:
    """The province over a commune; former communes stand under districts."""
    parent = above[row.unit.parent_key] if row.unit.parent_key else row.unit
    return parent.parent_key or parent.key


def row_json(row: CommuneAccess, radius_km: float) -> dict[str, Any]:
    unit = row.unit
    return {
        "unit": unit.key,
        "code": unit.code,
        "name": unit.full_name,
        "name_en": unit.name_en,
        "lon": unit.lon_lat.lon if unit.lon_lat else None,
        "lat": unit.lon_lat.lat if unit.lon_lat else None,
        "distance_km": row.distance_km,
        "within": row.within(radius_km),
        "institution": row.institution_id,
        "institution_name": row.institution,
        "approximate": row.approximate,
        "people": row.people,
    }


def scenario_json(scenario: Scenario, names: dict[str, str]) -> dict[str, Any]:
    return {
        "close": list(scenario.closed),
        "upgrade": list(scenario.upgraded),
        "merge": [f"{goes}:{into}" for goes, into in scenario.merged],
        "institutions": [{"id": one, "name": names[one]} for one in scenario.touched],
    }


def changed_json(before: Access, after: Access) -> list[dict[str, Any]]:
    """The communes whose distance differs, by code."""
    return [
        {
            "unit": one.unit.key,
            "name": one.unit.full_name,
            "name_en": one.unit.name_en,
            "before_km": one.distance_km,
            "after_km": two.distance_km,
            "institution": two.institution_id,
        }
        for one, two in zip(before.rows, after.rows, strict=True)
        if one.distance_km != two.distance_km
    ]


def effect_json(effect: Effect | None) -> dict[str, Any] | None:
    if effect is None:
        return None
    return {
        "indicator": effect.overlay.indicator.id,
        "period": effect.overlay.period,
        "rows": [pair_json(pair) for pair in effect.rows],
        "whole": pair_json(effect.whole),
        "unmeasured": list(effect.unmeasured),
    }


def pair_json(pair: tuple[UnitFigure, UnitFigure]) -> dict[str, Any]:
    before, after = map(row_values, pair)
    return {"unit": before["unit"], "name": before["name"], "before": before, "after": after}
