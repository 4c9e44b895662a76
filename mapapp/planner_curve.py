"""A figure over the years as a drawing: what was reported, the target's line, and the projection dashed.

The table beside it says the same. Drawn by the server, so that it needs no script and prints.
"""

from collections.abc import Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from geodata.indicators import Indicator
from geodata.overlays import Projection, Trend
from mapapp import planner_words as words
from mapapp.i18n import gettext as _
from mapapp.i18n import number
from mapapp.planner_rows import share

WIDTH, HEIGHT = 360, 170
LEFT, RIGHT, TOP, BOTTOM = 34, 14, 12, 24
GRID = (0, 25, 50, 75, 100)

Spot = tuple[int, float | None]


def curve(indicator: Indicator, trend: Trend, projection: Projection | None = None) -> str:
    """SVG text; a period without data interrupts the curve, a projection goes on dashed from the last period."""
    told = [(int(period), None if row.value is None else share(indicator, row.value)) for period, row in trend.points]
    carried = [] if projection is None else [(year, share(indicator, value)) for year, value in projection.points]
    years = [year for year, _value in (*told, *carried)]
    span = (min(years), max(years)) if years else (0, 0)
    parts = [*grid(), *labels(years, span), goal_line(indicator, trend)]
    parts += lines(told, span, "curve")
    if carried:
        last = [spot for spot in told if spot[1] is not None][-1]
        parts += lines([last, *carried], span, "carried")
    parts += dots(told, span, "spot") + dots(carried, span, "spot carried")
    return (
        f'<svg class="curve-box" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>'
        f"{escape(said(indicator, trend, projection))}</title>{''.join(parts)}</svg>"
    )


def said(indicator: Indicator, trend: Trend, projection: Projection | None) -> str:
    """The drawing in words."""
    told = [f"{period}: {words.value(indicator, row.value)}" for period, row in trend.points]
    carried = [] if projection is None else projection.points
    told += [f"{year}: {words.value(indicator, value)} ({_('dự phóng')})" for year, value in carried]
    return "; ".join(told)


def grid() -> list[str]:
    lines_ = [f'<path class="grid" d="M{LEFT} {up(level):.1f}H{WIDTH - RIGHT}"/>' for level in GRID]
    return lines_ + [f'<text class="tick" x="{LEFT - 5}" y="{up(level) + 4:.1f}">{level}</text>' for level in GRID]


def labels(years: list[int], span: tuple[int, int]) -> list[str]:
    """Every year, or every other one where they would touch."""
    step = 1 if len(years) <= 8 else 2
    return [
        f'<text class="year" x="{across(year, span):.1f}" y="{HEIGHT - 7}">{year}</text>'
        for year in years[::-1][::step]
    ]


def lines(spots: list[Spot], span: tuple[int, int], kind: str) -> list[str]:
    return [
        f'<path class="{kind}" d="M{across(one, span):.1f} {up(before):.1f}L{across(two, span):.1f} {up(after):.1f}"/>'
        for (one, before), (two, after) in pairwise(spots)
        if before is not None and after is not None
    ]


def dots(spots: Sequence[Spot], span: tuple[int, int], kind: str) -> list[str]:
    return [
        f'<circle class="{kind}" cx="{across(year, span):.1f}" cy="{up(value):.1f}" r="3.5"/>'
        for year, value in spots
        if value is not None
    ]


def goal_line(indicator: Indicator, trend: Trend) -> str:
    goals = [row.target for _period, row in trend.points if row.target is not None]
    if not goals:
        return ""
    level = share(indicator, goals[-1])
    y = up(level)
    text = f'<text class="goal-label" x="{WIDTH - RIGHT}" y="{y - 4 if y > 24 else y + 12:.1f}">{number(level)}</text>'
    return f'<path class="goal" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>{text}'


def across(year: int, span: tuple[int, int]) -> float:
    first, last = span
    inside = WIDTH - LEFT - RIGHT - 24
    return LEFT + 12 + inside * ((year - first) / (last - first) if last > first else 0.5)


def up(percent: float) -> float:
    """0 to 100 from the bottom to the top."""
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * max(0.0, min(100.0, percent)) / 100
