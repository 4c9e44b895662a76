"""The map of a sheet: provinces in the colour of their figure or smaller units as circles, both archipelagos named,
a scale bar, everything as lines and letters."""

import math
from typing import TYPE_CHECKING, Any

from geodata.overlays import Overlay, UnitFigure
from geodata.vocabulary import UnitLevel
from mapapp import planner_words as words
from mapapp.drawn_map import NAMED, WIDTH, height, project
from mapapp.exports.sheet_paper import (
    BORDER,
    INK,
    LAND,
    NODATA,
    NODATA_LINE,
    PLAIN,
    SEA,
    SOFT,
    TONES,
    Sheet,
    ink,
)
from mapapp.exports.sheet_sites import draw_sites
from mapapp.exports.view import View, features
from mapapp.i18n import gettext as _
from mapapp.i18n import language, number
from mapapp.maps import ARCHIPELAGOS, NATION, SEA_LABEL
from mapapp.planner_rows import tone

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.pdfgen.pathobject import PDFPathObject

EARTH_KM = 6371.0088
SCALE_LAT = 16.0
"""The parallel on which the scale bar is true; a mercator map has no other way."""

RADII = ((150, 9.0), (700, 6.0), (math.inf, 4.2))
"""The radius of the largest circle where there are at most so many of them."""

SMALLEST = 1.1
POINT_MM = 25.4 / 72


class Frame:
    """Where the map stands on the sheet, and how the drawing's units become points."""

    def __init__(self, sheet: Sheet, left: float, top: float, width: float) -> None:
        self.sheet, self.left, self.top, self.width = sheet, left, top, width
        self.factor = width / WIDTH
        self.height = height() * self.factor

    def spot(self, lon: float, lat: float) -> tuple[float, float]:
        x, y = project(lon, lat)
        return self.left + x * self.factor, self.top - y * self.factor

    def points_per_km(self) -> float:
        """At SCALE_LAT."""
        (west, _south), (east, _north) = NATION
        per_radian = self.width / math.radians(east - west)
        return per_radian / (EARTH_KM * math.cos(math.radians(SCALE_LAT)))


def draw_map(sheet: Sheet, view: View, left: float, top: float, width: float) -> float:
    """The map in its frame; gives the y of its lower edge."""
    frame = Frame(sheet, left, top, width)
    canvas = sheet.canvas
    canvas.saveState()
    sheet.box(left, top - frame.height, width, frame.height, SEA)
    clip = canvas.beginPath()
    clip.rect(left, top - frame.height, width, frame.height)
    canvas.clipPath(clip, stroke=0)
    draw_units(frame, view)
    draw_sites(canvas, view, frame.spot, sheet.scale)
    draw_names(frame, view)
    draw_archipelagos(frame)
    draw_scale(frame)
    canvas.restoreState()
    canvas.setStrokeColor(ink(INK))
    canvas.setLineWidth(0.8)
    canvas.rect(left, top - frame.height, width, frame.height, stroke=1, fill=0)
    return top - frame.height


def draw_units(frame: Frame, view: View) -> None:
    overlay = view.overlay
    outlines = {one["id"]: one["geometry"] for one in features(view.ground) if not one["properties"].get("symbol")}
    if overlay.vintage.level == UnitLevel.PROVINCE:
        for row in overlay.rows:
            if row.unit is not None and row.unit.key in outlines:
                area(frame, overlay, row, outlines[row.unit.key])
        return
    for geometry in outlines.values():
        fill(frame.sheet.canvas, path_of(frame, geometry), LAND, BORDER, 0.4)
    asked = [row for row in overlay.rows if row.N and row.unit is not None and row.unit.lon_lat is not None]
    per_root = next(radius for count, radius in RADII if len(asked) <= count) * frame.sheet.scale
    per_root /= math.sqrt(max((row.N for row in asked), default=1))
    for row in sorted(asked, key=lambda row: -row.N):
        circle(frame, overlay, row, max(SMALLEST, per_root * math.sqrt(row.N)))


