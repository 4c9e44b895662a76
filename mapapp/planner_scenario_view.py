"""What a scenario changes, in words and rows: reach, communes, readiness, before and after."""

from geodata.access import Access, CommuneAccess, Scenario
from geodata.access.effect import Effect
from geodata.overlays import UnitFigure
from mapapp import planner_words as words
from mapapp.i18n import gettext as _
from mapapp.i18n import language, number
from mapapp.planner_access_views import ChangeRow, FigureChange, Outcome
from mapapp.planner_access_words import kilometres, reach_view
from mapapp.planner_question import AccessPageQuestion

MOST_CHANGED = 200


def outcome(
    asked: AccessPageQuestion,
    before: Access,
    after: Access,
    scenario: Scenario,
    effect: Effect | None,
    names: dict[str, str],
) -> Outcome:
    changed = [
        (one, two) for one, two in zip(before.rows, after.rows, strict=True) if one.distance_km != two.distance_km
    ]
    changed.sort(key=lambda pair: -abs(difference(*pair)))
    farther = sum(difference(*pair) > 0 for pair in changed)
    parts = (_("đóng"), scenario.closed), (_("nâng cấp"), scenario.upgraded)
    told = [f"{part}: {', '.join(names[one] for one in ids)}" for part, ids in parts if ids]
    told += [f"{_('sáp nhập')}: {names[goes]} → {names[into]}" for goes, into in scenario.merged]
    counts = _(
        "%(farther)s xã xa hơn, %(nearer)s xã gần hơn", farther=number(farther), nearer=number(len(changed) - farther)
    )
    return Outcome(
        before=reach_view(before, asked.radius_km),
        after=reach_view(after, asked.radius_km),
        summary=f"{'; '.join(told)}. {counts}.",
        changes=tuple(change_row(one, two) for one, two in changed[:MOST_CHANGED]),
        more=_("và %(count)s xã nữa trong API", count=number(len(changed) - MOST_CHANGED))
        if len(changed) > MOST_CHANGED
        else None,
        indicator=None if effect is None else words.name(effect.overlay.indicator),
        figures=() if effect is None else tuple(figure_change(effect, *pair) for pair in (*effect.rows, effect.whole)),
        unmeasured=() if effect is None else tuple(names[one] for one in effect.unmeasured),
    )


def difference(before: CommuneAccess, after: CommuneAccess) -> float:
    """Kilometres more (positive) or less; losing the last one counts as very far."""
    far = 10_000.0
    return (far if after.distance_km is None else after.distance_km) - (
        far if before.distance_km is None else before.distance_km
    )


def change_row(before: CommuneAccess, after: CommuneAccess) -> ChangeRow:
    more = difference(before, after)
    sign = "+" if more > 0 else "−"
    known = before.distance_km is not None and after.distance_km is not None
    return ChangeRow(
        name=before.unit.full_name if language() == "vi" else before.unit.name_en,
        before=kilometres(before.distance_km),
        after=kilometres(after.distance_km),
        change=f"{sign}{number(abs(more), digits=1)} km" if known else "–",
        tone="bad" if more > 0 else "good",
    )


def figure_change(effect: Effect, before: UnitFigure, after: UnitFigure) -> FigureChange:
    indicator, unit = effect.overlay.indicator, before.unit
    name = _("Cả nước") if unit is None else unit.full_name if language() == "vi" else unit.name_en
    return FigureChange(
        name=name,
        before=words.value(indicator, before.value),
        after=words.value(indicator, after.value),
        coverage_before=words.coverage(before),
        coverage_after=words.coverage(after),
    )
