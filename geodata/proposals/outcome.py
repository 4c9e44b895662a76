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
from geodata.proposals.change_sets import facts_in
from geodata.proposals.looking import Figure, Look, Standing
from geodata.proposals.publication import apply
from geodata.proposals.refusals import PublicationUnderWay, TooLarge
from geodata.proposals.runs import institutions_of_run, rows_of_run
from geodata.releases import PUBLICATION_LOCK
from geodata.verification import Action, Decision, Question
from geodata.vocabulary import ProposalKind

AT_ONCE = 500
"""Rows of a file whose outcome a page waits for; a longer file is tried when somebody asks for it."""

MOST_ROWS = 5_000
"""Rows of a file whose outcome can be asked for at all."""

MOST_OCCUPATIONS = 4
"""Changed occupations of an institution that questions are asked about."""


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
    """Map, verification and figures before and after; `effective` is the day of effect, else today. `sample`: of a file
    map and answers are about so many institutions of so many, by lot; the figures are about all."""

    effective: date
    map: tuple[StandingChange, ...]
    answers: tuple[AnswerChange, ...]
    figures: tuple[FigureChange, ...]
    sample: tuple[int, int] | None = None


@dataclass(frozen=True)
class Subject:
    """Whom the comparison is about: `shown` on the map and in answers, `reporting` in the planner's figures."""

    shown: list[str]
    reporting: list[str]
    provinces: list[str]

    @property
    def sample(self) -> tuple[int, int] | None:
        return (len(self.shown), len(self.reporting)) if len(self.shown) < len(self.reporting) else None


def outcome(session: Session, proposal: Proposal, *, today: date, rows: int = MOST_ROWS) -> Outcome:
    """What the proposal would change. Raises what publishing would raise, such as `MovedOn`; `PublicationUnderWay`
    rather than wait for somebody else's, `TooLarge` for a file that changes more than so many `rows`."""
    check_size(session, proposal, rows)
    if not session.scalar(select(func.pg_try_advisory_xact_lock(PUBLICATION_LOCK))):
        raise PublicationUnderWay(
            "Đang có một lần công bố khác. Hãy tải lại trang sau ít phút để xem trước.",
            "Something else is being published. Reload the page in a few minutes for the preview.",
        )
    effective = proposal.effective_on or today
    days = (effective - timedelta(days=1), effective)
    subject = subject_of(session, proposal)
    questions = questions_about(session, subject.shown, days, changed=changed_programmes(proposal))
    before = look(session, subject, questions, days)
    savepoint = session.begin_nested()
    try:
        rehearse(session)
        apply(session, proposal, actor="preview")
        session.expire(proposal)  # its release is not written down: who only reads may not
        after = look(session, subject, questions, days)
    finally:
        savepoint.rollback()
    session.expire_all()
    return _compared(effective, subject, days, before, after, questions)


def check_size(session: Session, proposal: Proposal, rows: int) -> None:
    """Raises `TooLarge` for a file that changes more rows."""
    if proposal.kind == ProposalKind.IMPORT and rows_of_run(session, proposal.run_id or 0) > rows:
        raise TooLarge(
            f"Tệp thay đổi hơn {rows} dòng.",
            f"The file changes more than {rows} rows.",
        )


def subject_of(session: Session, proposal: Proposal) -> Subject:
    """The institutions of the proposal; of a file all for the figures, and some by lot for map and answers."""
    provinces = list(proposal.provinces)
    if proposal.kind != ProposalKind.IMPORT:
        return Subject(list(proposal.institutions), list(proposal.institutions), provinces)
    every = institutions_of_run(session, proposal.run_id or 0)
    return Subject(every[: looking.MOST_QUESTIONED], every, provinces)


Asked = tuple[str, Question, date]
"""Whom a question is about, the question, and the day."""

Taught = dict[str, list[tuple[str, str]]]
"""{institution: [(occupation, level)]}"""


def changed_programmes(proposal: Proposal) -> Taught:
    """Programmes that the change set says something new of."""
    found: Taught = {}
    for fact in facts_in(proposal.changes or []):
        if fact.table == "programme":
            found.setdefault(fact.institution_id, []).append((fact.identity[0], fact.identity[1]))
    return {id: list(dict.fromkeys(taught))[:MOST_OCCUPATIONS] for id, taught in found.items()}


def questions_about(
    session: Session, institutions: Sequence[str], days: Sequence[date], *, changed: Taught
) -> list[Asked]:
    """Real questions about each institution: may it operate; may it enrol for, and award in, what it teaches most of
    and what is `changed`; each for the day before the effect and the day of it."""
    found: list[Asked] = []
    first = looking.first_programmes(session, institutions)
    for institution in institutions[: looking.MOST_QUESTIONED]:
        asked = [Question(institution, Action.OPERATE)]
        taught = [first[institution]] if institution in first else []
        for occupation, level in dict.fromkeys([*taught, *changed.get(institution, [])]):
            asked += [Question(institution, action, occupation, level) for action in (Action.ENROL, Action.AWARD)]
        found += [(institution, question, day) for question in asked for day in days]
    return found


def look(session: Session, subject: Subject, questions: Sequence[Asked], days: Sequence[date]) -> Look:
    """What readers see now."""
    asked = [(question, day) for _, question, day in questions]
    return looking.look(session, subject.shown, subject.provinces, asked, days, reporting=subject.reporting)


def _compared(
    effective: date, subject: Subject, days: Sequence[date], before: Look, after: Look, questions: list[Asked]
) -> Outcome:
    places = [(institution, day) for institution in subject.shown for day in days]
    return Outcome(
        effective,
        tuple(StandingChange(*place, before.standings.get(place), after.standings.get(place)) for place in places),
        tuple(
            AnswerChange(question, institution, day, *pair)
            for (institution, question, day), *pair in zip(questions, before.answers, after.answers, strict=True)
        ),
        tuple(FigureChange(before.figures[key], after.figures[key]) for key in before.figures if key in after.figures),
        subject.sample,
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