def area(frame: Frame, overlay: Overlay, row: UnitFigure, geometry: dict[str, Any]) -> None:
    """A coloured unit: hatched where nobody reported, dotted where few did."""
    canvas, colour = frame.sheet.canvas, tone(overlay.indicator, row)
    fill(canvas, path_of(frame, geometry), TONES.get(colour, NODATA), INK, 0.4)
    if colour == "nodata" or words.is_thin(row):
        canvas.saveState()
        canvas.clipPath(path_of(frame, geometry), stroke=0)
        (hatch if colour == "nodata" else dots)(canvas, box_of(frame, geometry))
        canvas.restoreState()


def circle(frame: Frame, overlay: Overlay, row: UnitFigure, radius: float) -> None:
    """A circle whose area is the number of those asked; hatched where nobody reported, with a broken edge for few."""
    if row.unit is None or row.unit.lon_lat is None:
        return
    canvas, colour = frame.sheet.canvas, tone(overlay.indicator, row)
    x, y = frame.spot(row.unit.lon_lat.lon, row.unit.lon_lat.lat)
    path = canvas.beginPath()
    path.circle(x, y, radius)
    if words.is_thin(row):
        canvas.setDash(1.4, 1)
    fill(canvas, path, TONES.get(colour, NODATA), INK, 0.35)
    canvas.setDash()
    if colour == "nodata":
        canvas.saveState()
        canvas.clipPath(path, stroke=0)
        hatch(canvas, (x - radius, y - radius, x + radius, y + radius), step=2.0)
        canvas.restoreState()


def fill(canvas: "Canvas", path: "PDFPathObject", colour: str, edge: str, width: float) -> None:
    canvas.setFillColor(ink(colour))
    canvas.setStrokeColor(ink(edge))
    canvas.setLineWidth(width)
    canvas.setLineJoin(1)
    canvas.drawPath(path, fill=1, stroke=1)


def path_of(frame: Frame, geometry: dict[str, Any]) -> "PDFPathObject":
    path = frame.sheet.canvas.beginPath()
    for ring in rings(geometry):
        first, *rest = [frame.spot(lon, lat) for lon, lat in ring[:-1]]
        path.moveTo(*first)
        for x, y in rest:
            path.lineTo(x, y)
        path.close()
    return path


def rings(geometry: dict[str, Any]) -> list[list[list[float]]]:
    shape, coordinates = geometry["type"], geometry["coordinates"]
    parts = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(shape, [])
    return [ring for polygon in parts for ring in polygon]


