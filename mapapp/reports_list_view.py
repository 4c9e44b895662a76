"""Who is how far with a year's report: province by province, the institutions of one, a reporter's own."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from geodata.people.rights import may, may_everywhere, may_somewhere, provinces_for
from geodata.reports.standings import ReportStanding, SubjectStanding, standing_of, standings_of, state_counts
from geodata.reports.subjects import UnknownSubject, authorities, own_institutions, subject_named
from geodata.reports.under_way import waiting_by_province
from geodata.standard.duties import Duty, UnknownDuty, duties, duties_in, duty_named
from geodata.standard.reporting import reporting
from geodata.unit_reads import Unit, units
from geodata.vocabulary import PersonAct, UnitLevel
from mapapp.db import session, today
from mapapp.errors import Problem
from mapapp.i18n import day, language, number, page_url
from mapapp.i18n import gettext as _
from mapapp.reports_words import STATE, duty_name, last_day_words, source_of, state_words, subject_name, time_left
from mapapp.sign_in import NOT_ALLOWED, Visitor
from mapapp.steward_view import Frame, frame
from mapapp.views import Link, Option

A_PAGE = 100
SEASON = 10
"""From October on the year under way is asked about first: plans of provinces want reports in December."""


@dataclass(frozen=True)
class ListQuestion:
    """What the list is about; whatever is no such thing is left out."""

    year: int
    duty: Duty
    province: str | None
    state: ReportStanding | None
    page: int

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "ListQuestion":
        first = min(duty.first_period for duty in duties().values())
        usual = today().year if today().month >= SEASON else today().year - 1
        year = _whole(args.get("year", ""), first, today().year) or usual
        try:
            duty = duty_named(args.get("duty") or None, year)
        except UnknownDuty:
            duty = duty_named(None, year)
        state = args.get("state", "")
        return cls(
            year,
            duty,
            args.get("province") or None,
            ReportStanding(state) if state in list(ReportStanding) else None,
            _whole(args.get("page", ""), 1, 10_000) or 1,
        )

    def address(self, **other: object) -> str:
        """The list under this question, some of it changed."""
        state = self.state.value if self.state else None
        asked = {"year": self.year, "duty": self.duty.id, "province": self.province, "state": state, **other}
        told = {name: value for name, value in asked.items() if value is not None}
        return f"{page_url('reports.listed')}?{urlencode(told)}"


def _whole(text: str, least: int, most: int) -> int | None:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None
    return number if number is not None and least <= number <= most else None


@dataclass(frozen=True)
class SubjectRow:
    name: str
    url: str
    state_label: str
    tone: str
    late: bool
    detail: str


@dataclass(frozen=True)
class ProvinceRow:
    """`share` (0 to 100) draws the bar."""

    name: str
    url: str
    asked: str
    reported: str
    share: float
    share_label: str
    waiting: str
    silent: str
    late: str


@dataclass(frozen=True)
class ListPage:
    """`own`: a reporter's institutions. `provinces` or `rows`, by whether one province is asked about."""

    frame: Frame
    own: tuple[SubjectRow, ...]
    reads: bool
    year: int
    years: tuple[Option, ...]
    duties: tuple[Option, ...]
    offered: tuple[Option, ...]
    place: str | None
    whole_url: str | None
    duty_source: str
    last_day: str
    left: str
    left_tone: str
    states: tuple[Link, ...]
    provinces: tuple[ProvinceRow, ...]
    rows: tuple[SubjectRow, ...]
    matched: str
    authorities: tuple[SubjectRow, ...]
    previous_url: str | None
    next_url: str | None
    remind_url: str | None

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)


def list_page(visitor: Visitor, asked: ListQuestion) -> ListPage:
    """403 for a province in which this person has nothing to read."""
    person = visitor.person
    reads = may_somewhere(person, PersonAct.READ_WORK)
    offered = readable(visitor) if reads else []
    place = the_place(visitor, asked, offered) if reads else None
    counts = state_counts(session(), asked.duty, asked.year, place) if place else {}
    rows = institution_rows(asked, place) if place else ()
    matched = sum(n for state, n in counts.items() if asked.state in (None, state))
    left, tone = time_left(asked.duty.last_day(asked.year))
    return ListPage(
        frame=frame(_("Báo cáo hằng năm"), visitor),
        own=own_rows(visitor, asked.year),
        reads=reads,
        year=asked.year,
        years=year_options(asked),
        duties=tuple(Option(one.id, duty_name(one), None, one is asked.duty) for one in duties_in(asked.year)),
        offered=tuple(Option(unit.code, unit_name(unit), None, unit == place) for unit in offered),
        place=unit_name(place) if place else None,
        whole_url=asked.address(province=None, state=None) if place and len(offered) > 1 else None,
        duty_source=source_of(asked.duty),
        last_day=last_day_words(asked.duty, asked.year),
        left=left,
        left_tone=tone,
        states=state_links(asked, counts),
        provinces=province_rows(asked, offered) if reads and place is None else (),
        rows=rows,
        matched=number(matched),
        authorities=authority_rows(visitor, asked, place) if reads else (),
        previous_url=asked.address(province=place.code, page=asked.page - 1) if place and asked.page > 1 else None,
        next_url=asked.address(province=place.code, page=asked.page + 1)
        if place and asked.page * A_PAGE < matched
        else None,
        remind_url=remind_address(asked, place) if place else None,
    )


