"""Looking after other people's accounts: who may do it to whom, and every act with who, when and why.

A national steward looks after everybody else; a provincial steward after people who are nothing but reporters of
institutions of the own provinces, or were nothing else until their last right ended. Nobody looks after themselves,
so nobody raises their own rights; one national steward without an end stays. For rights, locks, logins and the record
of acts the database asks the door's role the same (`looks_after`, policies and a trigger); for passwords, second
factors, links and sessions these functions alone do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from geodata.models import Person as Account
from geodata.models import PersonRight
from geodata.people import accounts, second_factor
from geodata.people.accounts import AccountRefused
from geodata.people.acts import Hand, detail, note
from geodata.people.rights import Person, may, may_somewhere, provinces_for
from geodata.people.sessions import end_all, lasting
from geodata.vocabulary import AccountStep, PersonAct, Role

LAST_STEWARD_LOCK = 7_400_226
LONGEST_NAME = 120


class NotYours(AccountRefused):
    """Whoever asks does not look after this person."""


@dataclass(frozen=True)
class Asked:
    """A right to be given: `starts` and `until` are moments; None: now, and for good."""

    role: Role
    province: str | None = None
    institution: str | None = None
    starts: datetime | None = None
    until: datetime | None = None


def looks_after(session: Session, manager: Person, account: Account, *, at: datetime) -> bool:
    """Whether the person may act on the account at all."""
    if account.id == manager.id:
        return False
    if may(manager, PersonAct.MANAGE_USERS):
        return True
    theirs = _lasting(session, account.id, at) or rights(session, account.id)
    return bool(theirs) and all(_own_reporter(session, manager, right.role, right.institution_id) for right in theirs)


def require_looking_after(session: Session, manager: Person, account: Account, *, at: datetime) -> None:
    """Raises `NotYours`."""
    if not looks_after(session, manager, account, at=at):
        raise NotYours(f"{manager.login} does not look after {account.login}", "not_yours")


def may_give(session: Session, manager: Person, role: Role, institution: str | None) -> bool:
    """Whether the person may give this role at all: over the country's people, or to reporters of own institutions."""
    return may(manager, PersonAct.MANAGE_USERS) or _own_reporter(session, manager, role, institution)


def _own_reporter(session: Session, manager: Person, role: str, institution: str | None) -> bool:
    provinces = provinces_for(manager, PersonAct.MANAGE_REPORTERS)
    if role != Role.REPORTER or institution is None or not provinces:
        return False
    found = session.scalar(text("SELECT institution_provinces(:id)"), {"id": institution})
    return bool(found) and set(found) <= provinces


def _lasting(session: Session, person_id: int, at: datetime) -> list[PersonRight]:
    """Rights that hold now or will."""
    theirs = select(PersonRight).where(PersonRight.person_id == person_id, lasting(at))
    return list(session.scalars(theirs.order_by(PersonRight.id)))


def rights(session: Session, person_id: int) -> list[PersonRight]:
    """Every right the person has, had or will have, the latest first."""
    theirs = select(PersonRight).where(PersonRight.person_id == person_id)
    return list(session.scalars(theirs.order_by(PersonRight.valid_to.desc().nulls_first(), PersonRight.id.desc())))


def create(session: Session, hand: Hand, login: str, name: str, asked: Asked) -> tuple[Account, str]:
    """A new account with a first right, and the token of the link with which the person sets a password once.

    Raises `AccountRefused` (its subclass `NotYours` for a right that is not the person's to give)."""
    _require_reason(hand)
    if not may_somewhere(hand.person, PersonAct.MANAGE_USERS) and asked.role is not Role.REPORTER:
        raise NotYours(f"{hand.person.login} gives no such right", "not_yours")
    account = accounts.add(session, login, name[:LONGEST_NAME], by=hand.person.actor)
    right = _given(session, hand, account, asked)
    note(session, hand, account.id, AccountStep.CREATED)
    note(session, hand, account.id, AccountStep.GRANTED, detail(right))
    return account, invite(session, hand, account)


def grant(session: Session, hand: Hand, account: Account, asked: Asked) -> PersonRight:
    """One more right. A link for a password that is still open works no more: whoever has it may have got it when the
    account was worth less. Raises `AccountRefused`, `NotYours`."""
    with _acting_on(session, hand, account):
        accounts.forget_invitations(session, account)
        right = _given(session, hand, account, asked)
        note(session, hand, account.id, AccountStep.GRANTED, detail(right))
    return right


