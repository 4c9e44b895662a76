"""Questions only a person can answer ("which of these two?"), and the answers, kept for the next file of the source.

An answer works as if the person had written it into the column "Mã sổ đăng ký" of that row: an id, or "mới".
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from geodata.imports import values
from geodata.imports.headings import RELATIONS
from geodata.imports.refusals import Refused
from geodata.imports.register import Register, key_of
from geodata.imports.statements import Problem
from geodata.imports.tables import Row
from geodata.models import ImportRow, ImportRun, ReviewAnswer
from geodata.text import fold
from geodata.vocabulary import ReviewVerdict, RowOutcome

QUESTIONS = frozenset({"several_candidates", "similar_name", "moved_namesake", "code_of_another", "code_differs"})
"""Findings that an answer settles. What else rejects a row is mended in the file."""

LONGEST_REASON = 500
Answers = Mapping[str, ReviewAnswer]
"""Standing answers of one source by `row_key`."""


class InvalidAnswer(Refused):
    """An answer to something that is no open question of the run, or that names no candidate."""


@dataclass(frozen=True)
class Applied:
    """What an answer does to its row: the id to read it with (None: as it stands), and what is noted."""

    id: str | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Question:
    """An open question of a run: the row, what was found, and the institutions it may be about."""

    row: ImportRow
    found: dict[str, object]
    candidates: tuple[str, ...]


def source_of(file_name: str) -> str:
    """The source that a file's name tells when nobody says it: the name without its digits ("danh sach co so")."""
    return re.sub(r"[\d\W_]+", " ", fold(PurePath(file_name).stem)).strip()


def row_key(row: Row) -> str:
    """What names the institution in the row, the same whatever the other cells say."""
    cells = row.cells
    name = values.text(cells.get("name")) or ""
    telling = [row.kind, key_of(name), fold(values.text(cells.get("province")) or "")]
    telling += [values.code(cells.get(column)) or "" for column in ("id", "code", "e_id")]
    return hashlib.sha256(json.dumps(telling, ensure_ascii=False).encode()).hexdigest()[:32]


def answers_for(session: Session, source_name: str) -> dict[str, ReviewAnswer]:
    """The standing answers of a source by row key."""
    rows = select(ReviewAnswer).where(ReviewAnswer.source_name == source_name, ReviewAnswer.withdrawn_at.is_(None))
    return {answer.row_key: answer for answer in session.scalars(rows)}


def applied(row: Row, answers: Answers, register: Register) -> Applied:
    """The effect of a remembered answer on a row; none where the row says itself, or the institution is gone."""
    if not answers or row.kind == RELATIONS.name or values.stated(row.cells.get("id")):
        return Applied(None)
    answer = answers.get(row_key(row))
    if answer is None:
        return Applied(None)
    details = {"by": answer.answered_by, "at": f"{answer.answered_at:%d/%m/%Y}", "answer": str(answer.id)}
    if answer.answer == ReviewVerdict.REJECT:
        return Applied(None, (Problem("rejected_by_review", None, {**details, "reason": answer.reason or "–"}),))
    known = register.by_id.get(answer.institution_id or "")
    if known is None and answer.answer == ReviewVerdict.INSTITUTION:
        return Applied(None)
    return Applied(known.id if known else "mới", (Problem("answered_by_review", None, details),))


def questions(session: Session, run: ImportRun) -> list[Question]:
    """The open questions of a run, in the order of the file."""
    rows = select(ImportRow).where(ImportRow.run_id == run.id, ImportRow.outcome == RowOutcome.REJECTED)
    found = (_question(row) for row in session.scalars(rows.order_by(ImportRow.id)))
    return [question for question in found if question]


def _question(row: ImportRow) -> Question | None:
    errors = [found for found in row.findings if found["severity"] == "error"]
    asked = [found for found in errors if found["code"] in QUESTIONS]
    if not asked or len(asked) < len(errors):
        return None
    ids = dict.fromkeys(id for found in asked for id in found["details"].get("ids", "").split())
    return Question(row, asked[0], tuple(ids))


