"""Distance to training, as it is and in a scenario."""

from typing import Any

from mapapp.schemas.shared import AnswerFacts, Shape


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
