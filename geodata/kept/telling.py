"""Whole answers about single institutions in the small database: a record in the words in which it is sent, for as long
as they hold."""

import sqlite3
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.kept.filling import PORTION, named, named_after
from geodata.models import InstitutionState, Relation
from geodata.records import InstitutionRecord, records
from geodata.releases import Moment, holds_on
from geodata.unit_load import loaded_units

QUICKLY = 3
"""How hard zlib tries: harder takes three times as long for a tenth less."""

TOLD = """
    CREATE TABLE IF NOT EXISTS told (id TEXT PRIMARY KEY, valid_from TEXT, valid_to TEXT, body BLOB);
"""

BEARERS = """
    DROP TABLE IF EXISTS bearer;
    CREATE TABLE bearer (code TEXT PRIMARY KEY, id TEXT, valid_from TEXT) WITHOUT ROWID;
    INSERT INTO bearer SELECT upper(text), min(id), max(valid_from) FROM known WHERE kind = 'code'
        GROUP BY upper(text)
        HAVING min(id) = max(id) AND min(means NOT IN ('id', 'licence') AND text = upper(text)) ORDER BY 1;
"""


@dataclass(frozen=True)
class Teller:
    """Puts records into words as on a day. `version` changes whenever the same record would be told otherwise."""

    version: str
    on: date
    tell: Callable[[Session, Sequence[InstitutionRecord]], list[str]]


def words_version(session: Session, teller: Teller) -> str:
    """What the words depend on besides the release: the teller, and the names of administrative units."""
    return words_of(teller.version, loaded_units(session))


def words_of(teller_version: str, units: str) -> str:
    return f"{teller_version} {units}"


def tell_all(session: Session, database: sqlite3.Connection, teller: Teller, release: int) -> None:
    """Everybody, in place of whatever was told before."""
    database.executescript(f"DROP TABLE IF EXISTS told; {TOLD}")
    ids = named_after(session, "")
    while ids:
        _put(session, database, teller, release, ids)
        ids = named_after(session, ids[-1])


def tell_again(
    session: Session, database: sqlite3.Connection, teller: Teller, release: int, touched: Sequence[str]
) -> None:
    """Those touched, whoever speaks of them by name, and those whose words do not hold any more."""
    over = [one for (one,) in database.execute("SELECT id FROM told WHERE valid_to <= ?", (teller.on.isoformat(),))]
    again = sorted({*touched, *over})
    for start in range(0, len(again), PORTION):
        part = again[start : start + PORTION]
        wanted = sorted({*part, *_related(session, part)})
        database.executemany("DELETE FROM told WHERE id = ?", [(one,) for one in wanted])
        _put(session, database, teller, release, named(session, wanted))


def name_bearers(database: sqlite3.Connection) -> None:
    """Of each code who alone bears or bore it, since the last of the days on which it came to them. Codes that others
    bore too, that are an id, or the number of a licence have none."""
    database.executescript(BEARERS)


def holds_between(record: InstitutionRecord, state: InstitutionState) -> tuple[date | None, date | None]:
    """The days around the record's own on which it reads the same, half-open."""
    bodies = record.attributes.get("managing_body", ())
    days = [day for body in bodies for day in (body.valid_from, body.valid_to) if day is not None]
    starts = [day for day in (state.valid_from, *days) if day is not None and day <= record.at.on]
    ends = [day for day in (state.valid_to, *days) if day is not None and day > record.at.on]
    return max(starts, default=None), min(ends, default=None)


def _put(
    session: Session, database: sqlite3.Connection, teller: Teller, release: int, institutions: Sequence[str]
) -> None:
    """Tell those of the institutions that have a state on the day."""
    state = InstitutionState
    of_the_day = select(state).where(
        *(state.institution_id == func.any(list(institutions)), state.release_to.is_(None), state.is_main),
        holds_on(state, teller.on),
    )
    states = session.scalars(of_the_day.order_by(state.institution_id)).all()
    found = records(session, states, Moment(teller.on, release, True))
    texts = teller.tell(session, found)
    rows = (
        (one.id, *map(_text, holds_between(one, state)), zlib.compress(text.encode(), QUICKLY))
        for one, state, text in zip(found, states, texts, strict=True)
    )
    database.executemany("INSERT INTO told VALUES (?, ?, ?, ?)", rows)
    for one in states:
        session.expunge(one)


def _related(session: Session, ids: Sequence[str]) -> set[str]:
    """The institutions at the other end of a succession; they name these."""
    found: set[str] = set()
    for own, other in (
        (Relation.predecessor_id, Relation.successor_id),
        (Relation.successor_id, Relation.predecessor_id),
    ):
        query = select(other).where(own == func.any(list(ids)), Relation.release_to.is_(None))
        found.update(session.scalars(query))
    return found


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
