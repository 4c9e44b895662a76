"""`/api/v1/overlays/<indicator>`: readiness per unit of any vintage, in every format, from one set of rows."""

from datetime import date
from functools import lru_cache

from flask import Response, g, url_for

from mapapp.api import json_answer, public_get
from mapapp.assets import Asset, make_asset, respond
from mapapp.db import register
from mapapp.errors import EXPORT_BUSY, Problem
from mapapp.exports import address, files
from mapapp.exports.comparison import MEDIA_TYPES, Comparison
from mapapp.exports.formats import FORMATS
from mapapp.exports.plain_files import as_json
from mapapp.exports.rendering import Busy
from mapapp.exports.view import View
from mapapp.headers import FRESH_FOR, PINNED
from mapapp.overlay_question import (
    ChangeQuestion,
    ComparisonQuestion,
    OverlayQuestion,
    answer,
    changed,
    layers_asked,
    sides,
)
from mapapp.overlay_rows import change_values, table
from mapapp.questions import day_asked, facts
from mapapp.schemas import overlays as schemas


@public_get(
    "/overlays/<indicator>",
    "Readiness per administrative unit",
    tag="Overlays",
    question=OverlayQuestion,
    answer=schemas.OverlayAnswer,
    answers={
        "404": "There is no such indicator.",
        "503": "The register is away, or a file is being made: Retry-After.",
    },
    path={"indicator": "id of an indicator of /indicators"},
    example="level=district&on=2025-06-30&period=2024",
    also={made.media_type: f"format={name}" for name, made in FORMATS.items() if made.media_type != "application/json"},
)
def overlay(asked: OverlayQuestion, indicator: str) -> Response:
    """For every unit of a level: `value`, `n` reporting of `N` to whom the indicator applies, `no_data`, `target`,
    `gap`, `met`. N are those that existed on the last day of the period; `on` chooses only the vintage of the units. A
    row with `unit: null` carries those that no unit can be given; the rows sum to `whole`. Silence is never zero.
    The default target is the national one; a local one covers the territory its document named (`target_value`,
    `target_n`, `target_N` are of those it covers). Outlines come with `format=geojson`, or once for all values from
    `/boundaries/<level>`."""
    state = register()
    on = day_asked(asked.on)
    if asked.format == "json":
        made = values(state.edition, on, indicator, asked.model_dump_json())
        response = respond(made, PINNED if asked.release and asked.on and asked.period else FRESH_FOR)
    else:
        response = download(asked, indicator, on)
    link = url_for("api.boundaries", level=asked.level.value, on=on.isoformat())
    response.headers["Link"] = f'<{link}>; rel="related"; title="outlines"'
    return response


@public_get(
    "/overlays/<indicator>/change",
    "How readiness moved between two years",
    tag="Overlays",
    question=ChangeQuestion,
    answer=schemas.ChangeAnswer,
    answers={"404": "There is no such indicator."},
    path={"indicator": "id of an indicator of /indicators"},
    example="level=province&since=2023&period=2025",
)
def overlay_change(asked: ChangeQuestion, indicator: str) -> Response:
    """For every unit of a level the figure of both periods and their `difference` (later less earlier, in points), null
    unless both periods have data: silence is no change. Each period counts those that existed at its end."""
    found = changed(indicator, asked)
    rows = [change_values(row) for row in found.rows]
    about_it = {
        "indicator": found.later.indicator.id,
        "level": found.later.vintage.level,
        "since": found.earlier.period,
        "period": found.later.period,
        "rows": rows,
        "whole": change_values(found.whole),
        "numberReturned": len(rows),
    }
    return json_answer(about_it | facts(found.later.vintage.on, found.later.release))


@public_get(
    "/overlays/<indicator>/comparison",
    "Two years or two indicators side by side",
    tag="Overlays",
    question=ComparisonQuestion,
    answer=schemas.ComparisonAnswer,
    answers={
        "404": "There is no such indicator.",
        "503": "The register is away, or a file is being made: Retry-After.",
    },
    path={"indicator": "id of an indicator of /indicators; the right side"},
    example="level=province&period=2025&with_period=2023",
    also={kind: f"format={name}" for name, kind in MEDIA_TYPES.items() if kind != "application/json"},
)
def overlay_comparison(asked: ComparisonQuestion, indicator: str) -> Response:
    """For every unit of a level the figures of both sides and their `difference` (two less one), null where a side has
    no data or they are measured in different units; with method and sources of both, as a file to keep too."""
    question = f"{indicator}/comparison?on={day_asked(asked.on)}&{asked.model_dump_json(exclude={'format'})}"
    try:
        file = files.comparison(asked.format, question, lambda: compared(indicator, asked))
    except Busy as error:
        raise Problem(EXPORT_BUSY) from error
    response = respond(make_asset(file.content, MEDIA_TYPES[asked.format]), FRESH_FOR)
    if asked.format != "json":
        response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def compared(indicator: str, asked: ComparisonQuestion) -> Comparison:
    one, two = sides(indicator, asked)
    url, page = address.of_comparison(one, two), address.of_comparison_page(one, two)
    query = {"indicator": indicator, **address.comparison_query(one, two)}
    return Comparison(one, two, address.absolute(url), address.absolute(page), query)


@lru_cache(maxsize=64)
def values(_edition: tuple[object, ...], _on: date, indicator: str, question: str) -> Asset:
    """The figures as JSON. The edition of the register is part of the key: a change of it is another entry."""
    asked = OverlayQuestion.model_validate_json(question)
    found, layers = answer(indicator, asked), layers_asked(asked, "json")
    view = View(found, table(found, layers), layers=layers, sites=files.sites_above(found, layers))
    return make_asset(as_json(view), "application/json")


def download(asked: OverlayQuestion, indicator: str, on: date) -> Response:
    """The view as a file to keep."""
    g.lang = asked.lang
    layers = layers_asked(asked, asked.format)
    question = f"{indicator}?on={on}&{asked.model_dump_json(exclude={'format', 'lang', 'paper'})}"
    try:
        wanted = files.Wanted(asked.format, asked.lang, asked.paper, layers)
        file = files.answer(wanted, question, lambda: answer(indicator, asked))
    except Busy as error:
        raise Problem(EXPORT_BUSY) from error
    response = respond(make_asset(file.content, FORMATS[asked.format].media_type), FRESH_FOR)
    if asked.format != "geojson":
        response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
