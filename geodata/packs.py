"""A province's institutions in one piece, for people who go where there is no network."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from geodata.models import InstitutionState, Programme
from geodata.releases import Moment, as_of

State = InstitutionState


@dataclass(frozen=True)
class Taught:
    """A programme in force: 7-digit code, the name it was recorded with, training level."""

    code: str
    name: str | None
    training_level: str


@dataclass(frozen=True)
class Packed:
    """An institution: its GeoJSON Feature as text, the folded words it is found by, and what it teaches."""

    id: str
    feature: str
    words: str
    programmes: tuple[Taught, ...]


def institutions_of(session: Session, province_code: str, at: Moment) -> tuple[Packed, ...]:
    """Every institution with a campus in the province of today, closed ones too (they say so), by name and id.

    Each once, at its main campus where that is in the province.
    """
    there = (
        select(State.institution_id, State.feature, State.name_folded, State.search_text, State.place_text)
        .where(State.province_code == province_code, as_of(State, at))
        .ext(distinct_on(State.institution_id))
        .order_by(State.institution_id, State.is_main.desc(), State.campus_id)
        .subquery()
    )
    taught = programmes(session, province_code, at)
    rows = session.execute(select(there).order_by(there.c.name_folded, there.c.institution_id))
    return tuple(
        Packed(
            row.institution_id,
            row.feature,
            " ".join(filter(None, (row.name_folded, row.search_text, row.place_text))),
            tuple(taught[row.institution_id]),
        )
        for row in rows
    )


def programmes(session: Session, province_code: str, at: Moment) -> dict[str, list[Taught]]:
    """{institution: its programmes in force, by level and code}; empty lists for all others."""
    there = select(State.institution_id).where(State.province_code == province_code, as_of(State, at))
    rows = (
        select(Programme.institution_id, Programme.occupation_code, Programme.occupation_name, Programme.training_level)
        .where(as_of(Programme, at), Programme.institution_id.in_(there))
        .distinct()
        .order_by(Programme.institution_id, Programme.training_level, Programme.occupation_code)
    )
    found: dict[str, list[Taught]] = defaultdict(list)
    for row in session.execute(rows):
        found[row.institution_id].append(Taught(row.occupation_code, row.occupation_name, row.training_level))
    return found
