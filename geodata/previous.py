"""The way back through a list: where the part before a given one starts."""

from sqlalchemy import literal, select, tuple_
from sqlalchemy.orm import Session

from geodata.filters import InstitutionFilter, conditions
from geodata.institutions import Cursor
from geodata.models import InstitutionState
from geodata.releases import moment

State = InstitutionState


def previous_cursor(session: Session, wanted: InstitutionFilter, cursor: str, *, limit: int) -> str | None:
    """The cursor of the `limit` items before those that `cursor` starts; None when that is the beginning of the list.

    Raises `InvalidCursor`, `UnknownRelease`, `UnknownUnit`.
    """
    start = Cursor.parse(cursor)
    if start.after is None:
        return str(Cursor(start.release, start.offset - limit)) if start.offset > limit else None
    at = moment(session, wanted.on, start.release)
    key = tuple_(State.name_folded, State.institution_id)
    before = (
        select(State.name_folded, State.institution_id)
        .where(*conditions(session, wanted, at), key <= tuple_(*map(literal, start.after)))
        .distinct()
        .order_by(State.name_folded.desc(), State.institution_id.desc())
        .offset(limit)
        .limit(1)
    )
    found = session.execute(before).one_or_none()
    return None if found is None else str(Cursor(start.release, 0, (found.name_folded, found.institution_id)))
