"""What Circular 38/2026/TT-BGDĐT asks: 6 conditions with their requirements, 10 indicators, dates and exemptions."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geodata.catalogue.documents import Clause, Document
from geodata.catalogue.target import Comparator
from geodata.vocabulary import TrainingLevel


class Exemption(StrEnum):
    """A reason the text itself gives for passing below a threshold."""

    PLANNED_REDUCTION = "planned_reduction"


@dataclass(frozen=True)
class Requirement:
    """One numbered requirement of a condition (annex I), such as 6.1."""

    code: str
    wording_vi: str
    wording_en: str


@dataclass(frozen=True)
class Condition:
    """One of the six quality conditions (article 6); met when every requirement that applies is met."""

    code: str
    clause: Clause
    name_vi: str
    name_en: str
    wording_vi: str
    wording_en: str
    requirements: tuple[Requirement, ...]

    @property
    def id(self) -> str:
        """The indicator id its yes/no values are stored under: `s38_c6`."""
        return f"s38_c{self.code}"


@dataclass(frozen=True)
class StandardIndicator:
    """One of the ten activity indicators (article 7, annex II).

    `value` is the threshold in percent; with `every_programme` each programme must reach it, so the institution's
    figure is that of its lowest programme. `exemption` lets an institution pass below the threshold.
    """

    code: str
    id: str
    clause: Clause
    formula_clause: Clause
    name_vi: str
    name_en: str
    wording_vi: str
    wording_en: str
    comparator: Comparator
    value: float
    base: str
    every_programme: bool
    exemption: Exemption | None
    numerator_vi: str
    numerator_en: str
    denominator_vi: str
    denominator_en: str
    survey_vi: str | None
    survey_en: str | None


@dataclass(frozen=True)
class Applicability:
    """Article 8.1: the levels and the months within which a class must have graduated before the data is fixed."""

    clause: Clause
    training_levels: tuple[TrainingLevel, ...]
    graduates_within_months: int
    graduates_within_months_health: int
    wording_vi: str
    wording_en: str


@dataclass(frozen=True)
class Transition:
    """Article 14.1: institutions founded (or split, merged) before a day have so many months from the day in force."""

    clause: Clause
    founded_before: date
    months: int
    wording_vi: str
    wording_en: str


@dataclass(frozen=True)
class DefenceAndPolice:
    """Article 8.2.a: what does not apply to schools of the ministries of defence and public security; the name of their
    managing body tells them."""

    clause: Clause
    requirements: frozenset[str]
    conditions: frozenset[str]
    managing_bodies: tuple[str, ...]
    wording_vi: str
    wording_en: str


@dataclass(frozen=True)
class Standard:
    """The whole standard. `data_fixed_on` and `report_due_on` are (month, day); the report falls in the next year."""

    document: Document
    in_force: date
    first_period: int
    data_fixed_on: tuple[int, int]
    report_due_on: tuple[int, int]
    dates_clause: Clause
    verdict_clause: Clause
    rounding_decimals: int
    applies_to: Applicability
    transition: Transition
    defence_and_police: DefenceAndPolice
    conditions: tuple[Condition, ...]
    indicators: tuple[StandardIndicator, ...]

    def data_day(self, period: int) -> date:
        """The day the data of a period is fixed: 31 December of that year (article 10.2)."""
        return date(period, *self.data_fixed_on)

    def report_deadline(self, period: int) -> date:
        """The last day for the self-assessment report of a period: 31 March of the next year (article 10.2)."""
        return date(period + 1, *self.report_due_on)

    @property
    def transition_ends(self) -> date:
        """The day by which institutions founded before 2026 must meet the standard (article 14.1)."""
        years, month = divmod(self.in_force.month - 1 + self.transition.months, 12)
        return self.in_force.replace(year=self.in_force.year + years, month=month + 1)

    def must_meet_by(self, founded: date | None) -> date:
        """From when an institution must meet the standard; an unknown founding day counts as before 2026."""
        if founded is None or founded < self.transition.founded_before:
            return self.transition_ends
        return max(self.in_force, founded)
