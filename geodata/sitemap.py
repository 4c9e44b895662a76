"""The institutions as search engines list them: in parts of a size they take, each with the day it last changed.

A part is all institutions whose ids share a beginning. Ids are random, so parts are of about one size, stay the same
while the register grows, and each is one range of an index.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.models import Institution, InstitutionState, Release
from geodata.registry_ids import ALPHABET

MOST_IN_A_PART = 2_000
FIRST = "v"
"""What every id begins with."""


def parts(session: Session) -> tuple[str, ...]:
    """The beginnings of ids that divide the register into parts of about `MOST_IN_A_PART` at most."""
    total = session.scalar(select(func.count()).select_from(Institution)) or 0
    beginnings = [FIRST]
    while total > MOST_IN_A_PART * len(beginnings):
        beginnings = [beginning + letter for beginning in beginnings for letter in ALPHABET]
    return tuple(beginnings)


def is_part(beginning: str) -> bool:
    """Whether ids may begin so."""
    return beginning[:1] == FIRST and len(beginning) < 6 and all(letter in ALPHABET for letter in beginning[1:])


def last_changes(session: Session, beginning: str) -> list[tuple[str, datetime]]:
    """(id, when a release last changed what is shown) of the institutions of a part, by id."""
    shown = InstitutionState
    latest = (
        select(shown.institution_id, func.max(shown.release_from).label("release"))
        .where(shown.release_to.is_(None), shown.institution_id >= beginning, shown.institution_id < after(beginning))
        .group_by(shown.institution_id)
        .subquery()
    )
    rows = select(latest.c.institution_id, Release.published_at).join(Release, Release.id == latest.c.release)
    return [(id_, changed) for id_, changed in session.execute(rows.order_by(latest.c.institution_id))]


def after(beginning: str) -> str:
    """The first text behind everything that begins so."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)
