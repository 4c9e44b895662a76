"""From raw cells to rows with named values: finds the header, leaves titles, totals and signatures out and says so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from geodata.imports.headings import INSTITUTIONS, KINDS, SheetKind, column_of, is_ignored, kind_named
from geodata.imports.refusals import RefusedFile
from geodata.imports.sources import Cell, RawFile, RawSheet
from geodata.text import clean, fold

HEADER_SEARCH_ROWS = 40
NO_DATA_SHEETS = frozenset({"huong dan", "instructions", "readme", "danh muc", "ghi chu"})
"""Sheets that explain others and may quote their headings."""

_TOTALS = ("tong cong", "tong so", "tong", "cong", "total", "cong cong")
_SIGNATURES = (
    "nguoi lap bieu",
    "nguoi lap",
    "nguoi tong hop",
    "thu truong don vi",
    "thu truong",
    "giam doc",
    "pho giam doc",
    "hieu truong",
    "chu tich",
    "kt giam doc",
    "ky ten dong dau",
    "ky ten",
    "ky va ghi ro ho ten",
    "xac nhan cua",
    "noi nhan",
    "ghi chu",
)
_INVISIBLE = " \t\r\n\v\f\xa0\u200b\u200c\u200d\u2060\ufeff"
_PLACE_AND_DAY = re.compile(r"(^|\s)ngay( \d+)? thang( \d+)? nam( \d+)?$")
_COLUMN_NUMBER = re.compile(r"\(?(\d{1,2})(?:\.0)?\)?")
_ROMAN_OR_LETTER = re.compile(r"[ivx]{1,6}|[a-h]")


@dataclass(frozen=True)
class Row:
    """A row of data: its sheet, its number there, and the cells by field name (blank ones left out)."""

    sheet: str
    kind: str
    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Skipped:
    """A row that is no data: why (`total`, `signature`, `group`, `numbering`, `header`) and what it says."""

    sheet: str
    number: int
    reason: str
    text: str


@dataclass(frozen=True)
class Table:
    """A sheet read as one of the contract's sheets. `headings` maps field to the heading in the file."""

    sheet: str
    kind: SheetKind
    header_row: int
    headings: dict[str, str]
    unknown: tuple[str, ...]
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True)
class Tables:
    """The tables of a file, and the sheets in which no table was found."""

    tables: tuple[Table, ...]
    without_table: tuple[str, ...]


def tables_in(file: RawFile) -> Tables:
    """Every recognised table, institutions first; raises `RefusedFile` when the file has none."""
    found = [(sheet, _table(sheet)) for sheet in file.sheets]
    tables = sorted((table for _, table in found if table), key=lambda table: KINDS.index(table.kind))
    without = tuple(sheet.name for sheet, table in found if not table and any(any(row) for row in sheet.rows))
    if not tables:
        raise RefusedFile(
            "Không tìm thấy dòng tiêu đề cột (ví dụ “Tên cơ sở”, “Loại hình”, “Tỉnh/Thành phố”) trong "
            f"{HEADER_SEARCH_ROWS} dòng đầu. Hãy dùng tệp mẫu: mapapp import --template mau.xlsx",
            f"No header row (such as “Tên cơ sở”, “Loại hình”) in the first {HEADER_SEARCH_ROWS} rows. "
            "Use the template: mapapp import --template template.xlsx",
        )
    return Tables(tuple(tables), without)


def _table(sheet: RawSheet) -> Table | None:
    if fold(sheet.name) in NO_DATA_SHEETS:
        return None
    named = kind_named(sheet.name)
    best: tuple[int, int, SheetKind, dict[int, str]] | None = None
    for index, cells in enumerate(sheet.rows[:HEADER_SEARCH_ROWS]):
        for kind in (named,) if named else KINDS:
            columns = _columns(kind, cells)
            if len(columns) >= 2 and set(kind.keys) & set(columns.values()) and (not best or len(columns) > best[0]):
                best = (len(columns), index, kind, columns)
    if best is None:
        return None
    _, index, kind, columns = best
    return _read_rows(sheet, kind, index, columns)


