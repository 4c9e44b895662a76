"""What comes out: one of a closed set of answers, why, and everything it rests on."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geodata.verification.facts import Fact
from geodata.verification.question import Question


class Answer(StrEnum):
    """In the order in which they are tried: the first that holds is the answer."""

    MALFORMED = "malformed"
    REGISTER_STALE = "register_stale"
    UNKNOWN_CODE = "unknown_code"
    AMBIGUOUS = "ambiguous"
    NOT_YET_OPEN = "not_yet_open"
    MERGED_INTO = "merged_into"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    AUTHORISED = "authorised"
    NOT_AUTHORISED = "not_authorised"
    NOT_RECORDED = "not_recorded"


class Why(StrEnum):
    """Every reason there is. Those of a decision explain it; `mapapp` has the words."""

    NOTHING_PUBLISHED = "nothing_published"
    REGISTER_TOO_OLD = "register_too_old"
    REGISTER_AWAY = "register_away"
    NOBODY_KNOWN_BY_THIS = "nobody_known_by_this"
    CODE_AND_NAME_DISAGREE = "code_and_name_disagree"
    SEVERAL_INSTITUTIONS = "several_institutions"
    OPENS_LATER = "opens_later"
    SUCCEEDED = "succeeded"
    SUCCESSOR_NOT_RECORDED = "successor_not_recorded"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    OPEN = "open"
    STATUS_NOT_RECORDED = "status_not_recorded"
    SUCCESSION_WITHOUT_DAY = "succession_without_day"
    LICENCE_IN_FORCE = "licence_in_force"
    LICENCE_WITHOUT_START = "licence_without_start"
    NO_LICENCE_IN_FORCE = "no_licence_in_force"
    PROGRAMME_LICENSED = "programme_licensed"
    PROGRAMME_WITHOUT_LICENCE = "programme_without_licence"
    PROGRAMME_LICENCE_ENDED = "programme_licence_ended"
    PROGRAMME_CAMPUS_NOT_OPEN = "programme_campus_not_open"
    NO_PROGRAMME = "no_programme"
    TEACH_OUT = "teach_out"
    ENROLMENT_STOPPED = "enrolment_stopped"
    ENROLMENT_NOT_STOPPED = "enrolment_not_stopped"
    DECLARED_COMPLETE = "declared_complete"
    NOT_DECLARED_COMPLETE = "not_declared_complete"
    OCCUPATION_NOT_CONSIDERED = "occupation_not_considered"


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the explanation with the facts it rests on."""

    why: Why
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """An institution in an answer, with its official name on the day asked about."""

    id: str
    name: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several plausible institutions; `matched` tells by what it was found."""

    institution: Named
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Successor:
    """A later institution on the way from the one asked about; `continues` is False where it has ended in turn."""

    institution: Named
    kind: str
    predecessor: str
    effective_on: date | None
    keeps_records: bool
    continues: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a question on a day in a release; equal inputs give equal decisions.

    `records_held_by` is empty where the register does not say who keeps the records now.
    """

    question: Question
    on: date
    release: int
    answer: Answer
    reasons: tuple[Reason, ...]
    data_status: str
    institution: Named | None = None
    matched: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    successors: tuple[Successor, ...] = ()
    records_held_by: tuple[Named, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The facts relied on, each once, in the order of the reasons."""
        return tuple(dict.fromkeys(fact for reason in self.reasons for fact in reason.facts))

    @property
    def licences(self) -> tuple[str, ...]:
        """Numbers of the licences relied on."""
        return tuple(dict.fromkeys(fact.value for fact in self.facts if fact.kind == "licence"))

    @property
    def decisions(self) -> tuple[str, ...]:
        """Numbers of the administrative decisions behind the facts relied on."""
        numbers = (fact.origin.decision for fact in self.facts)
        return tuple(dict.fromkeys(number for number in numbers if number))
