"""The shapes of the API's answers, for its description and for those who build them."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from geodata.vocabulary import (
    CampusKind,
    InstitutionType,
    LocationPrecision,
    Ownership,
    RelationKind,
    Status,
    TrainingLevel,
    UnitLevel,
)

WholeDataStatus = Literal["official", "unverified", "illustrative", "mixed", "empty"]


class Shape(BaseModel):
    """An object of an answer; more members may be added in later versions."""

    model_config = ConfigDict(extra="allow")


class ParameterFault(Shape):
    parameter: str
    message: str


class Problem(Shape):
    """RFC 9457. `type` is stable and leads to the explanation in /docs."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ParameterFault] | None = None
    candidates: list["Candidate"] | None = None


class Candidate(Shape):
    id: str
    name: str
    href: str


class ResourceLink(Shape):
    rel: str
    href: str
    type: str


class Point(Shape):
    """CRS84: longitude first."""

    type: Literal["Point"]
    coordinates: list[float] = Field(min_length=2, max_length=2)


class UnitName(Shape):
    """`key` is code@valid_from: codes were reused."""

    code: str
    key: str | None = None
    name: str | None = None


class CampusBrief(Shape):
    id: str | None
    kind: CampusKind | None
    name: str | None


class FormerPlace(Shape):
    """Names of the units before 01/07/2025."""

    province: str | None
    district: str | None
    commune: str | None


class InstitutionState(Shape):
    """An institution on a day; `approximate` is true unless the place was surveyed or located by address."""

    id: str
    name: str
    name_en: str | None
    type: InstitutionType | None
    ownership: Ownership
    status: Status
    codes: list[str]
    former_names: list[str]
    campus: CampusBrief
    address: str | None
    province: UnitName | None
    commune: UnitName | None
    former_place: FormerPlace | None
    training_levels: list[TrainingLevel]
    occupations_count: int
    website: str | None
    location_precision: LocationPrecision
    approximate: bool
    data_status: str


class InstitutionProperties(InstitutionState):
    """`campuses` counts them; `distance_m` and `matched` come with a point or words."""

    campuses: int
    distance_m: float | None = None
    matched: str | None = None


class InstitutionFeature(Shape):
    type: Literal["Feature"]
    id: str
    geometry: Point | None
    properties: InstitutionProperties


class AnswerFacts(Shape):
    """What every answer says of the register it comes from."""

    release: int
    data_status: WholeDataStatus
    on: date


class InstitutionCollection(AnswerFacts):
    """`numberMatched` is left out above 100,000 unless `count=exact` is asked."""

    type: Literal["FeatureCollection"]
    features: list[InstitutionFeature]
    numberMatched: int | None = None  # noqa: N815  the name OGC API – Features uses
    numberReturned: int  # noqa: N815
    withoutLocation: int  # noqa: N815
    links: list[ResourceLink]


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


class ClusterProperties(Shape):
    """A gathering (`cluster` true, with `count`) or, without `cluster`, an institution's properties."""

    cluster: bool | None = None
    count: int | None = None
    bbox: list[float] | None = None
    approximate: Any = None


class ClusterFeature(Shape):
    type: Literal["Feature"]
    geometry: Point
    properties: ClusterProperties


class ClusterCollection(AnswerFacts):
    type: Literal["FeatureCollection"]
    features: list[ClusterFeature]
    numberMatched: int  # noqa: N815
    numberReturned: int  # noqa: N815
    withoutLocation: int  # noqa: N815


class SuggestionItem(Shape):
    """`value` is an institution's id, a unit's key (code@day) or an occupation code."""

    kind: Literal["institution", "place", "occupation"]
    value: str
    label: str
    label_en: str | None
    detail: str | None
    matched: str | None
    href: str


class Suggestions(AnswerFacts):
    suggestions: list[SuggestionItem]


class UnitItem(Shape):
    key: str
    code: str
    level: UnitLevel
    name: str
    full_name: str
    name_en: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    lon: float | None
    lat: float | None
    area_km2: float | None


class UnitList(AnswerFacts):
    units: list[UnitItem]
    numberReturned: int  # noqa: N815


class UnitLink(Shape):
    """`part`: whether the whole predecessor went there; `is_default` marks the main successor."""

    unit: UnitItem
    part: Literal["whole", "part"]
    is_default: bool


class UnitDetail(AnswerFacts):
    unit: UnitItem
    ancestors: list[UnitItem]
    predecessors: list[UnitLink]
    successors: list[UnitLink]


class BoundaryCollection(Shape):
    """Outlines with `properties.key`, `code`, `name` and `quality` (approximate or official)."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


class PackedProvince(Shape):
    code: str
    name: str
    name_en: str | None


class ProvincePack(Shape):
    """`institutions.features[].properties` also have `programmes` and `search`, the folded words to look in."""

    format: Literal[1]
    province: PackedProvince
    on: date
    release: int
    published_at: datetime | None
    data_status: str
    institutions: dict[str, Any]
    boundaries: BoundaryCollection


class CatalogueList(AnswerFacts):
    """Rows of the catalogue with the document and clause each comes from."""

    numberReturned: int  # noqa: N815


class IndicatorList(CatalogueList):
    indicators: list[dict[str, Any]]


class TargetList(CatalogueList):
    targets: list[dict[str, Any]]


class RegisterStatus(AnswerFacts):
    """Counts are of the day asked about (`on`)."""

    published_at: datetime | None
    age_s: int | None
    institutions: int
    by_status: dict[str, int]
    by_data_status: dict[str, int]
    by_type: dict[str, int]
    without_location: int
    version: str


class OverlayRow(Shape):
    """`unit` is the key code@valid_from, null for those that no unit can be given; `value` null: no data, not zero."""

    unit: str | None
    code: str | None
    name: str | None
    name_en: str | None
    value: float | None
    n: int
    N: int
    coverage: float | None
    no_data: bool
    target: float | None
    gap: float | None
    met: bool | None
    target_value: float | None
    target_n: int
    target_N: int  # noqa: N815


class OverlayAnswer(AnswerFacts):
    """The rows sum to `whole`; with `format=geojson` each row is the properties of a Feature."""

    indicator: str
    level: UnitLevel
    period: str
    target: dict[str, Any] | None
    local_targets: list[dict[str, Any]]
    rows: list[OverlayRow]
    whole: OverlayRow
    numberReturned: int  # noqa: N815


class ReportingDuty(Shape):
    """`document` null: the register's own collection, which no document asks for. `last_day`: the last one in time."""

    id: str
    name_vi: str
    name_en: str
    document: str | None
    clause: str | None
    territory: str | None
    first_period: str
    data_day: date | None = None
    last_day: date | None = None


