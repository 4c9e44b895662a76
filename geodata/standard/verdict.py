"""Applying the standard to one institution and one period: pass or fail and why, never a band (article 9.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import MappingProxyType

from geodata.catalogue.target import Comparator
from geodata.standard.load import standard
from geodata.standard.model import Condition, Standard, StandardIndicator


class Outcome(StrEnum):
    """Of one part of the standard: met, not met, missing (no figure: neither), or not applicable here."""

    MET = "met"
    NOT_MET = "not_met"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """`incomplete`: nothing fails but something is missing. `no_verdict`: a period before the first data year."""

    MET = "met"
    NOT_MET = "not_met"
    INCOMPLETE = "incomplete"
    NO_VERDICT = "no_verdict"


@dataclass(frozen=True)
class Assessment:
    """The verdict with the outcome of each condition (by code 1–6) and each indicator (by code 01–10)."""

    verdict: Verdict
    conditions: Mapping[str, Outcome]
    indicators: Mapping[str, Outcome]

    @property
    def failed(self) -> tuple[str, ...]:
        """Codes of the conditions, then of the indicators, that are not met."""
        return self._with(Outcome.NOT_MET)

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes of those nothing was reported for."""
        return self._with(Outcome.MISSING)

    def _with(self, outcome: Outcome) -> tuple[str, ...]:
        parts = (*self.conditions.items(), *self.indicators.items())
        return tuple(code for code, found in parts if found is outcome)


def assess(
    period: int,
    requirements: Mapping[str, bool],
    figures: Mapping[str, float],
    *,
    defence_or_police: bool = False,
    planned_reduction: bool = False,
    law: Standard | None = None,
) -> Assessment:
    """The assessment of one institution for `period` (a year).

    `requirements` holds what was reported of numbered requirements ("6.1": True) or whole conditions ("6": True); the
    former win. `figures` has percentages by indicator code ("06": 25.0; where every programme counts, of the lowest).
    `planned_reduction` says that a fall in scale lies in the institution's development direction (article 7.1.b).
    A period before the first data year has no verdict and no outcomes.
    """
    law = law or standard()
    if period < law.first_period:
        return Assessment(Verdict.NO_VERDICT, MappingProxyType({}), MappingProxyType({}))
    conditions = {c.code: _condition(law, c, requirements, exempt=defence_or_police) for c in law.conditions}
    indicators = {i.code: _indicator(law, i, figures, planned_reduction=planned_reduction) for i in law.indicators}
    verdict = _verdict({*conditions.values(), *indicators.values()})
    return Assessment(verdict, MappingProxyType(conditions), MappingProxyType(indicators))


def _verdict(found: set[Outcome]) -> Verdict:
    """One failure decides, whatever else is missing (annex II.3.c); a gap without failure decides nothing."""
    if Outcome.NOT_MET in found:
        return Verdict.NOT_MET
    return Verdict.INCOMPLETE if Outcome.MISSING in found else Verdict.MET


def _condition(law: Standard, condition: Condition, reported: Mapping[str, bool], *, exempt: bool) -> Outcome:
    if exempt and condition.code in law.defence_and_police.conditions:
        return Outcome.NOT_APPLICABLE
    skipped = law.defence_and_police.requirements if exempt else frozenset()
    answers = [reported.get(r.code) for r in condition.requirements if r.code not in skipped]
    answer = False if False in answers else reported.get(condition.code) if None in answers else True
    return Outcome.MISSING if answer is None else Outcome.MET if answer else Outcome.NOT_MET


def _indicator(
    law: Standard, item: StandardIndicator, figures: Mapping[str, float], *, planned_reduction: bool
) -> Outcome:
    if item.code not in figures:
        return Outcome.MISSING
    figure = _rounded(figures[item.code], law.rounding_decimals)
    reached = figure > item.value if item.comparator is Comparator.MORE_THAN else figure >= item.value
    excused = planned_reduction and item.exemption is not None
    return Outcome.MET if reached or excused else Outcome.NOT_MET


def _rounded(figure: float, decimals: int) -> Decimal:
    """Half up, as people round; binary floats would turn 49.995 either way."""
    return Decimal(str(figure)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
