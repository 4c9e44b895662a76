"""The form of one subject's report on a year: what is asked, what was said last year and before, what may be done."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geodata.imports.facts import Fact
from geodata.indicators import IndicatorRole
from geodata.models import Proposal
from geodata.people.rights import may_somewhere
from geodata.proposals import reading
from geodata.proposals.refusals import Fault
from geodata.reports.figures import Version, corrected
from geodata.reports.planning import ANSWERS, CELLS, EVIDENCE
from geodata.reports.questions import Question, duties_of, questions
from geodata.reports.standings import SENT, standing_of
from geodata.reports.subjects import Subject
from geodata.reports.under_way import figures_asked, report_under_way, sent_back_with, stamp
from geodata.standard.duties import Duty
from geodata.vocabulary import PersonAct, ProposalState
from mapapp.db import session, today
from mapapp.i18n import day, language, page_url
from mapapp.i18n import gettext as _
from mapapp.proposal_view import StepView, step_view
from mapapp.readiness_view import figure_words
from mapapp.reports_meeting import Difference, Figures, Meeting, Opened, meet
from mapapp.reports_words import duty_name, source_of, state_words, subject_name, time_left
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame, frame, moment
from mapapp.views import Link


@dataclass(frozen=True)
class VersionView:
    """A value that was published, and from when to when it stood."""

    value: str
    days: str
    source: str
    reason: str


@dataclass(frozen=True)
class FigureField:
    """One indicator of the form. `kind`: `yes` (yes or no), `parts` (numerator and denominator), `percent`."""

    id: str
    name: str
    definition: str
    kind: str
    numerator: str
    denominator: str
    cells: Mapping[str, str]
    last: str
    now: str
    versions: tuple[VersionView, ...]


@dataclass(frozen=True)
class FigureGroup:
    title: str
    fields: tuple[FigureField, ...]


@dataclass(frozen=True)
class DeadlineView:
    name: str
    source: str
    last_day: str
    left: str
    tone: str


@dataclass(frozen=True)
class ReportPage:
    """`editable`: the person may write now; `opened`: what the form was made from; `met`: somebody else changed the
    report meanwhile, and `differences` tell what."""

    frame: Frame
    subject: Subject
    year: int
    form_url: str
    sheet_url: str | None
    state_label: str
    tone: str
    deadlines: tuple[DeadlineView, ...]
    groups: tuple[FigureGroup, ...]
    opened: Opened
    note: str
    editable: bool
    begun: bool
    acts: tuple[tuple[str, str, str], ...]
    sent_back: str | None
    steps: tuple[StepView, ...]
    faults: tuple[tuple[str, str], ...]
    met: bool
    differences: tuple[Difference, ...]
    read_from_sheet: int
    years: tuple[Link, ...]
    proposal_url: str | None
    public_url: str | None

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)

    def fault(self, name: str) -> str | None:
        return dict(self.faults).get(name)


def report_page(
    visitor: Visitor,
    subject: Subject,
    year: int,
    *,
    may_fill: bool,
    given: Figures | None = None,
    note: str | None = None,
    faults: Sequence[Fault] = (),
    opened: Opened | None = None,
    met: bool = False,
    read_from_sheet: int = 0,
) -> ReportPage:
    """The page as the person sees it; `given` is what was typed or read from a sheet and is not kept yet, into a form
    that was `opened` on something else than the report as it is now. `met`: the two are compared. What is not kept yet
    is kept first: the report is neither sent nor withdrawn from such a page."""
    found = report_under_way(session(), subject, year)
    asked = questions(session(), subject, year)
    editable = may_fill and bool(asked) and (found is None or found.state in WRITTEN)
    now = as_it_stands(subject, year, found, asked)
    meeting = meet(labels(asked), words_of(asked), opened, now, given or {}, note or "") if met and opened else None
    cells = figures_shown(now, given, meeting, editable=editable)
    versions = corrected(session(), subject, year)
    duties = duties_of(session(), subject, year)
    standing = standing_of(
        session(), subject, year, last_day=duties[0].last_day(year) if duties else today(), today=today()
    )
    label, tone = state_words(standing.state)
    reads = may_somewhere(visitor.person, PersonAct.READ_WORK)
    name = subject_name(subject)
    return ReportPage(
        frame=reports_frame(_("Báo cáo năm %(year)s: %(name)s", year=year, name=name), visitor, Link(name, "")),
        subject=subject,
        year=year,
        form_url=page_url("reports.one", subject=subject.key, year=year),
        sheet_url=page_url("reports.sheet", subject=subject.key, year=year) if subject.institutions else None,
        state_label=label,
        tone=tone,
        deadlines=tuple(deadline(duty, year, done=standing.published or standing.state in SENT) for duty in duties),
        groups=groups(asked, cells, versions, year),
        opened=opened if opened and not met else now,
        note=meeting.note if meeting and editable else note if note is not None else now.note,
        editable=editable,
        begun=found is not None,
        acts=acts(found, subject, year) if may_fill and given is None else (),
        sent_back=sent_back_with(session(), found) if found else None,
        steps=tuple(step_view(step) for step in reading.steps(session(), found)) if found else (),
        faults=tuple((fault.field, fault.en if language() == "en" else fault.vi) for fault in faults),
        met=met,
        differences=meeting.differences if meeting else (),
        read_from_sheet=read_from_sheet,
        years=tuple(
            Link(str(one), page_url("reports.one", subject=subject.key, year=one), one == year)
            for one in range(today().year, today().year - 4, -1)
        ),
        proposal_url=page_url("proposals.one", number=found.id) if found and reads else None,
        public_url=page_url("citizen.institution", id_or_code=subject.id) if subject.institutions else None,
    )


def as_it_stands(subject: Subject, year: int, found: Proposal | None, asked: Sequence[Question]) -> Opened:
    """What a form is opened on now: the report under way, else what the register says."""
    told = figures_asked(found) if found is not None else None
    return Opened(
        stamp(session(), subject, year, found),
        {one.indicator.id: typed(one, told) for one in asked},
        found.reason if found else "",
    )


def figures_shown(now: Opened, given: Figures | None, meeting: Meeting | None, *, editable: bool) -> Figures:
    """What stands in the form: what was typed, put together with what somebody else saved meanwhile; in a form that
    cannot be written any more only the latter."""
    if meeting is not None:
        return meeting.figures if editable else now.figures
    return given if given is not None else now.figures


def labels(asked: Sequence[Question]) -> dict[str, str]:
    """{indicator: its name}"""
    vietnamese = language() == "vi"
    return {one.indicator.id: one.indicator.name_vi if vietnamese else one.indicator.name_en for one in asked}


def words_of(asked: Sequence[Question]) -> Callable[[str, Mapping[str, str]], str]:
    """What says the cells of an indicator in a few words."""
    answers = {
        one.indicator.id: dict(zip(ANSWERS, (_("Có"), _("Chưa có")), strict=True)) for one in asked if one.yes_or_no
    }

    def words(id: str, cells: Mapping[str, str]) -> str:
        value = answers.get(id, {}).get(cells.get("value", ""), cells.get("value", ""))
        parts = [cells.get("numerator", ""), cells.get("denominator", "")]
        of_parts = " / ".join(part or "–" for part in parts) if any(parts) else ""
        return "; ".join(
            one for one in (of_parts, value, cells.get("missing_reason", ""), cells.get("evidence", "")) if one
        )

    return words


WRITTEN = (ProposalState.DRAFT, ProposalState.SENT_BACK)


def reports_frame(title: str, visitor: Visitor, *trail: Link) -> Frame:
    """With the way back to the list."""
    return frame(title, visitor, Link(_("Báo cáo"), page_url("reports.listed")), *trail)


def deadline(duty: Duty, year: int, *, done: bool) -> DeadlineView:
    last = duty.last_day(year)
    return DeadlineView(duty_name(duty), source_of(duty), day(last), *left_words(last, done=done))


def left_words(last: date, *, done: bool) -> tuple[str, str]:
    """How far the deadline is; nothing to worry about once the report is in."""
    return (_("đã gửi"), "good") if done else time_left(last)


def acts(found: Proposal | None, subject: Subject, year: int) -> tuple[tuple[str, str, str], ...]:
    """(act, address, label) of what its writers may do with a report under way."""
    if found is None:
        return ()
    offered = [("propose", _("Gửi báo cáo để phê duyệt"))] if found.state in WRITTEN else []
    offered.append(("withdraw", _("Rút báo cáo")))
    return tuple(
        (act, page_url("reports.act", subject=subject.key, year=year, act=act), label) for act, label in offered
    )


def groups(
    asked: Sequence[Question], cells: Figures | None, versions: Mapping[str, tuple[Version, ...]], year: int
) -> tuple[FigureGroup, ...]:
    """Digital readiness first, then the standard's conditions and indicators; empty groups are left out."""
    fields = [(one, field(one, cells, versions.get(one.indicator.id, ()), year)) for one in asked]
    legal = [pair for pair in fields if pair[0].indicator.role is IndicatorRole.LEGAL]
    parts = (
        (_("Chuyển đổi số"), [view for one, view in fields if one.indicator.role is not IndicatorRole.LEGAL]),
        (_("Chuẩn theo Thông tư 38/2026: điều kiện"), [view for one, view in legal if one.yes_or_no]),
        (_("Chuẩn theo Thông tư 38/2026: chỉ số hoạt động"), [view for one, view in legal if not one.yes_or_no]),
    )
    return tuple(FigureGroup(title, tuple(views)) for title, views in parts if views)


