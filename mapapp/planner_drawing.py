"""The overlay as a drawing: provinces coloured, smaller units as circles whose area is the number of those asked.

It is what the page shows before and without scripts, and what it prints. No data is hatched, few reports are dotted;
Hoàng Sa and Trường Sa are drawn and named as on every map.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from xml.sax.saxutils import escape

from geodata.administrative_units import boundaries_version, provinces_geojson
from geodata.overlays import Overlay, UnitFigure, Vintage
from geodata.unit_reads import Unit
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


@dataclass(frozen=True)
class Mark:
    """A unit on the drawing: the class of its colour, how many it stands for, what a pointer over it says."""

    unit: Unit
    tone: str
    size: int
    few: bool
    says: str


def drawing(overlay: Overlay, ident: str = "overlay") -> str:
    """SVG text of the overlay; colours are classes of `planner.css`."""
    title = _("Bản đồ: %(name)s, %(period)s", name=words.name(overlay.indicator), period=overlay.period)
    return country_drawing(ident, title, overlay.vintage, list(overlay_marks(overlay)))


def overlay_marks(overlay: Overlay) -> Iterator[Mark]:
    for row in overlay.rows:
        if row.unit is not None:
            kind = tone(overlay.indicator, row)
            yield Mark(row.unit, kind, row.N, words.is_thin(row), hint(overlay, row.unit, row))


def country_drawing(ident: str, title: str, vintage: Vintage, marks: list[Mark]) -> str:
    """SVG text of a country whose units carry marks; `ident` keeps ids apart where a page has several drawings."""
    outlines = province_paths(boundaries_version(session()), vintage.on.isoformat())
    if vintage.level == UnitLevel.PROVINCE:
        body = areas(marks, outlines, ident)
    else:
        body = [f'<path class="ground" d="{path}"/>' for path in outlines.values()] + circles(marks)
    patterns = PATTERNS if ident == "overlay" else PATTERNS.replace('id="', f'id="{ident}-')
    return (
        f'<svg class="overlay-map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height()}" role="img"'
        f' aria-labelledby="{ident}-map-title"><title id="{ident}-map-title">{escape(title)}</title>{patterns}'
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


def areas(marks: list[Mark], outlines: dict[str, str], ident: str) -> list[str]:
    """Coloured provinces; those that rest on few reports are dotted over."""
    prefix = "" if ident == "overlay" else f"{ident}-"
    parts = []
    for mark in marks:
        if mark.unit.key not in outlines:
            continue
        path = outlines[mark.unit.key]
        fill = f' fill="url(#{prefix}hatch)"' if mark.tone == "nodata" else ""
        parts.append(
            f'<path class="area {mark.tone}" data-unit="{mark.unit.key}" d="{path}"{fill}>{titled(mark)}</path>'
        )
        if mark.few:
            parts.append(f'<path class="thin" d="{path}" fill="url(#{prefix}dots)"/>')
    return parts


def circles(marks: list[Mark]) -> list[str]:
    """A circle per unit where anyone is asked, largest first so that small ones stay visible."""
    asked = [mark for mark in marks if mark.size and mark.unit.lon_lat is not None]
    largest = max((mark.size for mark in asked), default=1)
    return [circle(mark, largest) for mark in sorted(asked, key=lambda mark: -mark.size)]


def circle(mark: Mark, largest: int) -> str:
    if mark.unit.lon_lat is None:
        return ""
    x, y = project(mark.unit.lon_lat.lon, mark.unit.lon_lat.lat)
    radius = max(SMALLEST_RADIUS, LARGEST_RADIUS * math.sqrt(mark.size / largest))
    kind = f"{mark.tone}{' few' if mark.few else ''}"
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
    return f'<circle class="spot {kind}" data-unit="{mark.unit.key}" {place}>{titled(mark)}</circle>'


def titled(mark: Mark) -> str:
    return f"<title>{escape(mark.says)}</title>"


def hint(overlay: Overlay, unit: Unit, row: UnitFigure) -> str:
    """What a pointer over the shape says: name, figure, coverage."""
    name = unit.full_name if language() == "vi" else unit.name_en
    return f"{name}: {words.value(overlay.indicator, row.value)}; {words.coverage(row)}"


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
