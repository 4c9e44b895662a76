"""What a sheet and a map to keep say of themselves, in the reader's language: heading, counts, sources, state."""

from geodata.filters import REFORM
from geodata.indicators import IndicatorKind
from geodata.overlays import Overlay, UnitFigure
from geodata.vocabulary import UnitLevel
from mapapp import labels
from mapapp import planner_words as words
from mapapp.db import VIETNAM
from mapapp.exports.licence import data_licence
from mapapp.exports.view import View, outline_sources
from mapapp.i18n import day, language, number
from mapapp.i18n import gettext as _
from mapapp.overlay_rows import METHOD_EN, METHOD_VI, filters_given

DIGITS = 4
"""As many decimals as a published value has, so that every format gives the same figure."""


def heading(overlay: Overlay) -> str:
    return words.name(overlay.indicator)


def subtitle(overlay: Overlay) -> str:
    """Year, units and their vintage."""
    return _("Năm %(period)s · theo %(units)s", period=overlay.period, units=units_label(overlay))


def units_label(overlay: Overlay) -> str:
    level, on = overlay.vintage.level, overlay.vintage.on
    if on < REFORM:
        named = {
            UnitLevel.PROVINCE: _("tỉnh, thành phố trước sắp xếp"),
            UnitLevel.DISTRICT: _("quận, huyện"),
            UnitLevel.COMMUNE: _("xã, phường trước sắp xếp"),
        }
    else:
        named = {UnitLevel.PROVINCE: _("tỉnh, thành phố"), UnitLevel.COMMUNE: _("xã, phường, đặc khu")}
    return _("%(level)s, ngày %(on)s", level=named.get(UnitLevel(level), level), on=day(on))


def filters_label(overlay: Overlay) -> str:
    """The filters in force in words; empty without any."""
    groups = []
    for name, values in filters_given(overlay.filters).items():
        shown = [
            labels.label(labels.FIELD_VALUES[name], value) if name in labels.FIELD_VALUES else value for value in values
        ]
        groups.append(f"{labels.label(labels.FILTER, name)}: {', '.join(shown)}")
    return " · ".join(groups)


def status_label(view: View) -> str:
    return labels.label(labels.DATA_STATUS, view.table.about["data_status"])


def status_warning(view: View) -> str | None:
    """What must be said of data that are not official."""
    status = view.table.about["data_status"]
    return _(labels.DATA_WARNING[status]) if status in labels.DATA_WARNING else None


def release_label(view: View) -> str:
    """Number and time of the release, Vietnamese time."""
    at = view.made_at.astimezone(VIETNAM)
    return _(
        "Lần công bố %(release)s, %(date)s lúc %(time)s", release=view.overlay.release, date=day(at), time=f"{at:%H:%M}"
    )


def figure(overlay: Overlay, value: float | None) -> str:
    """A figure with every published decimal."""
    return words.value(overlay.indicator, value, digits=DIGITS)


def gap(row: UnitFigure) -> str:
    if row.gap is None:
        return ""
    sign = "+" if row.gap > 0 else "−" if row.gap < 0 else "±"
    return f"{sign}{number(abs(row.gap), digits=DIGITS)}"


def unit_name(row: UnitFigure) -> str:
    if row.unit is None:
        return _("Chưa xác định được đơn vị")
    return row.unit.full_name if language() == "vi" else row.unit.name_en


def name_above(view: View, row: UnitFigure) -> str:
    """The name of the unit above; empty for provinces."""
    return view.above.get(row.unit.parent_key, "") if row.unit and row.unit.parent_key else ""


def counts(view: View) -> tuple[str, ...]:
    """What the figures do not cover."""
    about = view.table.about
    said = [
        _(
            "%(n)s/%(N)s đối tượng có số liệu (%(share)s %%)",
            n=number(view.overlay.whole.n),
            N=number(view.overlay.whole.N),
            share=number(100 * (view.overlay.whole.coverage or 0), digits=1),
        ),
        _("%(count)s đơn vị chưa có số liệu, không bao giờ tính là 0", count=number(about["units_without_data"])),
        _("%(count)s đơn vị không có đối tượng", count=number(about["units_without_subjects"])),
    ]
    if about["unplaced"]["N"]:
        said.append(
            _(
                "%(count)s đối tượng chưa xác định được đơn vị ở cấp này, không gán đoán",
                count=number(about["unplaced"]["N"]),
            )
        )
    return tuple(said)


def reached(overlay: Overlay) -> str | None:
    met, compared = overlay.reached
    if overlay.target is None or not compared:
        return None
    return _("%(met)s trong %(compared)s đơn vị có số liệu đạt chỉ tiêu", met=number(met), compared=number(compared))


def method(view: View) -> str:
    definition = words.definition(view.overlay.indicator)
    return f"{definition} {METHOD_VI if language() == 'vi' else METHOD_EN}"


def formula(overlay: Overlay) -> str:
    if overlay.indicator.kind is IndicatorKind.MILESTONE:
        return _("giá trị = 1 nếu đã có, nếu chưa là 0")
    if overlay.indicator.kind is IndicatorKind.COMPOSITE:
        return _("giá trị = Σ điểm / n")
    return _("giá trị = 100 × Σ tử số / Σ mẫu số của n đối tượng có số liệu")


def sources(view: View) -> tuple[tuple[str, str], ...]:
    """(what, words): formula, target's document, outlines, licence, addresses."""
    about, target = view.table.about, view.overlay.target
    licence = data_licence(about["data_status"])
    said = [(_("Công thức"), formula(view.overlay))]
    if target is not None:
        said.append((_("Chỉ tiêu"), f"{words.goal(target)} ({words.goal_source(target)}; {words.goal_place(target)})"))
    said += [
        (_("Giấy phép số liệu"), licence.label + (f" <{licence.url}>" if licence.url else "")),
        (_("Ranh giới"), outlines_label(view)),
        (_("Khung nhìn"), about["page"]),
        (_("Số liệu"), about["url"]),
    ]
    return tuple(said)


def outlines_label(view: View) -> str:
    """Whose lines the map shows and how good they are; those of the provinces, which every map has."""
    said = outline_sources(view.ground)
    return "; ".join(f"{one['source']} ({labels.label(labels.BOUNDARY_QUALITY, one['quality'])})" for one in said)
