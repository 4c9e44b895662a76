"""The path of an import: `stage` computes the exact change set, `publish` applies it as one release, `undo` reverts.

All three flush and return; the command or route commits once, last.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from geodata import registry_ids
from geodata.imports.changes import Occasion
from geodata.imports.examination import Planned, plan
from geodata.imports.publication import moved_on, write
from geodata.imports.refusals import Refused, UnknownRun, WrongState
from geodata.imports.sources import Cell, RawFile, read
from geodata.imports.tables import Row, Tables, tables_in
from geodata.models import Decision, ImportRow, ImportRun, Source
from geodata.releases import current_release, finish_release, open_release
from geodata.undoing import revert
from geodata.vocabulary import DataStatus, ReleaseKind, RowOutcome, RunState

_REGISTRY_ID = re.compile(rf"\bv[{registry_ids.ALPHABET}]{{{registry_ids.LENGTH + 1}}}\b")


@dataclass(frozen=True)
class InputFile:
    """A file as it was handed in."""

    name: str
    data: bytes

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def stage(
    session: Session,
    file: InputFile,
    *,
    actor: str,
    decision: str | None = None,
    effective: date | None = None,
    today: date | None = None,
) -> ImportRun:
    """Read, examine and match the file and store exactly what publishing it would do; nothing public is written.

    `decision` is the number of the administrative act the file rests on: its data is then official, else unverified.
    `effective` is the day from which differing values hold. Raises `RefusedFile`.
    """
    raw = read(file.name, file.data)
    tables = tables_in(raw)
    occasion = Occasion(today or datetime.now(UTC).date(), effective, official=decision is not None)
    base = current_release(session)
    planned = _plan(session, tables, occasion)
    run = ImportRun(
        file_name=file.name,
        file_hash=file.hash,
        file_format=raw.format,
        state=RunState.STAGED.value,
        actor=actor,
        decision_id=_decision(session, decision) if decision else None,
        effective_on=effective,
        base_release_id=base.id if base else None,
        counts=_counts(planned, tables, occasion),
        notes=_notes(raw, tables),
    )
    session.add(run)
    session.flush()
    _store(session, run, planned)
    return run


def publish(session: Session, run: ImportRun, *, actor: str, all_or_nothing: bool = False) -> ImportRun:
    """Apply the stored change set as one release; nothing to change makes no release. Publishing twice changes nothing.

    Raises `RegisterMovedOn` when the register changed so that the outcome would differ, `WrongState` for a run that
    was undone, `Refused` with `all_or_nothing` while rows are rejected.
    """
    session.refresh(run, with_for_update=True)
    if run.state == RunState.PUBLISHED:
        return run
    if run.state != RunState.STAGED:
        raise WrongState(f"Lần nhập {run.id} đã bị hủy.", f"Import run {run.id} was undone or refused.")
    if all_or_nothing and run.counts[RowOutcome.REJECTED]:
        raise Refused("Còn dòng bị từ chối: không ghi dòng nào.", "Rows are rejected: nothing is published.")
    if run.counts["changes"]:
        _publish(session, run, actor)
    run.state = RunState.PUBLISHED.value
    session.flush()
    return run


def undo(session: Session, run: ImportRun, *, actor: str) -> ImportRun:
    """Take a published run back by another release; raises `WrongState`, or `LaterChanges` naming what depends."""
    session.refresh(run, with_for_update=True)
    if run.state != RunState.PUBLISHED:
        raise WrongState(
            f"Lần nhập {run.id} chưa được công bố hoặc đã được hoàn tác: không có gì để hoàn tác.",
            f"Import run {run.id} is not published or was undone already: there is nothing to undo.",
        )
    if run.release_id is not None:
        release = revert(session, run.release_id, actor=actor, reason=f"Hoàn tác lần nhập {run.id} ({run.file_name})")
        run.undo_release_id = release.id
    run.state = RunState.UNDONE.value
    session.flush()
    return run


def find(session: Session, run_id: int) -> ImportRun:
    """The run with this number; raises `UnknownRun`."""
    run = session.get(ImportRun, run_id)
    if run is None:
        raise UnknownRun(f"Không có lần nhập số {run_id}.", f"There is no import run {run_id}.")
    return run


def rows_of(session: Session, run: ImportRun) -> list[ImportRow]:
    """The rows of a run in the order of the file."""
    return list(session.scalars(select(ImportRow).where(ImportRow.run_id == run.id).order_by(ImportRow.id)))


def _publish(session: Session, run: ImportRun, actor: str) -> None:
    release = open_release(
        session,
        kind=ReleaseKind.IMPORT,
        actor=actor,
        reason=f"Nhập tệp {run.file_name} (lần nhập {run.id})",
        decision_id=run.decision_id,
    )
    before = current_release(session)  # read under the lock that `open_release` took
    if (before.id if before else None) != run.base_release_id:
        _refuse_another_outcome(session, run)
    source = Source(
        kind=ReleaseKind.IMPORT.value,
        title=run.file_name,
        file_name=run.file_name,
        file_hash=run.file_hash,
        data_status=(DataStatus.OFFICIAL if run.decision_id else DataStatus.UNVERIFIED).value,
        received_at=run.created_at,
    )
    session.add(source)
    session.flush()
    touched = write(session, run, release, source)
    finish_release(session, release, institutions=touched)
    run.release_id = release.id


def _refuse_another_outcome(session: Session, run: ImportRun) -> None:
    """Plan again over the register as it is now, and refuse unless every row has the same effect."""
    stored = rows_of(session, run)
    tables = run.counts["tables"]
    kinds = {table["sheet"]: table["kind"] for table in tables}
    headings = {table["sheet"]: table["headings"] for table in tables}
    rows = [Row(row.sheet, kinds[row.sheet], row.row_number, row.raw) for row in stored]
    occasion = Occasion(date.fromisoformat(run.counts["today"]), run.effective_on, official=run.decision_id is not None)
    again = plan(session, rows, headings, occasion)
    then = _effects((row.outcome, row.institution_id, row.changes) for row in stored)
    now = _effects((row.outcome.value, row.institution_id, list(row.changes)) for row in again)
    different = [
        f"{row.sheet}, dòng {row.row_number}"
        for row, *pair in zip(stored, then, now, strict=True)
        if pair[0] != pair[1]
    ]
    if different:
        raise moved_on(different)


def _effects(rows: Iterable[tuple[str, str | None, Any]]) -> list[str]:
    """What each row does, the same whatever ids new schools were given: those are told by their order."""
    kept = list(rows)
    new = [id for outcome, id, _ in kept if outcome == RowOutcome.CREATED and id]
    order = {id: f"new {at}" for at, id in enumerate(dict.fromkeys(new))}
    told = (json.dumps(row, sort_keys=True) for row in kept)
    return [_REGISTRY_ID.sub(lambda found: order.get(found[0], found[0]), row) for row in told]


def _plan(session: Session, tables: Tables, occasion: Occasion) -> list[Planned]:
    rows = [row for table in tables.tables for row in table.rows]
    headings: Mapping[str, Mapping[str, str]] = {table.sheet: table.headings for table in tables.tables}
    return plan(session, rows, headings, occasion)


def _counts(planned: list[Planned], tables: Tables, occasion: Occasion) -> dict[str, Any]:
    outcomes = {outcome.value: sum(row.outcome == outcome for row in planned) for outcome in RowOutcome}
    return {
        "rows_in": len(planned),
        **outcomes,
        "changes": sum(len(row.changes) for row in planned),
        "today": occasion.today.isoformat(),
        "by_sheet": _by_sheet(planned),
        "tables": [
            {
                "sheet": table.sheet,
                "kind": table.kind.name,
                "header_row": table.header_row,
                "headings": table.headings,
                "unknown_columns": list(table.unknown),
                "skipped": [asdict(skipped) for skipped in table.skipped],
            }
            for table in tables.tables
        ],
        "without_table": list(tables.without_table),
    }


def _by_sheet(planned: list[Planned]) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for row in planned:
        sheet = counted.setdefault(row.row.sheet, dict.fromkeys((outcome.value for outcome in RowOutcome), 0))
        sheet[row.outcome.value] += 1
    return counted


def _notes(raw: RawFile, tables: Tables) -> list[str]:
    return [*raw.notes, *(f"Trang “{sheet}”: không tìm thấy bảng dữ liệu" for sheet in tables.without_table)]


def _decision(session: Session, number: str) -> int:
    """The id of the decision with this number, recorded on first mention."""
    known = session.scalar(select(Decision.id).where(func.lower(Decision.number) == number.strip().lower()))
    if known is not None:
        return known
    decision = Decision(number=number.strip())
    session.add(decision)
    session.flush()
    return decision.id


def _store(session: Session, run: ImportRun, planned: list[Planned]) -> None:
    if planned:
        session.execute(insert(ImportRow), [_stored(run.id, row) for row in planned])


def _stored(run_id: int, planned: Planned) -> dict[str, Any]:
    return {
        "run_id": run_id,
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
