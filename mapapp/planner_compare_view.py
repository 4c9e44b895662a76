"""Two overlays side by side, and what changed between two years: the same units, one pan and zoom."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for

from geodata.indicators import Indicator, UnknownIndicator, indicator_named
from geodata.overlays import Change, Overlay, UnitChange, UnitFigure, periods_with_reports
from mapapp import planner_words as words
from mapapp.db import session
from mapapp.errors import UNKNOWN_INDICATOR, Problem
from mapapp.exports import address
from mapapp.exports.links import DownloadGroup, comparison_downloads
from mapapp.i18n import gettext as _
from mapapp.i18n import language, number, page_url
from mapapp.overlay_question import ChangeQuestion, answer, changed
from mapapp.params import InvalidParameters
from mapapp.planner_drawing import Mark, country_drawing, drawing
from mapapp.planner_live import live
from mapapp.planner_question import CompareQuestion
from mapapp.planner_rows import legend, tone
from mapapp.planner_view import indicator_options, period_options, unit_options
from mapapp.planner_views import LegendItem, OptionGroup
from mapapp.views import Option

STEPS = (2.0, 10.0)
"""Points from which a change counts as one, and as a large one."""
CHANGE_TONES = ("down2", "down1", "same", "up1", "up2")
MOST_ROWS = 200


@dataclass(frozen=True)
class Side:
    """One of the maps: its heading, drawing, legend, and what makes it live."""

    name: str
    heading: str
    drawing: str
    legend: tuple[LegendItem, ...]
    live: dict[str, Any]


@dataclass(frozen=True)
class CompareRow:
    name: str
    url: str | None
    one: str
    one_tone: str
    one_coverage: str
    two: str
    two_tone: str
    two_coverage: str
    difference: str
    difference_tone: str


@dataclass(frozen=True)
class ComparePage:
    """`sides` empty: the question has no answer and `message` says why. `change` None: two different indicators."""

    title: str
    description: str
    form_url: str
    indicators: tuple[OptionGroup, ...]
    periods: tuple[Option, ...]
    with_indicators: tuple[OptionGroup, ...]
    with_periods: tuple[Option, ...]
    units: tuple[Option, ...]
    message: str | None
    sides: tuple[Side, ...]
    change: Side | None
    rows: tuple[CompareRow, ...]
    more: str | None
    api_url: str | None
    exports: tuple[DownloadGroup, ...]


def compare_page(asked: CompareQuestion) -> ComparePage:
    """Raises a 404 problem for an unknown indicator; every other refusal is said on the page."""
    try:
        one, two = indicator_named(asked.with_indicator or asked.indicator), indicator_named(asked.indicator)
    except UnknownIndicator as error:
        raise Problem(UNKNOWN_INDICATOR) from error
    message, pair, moved = None, None, None
    later, earlier = periods_of(asked, two, one)
    try:
        pair = answer(one.id, asked.side(earlier)), answer(two.id, asked.side(later))
        if one is two:
            question = ChangeQuestion(**asked.side(later).model_dump(), since=str(earlier))
            moved = changed(two.id, question)
    except InvalidParameters as refused:
        message = " ".join(f"{text[0].upper()}{text[1:]}." for _name, text in refused.errors)
    return ComparePage(
        title=_("So sánh và thay đổi"),
        description=_("Hai năm hoặc hai chỉ số cạnh nhau, cùng một khung nhìn; và thay đổi giữa hai năm."),
        form_url=page_url("planner.compare"),
        indicators=indicator_options(two),
        periods=period_options(two, later),
        with_indicators=indicator_options(one),
        with_periods=period_options(one, earlier),
        units=unit_options(asked.units),
        message=message,
        sides=() if pair is None else (side("compare_one", pair[0]), side("compare_two", pair[1])),
        change=change_side(moved) if moved else None,
        rows=tuple(compare_rows(*pair, moved))[:MOST_ROWS] if pair else (),
        more=_("Chỉ hiện %(count)s đơn vị đầu; API có tất cả.", count=MOST_ROWS) if too_many(pair) else None,
        api_url=None if moved is None else change_url(moved),
        exports=comparison_downloads(*pair) if pair else (),
    )


def too_many(pair: tuple[Overlay, Overlay] | None) -> bool:
    return pair is not None and len(pair[1].rows) > MOST_ROWS


def periods_of(asked: CompareQuestion, two: Indicator, one: Indicator) -> tuple[str | None, str | None]:
    """(the later period, the one to compare with): by default the latest and the one before it, or the same year of
    another indicator."""
    known = periods_with_reports(session(), two)
    later = asked.period or (known[-1] if known else None)
    if asked.with_period or one is not two:
        return later, asked.with_period or later
    before = [period for period in known if later and period < later]
    return later, before[-1] if before else later


def side(name: str, overlay: Overlay) -> Side:
    return Side(
        name=name,
        heading=f"{words.name(overlay.indicator)}, {overlay.period}",
        drawing=drawing(overlay, name),
        legend=legend(overlay.indicator, [row for row in overlay.rows if row.unit]),
        live=live(overlay, address.of_values(overlay)) | {"ident": f"{name}-"},
    )


def change_side(moved: Change) -> Side:
    """The map of what changed: only units with data in both years have a colour."""
    title = _(
        "Thay đổi từ %(since)s đến %(period)s: %(name)s",
        since=moved.earlier.period,
        period=moved.later.period,
        name=words.name(moved.later.indicator),
    )
    ident = "compare_change"
    return Side(
        name=ident,
        heading=title,
        drawing=country_drawing(ident, title, moved.later.vintage, list(change_marks(moved))),
        legend=change_legend(moved),
        live=live(moved.later, change_url(moved))
        | {"ident": f"{ident}-", "change": list(STEPS), "texts": live_texts()},
    )


def live_texts() -> dict[str, str]:
    return {
        "nodata": _("không có số liệu ở cả hai năm"),
        "figure": "{name}: {value} ({earlier} → {later})",
        "failed": _("Không tải được số liệu của bản đồ. Bảng vẫn đầy đủ."),
    }


def change_marks(moved: Change) -> Iterator[Mark]:
    for row in moved.rows:
        if row.unit is not None:
            name = row.unit.full_name if language() == "vi" else row.unit.name_en
            says = f"{name}: {difference_words(row)}"
            yield Mark(row.unit, change_tone(row), row.later.N, few=False, says=says)


def change_tone(row: UnitChange) -> str:
    """The class of a change: `down2` (large fall) to `up2`, `nodata` unless both years have data, `none`: nobody."""
    moved = row.difference
    if moved is None:
        return "none" if row.later.N == 0 and row.earlier.N == 0 else "nodata"
    small, large = STEPS
    return CHANGE_TONES[2 + (moved >= small) + (moved >= large) - (moved <= -small) - (moved <= -large)]


def change_legend(moved: Change) -> tuple[LegendItem, ...]:
    small, large = number(STEPS[0]), number(STEPS[1])
    labels = {
        "down2": _("giảm từ %(large)s điểm trở lên", large=large),
        "down1": _("giảm từ %(small)s đến dưới %(large)s điểm", small=small, large=large),
        "same": _("thay đổi dưới %(small)s điểm", small=small),
        "up1": _("tăng từ %(small)s đến dưới %(large)s điểm", small=small, large=large),
        "up2": _("tăng từ %(large)s điểm trở lên", large=large),
        "nodata": _("Không có số liệu ở cả hai năm (gạch chéo)"),
        "none": _("Không có đối tượng"),
    }
    tones = [change_tone(row) for row in moved.rows if row.unit]
    most = max((tones.count(key) for key in labels), default=0) or 1
    return tuple(
        LegendItem(key, label, tones.count(key), number(tones.count(key)), 100 * tones.count(key) / most)
        for key, label in labels.items()
    )


def difference_words(row: UnitChange) -> str:
    if row.difference is None:
        return _("không so được: thiếu số liệu")
    return words.gap(row.difference) or ""


def compare_rows(one: Overlay, two: Overlay, moved: Change | None) -> Iterator[CompareRow]:
    """A row per unit where anyone is asked, largest change first where there is one, then the whole."""
    before = {row.unit.key: row for row in one.rows if row.unit}
    changes = {row.unit.key: row for row in moved.rows if row.unit} if moved else {}
    pairs = [(before[row.unit.key], row, changes.get(row.unit.key)) for row in two.rows if row.unit]
    asked = [pair for pair in pairs if pair[0].N or pair[1].N]
    if moved is not None:
        asked.sort(key=by_change)
    for first, second, difference in asked:
        yield compare_row(one, two, first, second, difference)
    yield compare_row(one, two, one.whole, two.whole, moved.whole if moved else None)


def by_change(pair: tuple[UnitFigure, UnitFigure, UnitChange | None]) -> tuple[bool, float]:
    moved = pair[2].difference if pair[2] else None
    return moved is None, -(moved or 0)


def compare_row(
    one: Overlay, two: Overlay, first: UnitFigure, second: UnitFigure, moved: UnitChange | None
) -> CompareRow:
    unit = second.unit
    name = (unit.full_name if language() == "vi" else unit.name_en) if unit else _("Cả nước")
    return CompareRow(
        name=name,
        url=page_url("planner.unit_profile", reference=unit.key) if unit else None,
        one=words.value(one.indicator, first.value),
        one_tone=tone(one.indicator, first),
        one_coverage=words.coverage(first),
        two=words.value(two.indicator, second.value),
        two_tone=tone(two.indicator, second),
        two_coverage=words.coverage(second),
        difference="" if moved is None else difference_words(moved),
        difference_tone="" if moved is None else change_tone(moved),
    )


def change_url(moved: Change) -> str:
    """The API's address of exactly this change."""
    return url_for(
        "api.overlay_change",
        indicator=moved.later.indicator.id,
        level=moved.later.vintage.level,
        on=moved.later.vintage.on.isoformat(),
        since=moved.earlier.period,
        period=moved.later.period,
        release=moved.later.release or None,
    )
