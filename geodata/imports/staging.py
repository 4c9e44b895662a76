"""What is stored of a run: its counts, its notes, and each row with what publishing would do to it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.imports.changes import Occasion
from geodata.imports.examination import Planned
from geodata.imports.progress import Progress, silent
from geodata.imports.sources import Cell, RawFile
from geodata.imports.tables import Row, Tables
from geodata.models import ImportRow, ImportRun
from geodata.vocabulary import RowOutcome

AT_ONCE = 1_000
_STORE = """
    INSERT INTO import_row (run_id, sheet, row_number, raw, outcome, institution_id, findings, changes)
    SELECT :run, row->>'sheet', (row->>'row_number')::int, row->'raw', row->>'outcome', row->>'institution_id',
        row->'findings', row->'changes'
    FROM jsonb_array_elements(CAST(:rows AS jsonb)) WITH ORDINALITY AS planned (row, at)
    ORDER BY at
"""
"""Many rows in one statement: whether whoever stages may write is asked once for each statement, which for 20,000 of
them, each by itself, took longer than everything else together."""


def counts_of(planned: list[Planned], tables: list[dict[str, Any]], occasion: Occasion) -> dict[str, Any]:
    """Rows in = created + updated + unchanged + rejected, the same per sheet, and how the sheets were read."""
    outcomes = {outcome.value: sum(row.outcome == outcome for row in planned) for outcome in RowOutcome}
    return {
        "rows_in": len(planned),
        **outcomes,
        "changes": sum(len(row.changes) for row in planned),
        "today": occasion.today.isoformat(),
        "approval": occasion.approval,
        "by_sheet": _by_sheet(planned),
        "tables": tables,
    }


def described(tables: Tables) -> list[dict[str, Any]]:
    """How each sheet was read: its header row, its columns, what was left out."""
    return [
        {
            "sheet": table.sheet,
            "kind": table.kind.name,
            "header_row": table.header_row,
            "headings": table.headings,
            "unknown_columns": list(table.unknown),
            "skipped": [asdict(skipped) for skipped in table.skipped],
        }
        for table in tables.tables
    ]


def _by_sheet(planned: list[Planned]) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for row in planned:
        sheet = counted.setdefault(row.row.sheet, dict.fromkeys((outcome.value for outcome in RowOutcome), 0))
        sheet[row.outcome.value] += 1
    return counted


def notes_of(raw: RawFile, tables: Tables) -> list[Any]:
    """What the reader noticed, as (Vietnamese, English)."""
    without = (
        [f"Trang “{sheet}”: không tìm thấy bảng dữ liệu", f"Sheet “{sheet}”: no table found"]
        for sheet in tables.without_table
    )
    return [*(list(note) for note in raw.notes), *without]


def store(session: Session, run: ImportRun, planned: list[Planned], progress: Progress = silent) -> None:
    """Keep the planned rows of the run."""
    for at in range(0, len(planned), AT_ONCE):
        progress("store", at, len(planned))
        rows = json.dumps([_stored(row) for row in planned[at : at + AT_ONCE]], ensure_ascii=False)
        session.execute(text(_STORE), {"run": run.id, "rows": rows})
    progress("store", len(planned), len(planned))


def stored_rows(run: ImportRun, rows: Sequence[ImportRow]) -> list[Row]:
    """The rows of a run as they were read from its file."""
    kinds = {table["sheet"]: table["kind"] for table in run.counts["tables"]}
    return [Row(row.sheet, kinds[row.sheet], row.row_number, row.raw) for row in rows]


def headings_of(run: ImportRun) -> dict[str, dict[str, str]]:
    """{sheet: {field: heading in the file}}"""
    return {table["sheet"]: table["headings"] for table in run.counts["tables"]}


def occasion_of(run: ImportRun) -> Occasion:
    """The day and the standing of the run, as they were when it was staged."""
    day, decided = date.fromisoformat(run.counts["today"]), run.decision_id is not None
    return Occasion(day, run.effective_on, decided=decided, approval=needs_approval(run))


def needs_approval(run: ImportRun) -> bool:
    """Whether the run was staged for a second person to approve."""
    return bool(run.counts.get("approval"))


def _stored(planned: Planned) -> dict[str, Any]:
    return {
        "sheet": planned.row.sheet,
        "row_number": planned.row.number,
        "raw": {name: _json(cell) for name, cell in planned.row.cells.items()},
        "outcome": planned.outcome.value,
        "institution_id": planned.institution_id,
        "findings": [found.as_json() for found in planned.findings],
        "changes": list(planned.changes),
    }


def _json(cell: Cell) -> str | float | None:
    return cell.isoformat() if isinstance(cell, date) else cell
