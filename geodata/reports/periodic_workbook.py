"""The periodic report as a workbook for people: indicators with targets, who reported, what the figures rest on."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from geodata.reports.periodic import VERSION, PeriodicReport
from geodata.text import safe_cell

INDICATORS = (
    *("Mã chỉ số", "Chỉ số", "Đơn vị", "Giá trị", "Có số liệu (n)", "Thuộc đối tượng (N)"),
    *("Chỉ tiêu", "Văn bản", "Điều khoản", "Năm của chỉ tiêu", "Giá trị của đối tượng chỉ tiêu", "So với chỉ tiêu"),
    "Đạt",
)
DUTIES = ("Báo cáo", "Văn bản", "Điều khoản", "Hạn cuối", "Phải báo cáo", "Đã báo cáo", "Chưa báo cáo", "Trễ hạn")
SOURCES = ("Nguồn", "Trạng thái dữ liệu", "Số liệu")
WIDE = 60


def workbook(told: PeriodicReport, *, data_status: str) -> bytes:
    """An XLSX file with four sheets. A cell without a figure is blank: missing is not zero."""
    book = Workbook()
    first = book.active
    assert first is not None  # noqa: S101  a new workbook has a sheet
    first.title = "Báo cáo"
    for row in _about(told, data_status):
        first.append([_cell(value) for value in row])
    _sheet(book, "Chỉ số", INDICATORS, _indicator_rows(told))
    _sheet(book, "Tình hình báo cáo", DUTIES, _duty_rows(told))
    _sheet(book, "Nguồn", SOURCES, ((one.title, one.data_status, one.figures) for one in told.sources))
    for sheet in book.worksheets:
        _fit(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _about(told: PeriodicReport, data_status: str) -> list[tuple[Any, ...]]:
    return [
        ("Báo cáo định kỳ về giáo dục nghề nghiệp", ""),
        ("Tỉnh, thành phố", told.province.full_name),
        ("Mã đơn vị hành chính", told.province.key),
        ("Năm số liệu", str(told.year)),
        ("Lần công bố", told.release),
        ("Ngày công bố", told.published_at.isoformat() if told.published_at else None),
        ("Trạng thái dữ liệu", data_status),
        ("Phiên bản biểu mẫu", VERSION),
        ("Ghi chú", "Ô trống là không có số liệu, không phải là 0. Chỉ gồm số liệu đã công bố."),
    ]


def _indicator_rows(told: PeriodicReport) -> Iterable[Sequence[Any]]:
    """A row per indicator and target; the figure of an indicator without a target stands alone."""
    for one in told.indicators:
        figure = one.figure
        head = (
            one.indicator.id,
            one.indicator.name_vi,
            one.indicator.unit.value,
            figure.value if figure else None,
            figure.n if figure else 0,
            figure.N if figure else None,
        )
        for goal in one.targets:
            met = {True: "có", False: "chưa", None: None}[goal.figure.met]
            clause, year = goal.target.clause.vi, goal.target.year
            tail = (goal.figure.target, goal.target.document.number or goal.target.document.id, clause, year)
            yield (*head, *tail, goal.figure.target_value, goal.figure.gap, met)
        if not one.targets:
            yield head


def _duty_rows(told: PeriodicReport) -> Iterable[Sequence[Any]]:
    for one in told.duties:
        document = (one.duty.document.number or one.duty.document.id) if one.duty.document else None
        clause = one.duty.clause.vi if one.duty.clause else None
        counts = (one.counts.asked, one.counts.reported, one.counts.silent, one.counts.late)
        yield (one.duty.name_vi, document, clause, one.last_day.isoformat(), *counts)


def _sheet(book: Workbook, title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.create_sheet(title)
    sheet.append(list(headings))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    return safe_cell(value) if isinstance(value, str) else value


def _fit(sheet: Any) -> None:
    for at, column in enumerate(sheet.iter_cols(values_only=True), start=1):
        longest = max((len(str(value)) for value in column if value is not None), default=8)
        sheet.column_dimensions[get_column_letter(at)].width = min(longest + 2, WIDE)
