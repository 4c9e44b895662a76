"""Coming in by password and second factor: one answer for every failure, the same work for everybody, and lockout.

After five failures in a row an account is locked for a minute, then twice as long with each further one, an hour at
most: guessing ends, and nobody is kept out for good. Attempts while it is locked are not looked at.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from geodata.models import Person
from geodata.people import second_factor
from geodata.people.accounts import spelled
from geodata.people.events import note
from geodata.people.passwords import matches
from geodata.people.second_factor import Vault
from geodata.people.sessions import open_session
from geodata.vocabulary import SignInOutcome

FREE_FAILURES = 5
FIRST_LOCK = timedelta(minutes=1)
LONGEST_LOCK = timedelta(hours=1)


@dataclass(frozen=True)
class Attempt:
    """What somebody typed, and from where."""

    login: str
    password: str
    code: str = ""
    address: str = ""
    agent: str = ""


def sign_in(session: Session, attempt: Attempt, *, vault: Vault, at: datetime) -> str | None:
    """The token of a new session, or None: nothing tells whether login, password, code or a lock was the reason."""
    person = session.scalar(select(Person).where(Person.login == spelled(attempt.login)[:64]).with_for_update())
    right_password = matches(attempt.password, person.password_hash if person else None)
    if person is None:
        _refused(session, None, attempt, SignInOutcome.REFUSED, at)
        return None
    if not person.active or (person.locked_until is not None and person.locked_until > at):
        _refused(session, None, attempt, SignInOutcome.LOCKED_OUT, at, person.id)
        return None
    method = _method(session, person, attempt.code, vault, at) if right_password else None
    if method is None:
        _refused(session, person, attempt, SignInOutcome.REFUSED, at, person.id)
        return None
    return let_in(session, person, method=method, at=at, address=attempt.address, agent=attempt.agent)


def let_in(session: Session, person: Person, *, method: str, at: datetime, address: str, agent: str) -> str:
    """A session for a person who showed who they are."""
    person.failed_count, person.locked_until = 0, None
    if "recovery" in method:
        note(session, SignInOutcome.RECOVERY_CODE_USED, at=at, person_id=person.id, address=address)
    note(session, SignInOutcome.SIGNED_IN, at=at, person_id=person.id, method=method, address=address)
    return open_session(session, person.id, at=at, agent=agent, method=method)


def by_subject(session: Session, subject: str) -> Person | None:
    """The person whom the identity provider knows as this subject, if they may sign in."""
    return session.scalar(select(Person).where(Person.oidc_subject == subject, Person.active))


def _method(session: Session, person: Person, code: str, vault: Vault, at: datetime) -> str | None:
    if person.totp_secret is None:
        return "password"
    second = second_factor.passes(session, person, code, vault=vault, at=at)
    return f"password+{second}" if second else None


def _refused(
    session: Session,
    person: Person | None,
    attempt: Attempt,
    outcome: SignInOutcome,
    at: datetime,
    person_id: int | None = None,
) -> None:
    """Count the failure (of nobody: the same statements without effect) and note it."""
    count = person.failed_count + 1 if person else 0
    failed = update(Person).where(Person.id == (person.id if person else 0))
    session.execute(failed.values(failed_count=count, locked_until=_until(count, at)))
    note(session, outcome, at=at, person_id=person_id, method="password", address=attempt.address)


def _until(failures: int, at: datetime) -> datetime | None:
    if failures < FREE_FAILURES:
        return None
    doublings = min(failures - FREE_FAILURES, 10)
    return at + min(FIRST_LOCK * (1 << doublings), LONGEST_LOCK)