def field(one: Question, cells: Figures | None, versions: tuple[Version, ...], year: int) -> FigureField:
    indicator, vietnamese = one.indicator, language() == "vi"
    said = {name: one.now[name] for name in ("value", "numerator", "denominator", "missing_reason")} if one.now else {}
    return FigureField(
        id=indicator.id,
        name=indicator.name_vi if vietnamese else indicator.name_en,
        definition=indicator.definition_vi if vietnamese else indicator.definition_en,
        kind="yes" if one.yes_or_no else "parts" if one.has_parts else "percent",
        numerator=(indicator.numerator_vi if vietnamese else indicator.numerator_en) or _("Tử số"),
        denominator=(indicator.denominator_vi if vietnamese else indicator.denominator_en) or _("Mẫu số"),
        cells=typed(one, cells),
        last=said_words(one, one.last, str(year - 1)),
        now=said_words(one, one.now, str(year)) if said else "",
        versions=tuple(version_view(one, version) for version in versions),
    )


def typed(one: Question, cells: Figures | None) -> dict[str, str]:
    """What stands in the cells: what was typed, else what the register says of the year."""
    told = dict(cells.get(one.indicator.id, {})) if cells is not None else {}
    if cells is None and one.now is not None:
        told = {name: one.now[name] or "" for name in CELLS}
        if one.has_parts and told["numerator"]:
            told["value"] = ""
        if one.yes_or_no and one.now["value"] is not None:
            told = {"value": ANSWERS[one.now["value"] == "0"]}
    return {name: str(told.get(name) or "") for name in (*CELLS, EVIDENCE)}


def said_words(one: Question, fact: Fact | None, year: str) -> str:
    """ "2024: 45,5 % (20 trên 44)"."""
    return f"{year}: {figure_words(fact, one.indicator)}" if fact else _("%(year)s: không có số liệu", year=year)


def version_view(one: Question, version: Version) -> VersionView:
    said = {name: getattr(version, name) for name in ("value", "numerator", "denominator", "missing_reason")}
    since, until = moment(version.since), moment(version.until) if version.until else None
    return VersionView(
        figure_words(said, one.indicator),
        _("công bố %(since)s, thay ngày %(until)s", since=since, until=until)
        if until
        else _("công bố %(since)s", since=since),
        version.source,
        version.reason or "",
    )