class DutyList(AnswerFacts):
    duties: list[ReportingDuty]
    numberReturned: int  # noqa: N815


class ReportingCounts(Shape):
    asked: int
    reported: int
    silent: int
    late: int


class ReportingRow(ReportingCounts):
    """`unit` is the key code@valid_from, null for those that no unit can be given."""

    unit: str | None
    code: str | None
    name: str | None
    name_en: str | None


class ReportingAnswer(AnswerFacts):
    duty: ReportingDuty
    period: str
    level: UnitLevel
    rows: list[ReportingRow]
    whole: ReportingCounts
    numberReturned: int  # noqa: N815


class ReporterItem(Shape):
    """`sent_on`, `late` null: not sent, or the day is not recorded."""

    id: str
    name: str
    type: str
    reported: bool
    sent_on: date | None
    late: bool | None


class ReporterList(AnswerFacts):
    duty: ReportingDuty
    period: str
    unit: str | None
    institutions: list[ReporterItem]
    numberMatched: int  # noqa: N815
    numberReturned: int  # noqa: N815
    links: list[ResourceLink]


class StandardAnswer(AnswerFacts):
    """Outcomes per code of a condition (1 to 6) and of an indicator (01 to 10); empty before the first data year."""

    id: str
    name: str
    period: str
    verdict: Literal["met", "not_met", "incomplete", "no_verdict"]
    failed: list[str]
    missing: list[str]
    conditions: dict[str, Literal["met", "not_met", "missing", "not_applicable"]]
    indicators: dict[str, Literal["met", "not_met", "missing"]]
    concerned: bool
    managing_body: str | None
    spared_by_article_8_2: bool
    report_due_by: date
    must_meet_by: date
    first_period: str


class ReachShape(Shape):
    """Shares are 0 to 1; those of people are null unless a population was imported."""

    communes: int
    reached: int
    share: float | None
    people: int | None
    people_reached: int | None
    people_share: float | None
    median_km: float | None


class ProvinceReach(ReachShape):
    unit: str
    name: str
    name_en: str


class AccessCondition(Shape):
    indicator: str
    period: str
    at_least: float


class AccessRow(Shape):
    """`distance_km` null: nobody with a known place qualifies. `approximate`: the place is only known by commune."""

    unit: str
    code: str
    name: str
    name_en: str
    lon: float | None
    lat: float | None
    distance_km: float | None
    within: bool
    institution: str | None
    institution_name: str | None
    approximate: bool
    people: int | None


class AccessAnswer(AnswerFacts):
    """`unplaced` of the `institutions` have no point and give no distance; both null above 20,000."""

    occupation: list[str]
    training_level: list[str]
    type: list[str]
    condition: AccessCondition | None
    radius_km: float
    institutions: int | None
    unplaced: int | None
    reach: ReachShape
    provinces: list[ProvinceReach]
    rows: list[AccessRow]
    numberReturned: int  # noqa: N815
    population: dict[str, Any] | None


class ReachAfter(ReachShape):
    institutions: int | None


class ChangedAccess(Shape):
    unit: str
    name: str
    name_en: str
    before_km: float | None
    after_km: float | None
    institution: str | None


class WhatIfAnswer(AnswerFacts):
    """`readiness` is null where no indicator was asked about."""

    scenario: dict[str, Any]
    radius_km: float
    before: ReachAfter
    after: ReachAfter
    changed: list[ChangedAccess]
    readiness: dict[str, Any] | None


class ChangeRow(Shape):
    """`difference` null: one of the periods has no data."""

    unit: str | None
    code: str | None
    name: str | None
    name_en: str | None
    earlier: float | None
    later: float | None
    difference: float | None
    earlier_n: int
    earlier_N: int  # noqa: N815
    n: int
    N: int


class ChangeAnswer(AnswerFacts):
    indicator: str
    level: UnitLevel
    since: str
    period: str
    rows: list[ChangeRow]
    whole: ChangeRow
    numberReturned: int  # noqa: N815


class ComparisonRow(Shape):
    """`difference` (two less one) null: a side has no data, or the sides are measured in different units."""

    unit: str | None
    code: str | None
    name: str | None
    name_en: str | None
    one_value: float | None
    one_n: int
    one_N: int  # noqa: N815
    two_value: float | None
    two_n: int
    two_N: int  # noqa: N815
    difference: float | None


class ComparisonAnswer(AnswerFacts):
    """`one` and `two` say of each side what its own overlay says."""

    level: UnitLevel
    published_at: str | None
    licence: str
    licence_url: str | None
    query: dict[str, str]
    url: str
    page: str
    method_vi: str
    method_en: str
    one: dict[str, Any]
    two: dict[str, Any]
    rows: list[ComparisonRow]
    whole: ComparisonRow
    numberReturned: int  # noqa: N815
