"""People as those see them who look after them: who, with which rights, in which state, when they were last here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from geodata.models import Person as Account
from geodata.models import PersonRight, SignInEvent
from geodata.people.rights import Person, may, provinces_for
from geodata.people.sessions import lasts
from geodata.text import clean
from geodata.vocabulary import PersonAct, SignInOutcome

REPORTERS_WITHIN = """
    SELECT person_id FROM (
        SELECT *, bool_or(lasts) OVER (PARTITION BY person_id) AS any_lasts FROM (
            SELECT *, valid_to IS NULL OR valid_to > greatest(valid_from, :at) AS lasts FROM person_right
        ) AS judged
    ) AS theirs WHERE lasts OR NOT any_lasts GROUP BY person_id
    HAVING bool_and(role = 'reporter' AND cardinality(institution_provinces(institution_id)) > 0
        AND institution_provinces(institution_id) <@ CAST(:provinces AS text[]))
"""


class AccountState(StrEnum):
    """What keeps somebody from working here, the first that holds; `active` where nothing does."""

    LOCKED = "locked"
    LOCKED_OUT = "locked_out"
    REVOKED = "revoked"
    NO_RIGHT = "no_right"
    INVITED = "invited"
    ACTIVE = "active"


@dataclass(frozen=True)
class Listed:
    """One person with the rights that stand or will."""

    account: Account
    rights: tuple[PersonRight, ...]
    state: AccountState
    last_here: datetime | None
    second_factor: bool


def page(
    session: Session, manager: Person, *, words: str = "", after: str = "", limit: int = 50, at: datetime
) -> list[Listed]:
    """Whom the person looks after, by login, after one login; a national steward sees themselves too. `words` are part
    of a login or name."""
    chosen = select(Account).where(Account.login > after).order_by(Account.login).limit(limit)
    if not may(manager, PersonAct.MANAGE_USERS):
        provinces = sorted(provinces_for(manager, PersonAct.MANAGE_REPORTERS) or ())
        within = text(REPORTERS_WITHIN).bindparams(at=at, provinces=provinces).columns(PersonRight.person_id)
        chosen = chosen.where(Account.id.in_(within), Account.id != manager.id)
    if words := clean(words):
        like = f"%{escaped(words)}%"
        chosen = chosen.where(or_(Account.login.ilike(like, escape="\\"), Account.name.ilike(like, escape="\\")))
    return described(session, list(session.scalars(chosen)), at=at)


def escaped(words: str) -> str:
    """Words in which nothing stands for other letters in LIKE."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def described(session: Session, accounts: Sequence[Account], *, at: datetime) -> list[Listed]:
    """The accounts with what is told of them, in their order."""
    ids = [account.id for account in accounts]
    rights = session.scalars(select(PersonRight).where(PersonRight.person_id.in_(ids)).order_by(PersonRight.id)).all()
    signed_in = SignInEvent.outcome == SignInOutcome.SIGNED_IN
    last = select(SignInEvent.person_id, func.max(SignInEvent.at)).where(SignInEvent.person_id.in_(ids), signed_in)
    seen = dict(session.execute(last.group_by(SignInEvent.person_id)).all())
    found = []
    for account in accounts:
        every = [right for right in rights if right.person_id == account.id]
        theirs = tuple(right for right in every if lasts(right, at=at))
        begun = any(right.valid_from <= at for right in theirs)
        state = _state(account, theirs, had=bool(every), begun=begun, at=at)
        found.append(Listed(account, theirs, state, seen.get(account.id), account.totp_secret is not None))
    return found


def _state(account: Account, rights: Sequence[PersonRight], *, had: bool, begun: bool, at: datetime) -> AccountState:
    if not account.active:
        return AccountState.LOCKED
    if account.locked_until is not None and account.locked_until > at:
        return AccountState.LOCKED_OUT
    if not rights:
        return AccountState.REVOKED if had else AccountState.NO_RIGHT
    if account.password_hash is None and account.oidc_subject is None:
        return AccountState.INVITED
    if not begun:
        return AccountState.NO_RIGHT
    return AccountState.ACTIVE
