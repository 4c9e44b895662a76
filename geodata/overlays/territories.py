"""Figures that belong to authorities and territories, not to institutions: whose they are, and the unit of a vintage
they can be shown on."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.catalogue.documents import UnitRef
from geodata.figures.contributions import SAID
from geodata.filters import REFORM
from geodata.indicators import Indicator, IndicatorKind
from geodata.overlays.question import Vintage
from geodata.overlays.sums import Key, Pair, Sums
from geodata.targets import Target, targets
from geodata.unit_reads import Unit, by_key, predecessors, successors, unit
from geodata.vocabulary import UnitLevel

AUTHORITIES = f"""
    SELECT asked.indicator_id, period.id AS period_id, authority.territory_key, told.numerator AS amount,
        told.denominator AS weight
    FROM reporting_period AS period
    CROSS JOIN unnest(CAST(:indicators AS text[])) AS asked (indicator_id)
    JOIN authority ON (authority.valid_from IS NULL OR authority.valid_from <= period.ends_on)
        AND (authority.valid_to IS NULL OR authority.valid_to > period.ends_on)
    LEFT JOIN (
        SELECT report.authority_id, report.period_id, figure.indicator_id, figure.denominator,
            coalesce(figure.numerator, figure.value * figure.denominator / 100) AS numerator
        FROM report JOIN indicator_value AS figure ON figure.report_id = report.id
        WHERE figure.indicator_id = ANY(:indicators) AND figure.value IS NOT NULL AND figure.denominator > 0
            AND {SAID.format(row="figure")}
    ) AS told ON told.authority_id = authority.id AND told.period_id = period.id
        AND told.indicator_id = asked.indicator_id
    WHERE period.id = ANY(:periods)
"""

MILESTONES = f"""
    SELECT figure.indicator_id, report.period_id, report.territory_key, figure.value
    FROM report JOIN indicator_value AS figure ON figure.report_id = report.id
    WHERE report.period_id = ANY(:periods) AND figure.indicator_id = ANY(:indicators)
        AND figure.value IS NOT NULL AND report.subject_kind = 'territory' AND {SAID.format(row="figure")}
"""

CODES = "codes of territories across the reform"
"""Kept in the session: a page about all targets asks for the same 63 provinces again and again."""


@dataclass(frozen=True)
class Subject:
    """One authority or territory in a period, and what it told; `territory` None: the whole country."""

    period: str
    territory: Unit | None
    sums: Sums


def sums_by_subject(
    session: Session,
    indicator: Indicator,
    vintage: Vintage,
    periods: Sequence[str],
    target: Target | None,
    release: int,
) -> dict[Key, Pair]:
    """Sums per period and unit code; subjects that no unit of the vintage can be given stand under None."""
    found: dict[Key, Pair] = {}
    for subject in subjects(session, [indicator], periods, release)[indicator.id]:
        place = subject.territory
        key = (subject.period, _code_in(session, place, vintage) if place else None)
        covered = subject.sums if target is not None and covers(target, place) else Sums()
        found[key] = found.get(key, Pair()) + Pair(subject.sums, covered)
    return found


def subjects(
    session: Session, indicators: Sequence[Indicator], periods: Sequence[str], release: int
) -> dict[str, list[Subject]]:
    """Whom each of the indicators (by id) is asked of in the periods, and what they told: authorities, or for
    milestones the territories of the documents."""
    milestones = [one for one in indicators if one.kind is IndicatorKind.MILESTONE]
    others = [one for one in indicators if one.kind is not IndicatorKind.MILESTONE]
    return {
        **_authorities(session, others, periods, release),
        **_milestones(session, milestones, periods, release),
    }


def covers(target: Target, place: Unit | None) -> bool:
    """Whether a target is asked of the authority or territory: its own document's, the nation's of everyone."""
    if target.territory is None:
        return target.indicator.kind is not IndicatorKind.MILESTONE or place is None
    return place is not None and is_territory(place, target.territory)


def is_territory(place: Unit, named: UnitRef) -> bool:
    """Whether the unit is the one a document named, as it then was."""
    return place.code == named.code and place.holds_on(named.on)


def milestone_territories(indicator: Indicator) -> list[UnitRef | None]:
    """Where a milestone is asked for: each territory whose document asks, and the country where a national one does."""
    return list(dict.fromkeys(target.territory for target in targets() if target.indicator.id == indicator.id))


def _authorities(
    session: Session, indicators: Sequence[Indicator], periods: Sequence[str], release: int
) -> dict[str, list[Subject]]:
    rows = _rows(session, AUTHORITIES, indicators, periods, release)
    units = by_key(session, {row.territory_key for row in rows if row.territory_key})
    found: dict[str, list[Subject]] = {indicator.id: [] for indicator in indicators}
    for row in rows:
        told = Subject(row.period_id, units.get(row.territory_key), _told(row.amount, row.weight))
        found[row.indicator_id].append(told)
    return found


def _milestones(
    session: Session, indicators: Sequence[Indicator], periods: Sequence[str], release: int
) -> dict[str, list[Subject]]:
    rows = _rows(session, MILESTONES, indicators, periods, release)
    told = {(row.indicator_id, row.period_id, row.territory_key): Decimal(row.value > 0) for row in rows}
    asked = {indicator.id: milestone_territories(indicator) for indicator in indicators}
    named = dict.fromkeys(place for places in asked.values() for place in places if place is not None)
    units: dict[UnitRef | None, Unit | None] = {None: None, **{ref: unit(session, str(ref)) for ref in named}}
    return {
        indicator: [
            Subject(period, place, _told(amount, None if amount is None else Decimal(1)))
            for period in periods
            for place in map(units.__getitem__, places)
            for amount in [told.get((indicator, period, place.key if place else None))]
        ]
        for indicator, places in asked.items()
    }


def _rows(
    session: Session, sql: str, indicators: Sequence[Indicator], periods: Sequence[str], release: int
) -> list[Any]:
    values = {"indicators": [one.id for one in indicators], "periods": list(periods), "release": release}
    return list(session.execute(text(sql), values)) if indicators else []


def _told(amount: Decimal | None, weight: Decimal | None) -> Sums:
    return Sums(1) if amount is None or weight is None else Sums(1, 1, amount, weight)


def _code_in(session: Session, place: Unit, vintage: Vintage) -> str | None:
    """The province of the vintage that the territory is, went into whole, or is the same land as; None otherwise."""
    if vintage.level != UnitLevel.PROVINCE:
        return None
    if place.holds_on(vintage.on):
        return place.code
    known: dict[tuple[str, bool], str | None] = session.info.setdefault(CODES, {})
    key = (place.key, vintage.on >= REFORM)
    if key not in known:
        known[key] = _code_across_the_reform(session, place, vintage)
    return known[key]


def _code_across_the_reform(session: Session, place: Unit, vintage: Vintage) -> str | None:
    if vintage.on >= REFORM:
        whole = [link.unit.code for link in successors(session, place.key) if link.part == "whole"]
    else:
        before = predecessors(session, place.key)
        whole = [link.unit.code for link in before if link.part == "whole"] if len(before) == 1 else []
    return whole[0] if len(whole) == 1 else None
