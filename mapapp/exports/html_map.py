"""A map to keep: one HTML file with the library, the data, the table and the method in it.

It opens from a disk and asks no server for anything; its own content security policy forbids that anything in it does.
"""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

from flask import current_app

from geodata.overlays import Site, UnitFigure
from geodata.vocabulary import UnitLevel
from mapapp import labels
from mapapp import planner_words as words
from mapapp.drawn_map import project
from mapapp.exports import sayings
from mapapp.exports.sheet_table import listed
from mapapp.exports.signs import CORNERS, path_data, radius_for
from mapapp.exports.sites import heading, legend_lines, place, unplaced
from mapapp.exports.view import View, features
from mapapp.i18n import gettext as _
from mapapp.i18n import number
from mapapp.maps import compose, standalone_map
from mapapp.planner_drawing import PATTERNS
from mapapp.planner_rows import legend, tone

STATIC = Path(__file__).parents[1] / "static"
STYLES = ("vendor/leaflet/leaflet.css", "css/standalone.css")
SCRIPTS = ("vendor/leaflet/leaflet.js", "js/standalone.js")
IMAGE = re.compile(r"[^{}]*\{[^{}]*url\([^)]*\)[^{}]*\}")
"""A rule of a style sheet that would ask for a picture; ours uses none of Leaflet's."""


