"""Questions that only a person can answer, with what the row and the register say side by side; and past answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geodata.imports import reviews, values
from geodata.imports.checks import explain
from geodata.imports.headings import KINDS
from geodata.imports.preview import names_of
from geodata.imports.reviews import LONGEST_REASON, Question
from geodata.models import ImportRun, ReviewAnswer
from geodata.vocabulary import RunState
from mapapp import labels
from mapapp.db import session, today
from mapapp.i18n import N_, language, page_url
from mapapp.i18n import gettext as _
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame, frame, moment
from mapapp.views import Link

QUESTIONS_A_PAGE = 20
VERDICT = {"institution": N_("Là cơ sở"), "new": N_("Cơ sở mới"), "reject": N_("Không nhập dòng này")}


@dataclass(frozen=True)
class Candidate:
    """An institution the row may be about; `lines` are (label, value)."""

    id: str
    name: str
    url: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class QuestionView:
    """One row, what it says, and the institutions to choose from."""

    id: int
    place: str
    name: str
    text: str
    cells: tuple[tuple[str, str], ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class QuestionsPage:
    """The first open questions of a run; answering them brings the next."""

    frame: Frame
    questions: tuple[QuestionView, ...]
    total: int
    open: bool
    form_url: str
    report_url: str
    answers_url: str
    longest_reason: int = LONGEST_REASON

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


def questions_page(visitor: Visitor, found: ImportRun) -> QuestionsPage:
    open_ = reviews.questions(session(), found)
    shown = open_[:QUESTIONS_A_PAGE]
    ids = {id for question in shown for id in question.candidates}
    known = reviews.candidates(session(), ids, on=today())
    report_url = page_url("steward.report", number=found.id)
    return QuestionsPage(
        frame=frame(_("Câu hỏi của lần nhập %(n)s", n=found.id), visitor, Link(found.file_name, report_url)),
        questions=tuple(question_view(found, question, known) for question in shown),
        total=len(open_),
        open=found.state == RunState.STAGED,
        form_url=page_url("steward.answer", number=found.id),
        report_url=report_url,
        answers_url=page_url("steward.answers"),
    )


def question_view(found: ImportRun, question: Question, known: Mapping[str, dict[str, Any]]) -> QuestionView:
    row = question.row
    table = next(table for table in found.counts["tables"] if table["sheet"] == row.sheet)
    fields = next(kind.fields for kind in KINDS if kind.name == table["kind"])
    cells = (
        (table["headings"].get(field.name, field.heading), values.text(row.raw[field.name]) or "")
        for field in fields
        if field.name in row.raw
    )
    return QuestionView(
        id=row.id,
        place=_("trang “%(sheet)s”, dòng %(n)s", sheet=row.sheet, n=row.row_number),
        name=values.text(row.raw.get("name")) or values.text(row.raw.get("code")) or "?",
        text=explain(dict(question.found), language())[0],
        cells=tuple(cells),
        candidates=tuple(candidate(id, known.get(id, {})) for id in question.candidates),
    )


def candidate(id: str, known: Mapping[str, Any]) -> Candidate:
    place = ", ".join(known[level]["name"] for level in ("commune", "province") if known.get(level))
    told = (
        (_("Mã cơ sở"), ", ".join(known.get("codes") or [])),
        (_("Loại cơ sở"), labels.label(labels.TYPE, known.get("type") or "")),
        (_("Trạng thái"), labels.label(labels.STATUS, known.get("status") or "")),
        (_("Nơi đặt trụ sở"), ", ".join(part for part in (known.get("address"), place) if part)),
        (_("Tên cũ"), "; ".join(known.get("former_names") or [])),
        (_("Mã sổ đăng ký"), id),
    )
    return Candidate(
        id=id,
        name=known.get("name") or id,
        url=page_url("citizen.institution", id_or_code=id),
        lines=tuple((label, value) for label, value in told if value),
    )


@dataclass(frozen=True)
class AnswerLine:
    """An answer in force."""

    id: int
    row_name: str
    source: str
    verdict: str
    institution: Link | None
    reason: str
    by: str


@dataclass(frozen=True)
class AnswersPage:
    """Answers that files to come are read by."""

    frame: Frame
    answers: tuple[AnswerLine, ...]
    form_url: str

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


def answers_page(visitor: Visitor) -> AnswersPage:
    standing = reviews.standing_answers(session())
    names = names_of(session(), [answer.institution_id for answer in standing if answer.institution_id])
    title = _("Câu trả lời đã ghi nhớ")
    return AnswersPage(
        frame=frame(title, visitor, Link(title, "")),
        answers=tuple(answer_line(answer, names) for answer in standing),
        form_url=page_url("steward.withdraw"),
    )


def answer_line(answer: ReviewAnswer, names: Mapping[str, str]) -> AnswerLine:
    id = answer.institution_id or ""
    return AnswerLine(
        id=answer.id,
        row_name=answer.row_name,
        source=answer.source_name,
        verdict=_(VERDICT[answer.answer]),
        institution=Link(names[id], page_url("citizen.institution", id_or_code=id)) if id in names else None,
        reason=answer.reason,
        by=f"{answer.answered_by}, {moment(answer.answered_at)}",
    )
