"""The path of an import: `stage` computes the exact change set, `publish` applies it as one release, `undo` reverts.

All three flush and return; the command or route commits once, last.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata.days import vietnamese_day
from geodata.imports import territory
from geodata.imports.changes import Occasion
from geodata.imports.confirming import confirm_unchanged
from geodata.imports.examination import plan
from geodata.imports.outcome import require_same_outcome, require_same_standing
from geodata.imports.progress import Progress, silent
from geodata.imports.publication import write
from geodata.imports.refusals import Refused, UnknownRun, WrongState
from geodata.imports.repetition import Terms, repeated
from geodata.imports.reviews import answers_for, remember_created, source_of
from geodata.imports.sources import read
from geodata.imports.staging import (
    counts_of,
    described,
    headings_of,
    needs_approval,
    notes_of,
    occasion_of,
    store,
    stored_rows,
)
from geodata.imports.tables import tables_in
from geodata.models import Decision, ImportFile, ImportRow, ImportRun, Source
from geodata.releases import current_release, finish_release, open_release, take_turn
from geodata.text import clean
from geodata.undoing import revert
from geodata.vocabulary import DataStatus, ReleaseKind, RowOutcome, RunState


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
    source_name: str | None = None,
    approval: bool = False,
    today: date | None = None,
    progress: Progress = silent,
) -> ImportRun:
    """Read, examine and match the file and store exactly what publishing it would do; nothing public is written.

    `decision` is the number of the administrative act the file rests on; `approval` says that a second person is to
    approve the run. Either makes its data official, else it is unverified and changes nothing official.
    `effective` is the day from which differing values hold. `source_name` says whose list it is (without it, what the
    file's name tells): answers to earlier questions about rows of that source are applied. Raises `RefusedFile`.
    """
    progress("open_file", 0, 1)
    raw = read(file.name, file.data)
    tables = tables_in(raw)
    progress("open_file", 1, 1)
    occasion = Occasion(today or vietnamese_day(datetime.now(UTC)), effective, decision is not None, approval)
    source = clean(source_name or "") or source_of(file.name)
    base = current_release(session)
    rows = [row for table in tables.tables for row in table.rows]
    headings = {table.sheet: table.headings for table in tables.tables}
    within = territory.at_work(session)
    decision_id = decision_named(session, decision) if decision else None
    terms = Terms(file.hash, source, effective, decision_id, approval, within)
    planned = repeated(session, rows, terms, base) or plan(
        session, rows, headings, occasion, answers_for(session, source), progress
    )
    planned = territory.only_within(session, planned, within)
    keep(session, file)
    run = ImportRun(
        file_name=file.name,
        file_hash=file.hash,
        file_format=raw.format,
        state=RunState.STAGED.value,
        actor=actor,
        decision_id=decision_id,
        effective_on=effective,
        source_name=source,
        base_release_id=base.id if base else None,
        counts={**counts_of(planned, described(tables), occasion), "territory": within},
        notes=notes_of(raw, tables),
    )
    session.add(run)
    session.flush()
    store(session, run, planned, progress)
    run.provinces = territory.touched(session, run)
    session.flush()
    return run


def recount(
    session: Session,
    run: ImportRun,
    *,
    approval: bool | None = None,
    today: date | None = None,
    progress: Progress = silent,
) -> ImportRun:
    """Plan a staged run again over the register and the answers as they are now; the run keeps its number, and what it
    was staged for unless `approval` says otherwise.

    Raises `WrongState` for a run that is not staged.
    """
    session.refresh(run, with_for_update=True)
    if run.state != RunState.STAGED:
        raise _not_staged(run)
    staged_for = needs_approval(run) if approval is None else approval
    day, decided = today or vietnamese_day(datetime.now(UTC)), run.decision_id is not None
    occasion = Occasion(day, run.effective_on, decided, staged_for)
    base = current_release(session)
    rows = stored_rows(run, rows_of(session, run))
    within = territory.at_work(session)
    planned = plan(session, rows, headings_of(run), occasion, answers_for(session, run.source_name), progress)
    planned = territory.only_within(session, planned, within)
    session.execute(delete(ImportRow).where(ImportRow.run_id == run.id))
    run.base_release_id = base.id if base else None
    run.counts = {**counts_of(planned, run.counts["tables"], occasion), "territory": within}
    store(session, run, planned, progress)
    run.provinces = territory.touched(session, run)
    session.flush()
    return run


def publish(
    session: Session,
    run: ImportRun,
    *,
    actor: str,
    all_or_nothing: bool = False,
    approved: bool = False,
    progress: Progress = silent,
) -> ImportRun:
    """Apply the stored change set as one release; nothing to change makes no release. Publishing twice changes nothing.
    `approved`: a second person stands by it, so that its data is official.

    Raises `RegisterMovedOn` when the register changed so that the outcome would differ, `OtherStanding` when it would
    because the run was staged for another way of publication, `WrongState` for a run that
    was undone, `Refused` with `all_or_nothing` while rows are rejected.
    """
    session.refresh(run, with_for_update=True)
    if run.state == RunState.PUBLISHED:
        return run
    if run.state != RunState.STAGED:
        raise _not_staged(run)
    if all_or_nothing and run.counts[RowOutcome.REJECTED]:
        raise Refused("Còn dòng bị từ chối: không ghi dòng nào.", "Rows are rejected: nothing is published.")
    if run.counts["changes"]:
        _publish(session, run, actor, progress, approved=approved)
        remember_created(session, run)
    else:
        take_turn(session)
        if _moved_on(session, run):
            again = replace(occasion_of(run), approval=approved)
            require_same_outcome(session, run, rows_of(session, run), again, progress)
    confirm_unchanged(session, run, at=datetime.now(UTC))
    run.state = RunState.PUBLISHED.value
    session.flush()
    return run


def undo(session: Session, run: ImportRun, *, actor: str, progress: Progress = silent) -> ImportRun:
    """Take a published run back by another release; raises `WrongState`, or `LaterChanges` naming what depends."""
    session.refresh(run, with_for_update=True)
    if run.state != RunState.PUBLISHED:
        raise WrongState(
            f"Lần nhập {run.id} chưa được công bố hoặc đã được hoàn tác: không có gì để hoàn tác.",
            f"Import run {run.id} is not published or was undone already: there is nothing to undo.",
        )
    progress("take_back", 0, 1)
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


def recent(session: Session, *, limit: int = 50, before: int | None = None) -> list[ImportRun]:
    """Runs, newest first; `before` continues a list behind the run of that number."""
    runs = select(ImportRun).order_by(ImportRun.id.desc()).limit(limit)
    return list(session.scalars(runs if before is None else runs.where(ImportRun.id < before)))


def keep(session: Session, file: InputFile) -> None:
    """Keep the file as it was handed in; once, however often it comes."""
    row = upsert(ImportFile).values(file_hash=file.hash, data=file.data)
    session.execute(row.on_conflict_do_nothing())


def kept(session: Session, file_hash: str, name: str) -> InputFile:
    """A file that was kept; raises `UnknownRun` for one of before files were kept."""
    data = session.scalar(select(ImportFile.data).where(ImportFile.file_hash == file_hash))
    if data is None:
        raise UnknownRun(f"Tệp “{name}” không còn được lưu.", f"The file {name!r} is not kept any more.")
    return InputFile(name, data)


def decision_number(session: Session, run: ImportRun) -> str | None:
    """The number of the decision that the run rests on."""
    decision = session.get(Decision, run.decision_id) if run.decision_id is not None else None
    return decision.number if decision else None


def rows_of(session: Session, run: ImportRun) -> list[ImportRow]:
    """The rows of a run in the order of the file."""
    return list(session.scalars(select(ImportRow).where(ImportRow.run_id == run.id).order_by(ImportRow.id)))


def _not_staged(run: ImportRun) -> WrongState:
    return WrongState(
        f"Lần nhập {run.id} không còn ở bước xem trước (đã công bố hoặc đã hủy).",
        f"Import run {run.id} is not staged any more: it was published, undone or refused.",
    )


def _moved_on(session: Session, run: ImportRun) -> bool:
    """Whether something was published since the run was planned."""
    current = current_release(session)
    return (current.id if current else None) != run.base_release_id


def _publish(session: Session, run: ImportRun, actor: str, progress: Progress, *, approved: bool) -> None:
    occasion = replace(occasion_of(run), approval=approved)
    release = open_release(
        session,
        kind=ReleaseKind.IMPORT,
        actor=actor,
        reason=f"Nhập tệp {run.file_name} (lần nhập {run.id})",
        decision_id=run.decision_id,
    )
    if _moved_on(session, run):  # read under the lock that `open_release` took
        require_same_outcome(session, run, rows_of(session, run), occasion, progress)
    elif occasion.official != occasion_of(run).official:
        require_same_standing(session, run, rows_of(session, run), occasion, progress)
    progress("write", 0, run.counts["changes"])
    source = Source(
        kind=ReleaseKind.IMPORT.value,
        title=run.file_name,
        file_name=run.file_name,
        file_hash=run.file_hash,
        data_status=(DataStatus.OFFICIAL if occasion.official else DataStatus.UNVERIFIED).value,
        received_at=run.created_at,
    )
    session.add(source)
    session.flush()
    touched = write(session, run, release, source)
    progress("write", run.counts["changes"], run.counts["changes"])
    progress("derive", 0, len(touched))
    finish_release(session, release, institutions=touched)
    progress("derive", len(touched), len(touched))
    run.release_id = release.id


def decision_named(session: Session, number: str) -> int:
    """The id of the decision with this number, recorded on first mention."""
    known = session.scalar(select(Decision.id).where(func.lower(Decision.number) == number.strip().lower()))
    if known is not None:
        return known
    decision = Decision(number=number.strip())
    session.add(decision)
    session.flush()
    return decision.id
