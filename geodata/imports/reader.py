"""The process that opens a stranger's file: limits itself, reads standard input, answers JSON on standard output.

A crash, an exhausted memory or an endless loop ends here and not in the site. Imports stay few: this starts for each
file.
"""

import csv
import io
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from geodata import encodings

MEMORY_BYTES = 1_000 * 1024**2
CPU_SECONDS = 25
MAX_CELLS = 5_000_000
MAX_SHEETS = 50
DELIMITERS = ",;\t|"
MAX_CELL_CHARS = 32_767
"""The most a spreadsheet cell holds; a longer CSV cell is a quotation mark that was never closed."""

MOST_ROWS_NAMED = 20
MOSTLY_NOT_VIETNAMESE = 0.4
"""A row is little evidence: it is read again only where hardly a word of it is Vietnamese as it stands."""

Refusal = tuple[str, str]
Note = tuple[str, str]
"""Vietnamese and English."""


class Unreadable(Exception):
    """Not a table; the arguments say so in Vietnamese and English."""


def main(kind: str) -> None:
    """Answer `{"sheets": [{"name", "rows"}], "notes": []}` or `{"refused": [vi, en]}` for the file on stdin."""
    limit_this_process()
    json.dump(answer(kind, sys.stdin.buffer.read()), sys.stdout)


def limit_this_process() -> None:
    """Memory and time for one file, and nothing written when it ends badly."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(kind: str, data: bytes) -> dict[str, Any]:
    try:
        sheets, notes = _from_csv(data) if kind == "csv" else _from_workbook(data)
    except Unreadable as refusal:
        return {"refused": list(refusal.args)}
    return {"sheets": sheets, "notes": notes}


def _from_workbook(data: bytes) -> tuple[list[dict[str, Any]], list[Note]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        sheets = [_sheet(workbook.get_sheet_by_name(name)) for name in visible[:MAX_SHEETS]]
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(
            f"Không mở được bảng tính ({error}). Tệp có thể bị hỏng hoặc có mật khẩu; hãy mở và lưu lại.",
            f"The workbook does not open ({error}). It may be damaged or encrypted; open it and save it again.",
        ) from error
    return sheets, [note for sheet in sheets for note in _repaired(sheet["name"], sheet["rows"])]


def _repaired(name: str, rows: list[list[object]]) -> list[Note]:
    """The notes of columns, then of single rows, that were set in a legacy font and are read again."""
    return [_of_sheet(name, note) for note in _repair(rows)] + [
        _of_sheet(name, note, found) for note, found in _repair_rows(rows).items()
    ]


def _of_sheet(name: str, note: str, rows: Sequence[int] = ()) -> Note:
    numbers = ", ".join(map(str, rows[:MOST_ROWS_NAMED])) + (" …" if len(rows) > MOST_ROWS_NAMED else "")
    vi, en = (f", dòng {numbers}", f", rows {numbers}") if rows else ("", "")
    return f"Trang “{name}”{vi}: {note}", f"Sheet “{name}”{en}: {encodings.in_english(note)}"


def _repair(rows: list[list[object]]) -> list[str]:
    """Read columns set in a legacy font again, each as a whole: a single short cell does not tell ("CĐ"). The notes."""
    notes: dict[str, None] = {}
    for at in range(max(map(len, rows), default=0)):
        cells = [(row, row[at]) for row in rows if at < len(row)]
        marked = [(row, cell.replace("\n", " ")) for row, cell in cells if isinstance(cell, str) and not cell.isascii()]
        read_again = encodings.repair("\n".join(cell for _, cell in marked))
        lines = read_again.text.split("\n")
        if read_again.encoding != "unicode" and len(lines) == len(marked):
            for (row, _), line in zip(marked, lines, strict=True):
                row[at] = line
            notes |= dict.fromkeys(read_again.notes)
    return list(notes)


def _repair_rows(rows: list[list[object]]) -> dict[str, list[int]]:
    """Read rows that were pasted in from a file in a legacy font again, each as a whole, where two cells or more show
    it: {note: row numbers}. Cells that do not show it ("BÕn Tre") go with those that do."""
    notes: dict[str, list[int]] = {}
    for number, row in enumerate(rows, start=1):
        if not _shows_legacy(row):
            continue
        cells = [(at, cell.replace("\n", " ")) for at, cell in enumerate(row) if isinstance(cell, str)]
        marked = [(at, cell) for at, cell in cells if not cell.isascii() and encodings.may_be_bytes(cell)]
        read_again = encodings.repair("\n".join(cell for _, cell in marked))
        lines = read_again.text.split("\n")
        if read_again.encoding != "unicode" and len(lines) == len(marked):
            for (at, cell), line in zip(marked, lines, strict=True):
                if encodings.plausibility(line) >= encodings.plausibility(cell):
                    row[at] = line
            for note in read_again.notes:
                notes.setdefault(note, []).append(number)
    return notes


def _shows_legacy(row: Sequence[object]) -> bool:
    """Whether two cells or more can be nothing Vietnamese as they stand, and hardly a word of them is."""
    cells = [cell for cell in row if isinstance(cell, str) and encodings.may_be_legacy(cell)]
    return len(cells) >= 2 and encodings.plausibility("\n".join(cells)) < MOSTLY_NOT_VIETNAMESE


def _sheet(sheet: Any) -> dict[str, Any]:
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise Unreadable(
            f"Trang tính “{sheet.name}” trải trên quá nhiều ô. Hãy xóa các dòng, cột trống ở xa bảng.",
            f"The sheet {sheet.name!r} spreads over too many cells. Delete stray rows and columns far from the table.",
        )
    rows = [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        for row in rows[top + 1 : bottom + 1]:
            row[left] = rows[top][left]
    return {"name": sheet.name, "rows": rows}


def _cell(value: object) -> object:
    """Text as it is, numbers as floats, days as one-element lists, blanks as None."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return [value.date().isoformat()]
    if isinstance(value, date):
        return [value.isoformat()]
    return float(value) if isinstance(value, int | float) else str(value)


