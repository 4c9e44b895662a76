"""A file as raw tables: sheets of cells with their row numbers, read by a process of limited memory and time."""

import json
import subprocess  # the reader runs apart, see `geodata.imports.reader`
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geodata.imports.containers import kind_of
from geodata.imports.refusals import RefusedFile

Cell = str | float | date | None
READ_SECONDS = 30


@dataclass(frozen=True)
class RawSheet:
    """Cells as they stand; `rows[0]` is row 1 of the sheet."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class RawFile:
    """`format` is csv, xlsx, ods or xls; `notes` are what the reader noticed (encoding, delimiter), in
    Vietnamese and English."""

    name: str
    format: str
    sheets: tuple[RawSheet, ...]
    notes: tuple[tuple[str, str], ...]


def read(name: str, data: bytes) -> RawFile:
    """The sheets of the file; raises `RefusedFile` within seconds for anything that is not a safe, readable table."""
    kind = kind_of(name, data)
    answer = json.loads(_in_limited_process(kind, data))
    if "refused" in answer:
        raise RefusedFile(*answer["refused"])
    sheets = tuple(RawSheet(sheet["name"], tuple(map(_row, sheet["rows"]))) for sheet in answer["sheets"])
    return RawFile(name, kind, sheets, tuple((vi, en) for vi, en in answer["notes"]))


def _row(cells: list[object]) -> tuple[Cell, ...]:
    return tuple(map(_cell, cells))


def _cell(cell: object) -> Cell:
    """The reader marks dates as one-element lists: JSON has no dates."""
    if isinstance(cell, list):
        return date.fromisoformat(cell[0])
    return cell if cell is None or isinstance(cell, str | float) else float(str(cell))


def _in_limited_process(kind: str, data: bytes) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and module
            [sys.executable, "-I", "-c", _START, str(Path(__file__).parents[2]), kind],
            input=data,
            capture_output=True,
            timeout=READ_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RefusedFile(
            f"Đọc tệp quá {READ_SECONDS} giây: tệp quá phức tạp. Hãy sao chép riêng bảng dữ liệu sang tệp mới.",
            f"Reading took more than {READ_SECONDS} s: too complex. Copy the table alone into a new file.",
        ) from error
    if done.returncode:
        raise RefusedFile(
            "Không đọc được tệp trong giới hạn bộ nhớ và thời gian. Hãy sao chép riêng bảng dữ liệu sang tệp mới.",
            "The file cannot be read within the limits of memory and time. Copy the table alone into a new file.",
        )
    return done.stdout


_START = "import sys; sys.path.insert(0, sys.argv[1]); from geodata.imports.reader import main; main(sys.argv[2])"
"""Isolated mode keeps the environment and the working directory out of the reader; the package is named by path."""