def box_of(frame: Frame, geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    spots = [frame.spot(lon, lat) for ring in rings(geometry) for lon, lat in ring]
    return min(x for x, _y in spots), min(y for _x, y in spots), max(x for x, _y in spots), max(y for _x, y in spots)


def hatch(canvas: "Canvas", box: tuple[float, float, float, float], step: float = 3.2) -> None:
    """Slanting lines over a box; what is drawn on is clipped by the caller."""
    west, south, east, north = box
    canvas.setStrokeColor(ink(NODATA_LINE))
    canvas.setLineWidth(0.7)
    x = west - (north - south)
    while x < east:
        canvas.line(x, south, x + (north - south), north)
        x += step


def dots(canvas: "Canvas", box: tuple[float, float, float, float], step: float = 3.4) -> None:
    west, south, east, north = box
    canvas.setFillColor(ink(INK))
    canvas.setStrokeColor(ink("#ffffff"))  # seen on dark colours too
    canvas.setLineWidth(0.35)
    row = 0
    while south + row * step <= north:
        x = west + (step / 2 if row % 2 else 0)
        while x <= east:
            canvas.circle(x, south + row * step, 0.6, stroke=1, fill=1)
            x += step
        row += 1


def draw_names(frame: Frame, view: View) -> None:
    """Names of provinces that lie far enough apart, for the eye to find its way."""
    for one in features(view.ground):
        if one["properties"].get("symbol") or one["properties"]["code"] not in NAMED:
            continue
        largest = max(rings(one["geometry"]), key=len, default=[])
        if largest:
            lon = (min(p[0] for p in largest) + max(p[0] for p in largest)) / 2
            lat = (min(p[1] for p in largest) + max(p[1] for p in largest)) / 2
            on_label(frame, *frame.spot(lon, lat), one["properties"]["name" if language() == "vi" else "name_en"])


def on_label(frame: Frame, x: float, y: float, name: str) -> None:
    """A small name on a pale ground, so that it reads on every colour."""
    canvas, size = frame.sheet.canvas, 5.6 * frame.sheet.scale
    width = canvas.stringWidth(name, PLAIN, size) + 4
    canvas.saveState()
    canvas.setFillColor(ink("#ffffff"))
    canvas.setFillAlpha(0.8)
    canvas.roundRect(x - width / 2, y - size * 0.7, width, size * 1.4, 1.5, stroke=0, fill=1)
    canvas.restoreState()
    named(frame, x, y, name, 5.6)


def named(frame: Frame, x: float, y: float, name: str, size: float, colour: str = INK) -> None:
    """A name centred on a spot; written once, so that who copies or hears the text meets it once."""
    canvas, size = frame.sheet.canvas, size * frame.sheet.scale
    canvas.setFont(PLAIN, size)
    canvas.setFillColor(ink(colour))
    canvas.drawCentredString(x, y - size / 3, name)


def draw_archipelagos(frame: Frame) -> None:
    """Hoàng Sa and Trường Sa where they lie, with their provinces; and the sea's name."""
    canvas = frame.sheet.canvas
    named(frame, *frame.spot(*SEA_LABEL), _("Biển Đông"), 10, SOFT)
    for place in ARCHIPELAGOS:
        x, y = frame.spot(place.lon, place.lat)
        canvas.setFillColor(ink(LAND))
        canvas.setStrokeColor(ink(INK))
        canvas.setLineWidth(0.9)
        canvas.circle(x, y, 3.4, fill=1, stroke=1)
        canvas.setFillColor(ink(INK))
        canvas.circle(x, y, 1.1, fill=1, stroke=0)
        full = _("Quần đảo Hoàng Sa") if place.name == "Hoàng Sa" else _("Quần đảo Trường Sa")
        named(frame, x, y - 10 * frame.sheet.scale, full, 8)
        named(frame, x, y - 19 * frame.sheet.scale, f"({place.province})", 7)


def draw_scale(frame: Frame) -> None:
    """A bar of 0, 100, 200 km in the sea below, with where it is true and the scale as a ratio."""
    canvas, per_km, size = frame.sheet.canvas, frame.points_per_km(), frame.sheet.scale
    left, bottom = frame.left + frame.width * 0.36, frame.top - frame.height + 24 * size
    canvas.setStrokeColor(ink(INK))
    canvas.setLineWidth(0.6)
    for part, colour in ((0, INK), (1, "#ffffff")):
        canvas.setFillColor(ink(colour))
        canvas.rect(left + part * 100 * per_km, bottom, 100 * per_km, 4, fill=1, stroke=1)
    for km in (0, 100, 200):
        label = f"{km} km" if km else "0"
        frame.sheet.text(left + km * per_km - (0 if not km else 6), bottom + 7, label, 6)
    denominator = round(1_000_000 / (per_km * POINT_MM), -5)
    frame.sheet.text(left, bottom - 8 * size, _("Tỷ lệ khoảng 1 : %(scale)s", scale=number(denominator)), 6)
    where = _("tại vĩ tuyến %(lat)s° Bắc; phép chiếu Mercator", lat=number(SCALE_LAT))
    frame.sheet.text(left, bottom - 16 * size, where, 6, colour=SOFT)