def as_html(view: View) -> bytes:
    """UTF-8; the same view gives the same bytes."""
    styles = "\n".join(without_pictures((STATIC / path).read_text()) for path in STYLES)
    made = compose(standalone_map(_), leaflet_url="", module_url="")
    script = "\n".join([*((STATIC / path).read_text() for path in SCRIPTS), without_imports(made.script)])
    data = json.dumps(map_data(view), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    page = current_app.jinja_env.get_template("planner/standalone.html").render(  # without what pages of the site get
        said=page_of(view),
        styles=styles,
        script=script,
        data=data,
        element=made.html,
        drawing=with_sites(view.drawing.replace(PATTERNS, ""), view),
        patterns=PATTERNS,
        style_sum=sum_of(styles),
        script_sum=sum_of(script),
    )
    return page.encode()


def without_pictures(style: str) -> str:
    return IMAGE.sub("", style)


def sum_of(text: str) -> str:
    """How a content security policy names an inline text."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def without_imports(script: str) -> str:
    """The map as folium composes it, to stand behind the functions that it calls."""
    return "\n".join(line for line in script.splitlines() if not line.startswith("import "))


def map_data(view: View) -> dict[str, Any]:
    """What the script draws, and every row of the table as it was published."""
    overlay = view.overlay
    outlines = {one["id"]: one for one in features(view.ground) if not one["properties"].get("symbol")}
    areas = overlay.vintage.level == UnitLevel.PROVINCE
    asked = [row for row in overlay.rows if row.unit is not None and (row.N or areas)]
    shown = {row["unit"]: row for row in view.table.rows if row["N"] or row["unit"] is None}
    return {
        "about": view.table.about,
        "rows": list(shown.values()),
        "whole": view.table.whole,
        "most": max((row.N for row in asked), default=1),
        "ground": [] if areas else [rounded(one["geometry"]) for one in outlines.values()],
        "shapes": [shape(view, row, outlines if areas else {}) for row in asked],
        "show": _("Chỉ trên bản đồ: {name}"),
        "signs": {kind: CORNERS[kind] for kind in view.layers},
        "radius": radius_for(len(view.sites)),
        "sites": [carried(one) for one in view.sites if one.is_placed],
    }


def carried(site: Site) -> dict[str, Any]:
    """An institution as the map draws it: where, which sign, what it says."""
    said = ", ".join(part for part in (labels.label(labels.TYPE, site.type), place(site)) if part)
    return {"key": site.id, "kind": site.type, "name": site.name, "says": said, "point": [site.lon, site.lat]}


def with_sites(drawing: str, view: View) -> str:
    """The drawing, which stands for the map on paper and without scripts, with the institutions over the units."""
    radius = radius_for(len(view.sites))
    signs = [
        f'<path class="site {one.type}" d="{path_data(one.type, *project(one.lon, one.lat), radius)}"/>'
        for one in view.sites
        if one.lon is not None and one.lat is not None
    ]
    return drawing.replace("</svg>", f"{''.join(signs)}</svg>")


def shape(view: View, row: UnitFigure, outlines: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A unit as the map draws it: outline or point, class, words."""
    unit = row.unit
    if unit is None:
        return {}
    kind = f"{tone(view.overlay.indicator, row)}{' few' if words.is_thin(row) else ''}"
    said = f"{sayings.figure(view.overlay, row.value)}; {words.coverage(row)}"
    drawn: dict[str, Any] = {"key": unit.key, "name": named(view, row), "says": said, "kind": kind, "N": row.N}
    if unit.key in outlines:
        drawn["outline"] = rounded(outlines[unit.key]["geometry"])
    elif unit.lon_lat is not None:
        drawn["point"] = [unit.lon_lat.lon, unit.lon_lat.lat]
    return drawn


def named(view: View, row: UnitFigure) -> str:
    """The unit with the one above."""
    return ", ".join(part for part in (sayings.unit_name(row), sayings.name_above(view, row)) if part)


def rounded(geometry: dict[str, Any]) -> dict[str, Any]:
    """The outline with three decimals, a hundred metres: finer than the lines are."""
    return {"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])}


def _rounded(part: Any) -> Any:
    return [_rounded(one) for one in part] if isinstance(part, list) else round(part, 3)


def page_of(view: View) -> dict[str, Any]:
    """The texts of the page."""
    overlay = view.overlay
    return {
        "lang": view.lang,
        "heading": sayings.heading(overlay),
        "subtitle": sayings.subtitle(overlay),
        "filters": sayings.filters_label(overlay),
        "status": view.table.about["data_status"],
        "warning": sayings.status_warning(view),
        "release": sayings.release_label(view),
        "status_label": sayings.status_label(view),
        "whole": sayings.figure(overlay, overlay.whole.value),
        "counts": sayings.counts(view),
        "goal": f"{words.goal(overlay.target)} · {words.goal_source(overlay.target)}" if overlay.target else None,
        "wording": words.wording(overlay.target) if overlay.target else None,
        "reached": sayings.reached(overlay),
        "legend": legend(overlay.indicator, [row for row in overlay.rows if row.unit]),
        "symbols": overlay.vintage.level != UnitLevel.PROVINCE,
        "rows": [table_row(view, row, place) for place, row in enumerate(listed(overlay), start=1)],
        "total": table_row(view, overlay.whole, 0),
        "method": sayings.method(view),
        "sources": sayings.sources(view),
        "layers": [
            {"kind": kind, "label": said, "path": path_data(kind, 8, 8, 7)} for kind, said in legend_lines(view)
        ],
        "sites_heading": heading(view),
        "sites": [site_row(one) for one in view.sites],
        "unplaced": number(len(unplaced(view))),
    }


def site_row(site: Site) -> dict[str, Any]:
    """An institution as the list below the map tells it."""
    kind = labels.label(labels.TYPE, site.type)
    return {"key": site.id, "name": site.name, "kind": kind, "place": place(site), "placed": site.is_placed}


def table_row(view: View, row: UnitFigure, rank: int) -> dict[str, Any]:
    overlay = view.overlay
    return {
        "key": row.unit.key if row.unit else "",
        "rank": number(rank) if row.unit else "–",
        "name": sayings.unit_name(row),
        "above": sayings.name_above(view, row),
        "exact": "" if row.value is None else repr(row.value),
        "value": sayings.figure(overlay, row.value),
        "coverage": words.coverage(row),
        "gap": words.gap(row.gap) or "–",
        "verdict": words.verdict(row) or "",
        "tone": tone(overlay.indicator, row),
    }
