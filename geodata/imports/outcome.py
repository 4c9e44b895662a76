"""Whether a staged run would still do what its preview says: planned again, row by row, before it is published."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from geodata import registry_ids
from geodata.imports import territory
from geodata.imports.changes import Occasion
from geodata.imports.examination import plan
from geodata.imports.progress import Progress
from geodata.imports.publication import moved_on
from geodata.imports.refusals import OtherStanding
from geodata.imports.reviews import answers_for
from geodata.imports.staging import headings_of, stored_rows
from geodata.models import ImportRow, ImportRun
from geodata.vocabulary import RowOutcome

_REGISTRY_ID = re.compile(rf"\bv[{registry_ids.ALPHABET}]{{{registry_ids.LENGTH + 1}}}\b")


def require_same_outcome(
    session: Session, run: ImportRun, stored: Sequence[ImportRow], occasion: Occasion, progress: Progress
) -> None:
    """Raises `RegisterMovedOn` unless every row does over the register as it is now what is stored of it."""
    if different := _different(session, run, stored, occasion, progress):
        raise moved_on(different)


def require_same_standing(
    session: Session, run: ImportRun, stored: Sequence[ImportRow], occasion: Occasion, progress: Progress
) -> None:
    """Raises `OtherStanding` unless every row does the same when the run is published in this way."""
    different = _different(session, run, stored, occasion, progress)
    if not different:
        return
    shown = "; ".join(different[:10])
    raise OtherStanding(
        "Bản xem trước được tính cho cách công bố khác (có hay không có người thứ hai phê duyệt); kết quả sẽ khác"
        f" ({shown}). Hãy tính lại bản xem trước hoặc nhập lại tệp.",
        "The preview was made for another way of publication (with or without a second person's approval) and the"
        f" result would differ ({shown}). Preview again, or stage the file again.",
    )


def _different(
    session: Session, run: ImportRun, stored: Sequence[ImportRow], occasion: Occasion, progress: Progress
) -> list[str]:
    """Rows that would have another effect if they were planned now."""
    rows, answers = stored_rows(run, stored), answers_for(session, run.source_name)
    progress("check_again", 0, len(rows))
    again = plan(session, rows, headings_of(run), occasion, answers)
    again = territory.only_within(session, again, run.counts.get("territory"))
    progress("check_again", len(rows), len(rows))
    then = _effects((row.outcome, row.institution_id, row.changes) for row in stored)
    now = _effects((row.outcome.value, row.institution_id, list(row.changes)) for row in again)
    return [
        f"{row.sheet}, dòng {row.row_number}"
        for row, *pair in zip(stored, then, now, strict=True)
        if pair[0] != pair[1]
    ]


def _effects(rows: Iterable[tuple[str, str | None, Any]]) -> list[str]:
    """What each row does, the same whatever ids new schools were given: those are told by their order."""
    kept = list(rows)
    new = [id for outcome, id, _ in kept if outcome == RowOutcome.CREATED and id]
    order = {id: f"new {at}" for at, id in enumerate(dict.fromkeys(new))}
    told = (json.dumps(row, sort_keys=True) for row in kept)
    return [_REGISTRY_ID.sub(lambda found: order.get(found[0], found[0]), row) for row in told]