def _columns(kind: SheetKind, cells: tuple[Cell, ...]) -> dict[int, str]:
    """Position → field for the first column of each field."""
    columns: dict[int, str] = {}
    for position, cell in enumerate(cells):
        name = column_of(kind, cell) if isinstance(cell, str) else None
        if name and name not in columns.values():
            columns[position] = name
    return columns


def _read_rows(sheet: RawSheet, kind: SheetKind, header: int, columns: dict[int, str]) -> Table:
    cells = sheet.rows[header]
    rows: list[Row] = []
    skipped: list[Skipped] = []
    for index in range(header + 1, len(sheet.rows)):
        row, number = sheet.rows[index], index + 1
        values = {columns[at]: cell for at, cell in enumerate(row) if at in columns and not _is_blank(cell)}
        reason = _no_data(row, values, kind, ended=bool(skipped) and skipped[-1].reason == "signature")
        if reason:
            skipped.append(Skipped(sheet.name, number, reason, _text_of(row)))
        elif values:
            rows.append(Row(sheet.name, kind.name, number, values))
        elif any(not _is_blank(cell) for cell in row) and not _only_running_number(row, cells):
            skipped.append(Skipped(sheet.name, number, "no_known_column", _text_of(row)))
    headings = {name: clean(str(cells[at])) for at, name in columns.items()}
    return Table(
        sheet.name, kind, header + 1, headings, tuple(_unknown(sheet, header, columns)), tuple(rows), tuple(skipped)
    )


def _unknown(sheet: RawSheet, header: int, columns: dict[int, str]) -> Iterator[str]:
    """Headings that no field answers to, and columns with values but no heading, by their letter."""
    cells = sheet.rows[header]
    width = max(map(len, sheet.rows[header:]))
    for at in set(range(width)) - set(columns):
        heading = cells[at] if at < len(cells) else None
        if heading is not None and not _is_blank(heading):
            if not is_ignored(str(heading)):
                yield clean(str(heading))
        elif any(at < len(row) and not _is_blank(row[at]) for row in sheet.rows[header + 1 :]):
            yield f"(cột {column_letter(at)}, không có tiêu đề)"


def column_letter(position: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _no_data(row: tuple[Cell, ...], values: dict[str, Cell], kind: SheetKind, *, ended: bool) -> str | None:
    """Why a row is no data; None for data and for blank rows. After a signature a sparse row is its tail."""
    filled = [cell for cell in row if not _is_blank(cell)]
    if not filled:
        return None
    sparse = len(filled) <= 3
    if len(values) > 1 and _repeats_header(kind, values):
        return "header"
    words = [fold(str(cell)) for cell in (filled if sparse else filled[:2])]
    if sparse and (ended or any(_is_signature(word) for word in words)):
        return "signature"
    if any(word in _TOTALS or word.startswith(("tong cong ", "tong so ")) for word in words[:2]):
        return "total"
    if _is_numbering(filled):
        return "numbering"
    if kind is INSTITUTIONS and set(values) == {"name"} and len(filled) == 2 and _ROMAN_OR_LETTER.fullmatch(words[0]):
        return "group"
    return None


def _repeats_header(kind: SheetKind, values: dict[str, Cell]) -> bool:
    """Page breaks bring the headings again."""
    return all(isinstance(cell, str) and column_of(kind, cell) == name for name, cell in values.items())


def _is_signature(word: str) -> bool:
    return (word.startswith(_SIGNATURES) and len(word) <= 60) or bool(_PLACE_AND_DAY.search(word))


def _only_running_number(row: tuple[Cell, ...], header: tuple[Cell, ...]) -> bool:
    """A prepared line: a number in the running-number column and nothing else."""
    filled = [at for at, cell in enumerate(row) if not _is_blank(cell)]
    return all(at < len(header) and header[at] is not None and is_ignored(str(header[at])) for at in filled)


def _is_numbering(filled: list[Cell]) -> bool:
    """The line (1) (2) (3) under a header."""
    numbers = [int(match[1]) for cell in filled if (match := _COLUMN_NUMBER.fullmatch(str(cell)))]
    return len(numbers) == len(filled) >= 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip(_INVISIBLE))


def _text_of(row: tuple[Cell, ...]) -> str:
    return " | ".join(clean(str(cell)) for cell in row if not _is_blank(cell))[:200]
