"""What happened at the door, for those who look after the installation; no secrets, and not for ever."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from geodata.models import SignInEvent
from geodata.vocabulary import SignInOutcome

KEPT = timedelta(days=365)


def note(
    session: Session,
    outcome: SignInOutcome,
    *,
    at: datetime,
    person_id: int | None = None,
    method: str = "",
    address: str = "",
) -> None:
    """Write what happened; what is older than a year goes."""
    session.execute(delete(SignInEvent).where(SignInEvent.at < at - KEPT))
    session.add(
        SignInEvent(at=at, person_id=person_id, outcome=outcome.value, method=method, address=address[:64]),
    )
    session.flush()


def latest(session: Session, person_id: int, *, limit: int = 20) -> list[SignInEvent]:
    """What last happened with a person's account, newest first."""
    theirs = select(SignInEvent).where(SignInEvent.person_id == person_id)
    return list(session.scalars(theirs.order_by(SignInEvent.at.desc(), SignInEvent.id.desc()).limit(limit)))
