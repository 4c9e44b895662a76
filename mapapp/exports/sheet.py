"""A sheet to print, A4 or A3: the map with everything that is said of it on the first page, the whole table behind."""

import io
from typing import TYPE_CHECKING

from mapapp import planner_words as words
from mapapp.exports import sayings
from mapapp.exports.sheet_map import dots, draw_map, hatch
from mapapp.exports.sheet_paper import (
    BRAND,
    INK,
    LINE,
    NODATA,
    SIZES,
    SOFT,
    TONES,
    WARN,
    WARN_LINE,
    Sheet,
    ink,
    new_canvas,
    shortened,
)
from mapapp.exports.sheet_sites import draw_site_legend, draw_unplaced, unplaced_pages
from mapapp.exports.sheet_table import draw_tables, pages_needed
from mapapp.exports.view import View
from mapapp.i18n import gettext as _
from mapapp.i18n import number
from mapapp.planner_rows import legend

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

MAP_SHARE = 0.76
GAP = 12.0


def as_pdf(view: View) -> bytes:
    """Vector drawing and text with an embedded font; the document's only time is that of the release."""
    out = io.BytesIO()
    canvas = new_canvas(out, view.paper, view.lang)
    describe(canvas, view)
    width, height = SIZES[view.paper]
    sheet = Sheet(canvas, width, height, 1.0 if view.paper == "a4" else 1.25)
    figures = 1 + pages_needed(sheet, view)
    pages = figures + unplaced_pages(sheet, view)
    draw_front(sheet, view)
    draw_foot(sheet, view, 1, pages)
    canvas.showPage()
    for page in draw_tables(sheet, view):
        draw_foot(sheet, view, 1 + page, pages)
        canvas.showPage()
    for page in draw_unplaced(sheet, view):
        draw_foot(sheet, view, figures + page, pages)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def describe(canvas: "Canvas", view: View) -> None:
    """Title, subject and time of the document itself."""
    canvas.setTitle(f"{sayings.heading(view.overlay)}, {view.overlay.period}")
    canvas.setAuthor(_("Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp"))
    canvas.setSubject(f"{sayings.release_label(view)} · {sayings.status_label(view)}")
    canvas.setKeywords([view.overlay.indicator.id, view.overlay.period, view.table.about["url"]])
    canvas.setCreator("mapapp")
    stamp = canvas._doc._timeStamp
    stamp.tzname, stamp.dhh, stamp.dmm = "UTC", 0, 0
    stamp.YMDhms = view.made_at.timetuple()[:6]


def draw_front(sheet: Sheet, view: View) -> None:
    top = draw_head(sheet, view)
    width = (sheet.right - sheet.left) * MAP_SHARE - GAP
    bottom = draw_map(sheet, view, sheet.left, top, width)
    draw_side(sheet, view, sheet.left + width + GAP, top)
    draw_about(sheet, view, bottom - GAP)


def draw_head(sheet: Sheet, view: View) -> float:
    """Title, what it is of, and the warning where data are not official; gives the y below."""
    width = sheet.right - sheet.left
    y = sheet.height - 34
    sheet.text(sheet.left, y, _("Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp"), 8, colour=BRAND, bold=True)
    y = sheet.paragraph(sheet.left, y - 5, width, sayings.heading(view.overlay), 15, bold=True)
    y = sheet.paragraph(sheet.left, y - 2, width, sayings.subtitle(view.overlay), 9.5, colour=SOFT)
    filters = sayings.filters_label(view.overlay)
    if filters:
        y = sheet.paragraph(sheet.left, y - 1, width, filters, 9, colour=SOFT)
    warning = sayings.status_warning(view)
    return draw_warning(sheet, warning, y - 6) - 8 if warning else y - 8


def draw_warning(sheet: Sheet, warning: str, top: float) -> float:
    height = 18 * sheet.scale
    sheet.box(sheet.left, top - height, sheet.right - sheet.left, height, WARN, WARN_LINE)
    size = 8 * sheet.scale
    shown = shortened(warning, sheet.right - sheet.left - 14, size, bold=True)
    sheet.text(sheet.left + 7, top - height / 2 - size / 3, shown, 8, bold=True)
    return top - height


