"""Permits to publish: what says something of every province at once is written by publications of the application only.

Sums, tiles, the number of the current release and the releases themselves are made from everybody's facts with each
publication, whoever's it is. So whoever publishes anywhere writes all of them, and no province in a row could tell what
is theirs. The door gives a person a permit when they ask the application to publish; the application shows it to the
database while it publishes (`show`, `hide`) and nobody else knows it. SQL under the same token has none: the policies
let it write nothing of these (`publishing()` in the migrations). A rehearsal needs none, because it never stays.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, text
from sqlalchemy.orm import Session, sessionmaker

from geodata.models import PublicationPermit
from geodata.people.sessions import JOB_LASTS
from geodata.people.tokens import new_token, token_hash

LASTS: timedelta = JOB_LASTS
_PERMIT = "permit to publish"
_SHOWN = text("SELECT set_config('mapapp.permit', :permit, true)")


def issue(session: Session, person_id: int, *, at: datetime) -> str:
    """A permit for the person, good for one job's time wherever they may publish; those that are over go. Needs the
    door's role."""
    session.execute(delete(PublicationPermit).where(PublicationPermit.expires_at <= at))
    permit = new_token()
    session.add(
        PublicationPermit(token_hash=token_hash(permit), person_id=person_id, made_at=at, expires_at=at + LASTS)
    )
    session.flush()
    return permit


def carry(session: Session | sessionmaker[Session], permit: str) -> None:
    """Publications of the session, or of those that these make, show the permit."""
    if isinstance(session, Session):
        session.info[_PERMIT] = permit
    else:
        session.configure(info={_PERMIT: permit})


def show(session: Session) -> None:
    """From here on the transaction publishes. Without a permit nothing happens: the operator needs none."""
    if permit := session.info.get(_PERMIT):
        session.execute(_SHOWN, {"permit": permit})


def hide(session: Session) -> None:
    """The publication is written: what else the transaction does is no part of it."""
    if session.info.get(_PERMIT):
        session.execute(_SHOWN, {"permit": ""})