def answer(
    session: Session,
    run: ImportRun,
    row: ImportRow,
    *,
    verdict: ReviewVerdict,
    institution_id: str | None = None,
    reason: str = "",
    by: str,
) -> ReviewAnswer:
    """Remember an answer for the row's source; an earlier one to the same row is withdrawn. The run itself changes when
    it is counted again. Raises `InvalidAnswer`."""
    question = _question(row)
    if question is None or row.run_id != run.id:
        raise InvalidAnswer("Dòng này không có câu hỏi nào đang mở.", "The row has no open question.")
    if verdict == ReviewVerdict.INSTITUTION and institution_id not in question.candidates:
        raise InvalidAnswer(
            f"“{institution_id}” không phải một trong các cơ sở được hỏi.",
            f"{institution_id!r} is none of the institutions asked about.",
        )
    raw = Row(row.sheet, _kind(run, row.sheet), row.row_number, row.raw)
    key = row_key(raw)
    standing = (ReviewAnswer.source_name == run.source_name, ReviewAnswer.row_key == key)
    session.execute(
        update(ReviewAnswer).where(*standing, ReviewAnswer.withdrawn_at.is_(None)).values(withdrawn_at=func.now())
    )
    given = ReviewAnswer(
        source_name=run.source_name,
        row_key=key,
        row_name=values.text(raw.cells.get("name")) or values.text(raw.cells.get("code")) or "?",
        answer=verdict.value,
        institution_id=institution_id if verdict == ReviewVerdict.INSTITUTION else None,
        reason=reason.strip()[:LONGEST_REASON],
        answered_by=by,
        run_id=run.id,
    )
    session.add(given)
    session.flush()
    return given


def _kind(run: ImportRun, sheet: str) -> str:
    return str(next(table["kind"] for table in run.counts["tables"] if table["sheet"] == sheet))


def remember_created(session: Session, run: ImportRun) -> None:
    """Tell answers of "a new one" which institution that became, so that the next file finds it instead of another."""
    session.execute(
        text(
            "UPDATE review_answer SET institution_id = row.institution_id"
            " FROM import_row AS row CROSS JOIN LATERAL jsonb_array_elements(row.findings) AS found"
            " WHERE row.run_id = :run AND row.outcome = 'created' AND found->>'code' = 'answered_by_review'"
            " AND review_answer.id = (found->'details'->>'answer')::int AND review_answer.answer = 'new'"
        ),
        {"run": run.id},
    )


def standing_answers(session: Session, *, limit: int = 500) -> Sequence[ReviewAnswer]:
    """All answers in force, newest first."""
    rows = select(ReviewAnswer).where(ReviewAnswer.withdrawn_at.is_(None)).order_by(ReviewAnswer.id.desc())
    return session.scalars(rows.limit(limit)).all()


def withdraw(session: Session, ids: Iterable[int]) -> int:
    """Forget answers: the question is asked again. How many stood."""
    standing = ReviewAnswer.id.in_(list(ids)), ReviewAnswer.withdrawn_at.is_(None)
    found = session.execute(
        update(ReviewAnswer).where(*standing).values(withdrawn_at=func.now()).returning(ReviewAnswer.id)
    )
    return len(found.all())


def candidates(session: Session, ids: Iterable[str], *, on: date) -> dict[str, dict[str, Any]]:
    """{id: what the register says of the institution on a day}, as properties of its feature."""
    rows = session.execute(
        text(
            "SELECT institution_id, feature::jsonb->'properties' FROM institution_state"
            " WHERE institution_id = ANY(:ids) AND is_main AND release_to IS NULL"
            " AND (valid_from IS NULL OR valid_from <= :on) AND (valid_to IS NULL OR valid_to > :on)"
        ),
        {"ids": list(ids), "on": on},
    )
    return {row[0]: row[1] for row in rows}
