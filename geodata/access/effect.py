"""What a scenario does to a readiness figure: the sums of the units with the contributions of a few changed."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.access.question import NotAnInstitutionIndicator
from geodata.access.scenario import Scenario
from geodata.figures.contributions import contributions, standing
from geodata.figures.measures import Formula, as_json, measures, with_parts
from geodata.overlays.by_unit import Overlay, UnitFigure, by_unit, figure, population, read_sums
from geodata.overlays.question import Filters
from geodata.overlays.sums import Pair, Sums, covered_condition, covered_values, unit_column
from geodata.releases import moment

TOUCHED = """
    WITH standing AS MATERIALIZED ({standing}), {contributions}
    SELECT contribution.institution_id AS id, {column} AS code, amount, weight, {covered} AS covered
    FROM contribution JOIN standing AS cell USING (institution_id, period_id)
"""


@dataclass(frozen=True)
class Touched:
    """What one institution contributes before the scenario; amount and weight None where it reported nothing."""

    code: str | None
    amount: Decimal | None
    weight: Decimal | None
    covered: bool

    @property
    def pair(self) -> Pair:
        reported = self.weight is not None
        sums = Sums(1, int(reported), self.amount or Decimal(0), self.weight or Decimal(0))
        return Pair(sums, sums if self.covered else Sums())


@dataclass(frozen=True)
class Effect:
    """A figure before and after. `rows`: the units whose sums change. `unmeasured`: institutions whose rise cannot be
    put into figures, because they never said what their figure is a share of."""

    overlay: Overlay
    rows: tuple[tuple[UnitFigure, UnitFigure], ...]
    whole: tuple[UnitFigure, UnitFigure]
    unmeasured: tuple[str, ...]


def readiness_effect(
    session: Session,
    indicator: str,
    scenario: Scenario,
    *,
    level: str,
    on: date,
    period: str | None = None,
    at_least: float = 100,
    release: int | None = None,
) -> Effect:
    """The indicator's figures before and after the scenario, for every unit it changes and for the whole.

    Closed institutions no longer count. A merged one no longer counts, and where both reported a share its numerator
    and denominator go to the other. An upgraded one rises to `at_least` percent (points), or to yes. Raises what
    `by_unit` raises, and `NotAnInstitutionIndicator`.
    """
    if indicator not in measures():
        raise NotAnInstitutionIndicator(f"{indicator} is not reported by institutions")
    overlay = by_unit(session, indicator, level=level, on=on, period=period, release=release)
    at = moment(session, on, release)
    before = read_sums(
        session,
        overlay.indicator,
        overlay.vintage,
        [overlay.period],
        Filters(),
        overlay.target,
        release=at.release,
        is_current=at.is_current,
    )
    sums = {code: pair for (_period, code), pair in before.items()}
    found = _touched(session, overlay, scenario, now=at.is_current)
    change = _changes(found, scenario, measures()[indicator].formula, Decimal(str(at_least)))
    rows = [
        (row, _figure(overlay, row, sums.get(row.unit.code, Pair()), change.get(row.unit.code, Pair())))
        for row in overlay.rows
        if row.unit is not None and row.unit.code in change
    ]
    whole = _figure(overlay, overlay.whole, sum(sums.values(), Pair()), sum(change.values(), Pair()))
    silent = tuple(one for one in scenario.upgraded if one in found and _is_unmeasured(found[one], indicator))
    return Effect(overlay, tuple(rows), (overlay.whole, whole), silent)


def _figure(overlay: Overlay, row: UnitFigure, before: Pair, change: Pair) -> UnitFigure:
    return figure(overlay.indicator, row.unit, before + change, overlay.target)


def _touched(session: Session, overlay: Overlay, scenario: Scenario, *, now: bool) -> dict[str, Touched]:
    """What the institutions of the scenario contribute to the indicator; those it does not apply to are left out."""
    covered = population(overlay.target) if overlay.target else None
    sql = TOUCHED.format(
        standing=standing(now=now, chosen="state.institution_id = ANY (:ids)"),
        contributions=contributions(now=now, chosen="report.institution_id = ANY (:ids)"),
        column=unit_column(overlay.vintage),
        covered=covered_condition(covered),
    )
    given = {
        "ids": list(scenario.touched),
        "periods": [overlay.period],
        "measures": as_json(with_parts([overlay.indicator.id])),
        "asked": [overlay.indicator.id],
        "release": overlay.release,
        **covered_values(covered),
    }
    return {row.id: Touched(row.code, row.amount, row.weight, row.covered) for row in session.execute(text(sql), given)}


def _changes(
    found: dict[str, Touched], scenario: Scenario, formula: Formula, at_least: Decimal
) -> dict[str | None, Pair]:
    """What is added to the sums of each unit (mostly negative)."""
    change: dict[str | None, Pair] = {}

    def add(code: str | None, pair: Pair) -> None:
        change[code] = change.get(code, Pair()) + pair

    for gone in (*scenario.closed, *scenario.into):
        if gone in found:
            add(found[gone].code, _minus(found[gone].pair))
    if formula is Formula.RATIO:
        for goes, into in scenario.merged:
            if goes in found and into in found and found[into].weight is not None:
                add(found[into].code, _amounts(found[goes], covered=found[into].covered))
    for risen in scenario.upgraded:
        if risen in found:
            add(found[risen].code, _rise(found[risen], formula, at_least))
    return change


def _rise(one: Touched, formula: Formula, at_least: Decimal) -> Pair:
    """The difference between the figure after and before."""
    if formula is Formula.RATIO:
        if one.weight is None:
            return Pair()
        after = replace(one, amount=max(one.amount or Decimal(0), one.weight * at_least / 100))
    elif formula is Formula.SCORE:
        after = replace(one, amount=max(one.amount or Decimal(0), at_least), weight=Decimal(1))
    else:
        after = replace(one, amount=Decimal(1), weight=Decimal(1))
    return after.pair + _minus(one.pair)


def _is_unmeasured(one: Touched, indicator: str) -> bool:
    return one.weight is None and measures()[indicator].formula is Formula.RATIO


def _amounts(one: Touched, *, covered: bool) -> Pair:
    """Numerator and denominator without the institution itself."""
    sums = Sums(0, 0, one.amount or Decimal(0), one.weight or Decimal(0))
    return Pair(sums, sums if covered else Sums())


def _minus(pair: Pair) -> Pair:
    return Pair(*(Sums(-one.applicable, -one.reporting, -one.amount, -one.weight) for one in (pair.all, pair.covered)))
