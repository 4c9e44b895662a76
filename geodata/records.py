"""Everything the register says of one institution on a day, with the source of every fact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.filters import InstitutionFilter, conditions
from geodata.models import InstitutionState, Release
from geodata.record_facts import Facts, Told, facts_of
from geodata.record_facts import Provenance as Provenance
from geodata.releases import Moment, moment
from geodata.vocabulary import Status

State = InstitutionState


class UnknownInstitution(GeodataError):
    """Nothing in the register answers to this id or identifier."""


class SeveralInstitutions(GeodataError):
    """An identifier that several institutions carry; `candidates` are (registry id, name)."""

    def __init__(self, identifier: str, candidates: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"{identifier}: {len(candidates)} institutions carry this identifier")
        self.identifier = identifier
        self.candidates = candidates


@dataclass(frozen=True)
class Dated:
    """A fact: its value with the days on which it holds (half-open; None: unknown start, still true)."""

    value: str
    kind: str
    valid_from: date | None
    valid_to: date | None
    provenance: Provenance

    def holds(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True)
class CampusRecord:
    """A place; `lon`, `lat` None unless it was located. Unit codes and names of today's world and of the one before."""

    id: str
    kind: str
    name: str | None
    address: str | None
    lon: float | None
    lat: float | None
    location_precision: str
    province_code: str | None
    commune_code: str | None
    former_province_code: str | None
    former_district_code: str | None
    former_commune_code: str | None
    valid_from: date | None
    valid_to: date | None
    provenance: Provenance


@dataclass(frozen=True)
class LicenceRecord:
    id: str
    number: str
    issued_on: date | None
    issuer: str | None
    valid_from: date | None
    valid_to: date | None
    provenance: Provenance


@dataclass(frozen=True)
class ProgrammeRecord:
    occupation_code: str
    occupation_name: str | None
    training_level: str
    campus_id: str | None
    licence_id: str | None
    quota: int | None
    taught_out_until: date | None
    valid_from: date | None
    valid_to: date | None
    provenance: Provenance


@dataclass(frozen=True)
class RelationRecord:
    """A step in the succession; `institution_id` and `name` are the other institution's."""

    kind: str
    institution_id: str
    name: str
    effective_on: date | None
    keeps_records: bool
    provenance: Provenance


@dataclass(frozen=True)
class ReadinessValue:
    """A reported figure; `value` None with a reason is a stated gap."""

    indicator: str
    period: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    missing_reason: str | None
    provenance: Provenance


@dataclass(frozen=True)
class InstitutionRecord:
    """All facts of one institution in one release, every date kept, and its state on the day `on`.

    `feature` is the GeoJSON Feature text of the main campus on that day.
    """

    id: str
    at: Moment
    name: str
    type: str
    ownership: str
    status: str
    data_status: str
    feature: str
    names: tuple[Dated, ...]
    identifiers: tuple[Dated, ...]
    attributes: dict[str, tuple[Dated, ...]]
    campuses: tuple[CampusRecord, ...]
    licences: tuple[LicenceRecord, ...]
    programmes: tuple[ProgrammeRecord, ...]
    completeness: tuple[Dated, ...]
    predecessors: tuple[RelationRecord, ...]
    successors: tuple[RelationRecord, ...]
    readiness: tuple[ReadinessValue, ...]
    updated_at: datetime

    def current(self, kind: str) -> Dated | None:
        """The attribute of that kind which holds on the day asked about."""
        return next((fact for fact in self.attributes.get(kind, ()) if fact.holds(self.at.on)), None)

    @property
    def sources(self) -> tuple[Provenance, ...]:
        """Each source once, newest first."""
        dated = (*self.names, *self.identifiers, *(fact for kind in self.attributes.values() for fact in kind))
        provenances = [
            *(fact.provenance for fact in dated),
            *(fact.provenance for fact in self.campuses),
            *(fact.provenance for fact in self.licences),
            *(fact.provenance for fact in self.programmes),
        ]
        once = {provenance.source_id: provenance for provenance in provenances}
        return tuple(sorted(once.values(), key=lambda source: source.received_at, reverse=True))


def get(session: Session, id_or_code: str, *, on: date, release: int | None = None) -> InstitutionRecord:
    """The institution with this registry id, code, e-ID or licence number, present or former.

    Raises `UnknownInstitution`, `SeveralInstitutions`, `UnknownRelease`.
    """
    at = moment(session, on, release)
    state = the_state(session, id_or_code, at)
    return record(session, state, at)


