"""The process that writes comments into a stranger's workbook and keeps how it looks.

It limits itself as the reader does. Nothing that a spreadsheet would run or fetch stays: formulas become the values
that were stored with them, links and names that may point elsewhere are left out, and so are macros.
"""

import io
import json
import sys
import warnings
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from geodata.imports.reader import answer, limit_this_process

MOST_CELLS = 400_000
"""Beyond, the looks are not worth the memory: openpyxl takes about 1 kB for a cell."""

MOST_NOTES = 500
"""Notes on cells are drawings, each of some weight; every comment also stands in its column."""

OUTCOME_WIDTH, COMMENT_WIDTH = 18, 90


def main() -> None:
    """Standard input: eight bytes, the length of the JSON; the markings as JSON; the workbook. Writes the workbook."""
    limit_this_process()
    given = sys.stdin.buffer
    markings = json.loads(given.read(int.from_bytes(given.read(8), "big")))
    with warnings.catch_warnings(action="ignore"):  # openpyxl tells what it leaves out
        sys.stdout.buffer.write(marked(given.read(), markings))


def marked(data: bytes, markings: Iterable[dict[str, Any]]) -> bytes:
    """The workbook with comments. Raises whatever openpyxl raises: then it is written anew without its looks."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), keep_links=False)
    if sum(sheet.max_row * sheet.max_column for sheet in book.worksheets) > MOST_CELLS:
        raise ValueError("too large")
    book.defined_names.clear()
    values = {sheet["name"]: sheet["rows"] for sheet in answer("xlsx", data)["sheets"]}
    for sheet in book.worksheets:
        _settle(sheet, values.get(sheet.title, []))
    for one in markings:
        _mark(book[one["sheet"]], one)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _settle(sheet: Any, values: list[list[object]]) -> None:
    """Leave nothing that runs or leads away; of hidden sheets, which nobody read, no value either."""
    for number, row in enumerate(sheet.iter_rows()):
        for at, cell in enumerate(row):
            if getattr(cell, "hyperlink", None):
                cell.hyperlink = None
            if cell.data_type == "f":
                known = values[number] if number < len(values) else []
                _put(cell, known[at] if at < len(known) else None)


def _mark(sheet: Any, one: dict[str, Any]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    outcome, comment = _columns(sheet, one)
    for column, width in ((outcome, OUTCOME_WIDTH), (comment, COMMENT_WIDTH)):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, texts in one["said"].items():
        for column, words in zip((outcome, comment), texts, strict=True):
            cell = sheet.cell(int(number), column)
            _put(cell, words)
            cell.font = Font(bold=int(number) == one["header_row"])
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for place, (number, column, colour, note) in enumerate(one["marks"]):
        cell = sheet.cell(number, column)
        cell.fill = PatternFill("solid", fgColor=colour)
        if note and place < MOST_NOTES:
            _note(cell, note)


def _columns(sheet: Any, one: dict[str, Any]) -> tuple[int, int]:
    """Where outcome and comment go: over those of an earlier report where they stand last, else behind everything."""
    ours, width = sorted(one["ours"]), one["width"]
    for column in ours:
        for (cell,) in sheet.iter_rows(min_col=column, max_col=column):
            _put(cell, None)
    start = width - 1 if ours == [width - 1, width] else width + 1
    return start, start + 1


def _note(cell: Any, text: str) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment

    if not isinstance(cell, MergedCell):
        cell.comment = Comment(text, "kiểm tra", height=120, width=320)


def _put(cell: Any, value: object) -> None:
    """Text is text whatever it begins with; a day is a one-element list. The inside of a merged cell holds nothing."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell

    if isinstance(cell, MergedCell):
        return
    if isinstance(value, list):
        day = date.fromisoformat(value[0])
        cell.value = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a day
    elif isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    else:
        cell.value = int(value) if isinstance(value, float) and value.is_integer() else value
