"""How figures, targets and indicators read on the planner's pages."""

from geodata.indicators import Indicator, IndicatorRole, Unit
from geodata.overlays import UnitFigure
from geodata.targets import Comparator, Target, TargetKind
from geodata.vocabulary import SubjectKind
from mapapp.i18n import N_, language, number
from mapapp.i18n import gettext as _

LOW_COVERAGE = 0.5
"""Below this share of reporting subjects a figure is marked as resting on few."""

GROUPS = {
    "target": N_("Chỉ tiêu của cơ sở"),
    "authority": N_("Chỉ tiêu của cơ quan quản lý"),
    "milestone": N_("Mốc phải hoàn thành"),
    "monitored": N_("Theo dõi, không có chỉ tiêu bằng số"),
    "legal": N_("Chuẩn cơ sở theo Thông tư 38/2026/TT-BGDĐT"),
    "composite": N_("Điểm tổng hợp (tham khảo, không chính thức)"),
}
COMPARATORS = {Comparator.AT_LEAST: "≥", Comparator.MORE_THAN: ">", Comparator.EXACTLY: "="}


def name(indicator: Indicator) -> str:
    return indicator.name_vi if language() == "vi" else indicator.name_en


def definition(indicator: Indicator) -> str:
    return indicator.definition_vi if language() == "vi" else indicator.definition_en


def group(indicator: Indicator) -> str:
    """Key of `GROUPS` under which the indicator is offered."""
    if indicator.role in (IndicatorRole.LEGAL, IndicatorRole.COMPOSITE, IndicatorRole.MONITORED):
        return indicator.role.value
    return {SubjectKind.AUTHORITY: "authority", SubjectKind.TERRITORY: "milestone"}.get(indicator.subject, "target")


def value(indicator: Indicator, figure: float | None, *, digits: int = 2) -> str:
    """A figure in its unit, with at most so many decimals; words where there is none."""
    if figure is None:
        return _("chưa có số liệu")
    if indicator.unit is Unit.EXISTS:
        return _("Đã có") if figure else _("Chưa có")
    shown = number(figure, digits=digits)
    return _("%(points)s điểm", points=shown) if indicator.unit is Unit.POINTS else f"{shown} %"


def gap(figure: float | None) -> str | None:
    """Distance to the target in percentage points, with its sign."""
    if figure is None:
        return None
    sign = "+" if figure > 0 else "−" if figure < 0 else "±"
    return _("%(gap)s điểm %%", gap=f"{sign}{number(abs(figure), digits=2)}")


def coverage(row: UnitFigure) -> str:
    """n/N with its share."""
    if row.coverage is None:
        return _("không có đối tượng")
    return f"{number(row.n)}/{number(row.N)} ({number(100 * row.coverage)} %)"


def is_thin(row: UnitFigure) -> bool:
    """Whether few of those asked have reported."""
    return row.coverage is not None and row.n > 0 and row.coverage < LOW_COVERAGE


def verdict(row: UnitFigure) -> str | None:
    if row.met is None:
        return None
    return _("Đạt") if row.met else _("Chưa đạt")


def goal(target: Target) -> str:
    """`≥ 50 % vào năm 2025`."""
    if target.kind is TargetKind.MILESTONE or target.value is None:
        what = _("phải có")
    else:
        what = f"{COMPARATORS[target.comparator]} {number(target.value, digits=1)} %"
    return what if target.year is None else _("%(what)s, năm %(year)s", what=what, year=target.year)


def goal_source(target: Target) -> str:
    """`2222/QĐ-TTg, mục I.2.a, gạch đầu dòng 1`."""
    vietnamese = language() == "vi"
    document = target.document.number or (target.document.title_vi if vietnamese else target.document.title_en)
    return f"{document}, {target.clause.vi if vietnamese else target.clause.en}"


def goal_place(target: Target) -> str:
    """Where it holds: the country, or the territory as it was when the document named it."""
    document = target.document
    if document.territory is None:
        return _("cả nước")
    issuer = document.issuer_vi if language() == "vi" else document.issuer_en
    return _("lãnh thổ đến 30/06/2025 (%(issuer)s)", issuer=issuer)


def wording(target: Target) -> str:
    return target.wording_vi if language() == "vi" else target.wording_en
