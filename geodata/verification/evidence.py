"""Whether the evidence that an action needs stands in the register.

Each need is met, missing (the register would hold it if it were declared complete) or uncertain (something is recorded
that neither proves nor denies it, which a declaration of completeness does not settle).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from geodata.verification.answers import Reason, Why
from geodata.verification.facts import LicenceFact, ProgrammeFact, Record
from geodata.verification.question import Action, Question
from geodata.verification.standing import standing, undated
from geodata.vocabulary import Enrolment, Status


class State(IntEnum):
    MISSING = 0
    UNCERTAIN = 1
    MET = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """How it stands with one need, and why."""

    state: State
    reason: Reason


def needs(question: Question, record: Record, on: date) -> list[Finding]:
    """Every need of the action; all of them must be met. The table of the public contract, line by line."""
    if question.action is Action.AWARD:
        return [*_successions(record), _award(question, record, on)]
    found = [*_successions(record), _open(record, on), _licensed(record, on)]
    if question.action is not Action.OPERATE and (question.occupation or question.training_level):
        found.append(_covered(question, record, on, at_campus=True))
    if question.action is Action.ENROL:
        found.append(_enrolling(record, on))
    return found


def declaration(record: Record, on: date) -> Reason:
    """Whether somebody declared the record complete for the day."""
    declared = tuple(fact for fact in record.declarations if fact.holds(on))
    return Reason(Why.DECLARED_COMPLETE, declared) if declared else Reason(Why.NOT_DECLARED_COMPLETE)


def teaching_out(question: Question, record: Record, on: date) -> list[ProgrammeFact]:
    """Programmes asked about whose recorded teach-out includes the day."""
    return [programme for programme in asked(question, record) if _teaches_out(programme, on)]


def asked(question: Question, record: Record) -> list[ProgrammeFact]:
    """The institution's programmes of the occupation at the level, whenever they were."""
    return [
        programme
        for programme in record.programmes
        if question.occupation in (None, programme.value)
        and question.training_level in (None, programme.training_level)
    ]


def _teaches_out(programme: ProgrammeFact, on: date) -> bool:
    ended, until = programme.valid_to, programme.taught_out_until
    return ended is not None and until is not None and ended <= on < until


def _successions(record: Record) -> list[Finding]:
    """A merger of unknown day may have ended the institution before the day asked about."""
    found = undated(record)
    return [Finding(State.UNCERTAIN, Reason(Why.SUCCESSION_WITHOUT_DAY, found))] if found else []


def _open(record: Record, on: date) -> Finding:
    stands = standing(record, on)
    if stands.status is Status.ACTIVE:
        return Finding(State.MET, Reason(Why.OPEN, stands.facts))
    return Finding(State.UNCERTAIN, Reason(Why.STATUS_NOT_RECORDED))


def _licensed(record: Record, on: date) -> Finding:
    """Registered: a licence in force."""
    return _best((_in_force(licence, on) for licence in record.licences), Why.NO_LICENCE_IN_FORCE)


def _in_force(licence: LicenceFact, on: date) -> Finding:
    """A licence whose start nobody recorded proves nothing for days before the register got it."""
    start = licence.valid_from or licence.issued_on
    over = licence.valid_to is not None and on >= licence.valid_to
    if over or (start is not None and on < start):
        return Finding(State.MISSING, Reason(Why.NO_LICENCE_IN_FORCE))
    if start is None and on < licence.origin.received_on:
        return Finding(State.UNCERTAIN, Reason(Why.LICENCE_WITHOUT_START, (licence,)))
    return Finding(State.MET, Reason(Why.LICENCE_IN_FORCE, (licence,)))


def _covered(question: Question, record: Record, on: date, *, at_campus: bool) -> Finding:
    """A licence covering the occupation at the level, where asked at a campus that is open on the day."""
    current = [programme for programme in asked(question, record) if programme.holds(on)]
    return _best((_covers(programme, record, on, at_campus) for programme in current), Why.NO_PROGRAMME)


def _covers(programme: ProgrammeFact, record: Record, on: date, at_campus: bool) -> Finding:
    versions = [licence for licence in record.licences if licence.licence_id == programme.licence_id]
    if not versions:
        return Finding(State.UNCERTAIN, Reason(Why.PROGRAMME_WITHOUT_LICENCE, (programme,)))
    licence = _best((_in_force(version, on) for version in versions), Why.NO_LICENCE_IN_FORCE)
    if licence.state is State.MISSING:
        return Finding(State.MISSING, Reason(Why.PROGRAMME_LICENCE_ENDED, (programme, *versions)))
    if licence.state is State.UNCERTAIN:
        return Finding(State.UNCERTAIN, Reason(licence.reason.why, (programme, *licence.reason.facts)))
    if at_campus and not _campus_open(programme, record, on):
        return Finding(State.UNCERTAIN, Reason(Why.PROGRAMME_CAMPUS_NOT_OPEN, (programme,)))
    return Finding(State.MET, Reason(Why.PROGRAMME_LICENSED, (programme, *licence.reason.facts)))


def _campus_open(programme: ProgrammeFact, record: Record, on: date) -> bool:
    where = programme.campus_id
    return where is None or any(campus.value == where and campus.holds(on) for campus in record.campuses)


def _award(question: Question, record: Record, on: date) -> Finding:
    covered = _covered(question, record, on, at_campus=False)
    ending = teaching_out(question, record, on)
    if covered.state is State.MET or not ending:
        return covered
    return Finding(State.MET, Reason(Why.TEACH_OUT, tuple(ending[:1])))


def _enrolling(record: Record, on: date) -> Finding:
    stopped = tuple(fact for fact in record.enrolment if fact.value == Enrolment.STOPPED and fact.holds(on))
    if stopped:
        return Finding(State.MISSING, Reason(Why.ENROLMENT_STOPPED, stopped))
    known = tuple(fact for fact in record.enrolment if fact.holds(on))
    return Finding(State.MET, Reason(Why.ENROLMENT_NOT_STOPPED, known))


def _best(findings: Iterable[Finding], nothing: Why) -> Finding:
    """The strongest finding, the first of equals; without one the need is missing for the reason given."""
    found = sorted(findings, key=lambda finding: -finding.state)
    return found[0] if found else Finding(State.MISSING, Reason(nothing))
