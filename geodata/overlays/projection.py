"""Where a figure would go if it went on as before: a straight line through its last periods, and nothing cleverer.

It is arithmetic, not a forecast: least squares through the last periods with data (at most `MOST`, at least `LEAST`),
carried on to 2030 and held between 0 and 100. Milestones are there or not and have no line.
"""

from dataclasses import dataclass
from typing import Final

from geodata.indicators import Indicator, Unit
from geodata.overlays.trend import Trend

LEAST: Final = 3
MOST: Final = 5
UNTIL: Final = 2030
DIGITS: Final = 2


@dataclass(frozen=True)
class Projection:
    """`points` are (year, value) after the last period with data; `yearly` the change per year in the indicator's unit;
    `through` the periods the line goes through. `reached_in`: the first year at or above the trend's target (None: not
    by the end, or no target); a target that the last period already meets is not looked for."""

    points: tuple[tuple[int, float], ...]
    yearly: float
    through: tuple[str, ...]
    reached_in: int | None


def project(indicator: Indicator, trend: Trend, *, until: int = UNTIL) -> Projection | None:
    """The line carried on year by year; None for fewer than three periods with data and for milestones."""
    known = [(int(period), row.value) for period, row in trend.points if row.value is not None][-MOST:]
    if indicator.unit is Unit.EXISTS or len(known) < LEAST or known[-1][0] >= until:
        return None
    years, values = [year for year, _ in known], [value for _, value in known]
    middle, mean = sum(years) / len(years), sum(values) / len(values)
    yearly = sum((year - middle) * (value - mean) for year, value in known) / sum(
        (year - middle) ** 2 for year in years
    )
    points = tuple(
        (year, round(min(100.0, max(0.0, mean + yearly * (year - middle))), DIGITS))
        for year in range(years[-1] + 1, until + 1)
    )
    return Projection(points, round(yearly, DIGITS), tuple(map(str, years)), _reached(trend, points))


def _reached(trend: Trend, points: tuple[tuple[int, float], ...]) -> int | None:
    latest = trend.points[-1][1]
    if trend.target is None or trend.target.value is None or latest.met:
        return None
    return next((year for year, value in points if trend.target.met(value)), None)
