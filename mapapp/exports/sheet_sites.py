"""Institutions on a sheet: their signs over the map, what the signs mean, and a list of those that no map can show."""

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from mapapp import labels
from mapapp.exports.sheet_paper import PLAIN, SOFT, Sheet, ink, shortened
from mapapp.exports.signs import CORNERS, INKS, corners, radius_for
from mapapp.exports.sites import heading, legend_lines, place, unplaced
from mapapp.exports.view import View
from mapapp.i18n import gettext as _
from mapapp.i18n import number

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

ON_PAPER = 0.62
"""Points of a sheet for a pixel of a sign: a sheet is narrower and sharper than a screen."""

LINE, HEAD, FOOT, TEXT = 10.0, 70.0, 46.0, 6.8
Spot = Callable[[float, float], tuple[float, float]]


def draw_sites(canvas: "Canvas", view: View, spot: Spot, scale: float) -> None:
    """A sign per institution with a point, in the order of the list."""
    radius = radius_for(len(view.sites)) * ON_PAPER * scale
    for one in view.sites:
        if one.lon is not None and one.lat is not None:
            draw_sign(canvas, one.type, *spot(one.lon, one.lat), radius)


def draw_sign(canvas: "Canvas", kind: str, x: float, y: float, radius: float) -> None:
    path = canvas.beginPath()
    if CORNERS[kind] is None:
        path.circle(x, y, radius)
    else:
        first, *rest = corners(kind, x, y, radius, up=1)
        path.moveTo(*first)
        for corner in rest:
            path.lineTo(*corner)
        path.close()
    canvas.setFillColor(ink(INKS[kind]))
    canvas.setStrokeColor(ink("#ffffff"))
    canvas.setLineWidth(0.35)
    canvas.drawPath(path, fill=1, stroke=1)


def draw_site_legend(sheet: Sheet, view: View, left: float, top: float, width: float) -> float:
    """Signs with their type, number, and how many have no coordinates; gives the y below."""
    y = sheet.paragraph(left, top, width, heading(view), 9, bold=True) - 4
    side = 9 * sheet.scale
    for kind, said in legend_lines(view):
        draw_sign(sheet.canvas, kind, left + side / 2, y - side / 2, side / 2.4)
        y = min(y - side, sheet.paragraph(left + side + 5, y + 1.5, width - side - 5, said, 7.2)) - 4
    if unplaced(view):
        y = sheet.paragraph(left, y, width, _("Cơ sở không có tọa độ được liệt kê ở trang cuối."), 7.2, colour=SOFT)
    return y


def lines_on(sheet: Sheet) -> int:
    return int((sheet.height - HEAD - FOOT) // (LINE * sheet.scale))


def unplaced_pages(sheet: Sheet, view: View) -> int:
    return math.ceil(len(unplaced(view)) / lines_on(sheet))


def draw_unplaced(sheet: Sheet, view: View) -> Iterator[int]:
    """Pages that name every institution without coordinates; gives the number of each (from 1) when it is full."""
    missing, length = unplaced(view), lines_on(sheet)
    for page, start in enumerate(range(0, len(missing), length), start=1):
        draw_heading(sheet, view, len(missing))
        for line, one in enumerate(missing[start : start + length], start=1):
            y = sheet.height - HEAD - line * LINE * sheet.scale
            said = " · ".join(part for part in (labels.label(labels.TYPE, one.type), place(one)) if part)
            draw_line(sheet, number(start + line), one.name, said, y)
        yield page


def draw_heading(sheet: Sheet, view: View, count: int) -> None:
    y = sheet.height - 30
    sheet.text(sheet.left, y, heading(view), 9, bold=True)
    said = _("%(count)s cơ sở không có tọa độ: có trong danh sách, không vẽ được trên bản đồ", count=number(count))
    sheet.text(sheet.left, y - 13 * sheet.scale, said, 7, colour=SOFT)


def draw_line(sheet: Sheet, place_in_list: str, name: str, said: str, y: float) -> None:
    """Number, name and, smaller, what and where it is, cut to the width."""
    size, left = TEXT * sheet.scale, sheet.left + 24 * sheet.scale
    sheet.text(sheet.left, y, place_in_list, TEXT, colour=SOFT)
    shown = shortened(name, (sheet.right - left) * 0.55, size)
    sheet.text(left, y, shown, TEXT)
    used = left + sheet.canvas.stringWidth(shown, PLAIN, size) + 8
    sheet.text(used, y, shortened(said, sheet.right - used, size), TEXT, colour=SOFT)
