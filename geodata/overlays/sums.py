"""Counts and sums of an indicator per unit code: from the stored figures where they answer the question, otherwise
(an earlier release, a filter by occupation) from the institutions themselves. Both give the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.figures.contributions import contributions, standing
from geodata.figures.measures import as_json, fingerprint, with_parts
from geodata.figures.stored import are_of
from geodata.filters import REFORM
from geodata.overlays.question import Filters, Population, Vintage
from geodata.vocabulary import UnitLevel


@dataclass(frozen=True)
class Sums:
    """`applicable` subjects, `reporting` of them, Σ amount and Σ weight of those that report."""

    applicable: int = 0
    reporting: int = 0
    amount: Decimal = Decimal(0)
    weight: Decimal = Decimal(0)

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.applicable + other.applicable,
            self.reporting + other.reporting,
            self.amount + other.amount,
            self.weight + other.weight,
        )


@dataclass(frozen=True)
class Pair:
    """The sums over all whom the indicator applies to, and over those the target covers."""

    all: Sums = Sums()
    covered: Sums = Sums()

    def __add__(self, other: "Pair") -> "Pair":
        return Pair(self.all + other.all, self.covered + other.covered)


Key = tuple[str, str | None]
"""(period, unit code); None for those whom no unit of the level can be given."""

STORED = """
    SELECT figure.period_id, {column} AS code, sum(applicable) AS applicable, sum(reporting) AS reporting,
        sum(amount) AS amount, sum(weight) AS weight,
        sum(applicable) FILTER (WHERE {covered}) AS covered_applicable,
        sum(reporting) FILTER (WHERE {covered}) AS covered_reporting,
        sum(amount) FILTER (WHERE {covered}) AS covered_amount, sum(weight) FILTER (WHERE {covered}) AS covered_weight
    FROM readiness_figure AS figure JOIN readiness_cell AS cell ON cell.id = figure.cell_id
    WHERE figure.period_id = ANY(:periods) AND figure.indicator_id = :indicator AND {filters}
        AND EXISTS (SELECT FROM readiness_stamp WHERE release_id = :release AND measures = :measures)
    GROUP BY figure.period_id, code
"""
"""No rows where the stored figures are not those of the release, derived as this version would."""

LIVE = """
    WITH standing AS MATERIALIZED ({standing}), {contributions}
    SELECT contribution.period_id, {column} AS code, count(*) AS applicable, count(weight) AS reporting,
        sum(amount) AS amount, sum(weight) AS weight,
        count(*) FILTER (WHERE {covered}) AS covered_applicable,
        count(weight) FILTER (WHERE {covered}) AS covered_reporting,
        sum(amount) FILTER (WHERE {covered}) AS covered_amount, sum(weight) FILTER (WHERE {covered}) AS covered_weight
    FROM contribution JOIN standing AS cell USING (institution_id, period_id)
    WHERE {filters}
    GROUP BY contribution.period_id, code
"""

COVERED = """
    type = ANY (:covered_types) AND ownership = ANY (:covered_ownerships)
    AND (high_quality OR NOT :covered_high_quality)
    AND (CAST(:covered_territory AS text) IS NULL OR former_province_code = :covered_territory)
"""


def sums_by_code(
    session: Session,
    indicator: str,
    vintage: Vintage,
    periods: Sequence[str],
    filters: Filters,
    covered: Population | None,
    *,
    release: int,
    is_current: bool,
) -> dict[Key, Pair]:
    """Sums per period and stored unit code of the vintage's level; `covered` None: no target, nothing covered."""
    values = {
        "periods": list(periods),
        "indicator": indicator,
        "release": release,
        **filter_values(filters),
        **covered_values(covered),
    }
    rows: Sequence[Any] = ()
    if is_current and not filters.occupations:
        stored = {**values, "measures": fingerprint()}
        rows = session.execute(text(_stored(vintage, filters, covered)), stored).all()
    if not rows and not (is_current and not filters.occupations and are_of(session, release)):
        live = {**values, "measures": as_json(with_parts([indicator])), "asked": [indicator]}
        rows = session.execute(text(_live(vintage, filters, covered, is_current=is_current)), live).all()
    return {(row.period_id, row.code): _pair(row) for row in rows}


def unit_column(vintage: Vintage) -> str:
    """The column of stored codes for a level, in the world that the day belongs to."""
    former = "former_" if vintage.on < REFORM or vintage.level == UnitLevel.DISTRICT else ""
    return f"cell.{former}{vintage.level}_code"


def _stored(vintage: Vintage, filters: Filters, covered: Population | None) -> str:
    return STORED.format(
        column=unit_column(vintage),
        covered=covered_condition(covered),
        filters=" AND ".join(filter_conditions(filters, "cell")),
    )


def _live(vintage: Vintage, filters: Filters, covered: Population | None, *, is_current: bool) -> str:
    return LIVE.format(
        standing=standing(now=is_current, chosen=" AND ".join(filter_conditions(filters, "state"))),
        contributions=contributions(now=is_current),
        column=unit_column(vintage),
        covered=covered_condition(covered),
        filters="true",
    )


def filter_conditions(filters: Filters, row: str) -> list[str]:
    """Conditions of the filters on a row alias; they read `filter_values`."""
    tests = {
        f"{row}.type = ANY (:types)": filters.types,
        f"{row}.ownership = ANY (:ownerships)": filters.ownerships,
        f"{row}.training_levels && CAST(:training_levels AS text[])": filters.training_levels,
        f"{row}.occupations && CAST(:occupations AS text[])": filters.occupations,
    }
    return [test for test, wanted in tests.items() if wanted] or ["true"]


def filter_values(filters: Filters) -> dict[str, list[str]]:
    return {
        "types": list(filters.types),
        "ownerships": list(filters.ownerships),
        "training_levels": list(filters.training_levels),
        "occupations": list(filters.occupations),
    }


def covered_condition(covered: Population | None) -> str:
    """Whether a row of standing institutions is one whom the target covers; it reads `covered_values`."""
    return "false" if covered is None else COVERED


def covered_values(covered: Population | None) -> dict[str, object]:
    if covered is None:
        return {}
    return {
        "covered_types": list(covered.types),
        "covered_ownerships": list(covered.ownerships),
        "covered_high_quality": covered.high_quality,
        "covered_territory": covered.former_province,
    }


def to_sums(row: Any) -> Sums:
    """A row of applicable, reporting, amount and weight, the last two NULL where nothing was reported."""
    return Sums(row.applicable, row.reporting, row.amount or Decimal(0), row.weight or Decimal(0))


def _pair(row: Any) -> Pair:
    everyone = to_sums(row)
    covered = Sums(
        row.covered_applicable or 0,
        row.covered_reporting or 0,
        row.covered_amount or Decimal(0),
        row.covered_weight or Decimal(0),
    )
    return Pair(everyone, covered)
