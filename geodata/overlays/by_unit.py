"""Readiness per unit: one function for the map, the table, the API and every export."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.catalogue.documents import Document
from geodata.filters import REFORM
from geodata.indicators import AppliesTo, Indicator, IndicatorKind, indicator_named
from geodata.models import Release
from geodata.overlays.question import Filters, NoFigures, NotFilterable, Population, UnknownTarget, Vintage
from geodata.overlays.sums import Key, Pair, Sums, sums_by_code
from geodata.overlays.territories import sums_by_subject
from geodata.releases import Moment, moment
from geodata.remembered import Remembered
from geodata.targets import Target, effective_target, local_documents, target_named
from geodata.unit_reads import Unit, units
from geodata.vocabulary import SubjectKind

DIGITS = 4
"""Decimals of a published value and gap; `met` is decided on the unrounded figure."""

STEP = Decimal(1).scaleb(-DIGITS)
HUNDRED = Decimal(100)
EXACTLY = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""Sums have at most thirty digits: sixty tell a figure from the next half step, fifteen times as fast as fractions."""

WITH_REPORTS = """
    SELECT period.id FROM reporting_period AS period
    WHERE EXISTS (SELECT FROM report WHERE period_id = period.id AND subject_kind = ANY(:kinds)) ORDER BY period.ends_on
"""


@dataclass(frozen=True)
class UnitFigure:
    """The figure of one unit; `unit` None: those that no unit of the level can be given.

    `N` subjects the indicator applies to, `n` of them with a usable figure, `value` in the indicator's unit (percent;
    points; for milestones 1 or 0) and None where n is 0: nothing reported is never zero. `coverage` is n/N, 0 to 1,
    None where N is 0. `target` is the number to reach, None where no target covers anyone here. `gap` (figure less
    target) and `met` compare the figure of those whom the target covers (`target_value`, from `target_reporting` of
    `target_applicable`): the same as `value` unless the target is asked of fewer types or of a part of the unit.
    """

    unit: Unit | None
    value: float | None
    n: int
    N: int
    coverage: float | None
    target: float | None
    gap: float | None
    met: bool | None
    target_value: float | None
    target_reporting: int
    target_applicable: int

    @property
    def no_data(self) -> bool:
        """Whether there is no figure: nobody reported, or nobody was asked (N is 0)."""
        return self.value is None

    @property
    def missing(self) -> int:
        """How many of those asked have no usable figure."""
        return self.N - self.n


@dataclass(frozen=True)
class Overlay:
    """An answered question. `rows`: one per unit of the level by code, then `unit` None where anyone is left over;
    they sum to `whole`. `also`: targets of local documents on the same indicator and year, to choose from.
    `published_at` and `by_data_status` (institutions per status of their data) are those of `release`."""

    indicator: Indicator
    vintage: Vintage
    period: str
    target: Target | None
    filters: Filters
    release: int
    published_at: datetime | None
    by_data_status: dict[str, int]
    rows: tuple[UnitFigure, ...]
    whole: UnitFigure
    also: tuple[Target, ...]

    @property
    def reached(self) -> tuple[int, int]:
        """(units that meet the target, units that can be compared with it)."""
        verdicts = [row.met for row in self.rows if row.unit is not None and row.met is not None]
        return sum(verdicts), len(verdicts)