def the_state(session: Session, id_or_code: str, at: Moment) -> InstitutionState:
    wanted = InstitutionFilter(on=at.on, identifier=id_or_code, statuses=tuple(Status))
    found = session.scalars(
        select(State)
        .where(*conditions(session, wanted, at))
        .order_by(State.name_folded, State.institution_id)
        .limit(50)
    ).all()
    exact = [state for state in found if state.institution_id == id_or_code.strip().lower()] or found
    if not exact:
        raise UnknownInstitution(f"no institution answers to {id_or_code!r}")
    if len(exact) > 1:
        raise SeveralInstitutions(id_or_code, tuple((state.institution_id, state.name) for state in exact))
    return exact[0]


def record(session: Session, state: InstitutionState, at: Moment) -> InstitutionRecord:
    return records(session, [state], at)[0]


def records(session: Session, states: Sequence[InstitutionState], at: Moment) -> list[InstitutionRecord]:
    """The records of several institutions, each by its state at the moment, in this order."""
    facts = facts_of(session, [state.institution_id for state in states], at)
    published = publications(session, {state.release_from for state in states})
    return [put_together(state, facts[state.institution_id], at, published[state.release_from]) for state in states]


def put_together(state: InstitutionState, found: Facts, at: Moment, updated_at: datetime) -> InstitutionRecord:
    attributes = found["institution_attribute"]
    kinds = sorted({row.kind for row, _ in attributes})
    return InstitutionRecord(
        id=state.institution_id,
        at=at,
        name=state.name,
        type=state.type,
        ownership=state.ownership,
        status=state.status,
        data_status=state.data_status,
        feature=state.feature,
        names=tuple(dated(row, row.text, row.kind, source) for row, source in found["institution_name"]),
        identifiers=tuple(dated(row, row.value, row.scheme, source) for row, source in found["identifier"]),
        attributes={
            kind: tuple(dated(row, row.value, kind, source) for row, source in attributes if row.kind == kind)
            for kind in kinds
        },
        campuses=tuple(campus(row, source) for row, source in sorted(found["campus"], key=main_first)),
        licences=tuple(licence(row, source) for row, source in found["licence"]),
        programmes=tuple(programme(row, source) for row, source in found["programme"]),
        completeness=tuple(
            dated(row, row.declared_by, "complete", source) for row, source in found["completeness_declaration"]
        ),
        predecessors=tuple(relation(row, row.predecessor_id, source) for row, source in found["predecessors"]),
        successors=tuple(relation(row, row.successor_id, source) for row, source in found["successors"]),
        readiness=readiness(found["readiness"]),
        updated_at=updated_at,
    )


def dated(row: Any, value: str, kind: str, source: Provenance) -> Dated:
    return Dated(value, kind, row.valid_from, row.valid_to, source)


def main_first(told: Told) -> tuple[bool, str]:
    """Orders campuses; those of one id stay oldest first."""
    row, _ = told
    return row.kind != "main", row.campus_id


def campus(row: Any, source: Provenance) -> CampusRecord:
    return CampusRecord(
        id=row.campus_id,
        kind=row.kind,
        name=row.name,
        address=row.address,
        lon=None if row.lon is None else float(row.lon),
        lat=None if row.lat is None else float(row.lat),
        location_precision=row.location_precision,
        province_code=row.province_code,
        commune_code=row.commune_code,
        former_province_code=row.former_province_code,
        former_district_code=row.former_district_code,
        former_commune_code=row.former_commune_code,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        provenance=source,
    )


def licence(row: Any, source: Provenance) -> LicenceRecord:
    return LicenceRecord(row.licence_id, row.number, row.issued_on, row.issuer, row.valid_from, row.valid_to, source)


def programme(row: Any, source: Provenance) -> ProgrammeRecord:
    return ProgrammeRecord(
        row.occupation_code,
        row.occupation_name,
        row.training_level,
        row.campus_id,
        row.licence_id,
        row.quota,
        row.taught_out_until,
        row.valid_from,
        row.valid_to,
        source,
    )


def relation(row: Any, other: str, source: Provenance) -> RelationRecord:
    return RelationRecord(row.kind, other, row.name or other, row.valid_from, row.keeps_records, source)


def readiness(figures: list[Told]) -> tuple[ReadinessValue, ...]:
    """Published figures, newest period first."""
    by_indicator = sorted(figures, key=lambda told: str(told[0].indicator_id))
    return tuple(
        ReadinessValue(
            row.indicator_id, row.period, row.value, row.numerator, row.denominator, row.missing_reason, source
        )
        for row, source in sorted(by_indicator, key=lambda told: str(told[0].period), reverse=True)
    )


def publications(session: Session, releases: set[int]) -> dict[int, datetime]:
    """When each of these releases was published: what is shown of an institution was last changed by the release that
    its state comes from."""
    rows = session.execute(select(Release.id, Release.published_at).where(Release.id.in_(releases)))
    return {row.id: row.published_at for row in rows}
