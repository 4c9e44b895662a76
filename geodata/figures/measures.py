"""How each indicator is measured on one institution, as data that the SQL of `contributions` reads.

A measure says whom the indicator applies to and how a reported figure becomes an amount and a weight; an overlay is
Σ amount / Σ weight over the institutions of a unit.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache

from geodata.catalogue.target import Comparator
from geodata.indicators import AppliesTo, Indicator, IndicatorKind, indicators
from geodata.readiness_score import SCORE_ID, score_formula
from geodata.standard import load as standard_file
from geodata.standard.as_catalogue import VERDICT_ID
from geodata.vocabulary import SubjectKind

IT_FIELD = "48"
"""Field of the 7-digit occupation codes (digits 2 and 3) that holds computing and information technology."""

REVISION = 2
"""Raised when the SQL of `contributions` changes what it computes, so that stored figures are derived again."""


class Formula(StrEnum):
    """ratio: numerator over denominator; yes: has or has not; passes: reaches the standard's threshold (a condition:
    is met); score: our readiness score; verdict: meets the whole standard."""

    RATIO = "ratio"
    YES = "yes"
    PASSES = "passes"
    SCORE = "score"
    VERDICT = "verdict"


@dataclass(frozen=True)
class Measure:
    """One indicator of institutions. `threshold` None with `passes`: a condition, met or not. `theme` groups the parts
    of the score. `it_only`: asked of those that teach IT occupations, or report that they do. `not_managed_by`: not
    asked of institutions under these managing bodies."""

    id: str
    formula: Formula
    first_period: int
    types: tuple[str, ...]
    ownerships: tuple[str, ...]
    high_quality: bool
    training_levels: tuple[str, ...]
    it_only: bool
    threshold: float | None
    above: bool
    theme: str | None
    not_managed_by: tuple[str, ...]


@cache
def measures() -> dict[str, Measure]:
    """The measure of every indicator that institutions report on, by id."""
    wanted = (i for i in indicators().values() if i.subject is SubjectKind.INSTITUTION and i.first_period is not None)
    return {indicator.id: measure_of(indicator) for indicator in wanted}


def with_parts(asked: Iterable[str]) -> list[Measure]:
    """The measures asked for and those they are made of: the score's members, the standard's conditions and
    indicators."""
    names = set(asked)
    if SCORE_ID in names:
        names |= {member for members in score_formula().themes.values() for member in members}
    if VERDICT_ID in names:
        names |= {measure.id for measure in measures().values() if measure.formula is Formula.PASSES}
    return [measure for measure in measures().values() if measure.id in names]


def as_json(chosen: Iterable[Measure]) -> str:
    """Measures as the JSON that `contributions` reads as a table."""
    return json.dumps([asdict(measure) for measure in chosen])


@cache
def fingerprint() -> str:
    """Changes when the catalogue or the method changes what a stored figure would be."""
    return hashlib.sha256(f"{REVISION}{as_json(measures().values())}".encode()).hexdigest()[:16]


def measure_of(indicator: Indicator) -> Measure:
    """How one indicator is measured; also one that authorities report, which is asked of no institution."""
    audience = indicator.applies_to or AppliesTo()
    threshold, above = _threshold(indicator.id)
    return Measure(
        id=indicator.id,
        formula=_formula(indicator),
        first_period=indicator.first_period or 0,
        types=tuple(audience.types),
        ownerships=tuple(audience.ownership),
        high_quality=audience.high_quality,
        training_levels=tuple(audience.training_levels),
        it_only=indicator.base == "it_programmes",
        threshold=threshold,
        above=above,
        theme=_theme(indicator.id),
        not_managed_by=_spared(indicator.id),
    )


def _formula(indicator: Indicator) -> Formula:
    if indicator.id == SCORE_ID:
        return Formula.SCORE
    if indicator.id == VERDICT_ID:
        return Formula.VERDICT
    if indicator.kind is IndicatorKind.LEGAL:
        return Formula.PASSES
    return Formula.YES if indicator.kind in (IndicatorKind.SHARE, IndicatorKind.MILESTONE) else Formula.RATIO


def _threshold(indicator_id: str) -> tuple[float | None, bool]:
    """The standard's threshold and whether it must be exceeded; (None, False) for anything else."""
    for item in standard_file.standard().indicators:
        if item.id == indicator_id:
            return item.value, item.comparator is Comparator.MORE_THAN
    return None, False


def _theme(indicator_id: str) -> str | None:
    return next((theme.value for theme, members in score_formula().themes.items() if indicator_id in members), None)


def _spared(indicator_id: str) -> tuple[str, ...]:
    """The managing bodies whose schools a condition of the standard does not concern (article 8.2.a)."""
    law = standard_file.standard()
    exempt = {condition.id for condition in law.conditions if condition.code in law.defence_and_police.conditions}
    return law.defence_and_police.managing_bodies if indicator_id in exempt else ()
