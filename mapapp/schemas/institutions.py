"""Institutions in lists and clusters."""

from typing import Any, Literal

from geodata.vocabulary import CampusKind, InstitutionType, LocationPrecision, Ownership, Status, TrainingLevel
from mapapp.schemas.shared import AnswerFacts, Point, ResourceLink, Shape, UnitName


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


class InstitutionCollection(AnswerFacts):
    """`numberMatched` is left out above 100,000 and in crowded boxes of a large register, unless `count=exact` asks."""

    type: Literal["FeatureCollection"]
    features: list[InstitutionFeature]
    numberMatched: int | None = None  # noqa: N815  the name OGC API – Features uses
    numberReturned: int  # noqa: N815
    withoutLocation: int  # noqa: N815
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
