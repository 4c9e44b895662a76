"""The planner's page put together: form, map, legend, ranked table, trend and exports of one overlay."""

from datetime import date

from flask import url_for

from geodata import overlays
from geodata.filters import REFORM
from geodata.indicators import Indicator, UnknownIndicator, indicator_named, indicators
from geodata.overlays import Overlay, Trend, UnitFigure
from geodata.targets import Target, targets
from geodata.text import fold
from geodata.unit_reads import by_key
from mapapp import labels
from mapapp import planner_words as words
from mapapp.db import session, today
from mapapp.errors import UNKNOWN_INDICATOR, Problem
from mapapp.exports import address
from mapapp.exports.links import downloads
from mapapp.i18n import day, language, number, page_url
from mapapp.i18n import gettext as _
from mapapp.occupations_view import occupation_label
from mapapp.overlay_question import answer, to_filters
from mapapp.overlay_rows import METHOD_EN, METHOD_VI
from mapapp.params import InvalidParameters
from mapapp.planner_curve import curve
from mapapp.planner_drawing import drawing
from mapapp.planner_layers import layer_options, live_layers, shapes_view
from mapapp.planner_live import live
from mapapp.planner_projection import projection_view
from mapapp.planner_question import Order, PlannerQuestion
from mapapp.planner_rows import figure_row, legend
from mapapp.planner_views import Course, FigureRow, GoalView, OptionGroup, PeriodRow, PlannerPage, Shown
from mapapp.questions import here_with
from mapapp.views import FilterGroup, Hidden, Link, Option

PAGE = 100
BEFORE = date(2025, 6, 30)
"""The last day of the former units."""


def planner_page(asked: PlannerQuestion) -> PlannerPage:
    """Raises a 404 problem for an unknown indicator; every other refusal is said on the page."""
    try:
        indicator = indicator_named(asked.indicator)
    except UnknownIndicator as error:
        raise Problem(UNKNOWN_INDICATOR) from error
    message, overlay = None, None
    try:
        overlay = answer(asked.indicator, asked.overlay())
    except InvalidParameters as refused:
        message = " ".join(f"{text[0].upper()}{text[1:]}." for _name, text in refused.errors)
    return PlannerPage(
        title=_("Bản đồ mức sẵn sàng số"),
        description=_("Chỉ số và chỉ tiêu chuyển đổi số giáo dục nghề nghiệp theo tỉnh, huyện cũ và xã."),
        form_url=page_url("planner.planner"),
        indicator=indicator.id,
        indicator_label=words.name(indicator),
        definition=words.definition(indicator),
        unofficial=not indicator.official,
        indicators=indicator_options(indicator),
        units=unit_options(asked.units),
        periods=period_options(indicator, overlay.period if overlay else asked.period),
        targets=target_options(indicator, asked.own_target()),
        filters=filter_groups(asked),
        hidden=kept(asked),
        layers=layer_options(asked),
        occupation=",".join(asked.occupation),
        occupations=tuple(occupation_label(code) for code in asked.occupation),
        suggest_url=url_for("api.suggest"),
        message=message,
        shown=shown(asked, overlay) if overlay else None,
        targets_url=page_url("planner.targets"),
    )


def shown(asked: PlannerQuestion, overlay: Overlay) -> Shown:
    ranked = sorted((row for row in overlay.rows if row.unit), key=ORDERS[asked.sort])
    rest = next((row for row in overlay.rows if row.unit is None), None)
    start = (asked.page - 1) * PAGE
    indicator, shapes = overlay.indicator, shapes_view(asked, overlay)
    return Shown(
        heading=heading(overlay),
        whole=figure_row(indicator, overlay.whole, label=_("Cả nước")),
        reached_label=reached_label(overlay),
        goal=goal_view(overlay.target) if overlay.target else None,
        local_goals=tuple(goal_view(target) for target in overlay.also if target is not overlay.target),
        silent_label=silent_label(overlay),
        drawing=drawing(overlay),
        shapes=shapes,
        legend=legend(indicator, ranked),
        rows=table_rows(asked, overlay, ranked[start : start + PAGE], start),
        rest=figure_row(indicator, rest) if rest else None,
        unplaced=unplaced_links(overlay),
        total_label=_("%(count)s đơn vị", count=number(len(ranked))),
        sorts=sorts(asked),
        previous_url=here_with(page=asked.page - 1) if asked.page > 1 else None,
        next_url=here_with(page=asked.page + 1) if start + PAGE < len(ranked) else None,
        course=course(overlay),
        exports=downloads(overlay, [one.value for one in asked.layer]),
        method=METHOD_VI if language() == "vi" else METHOD_EN,
        live=live(overlay, address.of_values(overlay), areas=shapes.areas) | live_layers(asked, overlay),
    )


