"""Accounts as operators and the people themselves look after them: new ones, rights, locks, invitations, passwords."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geodata.administrative_units import Unit, resolve
from geodata.errors import GeodataError
from geodata.models import Institution, Person, PersonInvitation, PersonRight
from geodata.people import second_factor
from geodata.people.events import note
from geodata.people.passwords import hashed
from geodata.people.sessions import end_all, standing
from geodata.people.tokens import new_token, token_hash
from geodata.text import clean
from geodata.vocabulary import Role, SignInOutcome, UnitLevel

INVITATION_LASTS = timedelta(hours=72)


class AccountRefused(GeodataError):
    """What cannot be done to an account, and why; `fault` names it for pages."""

    def __init__(self, words: str, fault: str = "") -> None:
        super().__init__(words)
        self.fault = fault


class InvitationSpent(GeodataError):
    """An invitation that was used, is too old, or never was one."""


@dataclass(frozen=True)
class Granted:
    """A right as it was given: over which province (None: the country), and what that province is today."""

    right: PersonRight
    province: Unit | None


def find(session: Session, login: str) -> Person:
    """The account; raises `AccountRefused`."""
    person = session.scalar(select(Person).where(Person.login == spelled(login)))
    if person is None:
        raise AccountRefused(f"there is no person {login!r}; see: mapapp users list")
    return person


def spelled(login: str) -> str:
    """A login as it is kept: lower case, without spaces around, control characters and what nobody sees."""
    return clean(login).lower()


def add(session: Session, login: str, name: str, *, by: str, oidc_subject: str | None = None) -> Person:
    """A new account without password and rights. Raises `AccountRefused` for a taken or unusable login."""
    person = Person(login=spelled(login), name=clean(name) or spelled(login), created_by=by, oidc_subject=oidc_subject)
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError as error:
        raise _why(error, login) from error
    return person


def _why(error: IntegrityError, login: str) -> AccountRefused:
    if "uq_person_oidc_subject" in str(error.orig):
        return AccountRefused("this subject of the identity provider belongs to another person")
    if "uq_person_login" in str(error.orig):
        return AccountRefused(f"the login {login!r} is taken", "taken")
    spelling = "2 to 64 of a-z, 0-9 and . _ @ -, beginning with a letter or digit"
    return AccountRefused(f"{login!r} cannot be a login: {spelling}", "login")


def grant(
    session: Session,
    person: Person,
    role: Role,
    *,
    by: str,
    at: datetime,
    province: str | None = None,
    institution: str | None = None,
    starts: datetime | None = None,
    until: datetime | None = None,
) -> Granted:
    """Give a role over a province (its code or name), an institution, or without either the whole country, from now or
    a later day on, and for good or until another.

    Raises `AccountRefused` when the role does not go with the place, or the person has it already.
    """
    unit = _province(session, province) if province else None
    if institution is not None and session.get(Institution, institution) is None:
        raise AccountRefused(f"there is no institution {institution!r}: give its registry id", "institution")
    right = PersonRight(
        person_id=person.id,
        role=role.value,
        province_key=unit.key if unit else None,
        institution_id=institution,
        valid_from=starts or at,
        valid_to=until,
        granted_by=by,
        granted_at=at,
    )
    try:
        with session.begin_nested():
            session.add(right)
    except IntegrityError as error:
        raise AccountRefused(*_why_not(error, role)) from error
    return Granted(right, unit)


def _province(session: Session, text: str) -> Unit:
    found = resolve(session, text, level=UnitLevel.PROVINCE)
    if found.unit is None:
        raise AccountRefused(f"{text!r} names no single province: give its code or full name", "province")
    return found.unit


def _why_not(error: IntegrityError, role: Role) -> tuple[str, str]:
    """In words, and as a fault."""
    told = str(error.orig)
    reasons = {
        "uq_person_right_standing": ("the person has this right already", "had"),
        "reporters_have": (
            "a reporter needs an institution and no province, and only a reporter has an institution",
            "reporter",
        ),
        "provincial_has_a_province": ("a provincial steward needs a province", "needs_province"),
        "national_has_none": ("a national steward is one for the whole country", "needs_none"),
    }
    unlike = (f"{role} does not go with this place", "place")
    return next((reason for name, reason in reasons.items() if name in told), unlike)


def revoke(session: Session, person: Person, right_id: int, *, by: str, at: datetime) -> None:
    """End a right now; its row stays. Raises `AccountRefused` when the person has no such right."""
    theirs = PersonRight.id == right_id, PersonRight.person_id == person.id, standing(at)
    ended = update(PersonRight).where(*theirs).values(valid_to=at, ended_by=by).returning(PersonRight.id)
    if session.execute(ended).first() is None:
        raise AccountRefused(f"{person.login} has no right number {right_id}; see: mapapp users list")


def lock(session: Session, person: Person, *, at: datetime) -> None:
    """Nobody signs in as this person any more, whoever is signed in is so no longer, and an open link is none."""
    person.active = False
    forget_invitations(session, person)
    end_all(session, person.id, at=at)


def unlock(person: Person) -> None:
    """The person may sign in again, also when failed attempts had locked them out."""
    person.active, person.failed_count, person.locked_until = True, 0, None


def listed(session: Session) -> list[Person]:
    """Every account, by login."""
    return list(session.scalars(select(Person).order_by(Person.login)))


def rights_listed(session: Session, person_id: int, *, at: datetime) -> list[PersonRight]:
    """The rights that stand, oldest first."""
    theirs = select(PersonRight).where(PersonRight.person_id == person_id, standing(at)).order_by(PersonRight.id)
    return list(session.scalars(theirs))


def invite(session: Session, person: Person, *, by: str, at: datetime, forget_second_factor: bool = False) -> str:
    """The token of a link with which the person sets a password once; an earlier link works no more. Raises
    `AccountRefused` while the account is locked: the link would open nothing."""
    if not person.active:
        raise AccountRefused(f"{person.login} is locked; unlock the account first", "locked")
    session.execute(delete(PersonInvitation).where(PersonInvitation.person_id == person.id))
    if forget_second_factor:
        second_factor.remove(session, person)
    token = new_token()
    session.add(
        PersonInvitation(
            token_hash=token_hash(token), person_id=person.id, made_by=by, made_at=at, expires_at=at + INVITATION_LASTS
        )
    )
    note(session, SignInOutcome.INVITED, at=at, person_id=person.id)
    return token


def forget_invitations(session: Session, person: Person) -> None:
    """Links that were not used yet work no more."""
    still_open = PersonInvitation.person_id == person.id, PersonInvitation.used_at.is_(None)
    session.execute(delete(PersonInvitation).where(*still_open))


def invited(session: Session, token: str, *, at: datetime) -> Person | None:
    """Whose invitation it is, while it can be used."""
    good = PersonInvitation.used_at.is_(None), PersonInvitation.expires_at > at
    asked = select(Person).join(PersonInvitation).where(PersonInvitation.token_hash == token_hash(token), *good)
    return session.scalar(asked.where(Person.active))


def accept(session: Session, token: str, password: str, *, at: datetime) -> Person:
    """Use the invitation up and set the password. Raises `InvitationSpent`, and `WeakPassword`, after which the caller
    rolls back."""
    person = invited(session, token, at=at)
    if person is None:
        raise InvitationSpent("this invitation was used already or is too old")
    used = update(PersonInvitation).where(
        PersonInvitation.token_hash == token_hash(token), PersonInvitation.used_at.is_(None)
    )
    if session.execute(used.values(used_at=at).returning(PersonInvitation.person_id)).first() is None:
        raise InvitationSpent("this invitation was used already")
    set_password(session, person, password, at=at)
    return person


def set_password(session: Session, person: Person, password: str, *, at: datetime, but: str | None = None) -> None:
    """A new password; whoever is signed in with the old one is so no longer, but for one session, and an open link for
    another is none. Raises `WeakPassword`."""
    person.password_hash = hashed(password, login=person.login)
    forget_invitations(session, person)
    person.failed_count, person.locked_until = 0, None
    end_all(session, person.id, at=at, but=but)
    note(session, SignInOutcome.PASSWORD_SET, at=at, person_id=person.id)
    session.flush()
