"""A sheet "Chỉ số" as the cells of a report's form: read as imports read it, of one subject and one year only."""

from collections.abc import Collection

from geodata.imports import values
from geodata.imports.headings import VALUES
from geodata.imports.indicator_rows import indicator_asked, year_asked
from geodata.imports.sources import read
from geodata.imports.tables import Row, tables_in
from geodata.proposals.refusals import Fault, Faulty
from geodata.reports.planning import CELLS
from geodata.reports.subjects import Subject
from geodata.text import fold

MAX_BYTES = 1_000_000
MOST_FAULTS = 20
WHOSE = ("id", "code", "name")


def figures_of_sheet(
    name: str, data: bytes, subject: Subject, year: int, *, known: Collection[str]
) -> dict[str, dict[str, str]]:
    """{indicator: {cell: text}}. Raises `RefusedFile` for what is no table, `Faulty` that names rows of another year or
    institution and indicators that do not exist. `known`: codes by which sheets may name the subject."""
    rows = [row for table in tables_in(read(name, data)).tables if table.kind is VALUES for row in table.rows]
    if not rows:
        raise Faulty(
            Fault(
                "file", "Tệp không có trang “Chỉ số” hoặc trang này trống.", "The file has no sheet “Chỉ số” with rows."
            )
        )
    faults: list[Fault] = []
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        indicator = _indicator(row, subject, year, known, faults)
        if indicator is not None:
            found[indicator] = {cell: values.text(row.cells.get(cell)) or "" for cell in CELLS}
    if faults:
        raise Faulty(*faults[:MOST_FAULTS])
    return found


def _indicator(row: Row, subject: Subject, year: int, known: Collection[str], faults: list[Fault]) -> str | None:
    """The indicator of a row about this subject and year; otherwise None, with the fault said."""
    where_vi, where_en = f"Dòng {row.number}", f"Row {row.number}"
    if not _is_about(row, subject, known):
        faults.append(Fault("file", f"{where_vi}: của cơ sở khác.", f"{where_en}: of another institution."))
        return None
    if year_asked(values.text(row.cells.get("period")) or "") != year:
        faults.append(Fault("file", f"{where_vi}: không phải năm {year}.", f"{where_en}: not of {year}."))
        return None
    words = values.text(row.cells.get("indicator")) or ""
    indicator = indicator_asked(words)
    if indicator is None:
        shown = words[:80]
        faults.append(Fault("file", f"{where_vi}: không có chỉ số “{shown}”.", f"{where_en}: no indicator “{shown}”."))
    return indicator


def _is_about(row: Row, subject: Subject, known: Collection[str]) -> bool:
    """Whether whatever the row says of whom it is about is the subject; a row that says nothing is."""
    said = {name: words for name in WHOSE if (words := values.text(row.cells.get(name)))}
    own = {fold(text) for text in (subject.id, subject.name, subject.name_en, *known)}
    return all(fold(words) in own for words in said.values())
