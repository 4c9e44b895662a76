"""What makes an institution qualify for a question about access, as SQL over `institution_state`."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.access.scenario import Scenario
from geodata.errors import GeodataError
from geodata.figures.contributions import HOLDS, SAID, SAID_NOW, contributions, standing
from geodata.figures.measures import Formula, Measure, as_json, measures, with_parts
from geodata.releases import Moment

MET = """
    EXISTS (SELECT FROM report JOIN indicator_value AS figure ON figure.report_id = report.id
        WHERE report.institution_id = {owner} AND report.period_id = :period AND figure.indicator_id = :indicator
            AND {said} AND {figure} >= :at_least)
"""

FIGURES = {
    Formula.RATIO: "100 * coalesce(figure.numerator, figure.value * figure.denominator / 100)"
    " / nullif(figure.denominator, 0)",
    Formula.YES: "CASE WHEN figure.value > 0 THEN 100 ELSE 0 END",
    Formula.PASSES: "CASE WHEN CASE WHEN CAST(:threshold AS numeric) IS NULL THEN figure.value > 0"
    " ELSE round(figure.value, 2) >= :threshold END THEN 100 ELSE 0 END",
}
"""A reported figure in percent. What is derived from several figures (score, verdict) is computed before, for all."""

DERIVED = """
    WITH standing AS MATERIALIZED ({standing}), {contributions}
    SELECT institution_id FROM contribution WHERE {scale} * amount / weight >= :at_least
"""


class NotAnInstitutionIndicator(GeodataError):
    """A readiness condition on something that institutions do not report."""


@dataclass(frozen=True)
class Condition:
    """Readiness asked for: the figure of the indicator reported for the period is at least so many percent (points)."""

    indicator: str
    period: str
    at_least: float

    @property
    def measure(self) -> Measure:
        """How the indicator is measured. Raises `NotAnInstitutionIndicator`."""
        found = measures().get(self.indicator)
        if found is None:
            raise NotAnInstitutionIndicator(f"{self.indicator} is not reported by institutions")
        return found


@dataclass(frozen=True)
class AccessQuestion:
    """Institutions in operation on the day `on` that teach any of the occupations at any of the levels (empty: all),
    are of one of the types and meet the condition (None: whatever their readiness), after the scenario."""

    on: date
    occupations: tuple[str, ...] = ()
    training_levels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    condition: Condition | None = None
    scenario: Scenario = field(default_factory=Scenario)


def qualifying(asked: AccessQuestion, at: Moment) -> str:
    """The condition on a row `state` of `institution_state`; it reads `values`."""
    tests = [
        SAID_NOW.format(row="state") if at.is_current else SAID.format(row="state"),
        HOLDS.format(row="state", day=":on"),
        "state.status = 'active'",
        _teaches(asked),
    ]
    tests += ["state.type = ANY (:types)"] if asked.types else []
    tests += [_ready(asked, at)] if asked.condition else []
    tests += ["state.institution_id <> ALL (:closed)"] if asked.scenario.closed else []
    return " AND ".join(f"({test})" for test in tests)


def values(session: Session, asked: AccessQuestion, at: Moment) -> dict[str, Any]:
    """The parameters of `qualifying`."""
    condition = asked.condition
    measure = condition.measure if condition else None
    return {
        "on": asked.on,
        "release": at.release,
        "types": list(asked.types),
        "occupations": list(asked.occupations),
        "tails": [code[1:] for code in asked.occupations],
        "levels": list(asked.training_levels),
        "closed": list(asked.scenario.closed),
        "upgraded": list(asked.scenario.upgraded),
        "into": json.dumps(asked.scenario.into),
        "indicator": condition.indicator if condition else None,
        "period": condition.period if condition else None,
        "at_least": condition.at_least if condition else None,
        "threshold": measure.threshold if measure else None,
        "ready": _ready_by_derivation(session, condition, at) if condition else [],
    }


def _teaches(asked: AccessQuestion) -> str:
    """Occupations and levels; whoever is upgraded teaches its occupations at the level asked for too (the codes of an
    occupation differ by their first digit, the level)."""
    tests = []
    if asked.occupations:
        tests.append("state.occupations && CAST(:occupations AS text[])")
    if asked.training_levels:
        tests.append("state.training_levels && CAST(:levels AS text[])")
    plain = " AND ".join(tests) or "true"
    if not asked.scenario.upgraded or not tests:
        return plain
    same = "EXISTS (SELECT FROM unnest(state.occupations) AS code WHERE substr(code, 2) = ANY (:tails))"
    return f"({plain}) OR state.institution_id = ANY (:upgraded){f' AND {same}' if asked.occupations else ''}"


def _ready(asked: AccessQuestion, at: Moment) -> str:
    """The readiness condition on whoever answers for the institution after the scenario."""
    assert asked.condition is not None  # noqa: S101  the caller looked
    owner = "state.institution_id"
    if asked.scenario.merged:
        owner = "coalesce(CAST(:into AS jsonb) ->> state.institution_id, state.institution_id)"
    measure = asked.condition.measure
    met = _met(measure, owner, at) if measure.formula in FIGURES else f"{owner} = ANY (:ready)"
    return f"{met} OR {owner} = ANY (:upgraded)" if asked.scenario.upgraded else met


def _met(measure: Measure, owner: str, at: Moment) -> str:
    said = (SAID_NOW if at.is_current else SAID).format(row="figure")
    return MET.format(owner=owner, said=said, figure=FIGURES[measure.formula])


def _ready_by_derivation(session: Session, condition: Condition, at: Moment) -> list[str]:
    """The institutions whose derived figure meets the condition; none where the figure is a reported one."""
    if condition.measure.formula in FIGURES:
        return []
    sql = DERIVED.format(
        standing=standing(now=at.is_current),
        contributions=contributions(now=at.is_current),
        scale=1 if condition.measure.formula is Formula.SCORE else 100,
    )
    given = {
        "periods": [condition.period],
        "measures": as_json(with_parts([condition.indicator])),
        "asked": [condition.indicator],
        "release": at.release,
        "at_least": condition.at_least,
    }
    return list(session.scalars(text(sql), given))