def _text(value: str) -> str:
    if len(value) > MAX_CELL_CHARS:
        raise Unreadable(
            f"Có ô dài {len(value):,} ký tự. Hãy kiểm tra dấu ngoặc kép chưa đóng trong tệp.",
            f"A cell holds {len(value):,} characters. Look for a quotation mark that is never closed.",
        )
    return value


def _from_csv(data: bytes) -> tuple[list[dict[str, Any]], list[Note]]:
    decoded = encodings.decode(data)
    if "\x00" in decoded.text:
        raise Unreadable(
            "Tệp chứa ký tự NUL: không phải tệp văn bản CSV. Hãy xuất lại từ Excel dạng CSV UTF-8.",
            "The file contains NUL bytes: it is no CSV text. Export it again as CSV UTF-8.",
        )
    text = decoded.text.removeprefix("\ufeff")
    delimiter, text = _delimiter(text)
    before = csv.field_size_limit(max(len(text), 1))
    try:
        rows = [
            [_cell(value) for value in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise Unreadable(f"Không đọc được CSV: {error}.", f"The CSV cannot be read: {error}.") from error
    finally:
        csv.field_size_limit(before)
    shown = {"\t": "tab"}.get(delimiter, delimiter)
    read_as = f"{decoded.encoding}; {{}}: {shown}"
    notes = [
        ("Bảng mã: " + read_as.format("dấu phân cách"), "Encoding: " + read_as.format("delimiter")),
        *((note, encodings.in_english(note)) for note in decoded.notes),
    ]
    return [{"name": "CSV", "rows": rows}], notes


def _delimiter(text: str) -> tuple[str, str]:
    """The delimiter and the rest of the text: Excel's `sep=` line, else the one that gives the most even columns."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], rest
    sample = text[:20_000]
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter)), text


def _evenness(sample: str, delimiter: str) -> int:
    """How many rows share the commonest number of columns above one, weighted by that number."""
    widths = [width for width in _widths(sample, delimiter) if width > 1]
    return max((widths.count(width) * width for width in set(widths)), default=0)


def _widths(sample: str, delimiter: str) -> Iterator[int]:
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            yield len(row)
    except csv.Error:
        return