def by_unit(
    session: Session,
    indicator: str,
    *,
    level: str,
    on: date,
    period: str | None = None,
    target: str | None = None,
    filters: Filters | None = None,
    release: int | None = None,
) -> Overlay:
    """The figures of an indicator for every unit of a level.

    `on` chooses only the vintage of the units: the same subjects are counted in every vintage, those of the last day
    of `period` (None: the latest with reports). `target` None: the national one. Raises `UnknownIndicator`,
    `UnknownTarget`, `NoFigures`, `NotFilterable`, `LevelNotInVintage`, `UnknownRelease`.
    """
    measured = indicator_named(indicator)
    vintage, chosen, at = Vintage(level, on), filters or Filters(), moment(session, on, release)
    found = _units(session, vintage, at)
    asked = _period(measured, _reported(session, measured.subject, at), period)
    goal = goal_of(measured, asked, target)
    sums = read_sums(session, measured, vintage, [asked], chosen, goal, release=at.release, is_current=at.is_current)
    rows, whole = assemble(measured, found, {code: pair for (_, code), pair in sums.items()}, goal)
    published = session.get(Release, at.release)
    return Overlay(
        indicator=measured,
        vintage=vintage,
        period=asked,
        target=goal,
        filters=chosen,
        release=at.release,
        published_at=published.published_at if published else None,
        by_data_status=published.summary.get("by_data_status", {}) if published else {},
        rows=rows,
        whole=whole,
        also=_local_targets(measured, asked),
    )


def read_sums(
    session: Session,
    indicator: Indicator,
    vintage: Vintage,
    periods: Sequence[str],
    filters: Filters,
    goal: Target | None,
    *,
    release: int,
    is_current: bool,
) -> dict[Key, Pair]:
    """Sums per period and unit code, whoever the subjects are."""
    if indicator.subject is SubjectKind.INSTITUTION:
        covered = None if goal is None else population(goal)
        return sums_by_code(
            session, indicator.id, vintage, periods, filters, covered, release=release, is_current=is_current
        )
    if filters:
        raise NotFilterable(f"{indicator.id} is reported by authorities; filters of institutions do not apply to it")
    return sums_by_subject(session, indicator, vintage, periods, goal, release)


def assemble(
    indicator: Indicator, found: Sequence[Unit], sums: dict[str | None, Pair], goal: Target | None
) -> tuple[tuple[UnitFigure, ...], UnitFigure]:
    """A row per unit, one without a unit for the rest where there is any, and the whole."""
    known = {unit.code for unit in found}
    rows = [figure(indicator, unit, sums.get(unit.code, Pair()), goal) for unit in found]
    rest = sum((pair for code, pair in sums.items() if code not in known), Pair())
    if rest.all.applicable:
        rows.append(figure(indicator, None, rest, goal))
    return tuple(rows), figure(indicator, None, sum(sums.values(), Pair()), goal)


def figure(indicator: Indicator, unit: Unit | None, pair: Pair, goal: Target | None) -> UnitFigure:
    """Counts and sums as the figure of a unit."""
    exact, compared = ratio(indicator, pair.all), ratio(indicator, pair.covered)
    asked = goal if pair.covered.applicable else None
    return UnitFigure(
        unit=unit,
        value=_published(exact),
        n=pair.all.reporting,
        N=pair.all.applicable,
        coverage=pair.all.reporting / pair.all.applicable if pair.all.applicable else None,
        target=_goal_value(asked),
        gap=_published(_gap(asked, compared)),
        met=asked.met(float(compared)) if asked and compared is not None else None,
        target_value=_published(compared),
        target_reporting=pair.covered.reporting,
        target_applicable=pair.covered.applicable,
    )


def ratio(indicator: Indicator, sums: Sums) -> Decimal | None:
    """Σ amount / Σ weight in the indicator's unit; None where nothing was reported."""
    if not sums.reporting or not sums.weight:
        return None
    plain = indicator.kind in (IndicatorKind.COMPOSITE, IndicatorKind.MILESTONE)
    return EXACTLY.divide(sums.amount if plain else EXACTLY.multiply(sums.amount, HUNDRED), sums.weight)


def goal_of(indicator: Indicator, period: str, target: str | None) -> Target | None:
    """The target to compare with: the one named, else the national one that holds as seen from the period.

    The requirements on single institutions (kind legal) set no share of institutions, so by default there is none.
    Raises `UnknownTarget`.
    """
    if target is not None:
        named = target_named(target)
        if named is None or named.indicator.id != indicator.id:
            raise UnknownTarget(f"{target} is not a target of {indicator.id}")
        if indicator.kind is IndicatorKind.LEGAL:
            raise UnknownTarget(f"{target} is asked of each institution, not of a share of them")
        return named
    if indicator.kind is IndicatorKind.LEGAL:
        return None
    holding = effective_target(indicator.id, None, int(period))
    return None if holding is None else holding.target


