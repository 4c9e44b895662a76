"""What the register rests on today: the sources of its facts and of its outlines."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from geodata.models import FACTS, AdministrativeUnit, Source, UnitBoundary


@dataclass(frozen=True)
class SourceRecord:
    """A source with at least one fact that the register still states."""

    title: str
    kind: str
    data_status: str
    received_at: datetime


@dataclass(frozen=True)
class OutlineSource:
    """Where the outlines of today's units of a level come from, how good they are and how many."""

    level: str
    quality: str
    source: str
    outlines: int


def sources(session: Session, *, limit: int = 100) -> tuple[SourceRecord, ...]:
    """Sources in use, newest first."""
    used = [
        select(fact.row_id).where(fact.source_id == Source.id, fact.release_to.is_(None)).exists() for fact in FACTS
    ]
    rows = session.scalars(select(Source).where(or_(*used)).order_by(Source.received_at.desc(), Source.id).limit(limit))
    return tuple(SourceRecord(row.title, row.kind, row.data_status, row.received_at) for row in rows)


def outline_sources(session: Session) -> tuple[OutlineSource, ...]:
    """Sources of the outlines in force, from provinces to communes, the one with most outlines first."""
    unit, outline = AdministrativeUnit, UnitBoundary
    number = func.count()
    rows = session.execute(
        select(unit.level, outline.quality, outline.source, number)
        .join(unit, unit.key == outline.unit_key)
        .where(unit.valid_to.is_(None))
        .group_by(unit.level, outline.quality, outline.source)
        .order_by(func.array_position(["province", "district", "commune"], unit.level), number.desc())
    )
    return tuple(OutlineSource(*row) for row in rows)
