"""Who has reported and who has not, by which deadline: per unit of any vintage, and the institutions of one unit."""

from dataclasses import dataclass
from typing import Any

from geodata.administrative_units import UnknownUnit
from geodata.administrative_units import unit as unit_named
from geodata.standard.duties import Duty, duties_in
from geodata.standard.reporting import Counts, Reporter, UnitReporting, reporters, reporting_of
from geodata.unit_reads import InvalidReference, Unit
from geodata.vocabulary import UnitLevel
from mapapp import labels
from mapapp.db import session, today
from mapapp.errors import UNKNOWN_UNIT, Problem
from mapapp.i18n import day, language, number, page_url
from mapapp.i18n import gettext as _
from mapapp.params import InvalidParameters
from mapapp.planner_question import ReportsQuestion
from mapapp.planner_rows import NOWHERE
from mapapp.planner_view import unit_options
from mapapp.questions import here_with
from mapapp.reporting_question import FIRST_PERIOD, TOLD, duty_asked, period_asked, who_reported
from mapapp.reports_words import duty_name, source_of, time_left
from mapapp.views import Link, Option

PAGE = 100


@dataclass(frozen=True)
class DutyView:
    """A duty in words: what, until when, how far that is, and the document's own words."""

    name: str
    source: str
    data_day: str
    last_day: str
    due: str
    tone: str
    wording: str
    note: str | None


@dataclass(frozen=True)
class CountRow:
    """`share` (0 to 100) draws the bar; None where nobody is asked."""

    label: str
    url: str | None
    asked: str
    reported: str
    silent: str
    late: str
    share: float | None
    share_label: str


@dataclass(frozen=True)
class ReporterRow:
    name: str
    url: str
    kind: str
    state: str
    tone: str
    sent: str


@dataclass(frozen=True)
class ReportsPage:
    title: str
    description: str
    form_url: str
    heading: str
    duty: DutyView | None
    periods: tuple[Option, ...]
    duties: tuple[Option, ...]
    units: tuple[Option, ...]
    message: str | None
    rows: tuple[CountRow, ...]
    whole: CountRow | None
    place: str | None
    unit: str | None
    shown: tuple[Link, ...]
    list_label: str
    institutions: tuple[ReporterRow, ...]
    back_url: str
    previous_url: str | None
    next_url: str | None
    api_url: str
    periodic_urls: tuple[Link, ...]


def reports_page(asked: ReportsQuestion) -> ReportsPage:
    """Raises a 404 problem for an unknown unit; every other refusal is said on the page."""
    period = period_asked(asked.period)
    try:
        duty = duty_asked(asked)
        place = the_unit(asked.unit) if asked.unit else None
        listed, matched = listing(asked, duty, place) if asked.unit else ((), 0)
        rows, whole = ((), one_row(asked, duty, place)) if place else counted(asked)
        message = None
    except InvalidParameters as refused:
        duty, place, listed, matched, rows, whole = None, None, (), 0, (), None
        message = " ".join(f"{text[0].upper()}{text[1:]}." for _name, text in refused.errors)
    return ReportsPage(
        title=_("Báo cáo và thời hạn"),
        description=_("Cơ sở nào đã báo cáo, cơ sở nào chưa, và hạn theo từng văn bản."),
        form_url=page_url("planner.reports"),
        heading=heading(duty, period, place),
        duty=duty_view(duty, period) if duty else None,
        periods=period_options(period),
        duties=duty_options(duty, period),
        units=unit_options(asked.units),
        message=message,
        rows=rows,
        whole=whole,
        place=unit_name(place) if place else None,
        unit=asked.unit if place else None,
        shown=shown_links(asked) if place else (),
        list_label=_("%(count)s cơ sở", count=number(matched)),
        institutions=tuple(reporter_row(one, duty, period) for one in listed) if duty else (),
        back_url=here_with(unit=None, page=None, reported=None),
        previous_url=here_with(page=asked.page - 1) if place and asked.page > 1 else None,
        next_url=here_with(page=asked.page + 1) if place and asked.page * PAGE < matched else None,
        api_url=api_address(asked, place is not None),
        periodic_urls=periodic_links(place, period, asked.release) if place else (),
    )


def periodic_links(place: Unit, period: int, release: int | None) -> tuple[Link, ...]:
    """The periodic report of a province of today for machines and for people; it is made of nothing else."""
    if place.level != UnitLevel.PROVINCE or not place.holds_on(today()) or period > today().year:
        return ()
    asked: dict[str, Any] = {"province": place.code, "period": period, "release": release}
    return (
        Link(_("Báo cáo định kỳ của tỉnh (JSON)"), page_url("api.periodic_report_json", **asked)),
        Link(_("Báo cáo định kỳ của tỉnh (XLSX)"), page_url("api.periodic_report_xlsx", **asked)),
    )


def the_unit(reference: str) -> Unit:
    try:
        return unit_named(session(), reference, today())
    except (UnknownUnit, InvalidReference) as error:
        raise Problem(UNKNOWN_UNIT) from error