def population(goal: Target) -> Population:
    """Whom a target of institutions covers."""
    audience = goal.applies_to or AppliesTo()
    territory = goal.territory
    if territory is not None and territory.on >= REFORM:
        raise UnknownTarget(f"{goal.id}: territories after 30/06/2025 are not supported yet")
    return Population(
        tuple(audience.types),
        tuple(audience.ownership),
        audience.high_quality,
        None if territory is None else territory.code,
    )


def periods_with_reports(session: Session, indicator: Indicator) -> tuple[str, ...]:
    """The periods in which the indicator is collected and its kind of subject reported, oldest first."""
    return _collected(indicator, periods_of(session, indicator.subject))


def _collected(indicator: Indicator, periods: Sequence[str]) -> tuple[str, ...]:
    return tuple(period for period in periods if indicator.has_period(int(period)))


def periods_of(session: Session, subject: SubjectKind) -> tuple[str, ...]:
    """The periods in which a kind of subject reported, oldest first; milestones stand beside any report."""
    kinds = list(SubjectKind) if subject is SubjectKind.TERRITORY else [subject]
    return tuple(session.scalars(text(WITH_REPORTS), {"kinds": [kind.value for kind in kinds]}))


UNITS: Remembered[tuple[Unit, ...]] = Remembered(most=6)
PERIODS: Remembered[tuple[str, ...]] = Remembered(most=12)
"""Both are the same for every indicator, and reading them was most of the work of an overlay. A publication ends them:
reports come with one, and units are loaded before the site is served."""


def _units(session: Session, vintage: Vintage, at: Moment) -> tuple[Unit, ...]:
    def read() -> tuple[Unit, ...]:
        return tuple(units(session, level=vintage.level, on=vintage.on))

    return read() if at.published_at is None else UNITS.get((at.published_at, vintage), read)


def _reported(session: Session, subject: SubjectKind, at: Moment) -> tuple[str, ...]:
    if at.published_at is None:
        return periods_of(session, subject)
    return PERIODS.get((at.published_at, subject), lambda: periods_of(session, subject))


def _period(indicator: Indicator, reported: Sequence[str], period: str | None) -> str:
    known = _collected(indicator, reported)
    if not known:
        since = "" if indicator.first_period is None else f"; it is collected from {indicator.first_period} on"
        raise NoFigures(f"the register holds no reports on {indicator.id}{since}")
    if period is None:
        return known[-1]
    if period not in known:
        raise NoFigures(f"no reports on {indicator.id} for {period}; there are some for {', '.join(known)}", known)
    return period


def _local_targets(indicator: Indicator, period: str) -> tuple[Target, ...]:
    """What local documents ask of the indicator, as seen from the period."""
    held = (effective_target(indicator.id, document.territory, int(period)) for document in local_documents())
    return tuple(holding.target for holding in held if holding is not None and not holding.inherited)


def silent_documents(indicator: Indicator, period: str) -> tuple[Document, ...]:
    """Local plans that say nothing on the indicator for the period: the national target shows over their territory."""
    held = (effective_target(indicator.id, document.territory, int(period)) for document in local_documents())
    return tuple(holding.silent for holding in held if holding is not None and holding.silent is not None)


def _gap(goal: Target | None, value: Decimal | None) -> Decimal | None:
    if goal is None or goal.value is None or value is None:
        return None
    return EXACTLY.subtract(value, Decimal(str(goal.value)))


def _goal_value(goal: Target | None) -> float | None:
    """The number to reach; 1 for a milestone, which has to exist."""
    if goal is None:
        return None
    return 1.0 if goal.value is None else float(goal.value)


def _published(value: Decimal | None) -> float | None:
    return None if value is None else float(EXACTLY.quantize(value, STEP))
