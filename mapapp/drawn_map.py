"""The map as a drawing: what a page shows before, without and instead of scripts, and what it prints.

An SVG of the provinces in the web mercator projection, with Hoàng Sa and Trường Sa as named symbols.
"""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any
from xml.sax.saxutils import escape

from mapapp.maps import ARCHIPELAGOS, NATION, SEA_LABEL, Archipelago

WIDTH = 800
NAMED = frozenset({"01", "04", "11", "38", "48", "56", "66", "79", "92", "96"})
"""Codes of provinces far enough apart to be named at this size."""

STYLE = (
    ".sea{fill:#d7e6ec}.land{fill:#f6f2e6;stroke:#a59d86;stroke-width:.8;stroke-linejoin:round}"
    "text{font-family:system-ui,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;fill:#3c4446;text-anchor:middle;"
    "paint-order:stroke;stroke:#f6f2e6;stroke-width:3px;stroke-linejoin:round}"
    ".far{stroke:#d7e6ec;font-weight:600;fill:#1b2426}.water{stroke:none;fill:#3b5c69;font-style:italic}"
    ".zone{fill:#f6f2e6;stroke:#1b2426;stroke-width:1.500}"
    "@media(prefers-color-scheme:dark){.sea{fill:#0f2028}.land{fill:#26333a;stroke:#5d717a}"
    "text{fill:#d5dedd;stroke:#26333a}.far{stroke:#0f2028;fill:#eef2f1}.water{stroke:none;fill:#9fbac4}"
    ".zone{fill:#26333a;stroke:#eef2f1}}"
    "@media print{.sea{fill:#fff}.land{fill:#fff;stroke:#444}}"
)


def drawn_map(provinces: str, gettext: Callable[[str], str]) -> str:
    """SVG text of the country from a GeoJSON FeatureCollection text of provinces (`provinces_geojson`)."""
    outlines, names = [], []
    for feature in json.loads(provinces)["features"]:
        if feature["properties"].get("symbol"):
            continue
        outlines.append(f'<path class="land" d="{outline_path(feature["geometry"])}"/>')
        if feature["properties"]["code"] in NAMED:
            names.append(_name(feature, english=gettext("Biển Đông") != "Biển Đông"))
    symbols = [_archipelago(place, gettext) for place in ARCHIPELAGOS]
    return _document([*outlines, *names, _sea(gettext), *symbols], gettext)


def height() -> int:
    """The drawing's height, its width being `WIDTH`."""
    return round(project(NATION[1][0], NATION[0][1])[1])


def project(lon: float, lat: float) -> tuple[float, float]:
    """Web mercator, in units of the drawing; y grows to the south."""
    (west, _), (east, north) = NATION
    scale = WIDTH / math.radians(east - west)
    return math.radians(lon - west) * scale, (_mercator(north) - _mercator(lat)) * scale


def _mercator(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def outline_path(geometry: dict[str, Any]) -> str:
    """SVG path data of a polygon or multipolygon in units of the drawing."""
    return "".join(_ring(ring) for ring in _rings(geometry))


def _rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    """Every ring of a polygon or multipolygon; nothing of a point."""
    shape, coordinates = geometry["type"], geometry["coordinates"]
    for polygon in {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(shape, []):
        yield from polygon


def _ring(ring: list[list[float]]) -> str:
    points = (project(lon, lat) for lon, lat in ring[:-1])
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "z"


def _name(feature: dict[str, Any], *, english: bool) -> str:
    largest = max(_rings(feature["geometry"]), key=len)
    x, y = project(
        (min(p[0] for p in largest) + max(p[0] for p in largest)) / 2,
        (min(p[1] for p in largest) + max(p[1] for p in largest)) / 2,
    )
    properties = feature["properties"]
    return _text(x, y + 4, properties["name_en"] if english else properties["name"], 13)


def _archipelago(place: Archipelago, gettext: Callable[[str], str]) -> str:
    x, y = project(place.lon, place.lat)
    name = gettext(place.full_name)
    symbol = f'<circle class="zone" cx="{x:.1f}" cy="{y:.1f}" r="6"/><circle cx="{x:.1f}" cy="{y:.1f}" r="2"/>'
    return symbol + _text(x, y + 26, name, 18, "far") + _text(x, y + 45, f"({place.province})", 15, "far")


def _sea(gettext: Callable[[str], str]) -> str:
    x, y = project(*SEA_LABEL)
    return _text(x, y, gettext("Biển Đông"), 22, "water")


def _text(x: float, y: float, text: str, size: int, kind: str = "near") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size}">{escape(text)}</text>'


def _document(parts: list[str], gettext: Callable[[str], str]) -> str:
    title = escape(gettext("Bản đồ các tỉnh, thành phố của Việt Nam, có quần đảo Hoàng Sa và quần đảo Trường Sa"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height()}" width="{WIDTH}" height="{height()}">'
        f"<title>{title}</title><style>{STYLE}</style>"
        f'<rect class="sea" width="{WIDTH}" height="{height()}"/>{"".join(parts)}</svg>'
    )
