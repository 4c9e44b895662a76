"""Everything the register says of one institution on a day, with the source of every fact."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.filters import InstitutionFilter, conditions
from geodata.models import (
    Campus,
    CompletenessDeclaration,
    Decision,
    Identifier,
    IndicatorValue,
    InstitutionAttribute,
    InstitutionName,
    InstitutionState,
    Licence,
    Programme,
    Relation,
    Release,
    Report,
    Source,
)
from geodata.releases import Moment, moment, said
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
class Provenance:
    """Where a fact comes from and since which release the register says so."""

    source_id: int
    source: str
    data_status: str
    received_at: datetime
    decision: str | None
    release: int


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
    institution = state.institution_id
    names = facts(session, InstitutionName, institution, at)
    attributes = facts(session, InstitutionAttribute, institution, at)
    identifiers = facts(session, Identifier, institution, at)
    kinds = sorted({row.kind for row, _ in attributes})
    return InstitutionRecord(
        id=institution,
        at=at,
        name=state.name,
        type=state.type,
        ownership=state.ownership,
        status=state.status,
        data_status=state.data_status,
        feature=state.feature,
        names=tuple(dated(row, row.text, row.kind, source) for row, source in names),
        identifiers=tuple(dated(row, row.value, row.scheme, source) for row, source in identifiers),
        attributes={
            kind: tuple(dated(row, row.value, kind, source) for row, source in attributes if row.kind == kind)
            for kind in kinds
        },
        campuses=campuses(session, institution, at),
        licences=tuple(
            LicenceRecord(row.licence_id, row.number, row.issued_on, row.issuer, row.valid_from, row.valid_to, source)
            for row, source in facts(session, Licence, institution, at)
        ),
        programmes=tuple(
            ProgrammeRecord(
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
            for row, source in facts(session, Programme, institution, at)
        ),
        completeness=tuple(
            dated(row, row.declared_by, "complete", source)
            for row, source in facts(session, CompletenessDeclaration, institution, at)
        ),
        predecessors=relations(session, institution, at, backwards=True),
        successors=relations(session, institution, at, backwards=False),
        readiness=readiness(session, institution, at),
        updated_at=updated_at(session, state),
    )


def facts(session: Session, model: type[Any], institution: str, at: Moment) -> list[tuple[Any, Provenance]]:
    """Rows of the institution in the release, oldest first, each with its provenance."""
    rows = with_source(select(model, Source, Decision.number), model).where(
        model.institution_id == institution, said(model, at)
    )
    ordered = rows.order_by(model.valid_from.asc().nulls_first(), model.row_id)
    return [(row, provenance(row, source, decision)) for row, source, decision in session.execute(ordered)]


def with_source(query: Any, model: type[Any]) -> Any:
    return query.join(Source, Source.id == model.source_id).outerjoin(Decision, Decision.id == model.decision_id)


def provenance(row: Any, source: Source, decision: str | None) -> Provenance:
    return Provenance(source.id, source.title, source.data_status, source.received_at, decision, row.release_from)


def dated(row: Any, value: str, kind: str, source: Provenance) -> Dated:
    return Dated(value, kind, row.valid_from, row.valid_to, source)


def campuses(session: Session, institution: str, at: Moment) -> tuple[CampusRecord, ...]:
    rows = with_source(
        select(Campus, Source, Decision.number, func.ST_X(Campus.geom), func.ST_Y(Campus.geom)), Campus
    ).where(Campus.institution_id == institution, said(Campus, at))
    ordered = rows.order_by(Campus.kind != "main", Campus.campus_id, Campus.valid_from.asc().nulls_first())
    return tuple(
        campus(row, lon, lat, provenance(row, source, decision))
        for row, source, decision, lon, lat in session.execute(ordered)
    )


def campus(row: Campus, lon: float | None, lat: float | None, source: Provenance) -> CampusRecord:
    return CampusRecord(
        id=row.campus_id,
        kind=row.kind,
        name=row.name,
        address=row.address,
        lon=lon,
        lat=lat,
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


def relations(session: Session, institution: str, at: Moment, *, backwards: bool) -> tuple[RelationRecord, ...]:
    """Predecessors (`backwards`) or successors, in order of the effective day."""
    own, other = (
        (Relation.successor_id, Relation.predecessor_id)
        if backwards
        else (Relation.predecessor_id, Relation.successor_id)
    )
    rows = with_source(select(Relation, Source, Decision.number), Relation).where(
        own == institution, other != institution, said(Relation, at)
    )
    found = session.execute(rows.order_by(Relation.valid_from.asc().nulls_first(), Relation.row_id)).all()
    others = [row.predecessor_id if backwards else row.successor_id for row, _, _ in found]
    names = names_of(session, others, at)
    return tuple(
        RelationRecord(
            row.kind,
            other_id,
            names.get(other_id, other_id),
            row.valid_from,
            row.keeps_records,
            provenance(row, source, decision),
        )
        for other_id, (row, source, decision) in zip(others, found, strict=True)
    )


def names_of(session: Session, institutions: Sequence[str], at: Moment) -> dict[str, str]:
    """The latest official name of each."""
    rows = (
        select(InstitutionName.institution_id, InstitutionName.text)
        .where(
            InstitutionName.institution_id.in_(institutions),
            InstitutionName.kind == "official",
            said(InstitutionName, at),
        )
        .order_by(InstitutionName.valid_from.asc().nulls_first())
    )
    return {row.institution_id: row.text for row in session.execute(rows)}


def readiness(session: Session, institution: str, at: Moment) -> tuple[ReadinessValue, ...]:
    """Published figures, newest period first."""
    rows = with_source(select(IndicatorValue, Source, Decision.number, Report.period_id), IndicatorValue)
    chosen = (
        rows.join(Report, Report.id == IndicatorValue.report_id)
        .where(Report.institution_id == institution, said(IndicatorValue, at))
        .order_by(Report.period_id.desc(), IndicatorValue.indicator_id)
    )
    return tuple(
        ReadinessValue(
            row.indicator_id,
            period,
            row.value,
            row.numerator,
            row.denominator,
            row.missing_reason,
            provenance(row, source, decision),
        )
        for row, source, decision, period in session.execute(chosen)
    )


def updated_at(session: Session, state: InstitutionState) -> datetime:
    """When the release was published that last changed what is shown of the institution."""
    found = session.scalar(select(Release.published_at).where(Release.id == state.release_from))
    if found is None:
        raise UnknownInstitution(f"{state.institution_id}: its release {state.release_from} is missing")
    return found