def _given(session: Session, hand: Hand, account: Account, asked: Asked) -> PersonRight:
    if not may_give(session, hand.person, asked.role, asked.institution):
        raise NotYours(f"{hand.person.login} gives no such right", "not_yours")
    starts = max(asked.starts or hand.at, hand.at)
    if asked.until is not None and asked.until <= starts:
        raise AccountRefused("the right would end before it begins", "until")
    granted = accounts.grant(
        session,
        account,
        asked.role,
        by=hand.person.actor,
        at=hand.at,
        province=asked.province,
        institution=asked.institution,
        starts=starts,
        until=asked.until,
    ).right
    if any(_same(right, granted) for right in _lasting(session, account.id, starts) if right.id != granted.id):
        raise AccountRefused("the person has this right already", "had")
    return granted


def _same(one: PersonRight, other: PersonRight) -> bool:
    """Whether two rights are one over some days."""
    alike = (one.role, one.province_key, one.institution_id) == (other.role, other.province_key, other.institution_id)
    return alike and (other.valid_to is None or one.valid_from < other.valid_to)


def end_right(session: Session, hand: Hand, account: Account, right_id: int) -> None:
    """Take a right away now, or one that has not begun. Raises `AccountRefused`, `NotYours`; the last national steward
    stays one."""
    with _acting_on(session, hand, account):
        right = session.get(PersonRight, right_id)
        if right is None or right not in _lasting(session, account.id, hand.at):
            raise AccountRefused(f"{account.login} has no right number {right_id}", "no_right")
        if right.role == Role.NATIONAL_STEWARD:
            require_another_national(session, account.id, at=hand.at)
        note(session, hand, account.id, AccountStep.RIGHT_ENDED, detail(right))
        right.valid_to, right.ended_by = max(hand.at, right.valid_from), hand.person.actor
        session.flush()


def lock(session: Session, hand: Hand, account: Account) -> None:
    """Nobody signs in as this person any more, and every session ends. Raises `AccountRefused`, `NotYours`."""
    with _acting_on(session, hand, account):
        if any(right.role == Role.NATIONAL_STEWARD for right in _lasting(session, account.id, hand.at)):
            require_another_national(session, account.id, at=hand.at)
        note(session, hand, account.id, AccountStep.LOCKED)
        accounts.lock(session, account, at=hand.at)
        session.flush()


def unlock(session: Session, hand: Hand, account: Account) -> None:
    """The person may sign in again, also after too many attempts. Raises `AccountRefused`, `NotYours`."""
    with _acting_on(session, hand, account):
        note(session, hand, account.id, AccountStep.UNLOCKED)
        accounts.unlock(account)
        session.flush()


def reset_second_factor(session: Session, hand: Hand, account: Account) -> None:
    """The person lost their device: they sign in without it and set up another; every session ends. Raises
    `AccountRefused`, `NotYours`."""
    with _acting_on(session, hand, account):
        if account.totp_secret is None:
            raise AccountRefused(f"{account.login} has no second factor", "no_factor")
        note(session, hand, account.id, AccountStep.SECOND_FACTOR_RESET)
        second_factor.remove(session, account)
        end_all(session, account.id, at=hand.at)
        session.flush()


def end_sessions(session: Session, hand: Hand, account: Account) -> int:
    """How many ended. Raises `AccountRefused`, `NotYours`."""
    with _acting_on(session, hand, account):
        note(session, hand, account.id, AccountStep.SESSIONS_ENDED)
        return end_all(session, account.id, at=hand.at)


def invite(session: Session, hand: Hand, account: Account) -> str:
    """The token of a link with which the person sets a new password once. Raises `AccountRefused`, `NotYours`."""
    with _acting_on(session, hand, account):
        note(session, hand, account.id, AccountStep.INVITED)
        return accounts.invite(session, account, by=hand.person.actor, at=hand.at)


@contextmanager
def _acting_on(session: Session, hand: Hand, account: Account) -> Iterator[None]:
    _require_reason(hand)
    require_looking_after(session, hand.person, account, at=hand.at)
    yield


def _require_reason(hand: Hand) -> None:
    if not hand.reason:
        raise AccountRefused("say why", "reason")


def require_another_national(session: Session, person_id: int, *, at: datetime) -> None:
    """Raises `AccountRefused` unless somebody else is a national steward for good and can sign in: not locked, with a
    password or known to the identity provider. One such question at a time: two who took each other's right away at
    once would leave nobody."""
    session.execute(select(func.pg_advisory_xact_lock(LAST_STEWARD_LOCK)))
    others = (
        select(PersonRight.id)
        .join(Account, Account.id == PersonRight.person_id)
        .where(PersonRight.role == Role.NATIONAL_STEWARD, PersonRight.person_id != person_id, Account.active)
        .where(PersonRight.valid_from <= at, PersonRight.valid_to.is_(None))
        .where(or_(Account.password_hash.is_not(None), Account.oidc_subject.is_not(None)))
    )
    if session.scalar(others.limit(1)) is None:
        raise AccountRefused("the last national steward stays", "last")