def draw_side(sheet: Sheet, view: View, left: float, top: float) -> None:
    """The country's figure, the target, and the legend with how many units have each colour."""
    overlay, width = view.overlay, sheet.right - left
    y = sheet.paragraph(left, top + 2, width, _("Cả nước"), 9, bold=True)
    y = sheet.paragraph(left, y, width, sayings.figure(overlay, overlay.whole.value), 15, bold=True, colour=BRAND)
    for line in sayings.counts(view):
        y = sheet.paragraph(left, y - 2, width, line, 7.2)
    if overlay.target is not None:
        y = sheet.paragraph(left, y - 8, width, _("Chỉ tiêu"), 9, bold=True)
        y = sheet.paragraph(left, y, width, words.goal(overlay.target), 8)
        y = sheet.paragraph(left, y - 1, width, words.goal_source(overlay.target), 7.2, colour=SOFT)
        reached = sayings.reached(overlay)
        y = sheet.paragraph(left, y - 2, width, reached, 7.2) if reached else y
    draw_legend(sheet, view, left, y - 10, width)


def draw_legend(sheet: Sheet, view: View, left: float, top: float, width: float) -> None:
    y = sheet.paragraph(left, top, width, _("Chú giải (số đơn vị)"), 9, bold=True) - 4
    side = 9 * sheet.scale
    rows = [row for row in view.overlay.rows if row.unit]
    for item in legend(view.overlay.indicator, rows):
        draw_key(sheet, item.tone, left, y - side, side)
        text = f"{item.label} ({item.count_label})"
        y = min(y - side, sheet.paragraph(left + side + 5, y + 1.5, width - side - 5, text, 7.2)) - 4
    draw_key(sheet, "thin", left, y - side, side)
    y = sheet.paragraph(
        left + side + 5, y + 1.5, width - side - 5, _("Chấm hoặc viền đứt: dưới một nửa đối tượng có số liệu"), 7.2
    )
    if view.overlay.vintage.level != "province":
        y = sheet.paragraph(
            left, y - 4, width, _("Diện tích vòng tròn là số đối tượng; đặt tại điểm đại diện của đơn vị."), 7.2
        )
    if view.layers:
        draw_site_legend(sheet, view, left, y - 10, width)


def draw_key(sheet: Sheet, tone: str, x: float, y: float, side: float) -> None:
    canvas = sheet.canvas
    sheet.box(x, y, side, side, TONES.get(tone, NODATA if tone == "nodata" else "#ffffff"), INK)
    if tone in ("nodata", "thin"):
        canvas.saveState()
        clip = canvas.beginPath()
        clip.rect(x, y, side, side)
        canvas.clipPath(clip, stroke=0)
        (hatch if tone == "nodata" else dots)(canvas, (x, y, x + side, y + side))
        canvas.restoreState()


def draw_about(sheet: Sheet, view: View, top: float) -> None:
    """Method and sources under the map."""
    width = sheet.right - sheet.left
    y = sheet.paragraph(sheet.left, top, width, _("Cách tính"), 9, bold=True)
    y = sheet.paragraph(sheet.left, y, width, sayings.method(view), 7)
    if view.overlay.target is not None:
        y = sheet.paragraph(sheet.left, y - 5, width, _("Nguyên văn chỉ tiêu"), 9, bold=True)
        y = sheet.paragraph(sheet.left, y, width, f"“{words.wording(view.overlay.target)}”", 7)
    y = sheet.paragraph(sheet.left, y - 5, width, _("Nguồn"), 9, bold=True)
    for what, said in sayings.sources(view):
        y = sheet.paragraph(sheet.left, y - 1, width, f"{what}: {said}", 6.6, link="?" in said)


def draw_foot(sheet: Sheet, view: View, page: int, pages: int) -> None:
    """On every page: release, state of the data, licence, place in the document."""
    canvas, y = sheet.canvas, 22.0
    canvas.setStrokeColor(ink(LINE))
    canvas.setLineWidth(0.6)
    canvas.line(sheet.left, y + 11, sheet.right, y + 11)
    said = f"{sayings.release_label(view)} · {sayings.status_label(view)}"
    sheet.text(sheet.left, y, said, 7, colour=SOFT, bold=not view.is_official)
    where = _("Trang %(page)s/%(pages)s", page=number(page), pages=number(pages))
    sheet.text_right(sheet.right, y, where, 7, colour=SOFT)
