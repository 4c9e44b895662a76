"""What is done to people's accounts, put down for good: by whom, when, why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.models import AccountAct, PersonRight
from geodata.people.rights import Person
from geodata.vocabulary import AccountStep

LONGEST_REASON = 500
OPERATOR = "mapapp users"
"""The reason of what is done by command."""


@dataclass(frozen=True)
class Hand:
    """Who acts, when and why."""

    person: Person
    at: datetime
    reason: str


def note(session: Session, hand: Hand, person_id: int, step: AccountStep, detail: dict[str, str] | None = None) -> None:
    """Put down what is done to an account, before it is done: afterwards it may be nobody's to look after."""
    one = _act(person_id, step, detail, at=hand.at, by=hand.person.name, why=hand.reason)
    one.by_id = hand.person.id
    session.add(one)
    session.flush()


def note_operator(
    session: Session, person_id: int, step: AccountStep, *, by: str, at: datetime, detail: dict[str, str] | None = None
) -> None:
    """The same where the installation's operator does it by command, under a name that no account need have."""
    session.add(_act(person_id, step, detail, at=at, by=by, why=OPERATOR))
    session.flush()


def _act(
    person_id: int, step: AccountStep, detail: dict[str, str] | None, *, at: datetime, by: str, why: str
) -> AccountAct:
    reason = why[:LONGEST_REASON]
    return AccountAct(person_id=person_id, at=at, by_name=by, step=step.value, detail=detail or {}, reason=reason)


def detail(right: PersonRight) -> dict[str, str]:
    """A right as the record of acts keeps it."""
    told = {"role": right.role, "province": right.province_key, "institution": right.institution_id}
    days = {"from": right.valid_from.isoformat(), "until": right.valid_to.isoformat() if right.valid_to else None}
    return {name: value for name, value in {**told, **days}.items() if value}


def acts(session: Session, person_id: int, *, limit: int = 50) -> list[AccountAct]:
    """What was done to the account, the latest first."""
    theirs = select(AccountAct).where(AccountAct.person_id == person_id)
    return list(session.scalars(theirs.order_by(AccountAct.id.desc()).limit(limit)))
