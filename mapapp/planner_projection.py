"""A projection in words and rows: always said to be one, with the line it is."""

from dataclasses import dataclass

from geodata.indicators import Indicator, Unit
from geodata.overlays import Projection, Trend
from mapapp import planner_words as words
from mapapp.i18n import gettext as _
from mapapp.i18n import number


@dataclass(frozen=True)
class ProjectionView:
    """`rows` are (year, value); `explained` says how they were made, `outlook` when the target would be reached."""

    rows: tuple[tuple[str, str], ...]
    explained: str
    outlook: str | None


def projection_view(indicator: Indicator, trend: Trend, projection: Projection | None) -> ProjectionView | None:
    if projection is None:
        return None
    yearly = f"{'+' if projection.yearly >= 0 else '−'}{number(abs(projection.yearly), digits=2)}"
    return ProjectionView(
        rows=tuple((str(year), words.value(indicator, value)) for year, value in projection.points),
        explained=_(
            "Dự phóng, không phải dự báo: đường thẳng (bình phương tối thiểu) qua các kỳ %(periods)s, %(yearly)s "
            "%(unit)s mỗi năm, giữ trong khoảng 0 đến 100.",
            periods=", ".join(projection.through),
            yearly=yearly,
            unit=_("điểm") if indicator.unit is Unit.POINTS else _("điểm phần trăm"),
        ),
        outlook=outlook(trend, projection),
    )


def outlook(trend: Trend, projection: Projection) -> str | None:
    """When the line meets the target; None where there is no number to reach or it is reached already."""
    target = trend.target
    if target is None or target.value is None or trend.points[-1][1].met:
        return None
    goal = words.goal(target)
    if projection.reached_in is None:
        return _("Theo đường này thì đến %(year)s chưa đạt %(goal)s.", year=projection.points[-1][0], goal=goal)
    return _("Theo đường này thì đạt %(goal)s vào năm %(year)s.", goal=goal, year=projection.reached_in)
