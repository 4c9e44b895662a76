"""The same file once more: what was published from it stands, so it changes nothing, whatever its other rows say.

Rows that were rejected may be decidable by what the accepted ones brought into the register (a namesake in a known
province, a code that has an owner now); planned anew, the file would go on changing the register by itself. So as long
as nothing else was published and no question was answered since, the earlier outcome is told again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.imports.checks import Finding
from geodata.imports.examination import Planned
from geodata.imports.staging import needs_approval
from geodata.imports.tables import Row
from geodata.models import ImportRow, ImportRun, Release, ReviewAnswer
from geodata.vocabulary import RowOutcome, RunState


@dataclass(frozen=True)
class Terms:
    """What a file is staged under; `within` are the provinces of whoever stages it, as the run keeps them."""

    file_hash: str
    source_name: str
    effective_on: date | None
    decision_id: int | None
    approval: bool
    within: Any


def repeated(session: Session, rows: Sequence[Row], terms: Terms, base: Release | None) -> list[Planned] | None:
    """The rows as they came out when the same file was published, with nothing left to change; None unless it was
    published last, under the same terms, and stands."""
    earlier = session.scalar(
        select(ImportRun)
        .where(ImportRun.file_hash == terms.file_hash, ImportRun.state == RunState.PUBLISHED)
        .order_by(ImportRun.id.desc())
        .limit(1)
    )
    if earlier is None or base is None or (earlier.release_id or earlier.base_release_id) != base.id:
        return None
    if _terms(earlier) != terms or _answered_since(session, earlier):
        return None
    known = {(one.sheet, one.row_number): one for one in _rows(session, earlier)}
    if {(row.sheet, row.number) for row in rows} != known.keys():
        return None
    return [_again(row, known[row.sheet, row.number]) for row in rows]


def _terms(run: ImportRun) -> Terms:
    within = run.counts.get("territory")
    return Terms(run.file_hash, run.source_name, run.effective_on, run.decision_id, needs_approval(run), within)


def _again(row: Row, earlier: ImportRow) -> Planned:
    outcome = RowOutcome.REJECTED if earlier.outcome == RowOutcome.REJECTED else RowOutcome.UNCHANGED
    return Planned(row, outcome, earlier.institution_id, tuple(Finding(**one) for one in earlier.findings), ())


def _answered_since(session: Session, run: ImportRun) -> bool:
    latest = func.greatest(ReviewAnswer.answered_at, ReviewAnswer.withdrawn_at)
    of_source = select(func.count()).where(ReviewAnswer.source_name == run.source_name, latest >= run.created_at)
    return bool(session.scalar(of_source))


def _rows(session: Session, run: ImportRun) -> Sequence[ImportRow]:
    return session.scalars(select(ImportRow).where(ImportRow.run_id == run.id)).all()