def readable(visitor: Visitor) -> list[Unit]:
    """The provinces of today whose work this person may read, by code."""
    own = provinces_for(visitor.person, PersonAct.READ_WORK)
    return [unit for unit in units(session(), level=UnitLevel.PROVINCE, on=today()) if own is None or unit.code in own]


def the_place(visitor: Visitor, asked: ListQuestion, offered: list[Unit]) -> Unit | None:
    """The province asked about, or the only one there is; None: all of them."""
    if asked.province is None:
        return offered[0] if len(offered) == 1 else None
    found = next((unit for unit in offered if unit.code == asked.province), None)
    if found is None or not may(visitor.person, PersonAct.READ_WORK, province=found.code):
        raise Problem(NOT_ALLOWED)
    return found


def unit_name(unit: Unit) -> str:
    return unit.full_name if language() == "vi" else unit.name_en


def year_options(asked: ListQuestion) -> tuple[Option, ...]:
    first = min(duty.first_period for duty in duties().values())
    return tuple(Option(str(one), str(one), None, one == asked.year) for one in range(today().year, first - 1, -1))


def state_links(asked: ListQuestion, counts: Mapping[ReportStanding, int]) -> tuple[Link, ...]:
    """A way to each state that anybody is in, with how many are."""
    links = [
        Link(f"{_(STATE[state][0])} ({number(n)})", asked.address(state=state.value), state is asked.state)
        for state, n in counts.items()
        if n or state is asked.state
    ]
    whole = Link(f"{_('Tất cả')} ({number(sum(counts.values()))})", asked.address(state=None), asked.state is None)
    return (whole, *links) if links else ()


def institution_rows(asked: ListQuestion, place: Unit) -> tuple[SubjectRow, ...]:
    found = standings_of(
        session(),
        asked.duty,
        asked.year,
        place,
        today=today(),
        states=[asked.state] if asked.state else None,
        limit=A_PAGE,
        start=(asked.page - 1) * A_PAGE,
    )
    return tuple(subject_row(one, one.name, asked.year) for one in found)


def subject_row(one: SubjectStanding, name: str, year: int) -> SubjectRow:
    label, tone = state_words(one.state)
    sent = _("gửi ngày %(day)s", day=day(one.sent_on)) if one.sent_on else ""
    changing = _("đang đính chính") if one.published and one.number else ""
    detail = " · ".join(filter(None, (sent, changing)))
    return SubjectRow(name, page_url("reports.one", subject=one.key, year=year), label, tone, one.late, detail)


def province_rows(asked: ListQuestion, offered: list[Unit]) -> tuple[ProvinceRow, ...]:
    """Least reported first, then by code; provinces where nobody is asked are left out."""
    known = {unit.code for unit in offered}
    found = reporting(session(), asked.duty, asked.year, level=UnitLevel.PROVINCE, on=today())
    waiting = waiting_by_province(session(), asked.year)
    rows = [row for row in found.rows if row.unit and row.unit.code in known and row.counts.asked]
    rows.sort(key=lambda row: (row.counts.reported / row.counts.asked, row.unit.code if row.unit else ""))
    return tuple(
        ProvinceRow(
            name=unit_name(row.unit),
            url=asked.address(province=row.unit.code),
            asked=number(row.counts.asked),
            reported=number(row.counts.reported),
            share=100 * row.counts.reported / row.counts.asked,
            share_label=f"{number(100 * row.counts.reported / row.counts.asked, digits=1)} %",
            waiting=number(waiting[row.unit.code]["proposed"] + waiting[row.unit.code]["approved"])
            if row.unit.code in waiting
            else "0",
            silent=number(row.counts.silent),
            late=number(row.counts.late),
        )
        for row in rows
        if row.unit is not None
    )


def own_rows(visitor: Visitor, year: int) -> tuple[SubjectRow, ...]:
    """What a reporter has to write: each institution, this year and the one before, where something is asked of it."""
    found = []
    for id in own_institutions(visitor.person):
        for one in (year, year - 1):
            with suppress(UnknownDuty, UnknownSubject):
                found.append(own_row(id, one))
    return tuple(found)


def own_row(id: str, year: int) -> SubjectRow:
    """An institution's report on a year. Raises `UnknownDuty` for a year on which nobody reports, `UnknownSubject` for
    an institution that is not in the register now."""
    last = duty_named(None, year).last_day(year)
    subject = subject_named(session(), id)
    told = standing_of(session(), subject, year, last_day=last, today=today())
    return subject_row(told, _("%(name)s: năm %(year)s", name=subject.name, year=year), year)


def authority_rows(visitor: Visitor, asked: ListQuestion, place: Unit | None) -> tuple[SubjectRow, ...]:
    """Authorities of the province; of the country for those who may read its work."""
    whole = may_everywhere(visitor.person, PersonAct.READ_WORK, [])
    if place is None and not whole:
        return ()
    chosen = authorities(session(), asked.year, frozenset({place.code}) if place else None, on=today())
    last: date = asked.duty.last_day(asked.year)
    return tuple(
        subject_row(
            standing_of(session(), one, asked.year, last_day=last, today=today()), subject_name(one), asked.year
        )
        for one in chosen
        if place is not None or one.territory_key is None
    )


def remind_address(asked: ListQuestion, place: Unit) -> str:
    query = urlencode({"year": asked.year, "duty": asked.duty.id, "province": place.code})
    return f"{page_url('reports.remind')}?{query}"
