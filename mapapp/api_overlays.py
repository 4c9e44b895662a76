"""`/api/v1/overlays/<indicator>`: readiness per unit of any vintage, in every format, from one set of rows."""

from datetime import date, datetime
from functools import lru_cache

from flask import Response, url_for

from geodata.administrative_units import boundaries_geojson, boundaries_version
from mapapp import schemas
from mapapp.api import public_get
from mapapp.assets import Asset, make_asset, respond
from mapapp.db import register, session
from mapapp.headers import FRESH_FOR, PINNED
from mapapp.overlay_files import SHAPES
from mapapp.overlay_question import OverlayQuestion, answer
from mapapp.overlay_rows import table, title
from mapapp.questions import day_asked

OUTLINE_ZOOM = 6


@public_get(
    "/overlays/<indicator>",
    "Readiness per administrative unit",
    tag="Overlays",
    question=OverlayQuestion,
    answer=schemas.OverlayAnswer,
    answers={"404": "There is no such indicator."},
    path={"indicator": "id of an indicator of /indicators"},
    example="level=district&on=2025-06-30&period=2024",
)
def overlay(asked: OverlayQuestion, indicator: str) -> Response:
    """For every unit of a level: `value`, `n` reporting of `N` to whom the indicator applies, `no_data`, `target`,
    `gap`, `met`. N are those that existed on the last day of the period; `on` chooses only the vintage of the units. A
    row with `unit: null` carries those that no unit can be given; the rows sum to `whole`. Silence is never zero.
    The default target is the national one; a local one covers the territory its document named (`target_value`,
    `target_n`, `target_N` are of those it covers). Outlines come with `format=geojson`, or once for all values from
    `/boundaries/<level>`."""
    state = register()
    outlines = boundaries_version(session()) if asked.format == "geojson" else ""
    on = day_asked(asked.on)
    made, name = written(state.release, state.published_at, outlines, on, indicator, asked.model_dump_json())
    response = respond(made, PINNED if asked.release and asked.on and asked.period else FRESH_FOR)
    if asked.format in ("csv", "xlsx"):
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    link = url_for("api.boundaries", level=asked.level.value, on=on.isoformat())
    response.headers["Link"] = f'<{link}>; rel="related"; title="outlines"'
    return response


@lru_cache(maxsize=256)
def written(
    _release: int, _published: datetime | None, _outlines: str, on: date, indicator: str, question: str
) -> tuple[Asset, str]:
    """The file and its name. The release, its time and the outlines' version are part of the key: a change of any of
    them is another entry."""
    asked = OverlayQuestion.model_validate_json(question)
    found = answer(indicator, asked)
    shape = SHAPES[asked.format]
    outlines = ""
    if asked.format == "geojson":
        outlines = boundaries_geojson(session(), level=asked.level.value, on=on, zoom=OUTLINE_ZOOM)
    made = make_asset(shape.write(table(found), outlines), shape.media_type)
    return made, f"{title(found)}_r{found.release}.{shape.ending}"
