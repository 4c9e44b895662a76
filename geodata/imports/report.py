"""The outcome of a run in words: counts, what was found in which cell, what was left out; Vietnamese or English."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from geodata.imports import findings, indicator_findings, institution_checks  # noqa: F401 - every finding's words
from geodata.imports.checks import Severity, explain
from geodata.models import ImportRow, ImportRun
from geodata.vocabulary import RowOutcome

_OUTCOMES = {
    RowOutcome.CREATED: ("tạo mới", "created"),
    RowOutcome.UPDATED: ("cập nhật", "updated"),
    RowOutcome.UNCHANGED: ("không đổi", "unchanged"),
    RowOutcome.REJECTED: ("từ chối", "rejected"),
}
_SEVERITIES = {
    Severity.ERROR: ("TỪ CHỐI", "REJECTED"),
    Severity.WARNING: ("cảnh báo", "warning"),
    Severity.NOTE: ("ghi chú", "note"),
}
_SKIPPED = {
    "total": ("dòng tổng cộng", "total"),
    "signature": ("chữ ký", "signature"),
    "group": ("tiêu đề nhóm", "group heading"),
    "numbering": ("dòng đánh số cột", "column numbers"),
    "header": ("tiêu đề lặp lại", "repeated header"),
    "no_known_column": ("không có giá trị ở cột nào được nhận biết", "no value in a known column"),
}


def lines(run: ImportRun, rows: Iterable[ImportRow], language: str = "vi") -> Iterator[str]:
    """The report, line by line: file, findings by row, what was skipped, and the counts that add up."""
    yield f"{_say(language, 'Tệp', 'File')}: {run.file_name} ({run.file_format}, sha256 {run.file_hash[:12]}…)"
    yield from (f"  {note}" for note in notes(run, language))
    for table in run.counts["tables"]:
        yield from _about_table(table, language)
    for row in rows:
        yield from _about_row(row, language)
    yield summary(run, language)


def notes(run: ImportRun, language: str = "vi") -> list[str]:
    """What the reader noticed about the file; runs of before have Vietnamese only."""
    return [note if isinstance(note, str) else note[language == "en"] for note in run.notes]


def summary(run: ImportRun, language: str = "vi") -> str:
    """One line: rows in = created + updated + unchanged + rejected."""
    parts = " + ".join(f"{run.counts[outcome]} {_say(language, *words)}" for outcome, words in _OUTCOMES.items())
    return f"{run.counts['rows_in']} {_say(language, 'dòng dữ liệu', 'rows in')} = {parts}"


def finding_line(sheet: str, number: int, found: dict[str, Any], language: str = "vi") -> str:
    """A finding with its place, value and remedy."""
    words, remedy = explain(found, language)
    where = [place(sheet, number, language)]
    if found["column"]:
        where.append(f"{_say(language, 'cột', 'column')} “{found['column']}”")
    value = f" = “{found['value']}”" if found["value"] and f"“{found['value']}”" not in words else ""
    severity = _say(language, *_SEVERITIES[Severity(found["severity"])])
    return f"  [{severity}] {', '.join(where)}{value}: {words}. → {remedy}"


def place(sheet: str, number: int, language: str = "vi") -> str:
    """Sheet and row in words."""
    return f"{_say(language, 'trang', 'sheet')} “{sheet}”, {_say(language, 'dòng', 'row')} {number}"


def outcome(value: RowOutcome, language: str = "vi") -> str:
    """What becomes of a row, in a word or two."""
    return _say(language, *_OUTCOMES[value])


def severity(value: str, language: str = "vi") -> str:
    """How grave a finding is, in a word or two."""
    return _say(language, *_SEVERITIES[Severity(value)])


def left_out(skipped: Mapping[str, Any], language: str = "vi") -> tuple[str, str]:
    """(that a row was left out, why)"""
    return _say(language, "bỏ qua", "left out"), _say(language, *_SKIPPED[skipped["reason"]])


def _about_table(table: dict[str, Any], language: str) -> Iterator[str]:
    sheet = _say(language, f"Trang “{table['sheet']}”", f"Sheet “{table['sheet']}”")
    yield f"{sheet}: {_say(language, 'tiêu đề cột ở dòng', 'headings in row')} {table['header_row']}"
    for heading in table["unknown_columns"]:
        yield f"  {_say(language, 'Cột không được nhận biết, không nhập', 'Unknown column, not imported')}: “{heading}”"
    for skipped in table["skipped"]:
        reason = _say(language, *_SKIPPED[skipped["reason"]])
        yield f"  {_say(language, 'Bỏ qua dòng', 'Left out row')} {skipped['number']} ({reason}): {skipped['text']}"


def _about_row(row: ImportRow, language: str) -> Iterator[str]:
    for found in row.findings:
        yield finding_line(row.sheet, row.row_number, found, language)


def _say(language: str, vi: str, en: str) -> str:
    return en if language == "en" else vi
