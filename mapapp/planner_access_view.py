"""Distances and scenarios as pages: form, map, reach, provinces, farthest communes, before and after."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from geodata.access import Access, CommuneAccess, Scenario
from geodata.access.distances import Reach
from geodata.access.effect import Effect
from geodata.administrative_units import boundaries_version
from geodata.figures.measures import measures
from geodata.indicators import indicator_named, indicators
from geodata.overlays import UnitFigure, periods_with_reports
from geodata.unit_reads import by_key
from mapapp import labels
from mapapp import planner_words as words
from mapapp.access_question import (
    access_asked,
    condition_asked,
    effect_asked,
    scenario_asked,
)
from mapapp.api_access import METHOD_EN, METHOD_VI, provinces_json
from mapapp.db import session
from mapapp.i18n import gettext as _
from mapapp.i18n import language, number, page_url
from mapapp.occupations_view import occupation_label
from mapapp.params import InvalidParameters
from mapapp.planner_access_drawing import access_drawing, band, band_labels
from mapapp.planner_question import AccessPageQuestion
from mapapp.planner_views import OptionGroup
from mapapp.questions import here_with
from mapapp.views import FilterGroup, Option

PAGE = 20
MOST_CHANGED = 200


@dataclass(frozen=True)
class Band:
    """A band of distance: its class, words, how many communes, and the share (0 to 100) that draws the bar."""

    tone: str
    label: str
    count: str
    share: float


@dataclass(frozen=True)
class ProvinceRow:
    name: str
    url: str
    communes: str
    reached: str
    share: float
    share_label: str
    people: str | None
    median: str


@dataclass(frozen=True)
class CommuneRow:
    name: str
    url: str
    tone: str
    distance: str
    institution: str | None
    institution_url: str | None
    people: str | None


@dataclass(frozen=True)
class ReachView:
    """The numbers of one state of the network."""

    communes: str
    people: str | None
    median: str
    institutions: str


@dataclass(frozen=True)
class Found:
    """The answered question."""

    heading: str
    reach: ReachView
    unplaced: str | None
    population: str
    drawing: str
    bands: tuple[Band, ...]
    provinces: tuple[ProvinceRow, ...]
    communes: tuple[CommuneRow, ...]
    previous_url: str | None
    next_url: str | None
    live: dict[str, Any]
    method: str
    api_url: str


@dataclass(frozen=True)
class ChangeRow:
    name: str
    before: str
    after: str
    change: str
    tone: str


@dataclass(frozen=True)
class FigureChange:
    name: str
    before: str
    after: str
    coverage_before: str
    coverage_after: str


@dataclass(frozen=True)
class Outcome:
    """Before and after a scenario."""

    before: ReachView
    after: ReachView
    summary: str
    changes: tuple[ChangeRow, ...]
    more: str | None
    indicator: str | None
    figures: tuple[FigureChange, ...]
    unmeasured: tuple[str, ...]


@dataclass(frozen=True)
class AccessPage:
    """`found` None: the question has no answer and `message` says why. `outcome` None: no scenario was given."""

    title: str
    description: str
    form_url: str
    other_url: str
    occupation: str
    occupations: tuple[str, ...]
    suggest_url: str
    levels: tuple[Option, ...]
    types: tuple[FilterGroup, ...]
    indicators: tuple[OptionGroup, ...]
    periods: tuple[Option, ...]
    at_least: str
    radius: str
    close: str
    upgrade: str
    merge: str
    message: str | None
    found: Found | None
    outcome: Outcome | None


def access_page(asked: AccessPageQuestion, *, scenario: bool) -> AccessPage:
    """The page of distances, or with `scenario` the one that compares before and after."""
    message, found, outcome, condition = None, None, None, None
    try:
        condition = condition_asked(asked)
        if scenario:
            found, outcome = compared(asked)
        else:
            found = shown(asked, access_asked(asked))
    except InvalidParameters as refused:
        message = " ".join(f"{text[0].upper()}{text[1:]}." for _name, text in refused.errors)
    return AccessPage(
        title=_("Thử kịch bản") if scenario else _("Khoảng cách tiếp cận"),
        description=_("Đóng, sáp nhập hoặc nâng cấp cơ sở trong câu hỏi: xem khoảng cách và mức sẵn sàng trước và sau.")
        if scenario
        else _("Từ mỗi xã đến cơ sở gần nhất dạy nghề cần tìm và đạt mức sẵn sàng cần có."),
        form_url=page_url("planner.what_if" if scenario else "planner.access"),
        other_url=with_question("planner.access" if scenario else "planner.what_if", asked),
        occupation=",".join(asked.occupation),
        occupations=tuple(occupation_label(code) for code in asked.occupation),
        suggest_url=url_for("api.suggest"),
        levels=level_options(asked),
        types=(type_group(asked),),
        indicators=indicator_options(asked.indicator),
        periods=period_options(asked, condition.period if condition else None),
        at_least="" if condition is None else plain(condition.at_least),
        radius=plain(asked.radius_km),
        close=", ".join(asked.close),
        upgrade=", ".join(asked.upgrade),
        merge=", ".join(asked.merge),
        message=message,
        found=found,
        outcome=outcome,
    )


def plain(value: float) -> str:
    """A number as a form field holds it."""
    return repr(int(value)) if value == int(value) else repr(value)


def with_question(endpoint: str, asked: AccessPageQuestion) -> str:
    """The other page with the same question."""
    kept = asked.model_dump(exclude_defaults=True, exclude={"page", "close", "upgrade", "merge"}, mode="json")
    return page_url(
        endpoint, **{name: ",".join(value) if isinstance(value, list) else value for name, value in kept.items()}
    )


def compared(asked: AccessPageQuestion) -> tuple[Found, Outcome | None]:
    scenario, names = scenario_asked(asked)
    before = access_asked(asked)
    if not scenario:
        return shown(asked, before), None
    after = access_asked(asked, scenario)
    return shown(asked, after), outcome(asked, before, after, scenario, effect_asked(asked, scenario), names)


def shown(asked: AccessPageQuestion, found: Access) -> Found:
    start = (asked.page - 1) * PAGE
    farthest = found.farthest()
    return Found(
        heading=heading(asked, found),
        reach=reach_view(found, asked.radius_km),
        unplaced=unplaced(found),
        population=population_label(found),
        drawing=access_drawing(found, asked.radius_km),
        bands=bands(found, asked.radius_km),
        provinces=provinces(found, asked.radius_km),
        communes=communes(farthest[start : start + PAGE], asked.radius_km),
        previous_url=here_with(page=asked.page - 1) if asked.page > 1 else None,
        next_url=here_with(page=asked.page + 1) if start + PAGE < len(farthest) else None,
        live=live(asked, found),
        method=METHOD_VI if language() == "vi" else METHOD_EN,
        api_url=api_url(asked),
    )


def heading(asked: AccessPageQuestion, found: Access) -> str:
    """What qualifies, in words."""
    parts = [occupation_label(code) for code in asked.occupation]
    parts += [labels.label(labels.TRAINING_LEVEL, level) for level in asked.training_level]
    parts += [labels.label(labels.TYPE, one) for one in asked.type]
    condition = found.question.condition
    if condition is not None:
        name = words.name(indicator_named(condition.indicator))
        level = number(condition.at_least, digits=1)
        parts.append(_("%(name)s từ %(level)s trở lên (%(period)s)", name=name, level=level, period=condition.period))
    return "; ".join(parts) or _("Mọi cơ sở đang hoạt động")


def reach_view(found: Access, radius_km: float) -> ReachView:
    return reach_words(found.reach(radius_km), found.institutions)


def reach_words(reach: Reach, institutions: int) -> ReachView:
    return ReachView(
        communes=counted(reach.reached, reach.communes, reach.share),
        people=None if reach.people is None else counted(reach.people_reached or 0, reach.people, reach.people_share),
        median="–" if reach.median_km is None else f"{number(reach.median_km, digits=1)} km",
        institutions=number(institutions),
    )


def counted(part: int, whole: int, share: float | None) -> str:
    told = "–" if share is None else f"{number(100 * share, digits=1)} %"
    return f"{number(part)}/{number(whole)} ({told})"


def unplaced(found: Access) -> str | None:
    if not found.unplaced:
        return None
    return _(
        "%(count)s cơ sở đạt điều kiện nhưng chỉ biết đến cấp tỉnh hoặc huyện: được đếm, không đặt lên bản đồ và không "
        "tính khoảng cách.",
        count=number(found.unplaced),
    )


def population_label(found: Access) -> str:
    """Where the population comes from, or that none was imported."""
    known = found.population
    if known is None:
        return _("Chưa nhập dân số các xã nên chỉ tính theo số xã (mapapp population import).")
    return _(
        "Dân số %(years)s: %(sources)s; có số của %(count)s xã.",
        years=", ".join(map(str, known.years)),
        sources="; ".join(known.sources),
        count=number(len(known.of)),
    )


def bands(found: Access, radius_km: float) -> tuple[Band, ...]:
    """The distribution of the communes over the bands."""
    tones = [band(row, radius_km) for row in found.rows]
    most = max((tones.count(tone) for tone, _label in band_labels(radius_km)), default=0) or 1
    return tuple(
        Band(tone, label, number(tones.count(tone)), 100 * tones.count(tone) / most)
        for tone, label in band_labels(radius_km)
        if tone != "dx" or "dx" in tones
    )


def provinces(found: Access, radius_km: float) -> tuple[ProvinceRow, ...]:
    """Least reached first."""
    rows = sorted(provinces_json(found, radius_km), key=lambda row: (row["share"], row["unit"]))
    return tuple(
        ProvinceRow(
            name=row["name"] if language() == "vi" else row["name_en"],
            url=page_url("planner.unit_profile", reference=row["unit"]),
            communes=number(row["communes"]),
            reached=number(row["reached"]),
            share=100 * row["share"],
            share_label=f"{number(100 * row['share'], digits=1)} %",
            people=None if row["people_share"] is None else f"{number(100 * row['people_share'], digits=1)} %",
            median="–" if row["median_km"] is None else f"{number(row['median_km'], digits=1)} km",
        )
        for row in rows
    )


def communes(rows: list[CommuneAccess], radius_km: float) -> tuple[CommuneRow, ...]:
    above = by_key(session(), {row.unit.parent_key for row in rows if row.unit.parent_key})
    return tuple(commune_row(row, radius_km, above) for row in rows)


def commune_row(row: CommuneAccess, radius_km: float, above: dict[str, Any]) -> CommuneRow:
    parent = above.get(row.unit.parent_key or "")
    names = [row.unit, *([parent] if parent else [])]
    return CommuneRow(
        name=", ".join(one.full_name if language() == "vi" else one.name_en for one in names),
        url=page_url("planner.unit_profile", reference=row.unit.key),
        tone=band(row, radius_km),
        distance=kilometres(row.distance_km),
        institution=row.institution,
        institution_url=page_url("citizen.institution", id_or_code=row.institution_id) if row.institution_id else None,
        people=None if row.people is None else number(row.people),
    )


def kilometres(distance_km: float | None) -> str:
    return "–" if distance_km is None else f"{number(distance_km, digits=1)} km"


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


def level_options(asked: AccessPageQuestion) -> tuple[Option, ...]:
    every = Option("", _("Mọi trình độ"), None, not asked.training_level)
    values = labels.FIELD_VALUES["training_level"]
    known = (Option(one, labels.label(labels.TRAINING_LEVEL, one), None, one in asked.training_level) for one in values)
    return (every, *known)


def type_group(asked: AccessPageQuestion) -> FilterGroup:
    values = labels.FIELD_VALUES["type"]
    options = tuple(Option(one, labels.label(labels.TYPE, one), None, one in asked.type) for one in values)
    return FilterGroup("type", labels.label(labels.FILTER, "type"), options)


def indicator_options(chosen: str | None) -> tuple[OptionGroup, ...]:
    """No condition, or one of the indicators that institutions report."""
    known = [one for one in indicators().values() if one.id in measures()]
    none = OptionGroup(_("Không xét mức sẵn sàng"), (Option("", _("Không xét mức sẵn sàng"), None, chosen is None),))
    grouped = (
        OptionGroup(
            _(label),
            tuple(Option(one.id, words.name(one), None, one.id == chosen) for one in known if words.group(one) == key),
        )
        for key, label in words.GROUPS.items()
    )
    return (none, *(group for group in grouped if group.options))


def period_options(asked: AccessPageQuestion, chosen: str | None) -> tuple[Option, ...]:
    if asked.indicator is None or asked.indicator not in measures():
        return ()
    found = periods_with_reports(session(), indicator_named(asked.indicator))
    return tuple(Option(period, period, None, period == chosen) for period in reversed(found))


def api_url(asked: AccessPageQuestion) -> str:
    """The same question for machines."""
    kept = asked.model_dump(exclude_defaults=True, exclude={"page"}, mode="json")
    changed = bool(asked.close or asked.upgrade or asked.merge)
    given = {name: ",".join(value) if isinstance(value, list) else value for name, value in kept.items()}
    return url_for("api.what_if" if changed else "api.access", **given)


def live(asked: AccessPageQuestion, found: Access) -> dict[str, Any]:
    """The configuration of the live map."""
    on = found.question.on.isoformat()
    kept = asked.model_dump(exclude_defaults=True, exclude={"page", "close", "upgrade", "merge"}, mode="json")
    given = {name: ",".join(value) if isinstance(value, list) else value for name, value in kept.items()}
    return {
        "boundaries": url_for("api.boundaries", level="province", on=on, v=boundaries_version(session())),
        "values": None if found.question.scenario else url_for("api.access", **given),
        "radius_km": asked.radius_km,
        "lang": language(),
        "texts": {
            "spot": _("{name}: {km} km đến {institution}"),
            "nobody": _("{name}: không có cơ sở nào đạt điều kiện"),
            "failed": _("Không tải được số liệu của bản đồ. Bảng vẫn đầy đủ."),
        },
    }