def unplaced_links(overlay: Overlay) -> tuple[Link, ...]:
    """Those behind the row without a unit, to be looked up and put right."""
    found = overlays.unplaced(session(), overlay)
    return tuple(Link(one.name, page_url("citizen.institution", id_or_code=one.id)) for one in found)


def heading(overlay: Overlay) -> str:
    return _(
        "%(name)s, năm %(period)s, theo %(units)s",
        name=words.name(overlay.indicator),
        period=overlay.period,
        units=units_label(overlay.vintage.level, overlay.vintage.on),
    )


def units_label(level: str, on: date) -> str:
    """The units of a vintage in words."""
    if on < REFORM:
        return {
            "province": _("63 tỉnh, thành phố (đến 30/06/2025)"),
            "district": _("huyện, quận (đến 30/06/2025)"),
            "commune": _("xã, phường cũ (đến 30/06/2025)"),
        }[level]
    return {
        "province": _("34 tỉnh, thành phố (từ 01/07/2025)"),
        "commune": _("xã, phường, đặc khu (từ 01/07/2025)"),
    }.get(level, level)


def reached_label(overlay: Overlay) -> str | None:
    """How many of the comparable units reach the target."""
    met, compared = overlay.reached
    if overlay.target is None or not compared:
        return None
    return _("%(met)s trong %(compared)s đơn vị có số liệu đạt chỉ tiêu", met=number(met), compared=number(compared))


def silent_label(overlay: Overlay) -> str | None:
    """Local plans that are silent, where the national target is the one shown."""
    if overlay.target is None or overlay.target.territory is not None:
        return None
    silent = overlays.silent_documents(overlay.indicator, overlay.period)
    if not silent:
        return None
    names = "; ".join(document.label_vi if language() == "vi" else document.title_en for document in silent)
    return _("Không nói đến chỉ số này ở thời hạn này, nên áp dụng chỉ tiêu quốc gia: %(names)s.", names=names)


def goal_view(target: Target) -> GoalView:
    return GoalView(
        id=target.id,
        text=words.goal(target),
        source=words.goal_source(target),
        place=words.goal_place(target),
        wording=words.wording(target),
        note=target.note_vi if language() == "vi" else target.note_en,
    )


def rank_by_value(row: UnitFigure) -> tuple[object, ...]:
    """Highest first; then those without data, then those where nobody is asked; by code among equals."""
    return (row.N == 0, row.value is None, -(row.value or 0), code(row))


def rank_by_gap(row: UnitFigure) -> tuple[object, ...]:
    """Furthest below the target first."""
    return (row.gap is None, row.gap or 0, row.N == 0, code(row))


def rank_by_coverage(row: UnitFigure) -> tuple[object, ...]:
    """Least covered first."""
    return (row.coverage is None, row.coverage or 0, -row.N, code(row))


def rank_by_name(row: UnitFigure) -> tuple[object, ...]:
    return (fold(row.unit.name) if row.unit else "", code(row))


def code(row: UnitFigure) -> str:
    return row.unit.code if row.unit else ""


ORDERS = {"value": rank_by_value, "gap": rank_by_gap, "coverage": rank_by_coverage, "name": rank_by_name}


def table_rows(asked: PlannerQuestion, overlay: Overlay, rows: list[UnitFigure], start: int) -> tuple[FigureRow, ...]:
    """The part of the ranking on this page, smaller units with the unit above."""
    above = by_key(session(), {row.unit.parent_key for row in rows if row.unit and row.unit.parent_key})
    return tuple(
        figure_row(
            overlay.indicator,
            row,
            rank=number(start + place),
            parent=above[row.unit.parent_key].full_name if row.unit and row.unit.parent_key in above else None,
            release=asked.release,
        )
        for place, row in enumerate(rows, start=1)
    )


