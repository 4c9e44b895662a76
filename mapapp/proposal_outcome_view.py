"""What a proposal changes for readers: on the map, in verification answers, in the planner's figures."""

from dataclasses import dataclass
from datetime import date

from flask import g

from geodata.administrative_units import units
from geodata.indicators import indicators
from geodata.proposals.looking import Figure, Standing
from geodata.proposals.outcome import AnswerChange, FigureChange, Outcome, StandingChange
from geodata.verification import Decision
from mapapp import labels
from mapapp.db import session
from mapapp.drawn_map import WIDTH, height, project
from mapapp.i18n import N_, day, language, number
from mapapp.i18n import gettext as _
from mapapp.occupations_view import occupation_name
from mapapp.places import NOW, Places
from mapapp.verdicts import ACTION, ANSWER

NETWORK = {
    "active": N_("Cơ sở đang hoạt động"),
    "listed": N_("Cơ sở trong danh sách (kể cả tạm đình chỉ)"),
    "places": N_("Tổng chỉ tiêu tuyển sinh đã ghi"),
}
MOST_ROWS = 120
TOLD_OF_CHANGE = ("name", "type", "province")
"""What of a standing is told only where it changes."""


@dataclass(frozen=True)
class Row:
    """A line of a comparison; `differs` marks what changes."""

    label: str
    detail: str
    before: str
    after: str
    differs: bool


@dataclass(frozen=True)
class Sign:
    """An institution on the drawn map: where, and what becomes of it (`stays`, `goes`, `comes`)."""

    x: float
    y: float
    how: str
    label: str


@dataclass(frozen=True)
class OutcomeView:
    """Three comparisons, before and after, each the days named; `same` counts lines that do not change."""

    days_label: str
    sample: str | None
    map: tuple[Row, ...]
    signs: tuple[Sign, ...]
    width: int
    height: int
    answers: tuple[Row, ...]
    answers_same: int
    figures: tuple[Row, ...]
    figures_same: int


def outcome_view(found: Outcome) -> OutcomeView:
    """The outcome in the reader's words; lines that do not change are only counted."""
    answers = [answer_row(one, found) for one in found.answers]
    figures = [figure_row(one) for one in found.figures]
    places = [standing_row(one, found) for one in found.map]
    return OutcomeView(
        days_label=_("Ngày hiệu lực: %(day)s", day=day(found.effective)),
        sample=sample_text(found),
        map=tuple(row for row in places if row.differs)[:MOST_ROWS],
        signs=tuple(sign for one in found.map if one.on == found.effective and (sign := sign_of(one))),
        width=WIDTH,
        height=height(),
        answers=tuple(row for row in answers if row.differs)[:MOST_ROWS],
        answers_same=sum(not row.differs for row in answers),
        figures=tuple(row for row in figures if row.differs)[:MOST_ROWS],
        figures_same=sum(not row.differs for row in figures),
    )


def sample_text(found: Outcome) -> str | None:
    """Of how many institutions of a long file map and answers tell."""
    if found.sample is None:
        return None
    shown, every = map(number, found.sample)
    return _(
        "Bản đồ và trả lời xác minh dưới đây: %(n)s cơ sở lấy ngẫu nhiên trong %(N)s cơ sở của tệp. "
        "Số liệu quy hoạch: tính trên cả tệp.",
        n=shown,
        N=every,
    )


def standing_row(one: StandingChange, found: Outcome) -> Row:
    name = (one.before or one.after or Standing("?", "", "", None, None, None)).name
    before, after = (standing_text(standing, told(one)) for standing in (one.before, one.after))
    if before == after and one.before and one.after and one.before.points != one.after.points:
        after = f"{after} · {_('vị trí khác trên bản đồ')}"
    return Row(name, on_label(one.on, found), before, after, before != after)


def told(one: StandingChange) -> frozenset[str]:
    """What else of a standing is told because it changes: its `name`, its `type`, its `province`."""
    if one.before is None or one.after is None:
        return frozenset()
    return frozenset(part for part in TOLD_OF_CHANGE if getattr(one.before, part) != getattr(one.after, part))


