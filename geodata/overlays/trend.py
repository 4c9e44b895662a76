"""How one unit, or the country, moved over the periods."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from geodata.filters import REFORM
from geodata.indicators import indicator_named
from geodata.overlays.by_unit import UnitFigure, figure, goal_of, periods_with_reports, read_sums
from geodata.overlays.question import Filters, Vintage
from geodata.overlays.sums import Pair
from geodata.releases import moment
from geodata.targets import Target
from geodata.unit_reads import Unit
from geodata.vocabulary import UnitLevel


@dataclass(frozen=True)
class Trend:
    """The figures per period, oldest first, all compared with the target that holds as seen from the last one."""

    target: Target | None
    points: tuple[tuple[str, UnitFigure], ...]


def trend(
    session: Session,
    indicator: str,
    *,
    unit: Unit | None,
    target: str | None = None,
    filters: Filters | None = None,
    release: int | None = None,
) -> Trend:
    """The figure of a unit (None: the whole country) in every period with reports (none: no points).

    Each period counts those that existed at its end. Raises `UnknownIndicator`, `UnknownTarget`, `NotFilterable`,
    `UnknownRelease`.
    """
    measured = indicator_named(indicator)
    periods = periods_with_reports(session, measured)
    if not periods:
        return Trend(None, ())
    goal = goal_of(measured, periods[-1], target)
    at = moment(session, REFORM, release)
    vintage = Vintage(unit.level, unit.valid_from) if unit else Vintage(UnitLevel.PROVINCE, REFORM)
    sums = read_sums(
        session, measured, vintage, periods, filters or Filters(), goal, release=at.release, is_current=at.is_current
    )

    def pair(period: str) -> Pair:
        if unit is not None:
            return sums.get((period, unit.code), Pair())
        return sum((pair for (when, _), pair in sums.items() if when == period), Pair())

    return Trend(goal, tuple((period, figure(measured, unit, pair(period), goal)) for period in periods))
