"""The report as the file that was handed in, with two columns more: what would happen to each row, and why.

Sheets, rows and columns stay where they were. Texts stay texts: no spreadsheet takes a cell for a formula. An .xlsx
keeps its looks as well (fonts, colours, widths, merged cells): a limited process writes into it (`marking`). Anything
else, and what that process cannot manage, is written anew from what the reader handed over.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.imports import report
from geodata.imports.checks import Severity, explain
from geodata.imports.headings import COMMENT, OUTCOME
from geodata.imports.marked import Marking, marked_in_place
from geodata.imports.refusals import UnknownRun
from geodata.imports.run import InputFile, kept
from geodata.imports.sources import Cell, RawSheet, read
from geodata.models import ImportRow, ImportRun
from geodata.text import clean, fold
from geodata.vocabulary import RowOutcome

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
FILLS = {
    Severity.ERROR.value: PatternFill("solid", fgColor="F8CBAD"),
    Severity.WARNING.value: PatternFill("solid", fgColor="FFE699"),
}
RANK = (Severity.ERROR.value, Severity.WARNING.value)


@dataclass(frozen=True)
class Remark:
    """What is said of one row; `marks` maps headings to the gravest severity found in that column, `notes` to what is
    said of it."""

    outcome: str
    text: str
    marks: Mapping[str, str]
    notes: Mapping[str, str]


@dataclass(frozen=True)
class _Page:
    """A sheet with its remarks by row number; `header_row` 0 where no table was found."""

    sheet: RawSheet
    header_row: int
    remarks: Mapping[int, Remark]
    dropped: frozenset[int]
    width: int

    def cells(self, row: tuple[Cell, ...]) -> list[Cell]:
        kept = [cell for at, cell in enumerate(row) if at not in self.dropped]
        return kept + [None] * (self.width - len(kept))

    def rows(self) -> Iterator[tuple[list[Cell], Remark | None]]:
        """Every row of the sheet as wide as the widest, and what is said of it."""
        for number, row in enumerate(self.sheet.rows, start=1):
            yield self.cells(row), self.remarks.get(number)


def workbook(session: Session, run: ImportRun, language: str = "vi") -> bytes:
    """The commented file as .xlsx, whatever it came as. Raises `UnknownRun` when the file is not kept."""
    file = kept(session, run.file_hash, run.file_name)
    pages = _pages(session, run, file, language)
    marked = marked_in_place(file.data, [_marking(page) for page in pages]) if run.file_format == "xlsx" else None
    return marked or _written_anew(pages)


def _written_anew(pages: list[_Page]) -> bytes:
    book = Workbook(write_only=True)
    for page in pages:
        sheet = book.create_sheet(page.sheet.name[:31])
        header = page.sheet.rows[page.header_row - 1] if page.header_row else ()
        headings = _words(page.cells(header))
        sheet.column_dimensions[_letter(page.width + 1)].width = 18
        sheet.column_dimensions[_letter(page.width + 2)].width = 90
        for cells, remark in page.rows():
            sheet.append([*_marked(sheet, cells, headings, remark), *_said(sheet, remark)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def table(session: Session, run: ImportRun, language: str = "vi", *, sheet: str | None = None) -> bytes:
    """One sheet (the first with a table, or the one named) as CSV in UTF-8 with a byte order mark."""
    found = _pages(session, run, kept(session, run.file_hash, run.file_name), language)
    pages = [page for page in found if page.sheet.name == sheet or (not sheet and page.remarks)]
    if not pages:
        raise UnknownRun(f"Tệp không có trang “{sheet}”.", f"The file has no sheet {sheet!r}.")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for cells, remark in pages[0].rows():
        said = [remark.outcome, remark.text] if remark else ["", ""]
        writer.writerow([_csv_cell(cell) for cell in (*cells, *said)])
    return ("\ufeff" + out.getvalue()).encode()


def _pages(session: Session, run: ImportRun, file: InputFile, language: str) -> list[_Page]:
    tables = {table["sheet"]: table for table in run.counts["tables"]}
    remarks: dict[str, dict[int, Remark]] = {name: _around(about, language) for name, about in tables.items()}
    for row in session.scalars(select(ImportRow).where(ImportRow.run_id == run.id)):
        remarks[row.sheet][row.row_number] = _of_row(row, language)
    return [
        _page(sheet, tables.get(sheet.name), remarks.get(sheet.name, {})) for sheet in read(file.name, file.data).sheets
    ]


def _page(sheet: RawSheet, about: Mapping[str, Any] | None, remarks: Mapping[int, Remark]) -> _Page:
    header = about["header_row"] if about else 0
    ours = {fold(OUTCOME), fold(COMMENT)}
    headings = sheet.rows[header - 1] if header else ()
    dropped = frozenset(at for at, cell in enumerate(headings) if isinstance(cell, str) and fold(cell) in ours)
    width = max((len(row) for row in sheet.rows), default=0) - len(dropped)
    return _Page(sheet, header, remarks, dropped, width)


def _around(about: Mapping[str, Any], language: str) -> dict[int, Remark]:
    """Remarks on rows that are no data: the headings of our columns, and what was left out."""
    found = {skipped["number"]: Remark(*report.left_out(skipped, language), {}, {}) for skipped in about["skipped"]}
    return found | {about["header_row"]: Remark(OUTCOME, COMMENT, {}, {})}


def _of_row(row: ImportRow, language: str) -> Remark:
    told = []
    marks: dict[str, str] = {}
    notes: dict[str, list[str]] = defaultdict(list)
    for found in row.findings:
        words, remedy = explain(found, language)
        column = f"{found['column']}: " if found["column"] else ""
        told.append(f"[{report.severity(found['severity'], language)}] {column}{words}. → {remedy}")
        notes[found["column"]].append(f"{words}. → {remedy}")
        if found["column"] and marks.get(found["column"]) != Severity.ERROR and found["severity"] in RANK:
            marks[found["column"]] = found["severity"]
    said = {column: "\n".join(words) for column, words in notes.items()}
    return Remark(report.outcome(RowOutcome(row.outcome), language), "\n".join(told), marks, said)


def _marking(page: _Page) -> Marking:
    """The page as the process that marks it takes it: everything by place."""
    header = page.sheet.rows[page.header_row - 1] if page.header_row else ()
    place = {heading: at for at, heading in enumerate(_words(header), start=1) if at - 1 not in page.dropped}
    marks = [
        (number, place[heading], FILLS[severity].fgColor.rgb, remark.notes.get(heading, ""))
        for number, remark in page.remarks.items()
        for heading, severity in remark.marks.items()
        if heading in place
    ]
    said = {str(number): (remark.outcome, remark.text) for number, remark in page.remarks.items()}
    return Marking(
        page.sheet.name, page.width + len(page.dropped), page.header_row, [at + 1 for at in page.dropped], said, marks
    )


def _words(header: Iterable[Cell]) -> list[str]:
    return [clean(str(cell or "")) for cell in header]


def _marked(sheet: Any, cells: list[Cell], headings: list[str], remark: Remark | None) -> Iterator[Any]:
    for heading, cell in zip(headings, cells, strict=True):
        made = _xlsx_cell(sheet, cell)
        fill = FILLS.get(remark.marks.get(heading, "")) if remark else None
        if fill:
            made.fill = fill
        yield made


def _said(sheet: Any, remark: Remark | None) -> list[Any]:
    if remark is None:
        return []
    made = [_xlsx_cell(sheet, remark.outcome), _xlsx_cell(sheet, remark.text)]
    for cell in made:
        cell.font = Font(bold=remark.outcome == OUTCOME)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return made


def _xlsx_cell(sheet: Any, value: Cell) -> Any:
    """Numbers and days as such, text as text whatever it begins with."""
    if isinstance(value, str):
        made = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
        made.data_type = "s"
        return made
    if isinstance(value, date):
        made = WriteOnlyCell(sheet, value=datetime(value.year, value.month, value.day))  # noqa: DTZ001 - a day
        made.number_format = "dd/mm/yyyy"
        return made
    return WriteOnlyCell(sheet, value=int(value) if isinstance(value, float) and value.is_integer() else value)


def _csv_cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def _letter(position: int) -> str:
    return str(get_column_letter(position))
