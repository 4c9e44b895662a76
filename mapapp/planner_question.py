"""The planner's pages as questions: the whole state stands in the address."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from geodata.targets import target_named
from geodata.vocabulary import InstitutionType, Ownership, TrainingLevel, UnitLevel
from mapapp.access_question import WhatIfFilters
from mapapp.overlay_question import OverlayFilters
from mapapp.params import MAX_VALUES, OccupationCode, Question, UnitText, parse_day
from mapapp.reporting_question import DutyQuestion, ReportersQuestion, ReportingQuestion, Told

UNITS = r"^(province|district|commune)(@[0-9]{4}-[0-9]{2}-[0-9]{2})?$"
DEFAULT_INDICATOR = "digital_infrastructure"
Order = Literal["value", "name", "gap", "coverage"]
Shapes = Literal["symbols", "areas"]


def parse_units(text: str) -> str:
    """A level, alone or with a day of the calendar."""
    _level, at, day = text.partition("@")
    if at:
        parse_day(day)
    return text


class PlannerQuestion(Question):
    """`units`: a level of today (`commune`) or of a day (`district@2025-06-30`). `layer`: types of institutions drawn
    above the overlay. `shapes`: how smaller units are drawn; left out, by outlines only where these are official."""

    indicator: str = Field(DEFAULT_INDICATOR, max_length=80)
    units: Annotated[str, Field(pattern=UNITS), AfterValidator(parse_units)] = "province"
    period: str | None = Field(None, pattern=r"^[0-9]{4}$")
    target: str | None = Field(None, max_length=80)
    type: list[InstitutionType] = Field([], max_length=MAX_VALUES)
    ownership: list[Ownership] = Field([], max_length=MAX_VALUES)
    training_level: list[TrainingLevel] = Field([], max_length=MAX_VALUES)
    occupation: list[OccupationCode] = Field([], max_length=MAX_VALUES)
    release: int | None = Field(None, ge=1, le=2**31 - 1)
    sort: Order = "value"
    page: int = Field(1, ge=1, le=1000)
    layer: list[InstitutionType] = Field([], max_length=MAX_VALUES)
    shapes: Shapes | None = None

    def overlay(self) -> OverlayFilters:
        """The same question as the API takes it; a target of another indicator, left over in the form, is dropped."""
        level, _, day = self.units.partition("@")
        return OverlayFilters(
            level=UnitLevel(level),
            on=date.fromisoformat(day) if day else None,
            period=self.period,
            target=self.own_target(),
            type=self.type,
            ownership=self.ownership,
            training_level=self.training_level,
            occupation=self.occupation,
            release=self.release,
        )

    def own_target(self) -> str | None:
        """The chosen target where it is one of the indicator."""
        target = target_named(self.target) if self.target else None
        return target.id if target and target.indicator.id == self.indicator else None


class UnitProfileQuestion(Question):
    release: int | None = Field(None, ge=1, le=2**31 - 1)


class ReportsQuestion(DutyQuestion):
    """Who has reported: counts per unit, and with `unit` the institutions of that unit."""

    units: Annotated[str, Field(pattern=UNITS), AfterValidator(parse_units)] = "province"
    unit: UnitText | None = None
    reported: Told = "no"
    page: int = Field(1, ge=1, le=100_000)
    release: int | None = Field(None, ge=1, le=2**31 - 1)

    def counts(self) -> ReportingQuestion:
        """The question per unit as the API takes it."""
        level, _, day = self.units.partition("@")
        on = date.fromisoformat(day) if day else None
        return ReportingQuestion(
            level=UnitLevel(level), on=on, period=self.period, duty=self.duty, release=self.release
        )

    def institutions(self, limit: int) -> ReportersQuestion:
        """The question about the institutions as the API takes it."""
        return ReportersQuestion(
            period=self.period,
            duty=self.duty,
            unit=self.unit,
            reported=self.reported,
            release=self.release,
            limit=limit,
            page=self.page,
        )


class InstitutionStandardQuestion(Question):
    period: int | None = Field(None, ge=2022, le=2100)
    release: int | None = Field(None, ge=1, le=2**31 - 1)


class AccessPageQuestion(WhatIfFilters):
    """The pages about access and scenarios; `page` numbers the part of the list of communes."""

    page: int = Field(1, ge=1, le=1000)


class CompareQuestion(Question):
    """Two overlays side by side: an indicator and a year each, over the same units. `with_indicator` left out: the same
    one; `with_period` left out: the period before."""

    indicator: str = Field(DEFAULT_INDICATOR, max_length=80)
    period: str | None = Field(None, pattern=r"^[0-9]{4}$")
    with_indicator: str | None = Field(None, max_length=80)
    with_period: str | None = Field(None, pattern=r"^[0-9]{4}$")
    units: Annotated[str, Field(pattern=UNITS), AfterValidator(parse_units)] = "province"
    release: int | None = Field(None, ge=1, le=2**31 - 1)

    def side(self, period: str | None) -> OverlayFilters:
        """One of the two questions as the API takes it."""
        level, _, day = self.units.partition("@")
        on = date.fromisoformat(day) if day else None
        told = {"level": UnitLevel(level), "on": on, "period": period, "release": self.release}
        return OverlayFilters.model_validate(told)
