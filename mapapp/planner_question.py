"""The planner's pages as questions: the whole state stands in the address."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from geodata.targets import target_named
from geodata.vocabulary import InstitutionType, Ownership, TrainingLevel, UnitLevel
from mapapp.overlay_question import OverlayFilters
from mapapp.params import MAX_VALUES, OccupationCode, Question, parse_day

UNITS = r"^(province|district|commune)(@[0-9]{4}-[0-9]{2}-[0-9]{2})?$"
DEFAULT_INDICATOR = "digital_infrastructure"
Order = Literal["value", "name", "gap", "coverage"]


def parse_units(text: str) -> str:
    """A level, alone or with a day of the calendar."""
    _level, at, day = text.partition("@")
    if at:
        parse_day(day)
    return text


class PlannerQuestion(Question):
    """`units`: a level of today (`commune`) or of a day (`district@2025-06-30`)."""

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
