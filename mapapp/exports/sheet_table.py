"""The pages behind a sheet: every unit where anyone is asked, with its figure as it was published, in columns."""

import math
from collections.abc import Iterator

from geodata.overlays import Overlay, UnitFigure
from mapapp.exports import sayings
from mapapp.exports.sheet_paper import LINE, PLAIN, SOFT, Sheet, ink, shortened
from mapapp.exports.view import View
from mapapp.i18n import gettext as _
from mapapp.i18n import number
from mapapp.planner_view import rank_by_value

ROW = 11.0
HEAD = 78.0
FOOT = 46.0
COLUMN_WIDTH = 250.0
GAP = 18.0
TEXT, SMALL = 6.6, 5.4


def listed(overlay: Overlay) -> list[UnitFigure]:
    """Units where anyone is asked, highest first, then the row without a unit; the rest is counted, not listed."""
    asked = sorted((row for row in overlay.rows if row.unit is not None and row.N), key=rank_by_value)
    return [*asked, *(row for row in overlay.rows if row.unit is None)]


def columns(sheet: Sheet) -> int:
    return max(1, int((sheet.right - sheet.left + GAP) // (COLUMN_WIDTH + GAP)))


def rows_in_column(sheet: Sheet) -> int:
    return int((sheet.height - HEAD - FOOT - ROW * sheet.scale) // (ROW * sheet.scale))


def pages_needed(sheet: Sheet, view: View) -> int:
    return math.ceil(len(listed(view.overlay)) / (columns(sheet) * rows_in_column(sheet)))


def draw_tables(sheet: Sheet, view: View) -> Iterator[int]:
    """Draws page after page; gives the number of each (from 1) when it is full, to be closed by the caller."""
    rows, count, length = listed(view.overlay), columns(sheet), rows_in_column(sheet)
    width = (sheet.right - sheet.left - GAP * (count - 1)) / count
    for page, start in enumerate(range(0, len(rows), count * length), start=1):
        draw_heading(sheet, view)
        for place in range(count):
            first = start + place * length
            part = rows[first : first + length]
            if part:
                draw_column(sheet, view, part, first, sheet.left + place * (width + GAP), width)
        yield page


def draw_heading(sheet: Sheet, view: View) -> None:
    """What the table is of, and what it does not cover."""
    width, y = sheet.right - sheet.left, sheet.height - 30
    sheet.text(sheet.left, y, shortened(sayings.heading(view.overlay), width, 9 * sheet.scale, bold=True), 9, bold=True)
    of = " · ".join(part for part in (sayings.subtitle(view.overlay), sayings.filters_label(view.overlay)) if part)
    for place, said in enumerate((of, " · ".join(sayings.counts(view)[1:])), start=1):
        shown = shortened(said, width, 7 * sheet.scale)
        sheet.text(sheet.left, y - (3 + 9.5 * place) * sheet.scale, shown, 7, colour=SOFT)


def edges(left: float, width: float) -> tuple[float, float, float, float]:
    """The right edges of value, n/N and distance, and the left edge of the name."""
    return left + width * 0.63, left + width * 0.76, left + width, left + 17


def draw_column(sheet: Sheet, view: View, rows: list[UnitFigure], first: int, left: float, width: float) -> None:
    """A heading and the rows under it; `first` is how many stand before."""
    value_at, count_at, gap_at, _name_at = edges(left, width)
    y = sheet.height - HEAD
    sheet.text(left, y, _("Đơn vị"), TEXT, bold=True)
    for at, words in ((value_at, _("Giá trị")), (count_at, _("n/N")), (gap_at, _("So với chỉ tiêu"))):
        sheet.text_right(at, y, words, TEXT, bold=True)
    for place, row in enumerate(rows, start=1):
        y -= ROW * sheet.scale
        draw_row(sheet, view, row, first + place, left, width, y)


def draw_row(sheet: Sheet, view: View, row: UnitFigure, rank: int, left: float, width: float, y: float) -> None:
    value_at, count_at, gap_at, name_at = edges(left, width)
    sheet.canvas.setStrokeColor(ink(LINE))
    sheet.canvas.setLineWidth(0.3)
    sheet.canvas.line(left, y - 2.5, left + width, y - 2.5)
    sheet.text(left, y, number(rank) if row.unit else "–", TEXT, colour=SOFT)
    draw_name(sheet, view, row, name_at, y, value_at - name_at - 40 * sheet.scale)
    sheet.text_right(value_at, y, sayings.figure(view.overlay, row.value), TEXT, bold=row.value is not None)
    sheet.text_right(count_at, y, f"{number(row.n)}/{number(row.N)}", TEXT)
    met = f" ({_('đạt')})" if row.met else ""
    sheet.text_right(gap_at, y, f"{sayings.gap(row)}{met}", TEXT)


def draw_name(sheet: Sheet, view: View, row: UnitFigure, x: float, y: float, room: float) -> None:
    """The unit and, smaller, the unit above, cut to the room they have."""
    name = shortened(sayings.unit_name(row), room, TEXT * sheet.scale)
    sheet.text(x, y, name, TEXT)
    above = sayings.name_above(view, row)
    used = sheet.canvas.stringWidth(name, PLAIN, TEXT * sheet.scale)
    if above and room - used > 15:
        sheet.text(x + used, y, shortened(f" · {above}", room - used, SMALL * sheet.scale), SMALL, colour=SOFT)
