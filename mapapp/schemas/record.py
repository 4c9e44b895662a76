"""One institution with every fact, its validity and where it comes from."""

from datetime import date, datetime
from typing import Literal

from geodata.vocabulary import CampusKind, LocationPrecision, RelationKind, TrainingLevel
from mapapp.schemas.institutions import FormerPlace, InstitutionState
from mapapp.schemas.shared import AnswerFacts, Point, ResourceLink, Shape, UnitName


class Origin(Shape):
    """Where a statement comes from."""

    source: str
    received_at: datetime
    data_status: str
    decision: str | None
    release: int


class DatedValue(Shape):
    """A value with its days, half-open: `valid_from` null = start unknown, `valid_to` null = still true."""

    value: str
    kind: str
    valid_from: date | None
    valid_to: date | None
    source: Origin


class CampusDetail(Shape):
    id: str
    kind: CampusKind
    name: str | None
    address: str | None
    geometry: Point | None
    location_precision: LocationPrecision
    province: UnitName | None
    commune: UnitName | None
    former_place: FormerPlace | None
    valid_from: date | None
    valid_to: date | None
    source: Origin


class LicenceDetail(Shape):
    id: str
    number: str
    issued_on: date | None
    issuer: str | None
    valid_from: date | None
    valid_to: date | None
    source: Origin


class ProgrammeDetail(Shape):
    occupation_code: str
    occupation_name: str | None
    training_level: TrainingLevel
    campus: str | None
    licence: str | None
    quota: int | None
    taught_out_until: date | None
    valid_from: date | None
    valid_to: date | None
    source: Origin


class Succession(Shape):
    kind: RelationKind
    id: str
    name: str
    href: str
    effective_on: date | None
    keeps_records: bool


class ReadinessFigure(Shape):
    """`value` null with `missing_reason` is a stated gap, never zero."""

    indicator: str
    period: str
    value: float | None
    numerator: float | None
    denominator: float | None
    missing_reason: str | None
    source: str
    data_status: str


class InstitutionDetailProperties(InstitutionState):
    """The state on the day asked about, and every fact with its validity. `attributes` holds the history of type,
    ownership, status, enrolment, high_quality, managing_body and contacts."""

    names: list[DatedValue]
    identifiers: list[DatedValue]
    attributes: dict[str, list[DatedValue]]
    managing_body: str | None
    campuses: list[CampusDetail]
    licences: list[LicenceDetail]
    programmes: list[ProgrammeDetail]
    completeness: list[DatedValue]
    predecessors: list[Succession]
    successors: list[Succession]
    readiness: list[ReadinessFigure]
    sources: list[Origin]
    updated_at: datetime


class InstitutionDetail(AnswerFacts):
    type: Literal["Feature"]
    id: str
    geometry: Point | None
    properties: InstitutionDetailProperties
    links: list[ResourceLink]
