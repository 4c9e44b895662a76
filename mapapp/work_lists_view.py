"""The lists of pairs, of citizens' reports, and of words that found nothing."""

from dataclasses import dataclass

from geodata.error_reports import LONGEST_REASON, promises
from geodata.missed_queries import Missed
from geodata.models import ErrorReport, ErrorReportPromise
from geodata.people.rights import may, may_everywhere
from geodata.vocabulary import ErrorReportState, MissedKind, PersonAct
from geodata.work.duplicates import Pair
from geodata.work.missed import unanswered
from geodata.work.reports import LINK, cursor, led_to, reports
from mapapp.db import session, today
from mapapp.i18n import N_, day, number, page_url
from mapapp.i18n import gettext as _
from mapapp.report_view import FIELD, STATE
from mapapp.sign_in import Visitor
from mapapp.steward_view import frame, moment
from mapapp.views import Link
from mapapp.work_counts import pairs
from mapapp.work_view import A_PAGE, WorkList, chosen, done, province_names, province_options

SHARES = {
    "identifier": N_("cùng mã, định danh"),
    "name": N_("cùng tên, cùng tỉnh"),
    "alike": N_("tên gần giống, cùng xã, phường"),
}
REPORT_TONE = {"new": "warn", "answered": "good", "accepted": "good", "rejected": "plain"}
ASKED_AT = {MissedKind.SEARCH: N_("ô tìm kiếm"), MissedKind.PLACE: N_("ô tìm nơi gần")}


@dataclass(frozen=True)
class Side:
    """One of a pair; `merge_url` leads to the merger in which it stays and the other ends."""

    id: str
    name: str
    url: str
    place: str
    merge_url: str


@dataclass(frozen=True)
class PairView:
    """Two that may be one; the urls only for who may act on both."""

    key: str
    sides: tuple[Side, Side]
    shares: str
    alike: str
    apart_url: str


@dataclass(frozen=True, kw_only=True)
class PairsPage(WorkList[PairView]):
    """Possible duplicates, the surest first."""

    total: str


def pairs_page(visitor: Visitor, *, province: str | None, after: int, act: str | None = None) -> PairsPage:
    within = chosen(visitor, province)
    found = [pair for pair in pairs() if pair.concerns(within)]
    shown, names = found[after : after + A_PAGE], province_names()
    more = after + A_PAGE if len(found) > after + A_PAGE else None
    title = _("Có thể trùng nhau")
    return PairsPage(
        frame=frame(title, visitor),
        entries=tuple(pair_view(visitor, pair, names, province) for pair in shown),
        total=number(len(found)),
        provinces=province_options(visitor, province),
        next_url=page_url("work.pairs", province=province, after=more) if more else None,
        done=done(act),
    )


def pair_view(visitor: Visitor, pair: Pair, names: dict[str, str], asked: str | None) -> PairView:
    edits = may_everywhere(visitor.person, PersonAct.EDIT, pair.provinces)
    ids = (pair.one_id, pair.other_id)
    one, other = (
        Side(
            id=stays,
            name=name,
            url=page_url("citizen.institution", id_or_code=stays),
            place=names.get(code or "", _("Chưa rõ tỉnh, thành phố")),
            merge_url=page_url("proposals.wizard", id=goes, wizard="merge", into=stays) if edits else "",
        )
        for stays, goes, name, code in zip(ids, reversed(ids), pair.names, pair.provinces, strict=True)
    )
    shares = ", ".join(_(SHARES[why]) for why in pair.shares)
    return PairView(
        key=pair.key.replace("~", "-"),
        sides=(one, other),
        shares=shares[:1].upper() + shares[1:],
        alike=_("tên giống nhau %(n)s %%", n=round(pair.score * 100)),
        apart_url=page_url("work.tell_apart", one=ids[0], other=ids[1], province=asked) if edits else "",
    )


@dataclass(frozen=True)
class ReportView:
    """A citizen's report. `contact` only for who may answer."""

    key: str
    ticket: str
    institution: Link
    place: str
    about: str
    message: str
    contact: str
    facts: tuple[tuple[str, str], ...]
    state_label: str
    tone: str
    answer: str
    proposals: tuple[Link, ...]
    answer_url: str
    record_url: str
    promise_url: str
    promised_on: str
    longest_reason: int = LONGEST_REASON


