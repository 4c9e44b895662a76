"""A unit's profile: every indicator with its latest figure, its targets and how it moved."""

from collections.abc import Iterator
from datetime import timedelta

from geodata import overlays
from geodata.administrative_units import Unit, UnknownUnit, ancestors, predecessors, successors
from geodata.administrative_units import unit as unit_named
from geodata.filters import REFORM
from geodata.indicators import Indicator, indicators
from geodata.overlays import Trend
from geodata.proposals.reviews import stewardship
from geodata.standard.duties import Duty, duties_in
from geodata.standard.reporting import Counts, reporting_of
from geodata.targets import Target, local_documents, targets_of
from geodata.unit_reads import InvalidReference
from geodata.vocabulary import SubjectKind, UnitLevel
from mapapp import planner_words as words
from mapapp.db import session, today
from mapapp.errors import UNKNOWN_UNIT, Problem
from mapapp.i18n import day, language, number, page_url
from mapapp.i18n import gettext as _
from mapapp.planner_curve import curve
from mapapp.planner_projection import projection_view
from mapapp.planner_question import UnitProfileQuestion
from mapapp.planner_rows import figure_row
from mapapp.planner_view import goal_view
from mapapp.planner_views import Course, CoverLine, DutyLine, PeriodRow, ProfileGroup, ProfileLine, UnitProfilePage
from mapapp.reports_words import source_of
from mapapp.review_words import ReviewView, review_view
from mapapp.views import Link

MOST_PARTS = 12


def unit_profile_page(reference: str, asked: UnitProfileQuestion) -> UnitProfilePage:
    """Raises a 404 problem for a unit that does not exist on its day."""
    try:
        unit = unit_named(session(), reference)
    except (UnknownUnit, InvalidReference) as error:
        raise Problem(UNKNOWN_UNIT) from error
    above = ancestors(session(), unit.key)
    name = unit_name(unit)
    return UnitProfilePage(
        title=_("Mức sẵn sàng số: %(unit)s", unit=name),
        description=_("Chỉ số, chỉ tiêu và diễn biến các năm của %(unit)s.", unit=name),
        subtitle=", ".join([unit_name(one) for one in above] + [days(unit)]),
        note=_("Mã đơn vị bị dùng lại: %(key)s là mã kèm ngày bắt đầu.", key=unit.key),
        parts=parts(unit, asked),
        groups=tuple(found for key, label in words.GROUPS.items() if (found := group(unit, key, label, asked)).lines),
        list_url=page_url("citizen.home", unit=unit.code if unit.in_force else f"{unit.code}@{last_day(unit)}"),
        planner_url=page_url("planner.planner"),
        covers=tuple(cover_lines(unit, asked)),
        duties=tuple(duty_lines(unit, asked)),
        review=review_of(unit),
        api_url=page_url("api.reporting", level=unit.level, on=unit.valid_from, release=asked.release),
    )


def review_of(unit: Unit) -> ReviewView | None:
    """Who answers for the province's records and when they were last looked through; of provinces of today only."""
    if unit.level != UnitLevel.PROVINCE or not unit.in_force:
        return None
    return review_view(stewardship(session(), unit, on=today()))


def cover_lines(unit: Unit, asked: UnitProfileQuestion) -> Iterator[CoverLine]:
    """The local documents that hold over the unit or a part of it: their territory is a unit of the day they name."""
    if unit.level != UnitLevel.PROVINCE:
        return
    made_of = [link.unit for link in predecessors(session(), unit.key)] if unit.in_force else []
    for document in local_documents():
        named = document.territory
        for part in (unit, *made_of):
            if named is None or part.code != named.code or not part.holds_on(named.on):
                continue
            whole = part is unit or len(made_of) == 1
            covers = _("toàn bộ đơn vị này") if whole else _("phần là %(part)s đến 30/06/2025", part=unit_name(part))
            url = page_url("planner.unit_profile", reference=part.key, release=asked.release)
            yield CoverLine(document.label_vi if language() == "vi" else document.title_en, covers, url)


def duty_lines(unit: Unit, asked: UnitProfileQuestion) -> Iterator[DutyLine]:
    """Every duty of the last and the current year that asks anyone here."""
    for period in (today().year, today().year - 1):
        for duty in duties_in(period):
            counts = reporting_of(session(), duty, period, unit, release=asked.release)
            if counts.asked:
                yield duty_line(unit, duty, period, counts)


