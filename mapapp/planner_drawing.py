"""The overlay as a drawing: provinces coloured, smaller units as circles whose area is the number of those asked.

It is what the page shows before and without scripts, and what it prints. No data is hatched, few reports are dotted;
Hoàng Sa and Trường Sa are drawn and named as on every map.
"""

import json
import math
from datetime import date
from functools import lru_cache
from xml.sax.saxutils import escape

from geodata.administrative_units import boundaries_version, provinces_geojson
from geodata.overlays import Overlay, UnitFigure
from geodata.vocabulary import UnitLevel
from mapapp import planner_words as words
from mapapp.db import session
from mapapp.drawn_map import WIDTH, height, outline_path, project
from mapapp.i18n import gettext as _
from mapapp.i18n import language
from mapapp.maps import ARCHIPELAGOS, SEA_LABEL
from mapapp.planner_rows import tone

ZOOM = 6
LARGEST_RADIUS = 14.0
SMALLEST_RADIUS = 1.6

PATTERNS = (
    '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="hatch-ground" width="7" height="7"/><rect class="hatch-line" width="2.2" height="7"/></pattern>'
    '<pattern id="dots" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<circle class="dot" cx="2" cy="2" r="1.3"/><circle class="dot" cx="5.5" cy="5.5" r="1.3"/></pattern></defs>'
)


def drawing(overlay: Overlay) -> str:
    """SVG text of the overlay; colours are classes of `planner.css`."""
    outlines = province_paths(boundaries_version(session()), overlay.vintage.on.isoformat())
    if overlay.vintage.level == UnitLevel.PROVINCE:
        body = areas(overlay, outlines)
    else:
        body = [f'<path class="ground" d="{path}"/>' for path in outlines.values()] + circles(overlay)
    title = escape(_("Bản đồ: %(name)s, %(period)s", name=words.name(overlay.indicator), period=overlay.period))
    return (
        f'<svg class="overlay-map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height()}" role="img"'
        f' aria-labelledby="overlay-map-title"><title id="overlay-map-title">{title}</title>{PATTERNS}'
        f'<rect class="sea" width="{WIDTH}" height="{height()}"/>{"".join(body)}{"".join(signs())}</svg>'
    )


@lru_cache(maxsize=8)
def province_paths(_version: str, on: str) -> dict[str, str]:
    """Path data of the provinces of a day by unit key."""
    features = json.loads(provinces_geojson(session(), on=date.fromisoformat(on), zoom=ZOOM))["features"]
    return {
        feature["id"]: outline_path(feature["geometry"])
        for feature in features
        if not feature["properties"].get("symbol")
    }


def areas(overlay: Overlay, outlines: dict[str, str]) -> list[str]:
    """Coloured provinces; those that rest on few reports are dotted over."""
    parts = []
    for row in overlay.rows:
        if row.unit is None or row.unit.key not in outlines:
            continue
        path, colour = outlines[row.unit.key], tone(overlay.indicator, row)
        fill = ' fill="url(#hatch)"' if colour == "nodata" else ""
        parts.append(
            f'<path class="area {colour}" data-unit="{row.unit.key}" d="{path}"{fill}>{hint(overlay, row)}</path>'
        )
        if words.is_thin(row):
            parts.append(f'<path class="thin" d="{path}" fill="url(#dots)"/>')
    return parts


def circles(overlay: Overlay) -> list[str]:
    """A circle per unit where anyone is asked, largest first so that small ones stay visible."""
    asked = [row for row in overlay.rows if row.N and row.unit is not None and row.unit.lon_lat is not None]
    largest = max((row.N for row in asked), default=1)
    return [circle(overlay, row, largest) for row in sorted(asked, key=lambda row: -row.N)]


def circle(overlay: Overlay, row: UnitFigure, largest: int) -> str:
    if row.unit is None or row.unit.lon_lat is None:
        return ""
    x, y = project(row.unit.lon_lat.lon, row.unit.lon_lat.lat)
    radius = max(SMALLEST_RADIUS, LARGEST_RADIUS * math.sqrt(row.N / largest))
    kind = f"{tone(overlay.indicator, row)}{' few' if words.is_thin(row) else ''}"
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
    return f'<circle class="spot {kind}" data-unit="{row.unit.key}" {place}>{hint(overlay, row)}</circle>'


def hint(overlay: Overlay, row: UnitFigure) -> str:
    """What a pointer over the shape says: name, figure, coverage."""
    if row.unit is None:
        return ""
    name = row.unit.full_name if language() == "vi" else row.unit.name_en
    return f"<title>{escape(f'{name}: {words.value(overlay.indicator, row.value)}; {words.coverage(row)}')}</title>"


def signs() -> list[str]:
    """The archipelagos and the sea, named."""
    parts = [text(*project(*SEA_LABEL), _("Biển Đông"), "water")]
    for place in ARCHIPELAGOS:
        x, y = project(place.lon, place.lat)
        parts.append(f'<circle class="zone" cx="{x:.1f}" cy="{y:.1f}" r="6"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2"/>')
        full = _("Quần đảo Hoàng Sa") if place.name == "Hoàng Sa" else _("Quần đảo Trường Sa")
        parts += [text(x, y + 26, full, "far"), text(x, y + 45, f"({place.province})", "far small")]
    return parts


def text(x: float, y: float, words_: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words_)}</text>'
