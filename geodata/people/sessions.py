"""Sessions: a token for a browser or a job, changed for another from time to time, over after a while, ended at once.

The database's policies judge a token by the same rules (`acting_person` in the migrations).
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from geodata.models import Person as Account
from geodata.models import PersonRight, PersonSession
from geodata.people.rights import Person, Right
from geodata.people.tokens import new_token, token_hash
from geodata.vocabulary import Role, SessionKind

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=1)
CHANGED_EVERY = timedelta(minutes=15)
STILL_GOOD = timedelta(seconds=60)
"""For so long a token that was changed is taken: requests of the same page may be under way with it."""

JOB_LASTS = timedelta(hours=2)
NOTED_EVERY = timedelta(seconds=60)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Seat:
    """A person at work: who, in which session, and the token to act under. `second_factor`: they have one; `changed`:
    the browser needs the new token; `written`: something is to be committed."""

    person: Person
    series: str
    token: str
    method: str
    opened_at: datetime
    second_factor: bool
    changed: bool = False
    written: bool = False


def open_session(
    session: Session,
    person_id: int,
    *,
    at: datetime,
    agent: str = "",
    method: str = "password",
    kind: SessionKind = SessionKind.BROWSER,
) -> str:
    """A new session's token; nothing of an earlier session of the same browser is in it."""
    token = new_token()
    session.add(
        PersonSession(
            token_hash=token_hash(token),
            person_id=person_id,
            kind=kind.value,
            series=secrets.token_hex(16),
            agent=agent[:200],
            method=method,
            opened_at=at,
            made_at=at,
            seen_at=at,
            expires_at=at + (JOB_LASTS if kind is SessionKind.JOB else LASTS),
        )
    )
    session.flush()
    return token


def take_seat(session: Session, token: str, *, at: datetime) -> Seat | None:
    """Who acts under the token now; notes that they were here and changes a token that has served its time.

    None when it is none, is over, was ended, or the person may not sign in any more. A token that comes back long after
    it was changed was copied: its whole series ends.
    """
    found = session.get(PersonSession, token_hash(token))
    if found is None:
        return None
    if found.replaced_at is not None and at - found.replaced_at >= STILL_GOOD:
        end_series(session, found.series, at=at)
        return None
    account = session.get(Account, found.person_id)
    if account is None or not account.active or not _stands(found, at):
        return None
    seat = Seat(
        Person(account.id, account.login, account.name, rights_of(session, account.id, at=at)),
        *(found.series, token, found.method, found.opened_at, account.totp_secret is not None),
    )
    if found.kind == SessionKind.BROWSER and found.replaced_at is None and at - found.made_at >= CHANGED_EVERY:
        return _changed(session, found, seat, at)
    return _noted(found, seat, at)


def _stands(found: PersonSession, at: datetime) -> bool:
    idle = found.kind == SessionKind.BROWSER and at - found.seen_at >= IDLE
    return found.revoked_at is None and at < found.expires_at and not idle


def _noted(found: PersonSession, seat: Seat, at: datetime) -> Seat:
    if at - found.seen_at < NOTED_EVERY:
        return seat
    found.seen_at = at
    return replace(seat, written=True)


def _changed(session: Session, found: PersonSession, seat: Seat, at: datetime) -> Seat:
    """Another token in the place of this one; of two requests at once, one changes it and the other goes on."""
    first = update(PersonSession).where(
        PersonSession.token_hash == found.token_hash, PersonSession.replaced_at.is_(None)
    )
    if not session.execute(first.values(replaced_at=at, seen_at=at).returning(PersonSession.person_id)).first():
        return seat
    token = new_token()
    kept = {name: getattr(found, name) for name in ("person_id", "kind", "series", "agent", "method", "opened_at")}
    session.add(
        PersonSession(
            token_hash=token_hash(token),
            made_at=at,
            seen_at=at,
            expires_at=found.expires_at,
            rotated_from=found.token_hash,
            **kept,
        )
    )
    session.flush()
    return replace(seat, token=token, changed=True, written=True)


def rights_of(session: Session, person_id: int, *, at: datetime) -> tuple[Right, ...]:
    """The rights that stand at the moment, each over the provinces that its own became by that day."""
    day = at.astimezone(VIETNAM).date()
    territory = func.territory_on(PersonRight.province_key, day)
    rows = session.execute(
        select(PersonRight.role, PersonRight.province_key, PersonRight.institution_id, territory)
        .where(PersonRight.person_id == person_id, standing(at))
        .order_by(PersonRight.id)
    )
    return tuple(
        Right(Role(role), None if province is None and institution is None else frozenset(codes or ()), institution)
        for role, province, institution, codes in rows
    )


def standing(at: datetime) -> ColumnElement[bool]:
    """Rights that hold at the moment."""
    ends = PersonRight.valid_to
    return (PersonRight.valid_from <= at) & or_(ends.is_(None), ends > at)


def lasting(at: datetime) -> ColumnElement[bool]:
    """Rights that hold at the moment or will: not one that was taken away before it began."""
    ends = PersonRight.valid_to
    return or_(ends.is_(None), ends > func.greatest(PersonRight.valid_from, at))


def lasts(right: PersonRight, *, at: datetime) -> bool:
    """The same of one right."""
    return right.valid_to is None or right.valid_to > max(right.valid_from, at)


def open_sessions(session: Session, person_id: int, *, at: datetime) -> list[PersonSession]:
    """The latest token's row of each session that still stands, newest first."""
    live = (
        PersonSession.person_id == person_id,
        PersonSession.revoked_at.is_(None),
        PersonSession.replaced_at.is_(None),
        PersonSession.expires_at > at,
        or_(PersonSession.kind == SessionKind.JOB, PersonSession.seen_at > at - IDLE),
    )
    return list(session.scalars(select(PersonSession).where(*live).order_by(PersonSession.opened_at.desc())))


def end_series(session: Session, series: str, *, at: datetime, person_id: int | None = None) -> int:
    """End a session, whichever of its tokens is in use; with `person_id` only if it is theirs. How many rows ended."""
    theirs = [] if person_id is None else [PersonSession.person_id == person_id]
    return _end(session, at, PersonSession.series == series, *theirs)


def end_all(session: Session, person_id: int, *, at: datetime, but: str | None = None) -> int:
    """End every session of a person, but for one series."""
    others = [] if but is None else [PersonSession.series != but]
    return _end(session, at, PersonSession.person_id == person_id, *others)


def _end(session: Session, at: datetime, *which: ColumnElement[bool]) -> int:
    ended = update(PersonSession).where(*which, PersonSession.revoked_at.is_(None)).values(revoked_at=at)
    return len(session.execute(ended.returning(PersonSession.token_hash)).all())
