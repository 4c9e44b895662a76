"""What publication would change for readers: found by publishing inside a savepoint, looking, and taking it back.

The preview is the outcome because it is made by the same function over the same register. Nothing of it stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.models import Proposal
from geodata.people.acting import rehearse
from geodata.proposals import looking
from geodata.proposals.looking import Figure, Look, Standing
from geodata.proposals.path import apply
from geodata.proposals.refusals import PublicationUnderWay
from geodata.releases import PUBLICATION_LOCK
from geodata.verification import Action, Decision, Question


@dataclass(frozen=True)
class StandingChange:
    """An institution on a day, before and after; None where it is not in the register."""

    institution_id: str
    on: date
    before: Standing | None
    after: Standing | None


@dataclass(frozen=True)
class AnswerChange:
    """The answer to a question about a day, before and after."""

    question: Question
    institution_id: str
    on: date
    before: Decision
    after: Decision

    @property
    def differs(self) -> bool:
        return _gist(self.before) != _gist(self.after)


@dataclass(frozen=True)
class FigureChange:
    """A planner's figure of a unit, before and after."""

    before: Figure
    after: Figure

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Outcome:
    """Map, verification and figures before and after; `effective` is the day of effect, else today."""

    effective: date
    map: tuple[StandingChange, ...]
    answers: tuple[AnswerChange, ...]
    figures: tuple[FigureChange, ...]


def outcome(session: Session, proposal: Proposal, *, today: date) -> Outcome:
    """What the proposal would change. Raises what publishing would raise, such as `MovedOn`, and `PublicationUnderWay`
    rather than wait for somebody else's."""
    if not session.scalar(select(func.pg_try_advisory_xact_lock(PUBLICATION_LOCK))):
        raise PublicationUnderWay(
            "Đang có một lần công bố khác. Hãy tải lại trang sau ít phút để xem trước.",
            "Something else is being published. Reload the page in a few minutes for the preview.",
        )
    effective = proposal.effective_on or today
    days = (effective - timedelta(days=1), effective)
    institutions = list(proposal.institutions)
    questions = questions_about(session, institutions, days)
    before = look(session, proposal, questions, days)
    savepoint = session.begin_nested()
    try:
        rehearse(session)
        apply(session, proposal, actor="preview")
        after = look(session, proposal, questions, days)
    finally:
        savepoint.rollback()
    session.expire_all()
    return _compared(effective, institutions, days, before, after, questions)


Asked = tuple[str, Question, date]
"""Whom a question is about, the question, and the day."""


def questions_about(session: Session, institutions: Sequence[str], days: Sequence[date]) -> list[Asked]:
    """Real questions about each institution: may it operate; may it enrol for, and award in, what it teaches most of;
    each for the day before the effect and the day of it."""
    found: list[Asked] = []
    taught = looking.first_programmes(session, institutions)
    for institution in institutions[: looking.MOST_QUESTIONED]:
        asked = [Question(institution, Action.OPERATE)]
        if institution in taught:
            occupation, level = taught[institution]
            asked += [Question(institution, action, occupation, level) for action in (Action.ENROL, Action.AWARD)]
        found += [(institution, question, day) for question in asked for day in days]
    return found


def look(session: Session, proposal: Proposal, questions: Sequence[Asked], days: Sequence[date]) -> Look:
    """What readers see now."""
    return looking.look(
        session,
        list(proposal.institutions),
        list(proposal.provinces),
        [(question, day) for _, question, day in questions],
        days,
    )


def _compared(
    effective: date, institutions: list[str], days: Sequence[date], before: Look, after: Look, questions: list[Asked]
) -> Outcome:
    places = [(institution, day) for institution in institutions for day in days]
    return Outcome(
        effective,
        tuple(StandingChange(*place, before.standings.get(place), after.standings.get(place)) for place in places),
        tuple(
            AnswerChange(question, institution, day, *pair)
            for (institution, question, day), *pair in zip(questions, before.answers, after.answers, strict=True)
        ),
        tuple(FigureChange(before.figures[key], after.figures[key]) for key in before.figures if key in after.figures),
    )


def _gist(decision: Decision) -> tuple[object, ...]:
    """What of a decision people act on; the release, which always differs, is not."""
    return (
        decision.answer,
        tuple(reason.why for reason in decision.reasons),
        tuple(heir.institution.id for heir in decision.successors),
        decision.licences,
        decision.institution,
    )