def reports_page(
    visitor: Visitor, *, province: str | None, open_only: bool, after: str | None, act: str | None = None
) -> WorkList[ReportView]:
    """Reports, the soonest promised first."""
    within = chosen(visitor, province)
    found = reports(session(), on=today(), open_only=open_only, provinces=within, after=after, limit=A_PAGE + 1)
    shown, names = found[:A_PAGE], province_names()
    tickets = [report.ticket for report, _name, _code in shown]
    came_of, moved = led_to(session(), tickets), promises(session(), tickets)
    title, every = _("Báo sai của người dân"), None if open_only else "1"
    more = cursor(shown[-1][0]) if found[A_PAGE:] else None
    return WorkList(
        frame=frame(title, visitor),
        entries=tuple(
            report_view(visitor, *one, names, came_of[one[0].ticket], moved[one[0].ticket], province) for one in shown
        ),
        filters=(
            Link(_("Đang chờ"), page_url("work.reports", province=province), current=open_only),
            Link(_("Tất cả"), page_url("work.reports", province=province, all=1), current=not open_only),
        ),
        provinces=province_options(visitor, province),
        kept=() if open_only else (("all", "1"),),
        next_url=page_url("work.reports", province=province, all=every, after=more) if more else None,
        done=done(act),
    )


def report_view(
    visitor: Visitor,
    report: ErrorReport,
    name: str,
    province: str | None,
    names: dict[str, str],
    came_of: list[int],
    moved: list[ErrorReportPromise],
    asked: str | None,
) -> ReportView:
    answers = may(visitor.person, PersonAct.ANSWER_REPORTS, province=province)
    about = _(FIELD[report.field])
    is_new = report.state == ErrorReportState.NEW
    late = is_new and report.promised_on < today()
    promise = _("%(day)s (quá hạn)", day=day(report.promised_on)) if late else day(report.promised_on)
    told = [(_("Gửi"), moment(report.sent_at)), (_("Hẹn trả lời"), promise)]
    told += [(_("Hẹn trước đó"), f"{day(one.before)} ({one.reason})") for one in moved]
    if report.answered_at is not None:
        told.append((_("Trả lời"), f"{moment(report.answered_at)}, {report.answered_by}"))
    return ReportView(
        key=report.ticket,
        ticket=report.ticket,
        institution=Link(
            name or report.institution_id, page_url("citizen.institution", id_or_code=report.institution_id)
        ),
        place=names.get(province or "", ""),
        about=f"{about}: {report.item}" if report.item else about,
        message=report.message,
        contact=(report.contact or "") if answers else "",
        facts=tuple(told),
        state_label=_(STATE[report.state]),
        tone="bad" if late else REPORT_TONE[report.state],
        answer=report.answer or "",
        proposals=tuple(
            Link(_("đề xuất số %(n)s", n=number), page_url("proposals.one", number=number)) for number in came_of
        ),
        answer_url=page_url("work.answer", ticket=report.ticket, province=asked) if answers and is_new else "",
        promise_url=page_url("work.move_promise", ticket=report.ticket, province=asked) if answers and is_new else "",
        promised_on=report.promised_on.isoformat(),
        record_url=page_url("proposals.record", id=report.institution_id, **{LINK: report.ticket})
        if answers and report.state == ErrorReportState.ACCEPTED
        else "",
    )


@dataclass(frozen=True)
class MissedLine:
    """Words that found nothing: how often, last when, asked where."""

    key: str
    words: str
    kind: str
    told: str


@dataclass(frozen=True, kw_only=True)
class MissedPage(WorkList[MissedLine]):
    """What people looked for in vain, most often first."""

    may_handle: bool


def missed_page(visitor: Visitor, *, after: int, act: str | None = None) -> MissedPage:
    found = unanswered(session(), on=today(), after=after, limit=A_PAGE + 1)
    title = _("Từ tìm không ra")
    return MissedPage(
        frame=frame(title, visitor),
        entries=tuple(missed_line(at, one) for at, one in enumerate(found[:A_PAGE], start=1)),
        done=done(act),
        may_handle=may(visitor.person, PersonAct.ANSWER_REPORTS),
        next_url=page_url("work.missed", after=after + A_PAGE) if found[A_PAGE:] else None,
    )


def missed_line(at: int, one: Missed) -> MissedLine:
    told = _(
        "%(n)s lần, lần cuối %(day)s, ở %(where)s", n=number(one.times), day=day(one.last), where=_(ASKED_AT[one.kind])
    )
    return MissedLine(f"words-{at}", one.words, one.kind.value, told)
