"""A small curve of a figure over the periods, with the line of its target; the table beside it says the same."""

from itertools import pairwise
from xml.sax.saxutils import escape

from geodata.indicators import Indicator
from geodata.overlays import Trend
from mapapp import planner_words as words
from mapapp.planner_rows import share

WIDTH, HEIGHT, EDGE = 160, 56, 6


def curve(indicator: Indicator, trend: Trend) -> str:
    """SVG text; a period without data interrupts the curve."""
    spots = [
        (across(place, len(trend.points)), None if row.value is None else up(share(indicator, row.value)))
        for place, (_period, row) in enumerate(trend.points)
    ]
    lines = "".join(
        f'<path class="curve" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'
        for (x1, y1), (x2, y2) in pairwise(spots)
        if y1 is not None and y2 is not None
    )
    dots = "".join(f'<circle class="spot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in spots if y is not None)
    told = "; ".join(f"{period}: {words.value(indicator, row.value)}" for period, row in trend.points)
    return (
        f'<svg class="curve-box" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"><title>{escape(told)}</title>'
        f"{goal_line(indicator, trend)}{lines}{dots}</svg>"
    )


def goal_line(indicator: Indicator, trend: Trend) -> str:
    goals = [row.target for _period, row in trend.points if row.target is not None]
    if not goals:
        return ""
    y = up(share(indicator, goals[-1]))
    return f'<path class="goal" d="M{EDGE} {y:.1f}H{WIDTH - EDGE}"/>'


def across(place: int, count: int) -> float:
    return EDGE + (WIDTH - 2 * EDGE) * (place / (count - 1) if count > 1 else 0.5)


def up(percent: float) -> float:
    """0 to 100 from the bottom to the top."""
    return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * max(0.0, min(100.0, percent)) / 100