def unit_name(unit: Unit) -> str:
    return unit.full_name if language() == "vi" else unit.name_en


def heading(duty: Duty | None, period: int, place: Unit | None) -> str:
    if duty is None:
        return _("Năm số liệu %(period)s", period=period)
    told = _("%(name)s, năm số liệu %(period)s", name=duty_name(duty), period=period)
    return f"{told}: {unit_name(place)}" if place else told


def duty_view(duty: Duty, period: int) -> DutyView:
    vietnamese = language() == "vi"
    last = duty.last_day(period)
    left, tone = time_left(last)
    return DutyView(
        name=duty_name(duty),
        source=source_of(duty),
        data_day=day(duty.data_day(period)),
        last_day=day(last),
        due=left,
        tone=tone,
        wording=duty.wording_vi if vietnamese else duty.wording_en,
        note=duty.note_vi if vietnamese else duty.note_en,
    )


def counted(asked: ReportsQuestion) -> tuple[tuple[CountRow, ...], CountRow]:
    """Units where anybody is asked, least reported first, and the whole."""
    found = who_reported(asked.counts())
    rows = sorted((row for row in found.rows if row.counts.asked), key=least_reported)
    return tuple(unit_row(row) for row in rows), count_row(_("Cả nước"), None, found.whole)


def least_reported(row: UnitReporting) -> tuple[object, ...]:
    """Those without a unit last; most silent first among equal shares."""
    counts = row.counts
    return row.unit is None, counts.reported / counts.asked, -counts.silent, row.unit.code if row.unit else ""


def unit_row(row: UnitReporting) -> CountRow:
    if row.unit is None:
        return count_row(_(NOWHERE), None, row.counts)
    url = here_with(unit=f"{row.unit.code}@{row.unit.valid_from.isoformat()}", page=None)
    return count_row(unit_name(row.unit), url, row.counts)


def one_row(asked: ReportsQuestion, duty: Duty, place: Unit) -> CountRow:
    counts = reporting_of(session(), duty, period_asked(asked.period), place, release=asked.release)
    return count_row(unit_name(place), None, counts)


def count_row(label: str, url: str | None, counts: Counts) -> CountRow:
    share = 100 * counts.reported / counts.asked if counts.asked else None
    return CountRow(
        label=label,
        url=url,
        asked=number(counts.asked),
        reported=number(counts.reported),
        silent=number(counts.silent),
        late=number(counts.late),
        share=share,
        share_label="–" if share is None else f"{number(share, digits=1)} %",
    )


def listing(asked: ReportsQuestion, duty: Duty, place: Unit | None) -> tuple[tuple[Reporter, ...], int]:
    found, matched = reporters(
        session(),
        duty,
        period_asked(asked.period),
        unit=place,
        reported=TOLD[asked.reported],
        release=asked.release,
        limit=PAGE,
        start=(asked.page - 1) * PAGE,
    )
    return tuple(found), matched


def reporter_row(one: Reporter, duty: Duty, period: int) -> ReporterRow:
    state, tone = state_of(one, duty, period)
    return ReporterRow(
        name=one.name,
        url=page_url("planner.institution_standard", id_or_code=one.id),
        kind=labels.label(labels.TYPE, one.type),
        state=state,
        tone=tone,
        sent=day(one.sent_on) if one.sent_on else "–",
    )


def state_of(one: Reporter, duty: Duty, period: int) -> tuple[str, str]:
    """(words, tone) of an institution's report."""
    if one.reported:
        return (_("đã báo cáo, trễ hạn"), "warn") if one.late else (_("đã báo cáo"), "good")
    if today() > duty.last_day(period):
        return _("chưa báo cáo, quá hạn"), "bad"
    return _("chưa báo cáo, chưa đến hạn"), "plain"


def period_options(chosen: int) -> tuple[Option, ...]:
    years = sorted({*range(FIRST_PERIOD, today().year + 1), chosen}, reverse=True)
    return tuple(Option(str(year), str(year), None, year == chosen) for year in years)


def duty_options(chosen: Duty | None, period: int) -> tuple[Option, ...]:
    return tuple(Option(duty.id, duty_name(duty), None, duty is chosen) for duty in duties_in(period))


def shown_links(asked: ReportsQuestion) -> tuple[Link, ...]:
    offered = (("no", _("Chưa báo cáo")), ("yes", _("Đã báo cáo")), ("all", _("Tất cả")))
    return tuple(Link(text, here_with(reported=key, page=None), asked.reported == key) for key, text in offered)


def api_address(asked: ReportsQuestion, listed: bool) -> str:
    """The same question for machines."""
    common: dict[str, Any] = {"period": period_asked(asked.period), "duty": asked.duty, "release": asked.release}
    if listed:
        return page_url("api.reporting_institutions", unit=asked.unit, reported=asked.reported, **common)
    counts = asked.counts()
    return page_url("api.reporting", level=counts.level.value, on=counts.on, **common)
