"""Distances and scenarios as pages: map, reach, provinces, farthest communes; with a scenario before and after."""

from typing import Any

from flask import url_for

from geodata.access import Access, CommuneAccess
from geodata.administrative_units import boundaries_version
from geodata.indicators import indicator_named
from geodata.unit_reads import by_key
from mapapp import labels
from mapapp import planner_words as words
from mapapp.access_question import access_asked, condition_asked, effect_asked, scenario_asked
from mapapp.api_access import METHOD_EN, METHOD_VI, provinces_json
from mapapp.db import session
from mapapp.i18n import gettext as _
from mapapp.i18n import language, number, page_url
from mapapp.occupations_view import occupation_label
from mapapp.params import InvalidParameters
from mapapp.planner_access_drawing import access_drawing, band, band_labels
from mapapp.planner_access_form import (
    indicator_options,
    level_options,
    period_options,
    plain,
    type_group,
    with_question,
)
from mapapp.planner_access_views import AccessPage, Band, CommuneRow, Found, Outcome, ProvinceRow
from mapapp.planner_access_words import kilometres, reach_view
from mapapp.planner_question import AccessPageQuestion
from mapapp.planner_scenario_view import outcome
from mapapp.questions import here_with

PAGE = 20


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
        return _("Chưa nhập dân số các xã nên chỉ tính theo số xã.")
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


def api_url(asked: AccessPageQuestion) -> str:
    """The same question for machines."""
    kept = asked.model_dump(exclude_defaults=True, exclude={"page"}, mode="json")
    changed = bool(asked.close or asked.upgrade or asked.merge)
    given: dict[str, Any] = {
        name: ",".join(value) if isinstance(value, list) else value for name, value in kept.items()
    }
    return url_for("api.what_if" if changed else "api.access", **given)


def live(asked: AccessPageQuestion, found: Access) -> dict[str, Any]:
    """The configuration of the live map."""
    on = found.question.on.isoformat()
    kept = asked.model_dump(exclude_defaults=True, exclude={"page", "close", "upgrade", "merge"}, mode="json")
    given: dict[str, Any] = {
        name: ",".join(value) if isinstance(value, list) else value for name, value in kept.items()
    }
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
