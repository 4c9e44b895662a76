"""A record was checked against a source and stands as it is."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.models import RecordConfirmation
from geodata.people.rights import Person
from geodata.proposals.refusals import Fault, Faulty
from geodata.text import clean


def confirm(session: Session, person: Person, institution: str, *, source: str, on: date) -> None:
    """Remember that the person found the record right, and by what. Raises `Faulty`. The caller commits."""
    named = clean(source)[:200]
    if not named:
        raise Faulty(Fault("source", "Hãy ghi đã đối chiếu với nguồn nào.", "Say which source it was checked against."))
    session.add(RecordConfirmation(institution_id=institution, confirmed_on=on, source=named, by_id=person.id))
    session.flush()


def version(session: Session) -> int:
    """A number that grows with every confirmation: counts are remembered no longer than it stands."""
    return session.scalar(select(func.max(RecordConfirmation.id))) or 0