def sorts(asked: PlannerQuestion) -> tuple[Link, ...]:
    offered: tuple[tuple[Order, str], ...] = (
        ("value", _("Giá trị cao trước")),
        ("gap", _("Xa chỉ tiêu trước")),
        ("coverage", _("Độ phủ thấp trước")),
        ("name", _("Tên")),
    )
    return tuple(Link(text, here_with(sort=order, page=None), asked.sort == order) for order, text in offered)


def course(overlay: Overlay) -> Course:
    """The whole in every period, with its drawing and where the line would go on to."""
    indicator, found = overlay.indicator, whole_trend(overlay)
    projection = overlays.project(indicator, found)
    return Course(
        rows=tuple(PeriodRow(period, figure_row(indicator, row, label=period)) for period, row in found.points),
        curve=curve(indicator, found, projection),
        projection=projection_view(indicator, found, projection),
    )


def whole_trend(overlay: Overlay) -> Trend:
    return overlays.trend(
        session(),
        overlay.indicator.id,
        unit=None,
        target=overlay.target.id if overlay.target else None,
        filters=overlay.filters,
        release=overlay.release or None,
    )


def kept(asked: PlannerQuestion) -> tuple[Hidden, ...]:
    """What the form does not edit and must not lose: a pinned release, the order, how units are drawn."""
    found = [("release", str(asked.release))] if asked.release else []
    found += [("shapes", asked.shapes)] if asked.shapes else []
    found += [("sort", asked.sort)] if asked.sort != "value" else []
    return tuple(Hidden(name, value) for name, value in found)


def indicator_options(chosen: Indicator) -> tuple[OptionGroup, ...]:
    """Indicators that are collected here, by kind."""
    collected = [indicator for indicator in indicators().values() if indicator.first_period is not None]
    return tuple(
        OptionGroup(
            _(label),
            tuple(
                Option(one.id, words.name(one), None, one is chosen) for one in collected if words.group(one) == group
            ),
        )
        for group, label in words.GROUPS.items()
    )


def unit_options(chosen: str) -> tuple[Option, ...]:
    """Level and vintage in one choice; another day that is asked for stands last."""
    former = f"@{BEFORE.isoformat()}"
    offered = [
        ("province", units_label("province", today())),
        ("commune", units_label("commune", today())),
        (f"province{former}", units_label("province", BEFORE)),
        (f"district{former}", units_label("district", BEFORE)),
        (f"commune{former}", units_label("commune", BEFORE)),
    ]
    if chosen not in dict(offered):
        level, _at, when = chosen.partition("@")
        label = labels.label(labels.UNIT_LEVEL, level)
        offered.append((chosen, f"{label}, {day(date.fromisoformat(when)) if when else day(today())}"))
    return tuple(Option(value, label, None, value == chosen) for value, label in offered)


def period_options(indicator: Indicator, chosen: str | None) -> tuple[Option, ...]:
    found = overlays.periods_with_reports(session(), indicator)
    return tuple(Option(period, period, None, period == chosen) for period in reversed(found))


def target_options(indicator: Indicator, chosen: str | None) -> tuple[Option, ...]:
    """The national target by default; every other target of the indicator by document and year."""
    offered = [target for target in targets() if target.indicator is indicator and target.kind != "legal"]
    if not offered:
        return ()
    default = Option("", _("Chỉ tiêu quốc gia của thời hạn tới"), None, chosen is None)
    named = (Option(one.id, f"{words.goal(one)} · {words.goal_source(one)}", None, one.id == chosen) for one in offered)
    return (default, *named)


def filter_groups(asked: PlannerQuestion) -> tuple[FilterGroup, ...]:
    chosen = to_filters(asked.overlay())
    values = {"type": chosen.types, "training_level": chosen.training_levels, "ownership": chosen.ownerships}
    return tuple(
        FilterGroup(
            name,
            labels.label(labels.FILTER, name),
            tuple(
                Option(value, labels.label(labels.FIELD_VALUES[name], value), None, value in given)
                for value in labels.FIELD_VALUES[name]
            ),
        )
        for name, given in values.items()
    )
