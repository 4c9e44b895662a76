"""Who reports: an institution, an authority on its own services, a territory on the milestones its documents set."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.imports.refusals import Refused
from geodata.indicators import IndicatorKind, indicators
from geodata.models import Authority, InstitutionState
from geodata.overlays.territories import milestone_territories
from geodata.people.rights import Person, may, may_everywhere
from geodata.people.territories import territory
from geodata.unit_reads import Unit, unit
from geodata.vocabulary import PersonAct, SubjectKind

COUNTRY = "vn"


class UnknownSubject(Refused):
    """Nobody of this key reports."""


@dataclass(frozen=True)
class Subject:
    """`id`: registry id, authority id, or the key of a unit (`vn`: the country). `territory_key` None: the country's,
    or an institution's, which belongs to the provinces of its campuses."""

    kind: SubjectKind
    id: str
    name: str
    name_en: str
    territory_key: str | None = None

    @property
    def key(self) -> str:
        """As proposals and addresses name it: a registry id, `authority:<id>`, `territory:<key>`."""
        return self.id if self.kind is SubjectKind.INSTITUTION else f"{self.kind.value}:{self.id}"

    @property
    def institutions(self) -> list[str]:
        """Its registry id, for what is kept by institution; none of an authority."""
        return [self.id] if self.kind is SubjectKind.INSTITUTION else []


def subject_named(session: Session, key: str) -> Subject:
    """The subject behind the key. Raises `UnknownSubject`."""
    kind, colon, id = key.partition(":")
    found = _others(session, kind, id) if colon else _institution(session, key)
    if found is None:
        raise UnknownSubject(f"Không có nơi báo cáo nào là “{key[:60]}”.", f"Nobody reports under “{key[:60]}”.")
    return found


def territories_of(session: Session, subject: Subject, on: date) -> list[str]:
    """Codes of the provinces in force on the day that an authority or a territory is about; none: the country."""
    return sorted(territory(session, subject.territory_key, on)) if subject.territory_key else []


def authorities(session: Session, year: int, provinces: frozenset[str] | None, *, on: date) -> list[Subject]:
    """Authorities that existed on the last day of the year, and territories with milestones: those of these provinces
    (codes of `on`), or with None those of the whole country, which come first."""
    day, row = date(year, 12, 31), Authority
    stood = (row.valid_from.is_(None) | (row.valid_from <= day)) & (row.valid_to.is_(None) | (row.valid_to > day))
    rows = session.scalars(select(row).where(stood).order_by(row.territory_key.nulls_first(), row.id))
    found = [*_milestone_territories(session), *map(_authority, rows)]
    if provinces is None:
        return found
    return [one for one in found if (own := territories_of(session, one, on)) and set(own) <= provinces]


def may_fill(person: Person, subject: Subject, provinces: list[str]) -> bool:
    """Whether the person may write this subject's report: its reporter, or a steward of all of its provinces."""
    own = subject.kind is SubjectKind.INSTITUTION and may(person, PersonAct.REPORT, institution=subject.id)
    return own or may_everywhere(person, PersonAct.PROPOSE, provinces)


def own_institutions(person: Person) -> list[str]:
    """Registry ids of the institutions that the person reports for."""
    return [right.institution for right in person.rights if right.institution is not None]


def _institution(session: Session, id: str) -> Subject | None:
    state = InstitutionState
    row = session.scalars(
        select(state)
        .where(state.institution_id == id, state.is_main, state.release_to.is_(None))
        .order_by(state.valid_from.desc().nulls_last())
        .limit(1)
    ).first()
    return Subject(SubjectKind.INSTITUTION, row.institution_id, row.name, row.name) if row else None


def _others(session: Session, kind: str, id: str) -> Subject | None:
    if kind == SubjectKind.AUTHORITY:
        row = session.get(Authority, id)
        return _authority(row) if row else None
    known = _milestone_territories(session) if kind == SubjectKind.TERRITORY else []
    return next((one for one in known if one.id == id), None)


def _authority(row: Authority) -> Subject:
    return Subject(SubjectKind.AUTHORITY, row.id, row.name, row.name_en, row.territory_key)


def _milestone_territories(session: Session) -> list[Subject]:
    """The country, then the territories of local documents that set a milestone."""
    asked = [one for one in indicators().values() if one.kind is IndicatorKind.MILESTONE]
    named = dict.fromkeys(place for one in asked for place in milestone_territories(one) if place is not None)
    country = Subject(SubjectKind.TERRITORY, COUNTRY, "Cả nước", "The whole country")
    return [country, *(_territory(unit(session, str(place))) for place in named)]


def _territory(place: Unit) -> Subject:
    return Subject(SubjectKind.TERRITORY, place.key, place.full_name, place.name_en, place.key)