def standing_text(standing: Standing | None, also: frozenset[str]) -> str:
    """Status, whether it is on the map at all, and with how many of its places; name, type and province where they
    change."""
    if standing is None:
        return _("không có trong sổ đăng ký")
    sites = _("%(n)s trên %(N)s địa điểm có trên bản đồ", n=standing.placed, N=standing.places)
    parts = (
        standing.name if "name" in also else "",
        labels.label(labels.TYPE, standing.type) if "type" in also else "",
        unit_name(standing.province) if "province" in also else "",
        labels.label(labels.STATUS, standing.status),
        "" if standing.lon is not None else _("chưa có vị trí"),
        sites if standing.places > 1 else "",
    )
    return " · ".join(part for part in parts if part)


def sign_of(one: StandingChange) -> Sign | None:
    shown = one.after if one.after and one.after.lon is not None else one.before
    if shown is None or shown.lon is None or shown.lat is None:
        return None
    x, y = project(shown.lon, shown.lat)
    was, will = is_listed(one.before), is_listed(one.after)
    how = "comes" if will and not was else "goes" if was and not will else "stays"
    return Sign(round(x, 1), round(y, 1), how, shown.name)


def is_listed(standing: Standing | None) -> bool:
    return standing is not None and standing.status not in ("closed", "merged", "not_yet_open")


def on_label(on: date, found: Outcome) -> str:
    """ "ngày 31/08/2026 (trước ngày hiệu lực)"."""
    told = _("ngày %(day)s", day=day(on))
    return told if on == found.effective else f"{told} ({_('trước ngày hiệu lực')})"


def answer_row(one: AnswerChange, found: Outcome) -> Row:
    institution = one.after.institution or one.before.institution
    question = _(ACTION[one.question.action])
    if one.question.occupation:
        question = f"{question}: {occupation_name(one.question.occupation, None)}"
    name = institution.name if institution else one.institution_id
    return Row(
        f"{name} – {question}", on_label(one.on, found), answer_text(one.before), answer_text(one.after), one.differs
    )


def answer_text(decision: Decision) -> str:
    """The answer, and to whom it leads."""
    heirs = ", ".join(heir.institution.name for heir in decision.successors)
    told = _(ANSWER[decision.answer])
    return f"{told} → {heirs}" if heirs else told


def figure_row(one: FigureChange) -> Row:
    figure = one.after
    unit = unit_name(figure.unit) if figure.unit else _("Cả nước")
    return Row(
        f"{figure_name(figure)}",
        f"{unit}, {period_text(figure)}",
        figure_text(one.before),
        figure_text(figure),
        one.differs,
    )


def unit_name(code: str | None) -> str:
    """The province with this code; a code that names none of today as it is."""
    found = places().unit(code)
    return found.full_name if found else code or _("chưa biết tỉnh")


def places() -> Places:
    """Units of today by key, read once for a page."""
    if "units_of_today" not in g:
        g.units_of_today = Places({f"{one.code}@{NOW}": one for one in units(session(), level="province")})
    kept: Places = g.units_of_today
    return kept


def figure_name(figure: Figure) -> str:
    if figure.indicator in NETWORK:
        return _(NETWORK[figure.indicator])
    entry = indicators().get(figure.indicator)
    return (entry.name_en if language() == "en" else entry.name_vi) if entry else figure.indicator


def period_text(figure: Figure) -> str:
    if figure.indicator in NETWORK:
        return _("ngày %(day)s", day=day(date.fromisoformat(figure.period)))
    return _("kỳ %(period)s", period=figure.period)


def figure_text(figure: Figure) -> str:
    if figure.indicator in NETWORK:
        return number(figure.value or 0)
    value = number(figure.value, digits=2) if figure.value is not None else _("chưa có số liệu")
    return _("%(value)s (%(n)s trên %(N)s báo cáo)", value=value, n=number(figure.n), N=number(figure.N))
