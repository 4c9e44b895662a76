"""Where every target stands in its latest period, for all whom it covers: a handful of queries for all of them.

The numbers are those that `trend` gives for one target at a time.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.figures.contributions import contributions, standing
from geodata.figures.measures import as_json, with_parts
from geodata.figures.stored import are_of
from geodata.filters import REFORM
from geodata.indicators import Indicator
from geodata.overlays.by_unit import UnitFigure, figure, periods_of, population
from geodata.overlays.question import Population
from geodata.overlays.sums import Pair, Sums, to_sums
from geodata.overlays.territories import Subject, covers, subjects
from geodata.releases import Moment, moment
from geodata.targets import Target
from geodata.vocabulary import SubjectKind

PARTS = """
    cell.type, cell.ownership, cell.high_quality,
    CASE WHEN cell.former_province_code = ANY(:territories) THEN cell.former_province_code END AS territory
"""

STORED = f"""
    SELECT figure.period_id, figure.indicator_id, {PARTS}, sum(applicable) AS applicable, sum(reporting) AS reporting,
        sum(amount) AS amount, sum(weight) AS weight
    FROM readiness_figure AS figure JOIN readiness_cell AS cell ON cell.id = figure.cell_id
    WHERE figure.period_id = ANY(:periods) AND figure.indicator_id = ANY(:asked)
    GROUP BY 1, 2, 3, 4, 5, 6
"""

LIVE = f"""
    WITH standing AS MATERIALIZED ({{standing}}), {{contributions}}
    SELECT contribution.period_id, contribution.indicator_id, {PARTS}, count(*) AS applicable,
        count(weight) AS reporting, sum(amount) AS amount, sum(weight) AS weight
    FROM contribution JOIN standing AS cell USING (institution_id, period_id)
    GROUP BY 1, 2, 3, 4, 5, 6
"""


@dataclass(frozen=True)
class Standing:
    """The figure of a target's latest period with reports, over all whom its indicator applies to."""

    period: str
    whole: UnitFigure


@dataclass(frozen=True)
class Part:
    """The sums of institutions that no target tells apart; `territory` only where a target's document names it."""

    type: str
    ownership: str
    high_quality: bool
    territory: str | None
    sums: Sums

    def is_of(self, covered: Population) -> bool:
        return (
            self.type in covered.types
            and self.ownership in covered.ownerships
            and (self.high_quality or not covered.high_quality)
            and covered.former_province in (None, self.territory)
        )


Key = tuple[str, str]
"""(indicator, period)."""


def standings(session: Session, wanted: Sequence[Target], *, release: int | None = None) -> dict[str, Standing]:
    """The standing of each target by its id; those without a period with reports are left out. Raises
    `UnknownRelease`."""
    at = moment(session, REFORM, release)
    latest = latest_periods(session, {target.indicator.id: target.indicator for target in wanted}.values())
    asked = [target for target in wanted if target.indicator.id in latest]
    periods = sorted(set(latest.values()))
    institutions = [one for one in asked if one.indicator.subject is SubjectKind.INSTITUTION]
    parts = institution_parts(session, institutions, periods, at)
    others = {one.indicator.id: one.indicator for one in asked if one.indicator.subject is not SubjectKind.INSTITUTION}
    told = subjects(session, list(others.values()), periods, at.release)

    def pair(target: Target, period: str) -> Pair:
        if target.indicator.subject is SubjectKind.INSTITUTION:
            return pair_of_parts(parts[target.indicator.id, period], population(target))
        return pair_of_subjects([one for one in told[target.indicator.id] if one.period == period], target)

    reached = ((target, latest[target.indicator.id]) for target in asked)
    return {
        target.id: Standing(period, figure(target.indicator, None, pair(target, period), target))
        for target, period in reached
    }


def latest_periods(session: Session, wanted: Collection[Indicator]) -> dict[str, str]:
    """The latest period with reports by indicator; those that nobody reported on are left out."""
    reported = {kind: periods_of(session, kind) for kind in sorted({indicator.subject for indicator in wanted})}
    found = {one.id: [period for period in reported[one.subject] if one.has_period(int(period))] for one in wanted}
    return {indicator: periods[-1] for indicator, periods in found.items() if periods}


def pair_of_parts(parts: Sequence[Part], covered: Population) -> Pair:
    everyone = sum((part.sums for part in parts), Sums())
    return Pair(everyone, sum((part.sums for part in parts if part.is_of(covered)), Sums()))


def pair_of_subjects(told: Sequence[Subject], target: Target) -> Pair:
    """Of authorities and territories."""
    covered = (one.sums for one in told if covers(target, one.territory))
    return Pair(sum((one.sums for one in told), Sums()), sum(covered, Sums()))


def institution_parts(
    session: Session, wanted: Sequence[Target], periods: Sequence[str], at: Moment
) -> dict[Key, list[Part]]:
    """Sums by indicator and period in parts fine enough for every target, from the stored figures where they are of the
    release."""
    asked = sorted({target.indicator.id for target in wanted})
    territories = {target.territory.code for target in wanted if target.territory is not None}
    values: dict[str, Any] = {"periods": list(periods), "asked": asked, "territories": sorted(territories)}
    if at.is_current and are_of(session, at.release):
        sql = STORED
    else:
        sql = LIVE.format(standing=standing(now=at.is_current), contributions=contributions(now=at.is_current))
        values |= {"release": at.release, "measures": as_json(with_parts(asked))}
    found: dict[Key, list[Part]] = defaultdict(list)
    for row in session.execute(text(sql), values) if asked else ():
        part = Part(row.type, row.ownership, row.high_quality, row.territory, to_sums(row))
        found[row.indicator_id, row.period_id].append(part)
    return found
