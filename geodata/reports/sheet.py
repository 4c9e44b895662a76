"""A sheet "Chỉ số" as the cells of a report's form: read as imports read it, of one subject and one year only."""

from collections.abc import Collection, Mapping

from geodata.figures.measures import measure_of
from geodata.imports import values
from geodata.imports.headings import VALUES
from geodata.imports.indicator_rows import indicator_asked, is_yes_or_no, year_asked, yes_or_no
from geodata.imports.sources import read
from geodata.imports.tables import Row, tables_in
from geodata.indicators import indicators
from geodata.proposals.refusals import Fault, Faulty
from geodata.reports.planning import ANSWERS, CELLS, EVIDENCE
from geodata.reports.subjects import Subject
from geodata.text import fold

MAX_BYTES = 1_000_000
MOST_FAULTS = 20
WHOSE = ("id", "code", "name")


def figures_of_sheet(
    name: str, data: bytes, subject: Subject, year: int, *, known: Collection[str]
) -> dict[str, dict[str, str]]:
    """{indicator: {cell: text}} of the rows that state something. Raises `RefusedFile` for what is no table, `Faulty`
    that names rows of another year or institution, indicators that do not exist and answers that are neither yes nor
    no. `known`: codes by which sheets may name the subject."""
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
            cells = {cell: values.text(row.cells.get(cell)) or "" for cell in CELLS}
            found[indicator] = _answered(indicator, cells, row, faults)
    if faults:
        raise Faulty(*faults[:MOST_FAULTS])
    return {indicator: cells for indicator, cells in found.items() if any(cells.values())}


def filled_in(
    draft: Mapping[str, Mapping[str, str]], sheet: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """The draft with what the sheet states of its indicators: others stay, and so do the links to evidence."""
    kept = {indicator: dict(cells) for indicator, cells in draft.items()}
    for indicator, cells in sheet.items():
        evidence = kept.get(indicator, {}).get(EVIDENCE)
        kept[indicator] = {**cells, **({EVIDENCE: evidence} if evidence else {})}
    return kept


def _answered(indicator: str, cells: dict[str, str], row: Row, faults: list[Fault]) -> dict[str, str]:
    """The cells; where yes or no is asked, however it was written and in whichever column, as the form says it."""
    words = cells["value"] or cells["numerator"]
    if not words or not is_yes_or_no(measure_of(indicators()[indicator])):
        return cells
    told = yes_or_no(words)
    if told is None:
        where_vi, where_en = f"Dòng {row.number}", f"Row {row.number}"
        faults.append(Fault("file", f"{where_vi}: hãy ghi có hoặc không.", f"{where_en}: say yes or no."))
    return {**dict.fromkeys(cells, ""), "value": ANSWERS[not told], "missing_reason": cells["missing_reason"]}


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
