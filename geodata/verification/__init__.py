"""Was this institution authorised to do that on that day? One of a closed set of answers, with its reasons.

`decide` and `decide_many` read the facts of a release and hand them to pure rules (`rules.decide_from`): the same
release, question and day always give the same decision.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from geodata.verification.answers import Answer, Candidate, Decision, Named, Reason, Successor, Why
from geodata.verification.facts import Edition, Fact
from geodata.verification.loading import Shelf, edition, known_by_code, known_by_name, records
from geodata.verification.question import Action, Fault, MalformedQuestion, Question, parse
from geodata.verification.rules import decide_from

__all__ = [
    "Action",
    "Answer",
    "Candidate",
    "Decision",
    "Edition",
    "Fact",
    "Fault",
    "MalformedQuestion",
    "Named",
    "Question",
    "Reason",
    "Shelf",
    "Successor",
    "Why",
    "decide",
    "decide_many",
    "edition",
    "parse",
]

MAX_AGE_DAYS = 400
"""A release tells of days up to so long after its publication; reports are yearly, so a year and a month of grace."""


def decide(
    session: Session,
    question: Question,
    *,
    on: date,
    release: int | None = None,
    max_age_days: int = MAX_AGE_DAYS,
    shelf: Shelf | None = None,
) -> Decision:
    """The answer for the day `on` according to a release (None: the current one). Raises `UnknownRelease`.

    `shelf` keeps in memory what was read of a release; without one everything is read anew.
    """
    return decide_many(session, [(question, on)], release=release, max_age_days=max_age_days, shelf=shelf)[0]


def decide_many(
    session: Session,
    asked: Sequence[tuple[Question, date]],
    *,
    release: int | None = None,
    max_age_days: int = MAX_AGE_DAYS,
    shelf: Shelf | None = None,
) -> tuple[Decision, ...]:
    """One answer per (question, day), in order, all from one release; as many statements as for one question."""
    shelf = shelf or Shelf()
    told = edition(session, release, shelf)
    by_code = known_by_code(session, [question.code for question, _ in asked if question.code], told, shelf)
    by_name = known_by_name(session, [question.name for question, _ in asked if question.name], told, shelf)
    matches = [match for found in (*by_code.values(), *by_name.values()) for match in found]
    known = records(session, {match.institution_id for match in matches}, told, shelf)
    return tuple(
        decide_from(
            question,
            on,
            told,
            by_code[question.code] if question.code else None,
            by_name[question.name] if question.name else None,
            known,
            max_age_days=max_age_days,
        )
        for question, on in asked
    )