def duty_line(unit: Unit, duty: Duty, period: int, counts: Counts) -> DutyLine:
    reference = f"{unit.code}@{unit.valid_from.isoformat()}"
    return DutyLine(
        label=f"{duty.name_vi if language() == 'vi' else duty.name_en}, {period}",
        source=source_of(duty),
        last_day=day(duty.last_day(period)),
        reported=f"{number(counts.reported)}/{number(counts.asked)}",
        silent=number(counts.silent),
        url=page_url("planner.reports", period=period, duty=duty.id, unit=reference),
    )


def unit_name(unit: Unit) -> str:
    return unit.full_name if language() == "vi" else unit.name_en


def days(unit: Unit) -> str:
    return _("từ 01/07/2025") if unit.in_force and unit.valid_from >= REFORM else _("đơn vị cũ, đến 30/06/2025")


def last_day(unit: Unit) -> str:
    return (unit.valid_to - timedelta(days=1)).isoformat() if unit.valid_to else ""


def parts(unit: Unit, asked: UnitProfileQuestion) -> tuple[Link, ...]:
    """What the unit was made of or went into: their figures stay available."""
    linked = predecessors(session(), unit.key) if unit.in_force else successors(session(), unit.key)
    same_level = [link.unit for link in linked if link.unit.level == unit.level][:MOST_PARTS]
    return tuple(
        Link(unit_name(one), page_url("planner.unit_profile", reference=one.key, release=asked.release))
        for one in same_level
    )


def group(unit: Unit, key: str, label: str, asked: UnitProfileQuestion) -> ProfileGroup:
    chosen = [one for one in indicators().values() if one.first_period is not None and words.group(one) == key]
    lines = (line(unit, one, asked) for one in chosen if concerns(one, unit))
    return ProfileGroup(_(label), tuple(found for found in lines if found is not None))


def concerns(indicator: Indicator, unit: Unit) -> bool:
    """Authorities and milestones belong to provinces; the legal standard has no figures before 2026."""
    return indicator.subject is SubjectKind.INSTITUTION or unit.level == UnitLevel.PROVINCE


def line(unit: Unit, indicator: Indicator, asked: UnitProfileQuestion) -> ProfileLine | None:
    """None where the indicator has no period, or concerned nobody here in any."""
    local = local_target(unit, indicator)
    found = overlays.trend(
        session(), indicator.id, unit=unit, target=local.id if local else None, release=asked.release
    )
    if not any(row.N for _period, row in found.points):
        return None
    period, latest = found.points[-1]
    projection = overlays.project(indicator, found)
    return ProfileLine(
        label=words.name(indicator),
        url=page_url("planner.planner", indicator=indicator.id, units=units_of(unit), period=period),
        latest=figure_row(indicator, latest, label=period),
        period=period,
        goals=tuple(goal_view(target) for target in goals(found, indicator, unit)),
        course=Course(
            rows=tuple(PeriodRow(when, figure_row(indicator, row, label=when)) for when, row in found.points),
            curve=curve(indicator, found, projection),
            projection=projection_view(indicator, found, projection),
        ),
    )


def local_target(unit: Unit, indicator: Indicator) -> Target | None:
    """The first local target of the next deadline where the unit is the territory its document named."""
    for document in local_documents():
        named = document.territory
        if named is None or unit.level != UnitLevel.PROVINCE or unit.code != named.code or not unit.holds_on(named.on):
            continue
        return next((one for one in targets_of(document.id) if one.indicator is indicator), None)
    return None


def goals(found: Trend, indicator: Indicator, unit: Unit) -> list[Target]:
    """The target compared with, then those of documents that cover a part of the unit."""
    shown = [found.target] if found.target else []
    if unit.level == UnitLevel.PROVINCE and unit.in_force:
        before = {(one.unit.code, one.unit.valid_to) for one in predecessors(session(), unit.key)}
        for document in local_documents():
            named = document.territory
            if named and any(code == named.code for code, _to in before):
                shown += [one for one in targets_of(document.id) if one.indicator is indicator]
    return shown


def units_of(unit: Unit) -> str:
    return unit.level if unit.in_force else f"{unit.level}@{last_day(unit)}"
