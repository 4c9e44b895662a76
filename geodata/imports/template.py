"""The steward's template: the contract's sheets with headings, an example row and drop-downs."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from geodata.imports.headings import KINDS, SheetKind

CHOICES: dict[str, tuple[str, ...]] = {
    "type": ("Trường cao đẳng", "Trường trung cấp", "Trường trung học nghề", "Trung tâm GDNN", "Trung tâm GDNN-GDTX"),
    "ownership": ("công lập", "tư thục", "có vốn đầu tư nước ngoài"),
    "status": ("đang hoạt động", "đình chỉ hoạt động", "đã đóng cửa", "đã sáp nhập"),
    "enrolment": ("đang tuyển sinh", "dừng tuyển sinh"),
    "high_quality": ("đã công nhận", "đang xây dựng", "không"),
    "campus_kind": ("trụ sở chính", "địa điểm đào tạo", "phân hiệu"),
    "training_level": ("sơ cấp", "trung cấp", "cao đẳng", "trung học nghề"),
    "relation": ("đổi tên", "sáp nhập", "chia tách", "nâng cấp"),
}
"""What the drop-downs offer; the reader accepts these words and many others."""

ROWS_WITH_CHOICES = 5_000
AS_TEXT = ("id", "code", "e_id", "occupation", "telephone", "number", "licence")
"""Columns formatted as text, so that no leading zero is lost."""


def workbook() -> bytes:
    """The template as an .xlsx file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for kind in KINDS:
        _sheet(book.create_sheet(kind.title), kind)
    _instructions(book.create_sheet("Hướng dẫn"))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _sheet(sheet: Worksheet, kind: SheetKind) -> None:
    for position, column in enumerate(kind.fields, start=1):
        letter = get_column_letter(position)
        cell = sheet.cell(1, position, column.heading)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDEBF7")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[letter].width = max(14, len(column.heading) + 4)
        if column.name in AS_TEXT:
            for row in range(2, 202):
                sheet.cell(row, position).number_format = "@"
        if column.name in CHOICES:
            _drop_down(sheet, letter, CHOICES[column.name])
    sheet.freeze_panes = "A2"


def _drop_down(sheet: Worksheet, letter: str, choices: tuple[str, ...]) -> None:
    listed = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=True)
    listed.error = "Chọn một giá trị trong danh sách."
    listed.add(f"{letter}2:{letter}{ROWS_WITH_CHOICES}")
    sheet.add_data_validation(listed)


def _instructions(sheet: Worksheet) -> None:
    """Every column with its English name and an example, outside the data so that nothing of it is ever imported."""
    sheet.append(["Trang", "Tiêu đề", "Tên trường dữ liệu (English)", "Ví dụ", "Giá trị chọn"])
    for kind in KINDS:
        for column in kind.fields:
            choices = "; ".join(CHOICES.get(column.name, ()))
            sheet.append([kind.title, column.heading, column.name, column.example, choices])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", (14, 26, 28, 36, 60), strict=True):
        sheet.column_dimensions[letter].width = width
