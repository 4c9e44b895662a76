"""A unit's figure as a row of a table, with its colour on the map."""

from geodata.indicators import Indicator, Unit
from geodata.overlays import UnitFigure
from mapapp import planner_words as words
from mapapp.i18n import N_, language, number, page_url
from mapapp.i18n import gettext as _
from mapapp.planner_views import FigureRow, LegendItem

STEPS = 5
NOWHERE = N_("Chưa xác định được đơn vị")


def tone(indicator: Indicator, row: UnitFigure) -> str:
    """The colour: `none` nobody is asked here, `nodata` nobody reported, else `q0` (low) to `q4` (high)."""
    if row.N == 0:
        return "none"
    if row.value is None:
        return "nodata"
    return f"q{step(share(indicator, row.value))}"


def step(percent: float) -> int:
    return max(0, min(STEPS - 1, int(percent * STEPS / 100)))


def share(indicator: Indicator, value: float) -> float:
    """The figure on a scale of 0 to 100."""
    return 100 * value if indicator.unit is Unit.EXISTS else value


def figure_row(
    indicator: Indicator,
    row: UnitFigure,
    *,
    rank: str = "",
    label: str | None = None,
    parent: str | None = None,
    release: int | None = None,
) -> FigureRow:
    """The row as the table shows it; `label` replaces the unit's name. A pinned `release` stays in the link."""
    unit = row.unit
    named = (unit.full_name if language() == "vi" else unit.name_en) if unit else _(NOWHERE)
    differs = row.target is not None and (row.target_reporting, row.target_applicable) != (row.n, row.N)
    return FigureRow(
        key=unit.key if unit else "",
        rank=rank,
        label=label or named,
        parent=parent,
        url=page_url("planner.unit_profile", reference=unit.key, release=release) if unit else None,
        exact="" if row.value is None else repr(row.value),
        value=words.value(indicator, row.value) if row.N else _("không có đối tượng"),
        bar=None if row.value is None else share(indicator, row.value),
        mark=None if row.target is None else share(indicator, row.target),
        coverage=words.coverage(row),
        thin=words.is_thin(row),
        gap=words.gap(row.gap),
        compared=compared(indicator, row) if differs else None,
        verdict=words.verdict(row),
        tone=tone(indicator, row),
    )


def compared(indicator: Indicator, row: UnitFigure) -> str:
    """The figure of those whom the target covers, where they are not all."""
    counts = f"{number(row.target_reporting)}/{number(row.target_applicable)}"
    value = words.value(indicator, row.target_value)
    return _("đối tượng của chỉ tiêu: %(value)s (%(counts)s)", value=value, counts=counts)


def legend(indicator: Indicator, rows: list[UnitFigure]) -> tuple[LegendItem, ...]:
    """What each colour means and how many units have it; this is the distribution too."""
    tones = [tone(indicator, row) for row in rows]
    meanings = [(f"q{number_}", band(indicator, number_)) for number_ in range(STEPS)]
    meanings += [("nodata", _("Chưa có số liệu (gạch chéo), không phải 0")), ("none", _("Không có đối tượng"))]
    most = max((tones.count(key) for key, _label in meanings), default=0) or 1
    return tuple(
        LegendItem(key, label, tones.count(key), number(tones.count(key)), 100 * tones.count(key) / most)
        for key, label in meanings
        if not (indicator.unit is Unit.EXISTS and key in ("q1", "q2", "q3"))
    )


def band(indicator: Indicator, number_: int) -> str:
    if indicator.unit is Unit.EXISTS:
        return _("Chưa có") if number_ == 0 else _("Đã có")
    low, high = number_ * 100 // STEPS, (number_ + 1) * 100 // STEPS
    unit = _("điểm") if indicator.unit is Unit.POINTS else "%"
    last = number_ == STEPS - 1
    return (
        _("từ %(low)s đến %(high)s %(unit)s", low=low, high=high, unit=unit)
        if last
        else _("từ %(low)s đến dưới %(high)s %(unit)s", low=low, high=high, unit=unit)
    )
