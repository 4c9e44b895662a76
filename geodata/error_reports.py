"""Citizens' reports of errors: sent with a ticket and a promised day, found again by ticket, answered by a steward."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.models import ErrorReport, ErrorReportPromise
from geodata.registry_ids import ALPHABET, check_character
from geodata.vocabulary import ErrorReportState, ReportedField

LONGEST_MESSAGE = 2_000
LONGEST_CONTACT = 200
LONGEST_ITEM = 100
LONGEST_ANSWER = 2_000
LONGEST_REASON = 300
FARTHEST_PROMISE = timedelta(days=366)
SATURDAY = 5


class UnknownTicket(GeodataError):
    """No report has this ticket."""


class AlreadyAnswered(GeodataError):
    """A report is answered once."""


class NoSuchPromise(GeodataError):
    """A day that cannot be promised (over, the same as before, more than a year away), or one without a reason."""


@dataclass(frozen=True)
class Draft:
    """What a citizen wrote; `item` names one of several (a programme's code), `contact` is theirs to leave out."""

    institution_id: str
    field: ReportedField
    message: str
    item: str | None = None
    contact: str | None = None


def send(session: Session, draft: Draft, *, at: datetime, promised_on: date) -> str:
    """Keep the report; its ticket. The caller commits."""
    report = ErrorReport(
        ticket=issue_ticket(),
        institution_id=draft.institution_id,
        field=draft.field.value,
        item=draft.item,
        message=draft.message,
        contact=draft.contact,
        sent_at=at,
        promised_on=promised_on,
        state=ErrorReportState.NEW.value,
    )
    session.add(report)
    session.flush()
    return report.ticket


def issue_ticket() -> str:
    """A ticket that cannot be guessed: `r`, nine characters of the registry's alphabet, a check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(9))
    return f"r{body}{check_character(body)}"


def find(session: Session, ticket: str) -> ErrorReport:
    """The report of a ticket as it was told or typed. Raises `UnknownTicket`."""
    wanted = ticket.strip().lower()
    report = session.get(ErrorReport, wanted) if wanted.isascii() and wanted.isalnum() else None
    if report is None:
        raise UnknownTicket(f"No report has the ticket {ticket[:40]!r}.")
    return report


def listed(session: Session, state: ErrorReportState | None, *, limit: int = 100) -> tuple[ErrorReport, ...]:
    """Reports in a state (None: all), those promised first at the head."""
    wanted = [] if state is None else [ErrorReport.state == state.value]
    order = (ErrorReport.promised_on, ErrorReport.sent_at, ErrorReport.ticket)
    return tuple(session.scalars(select(ErrorReport).where(*wanted).order_by(*order).limit(limit)))


def answer(session: Session, ticket: str, *, state: ErrorReportState, text: str, by: str, at: datetime) -> ErrorReport:
    """Answer a new report in public words. Raises `UnknownTicket`, `AlreadyAnswered`. The caller commits."""
    report = find(session, ticket)
    session.refresh(report, with_for_update=True)
    if report.state != ErrorReportState.NEW:
        raise AlreadyAnswered(f"The report {report.ticket} was answered already ({report.state}).")
    report.state, report.answer, report.answered_by, report.answered_at = state.value, text, by, at
    session.flush()
    return report


def move_promise(
    session: Session, ticket: str, *, to: date, reason: str, by_id: int, at: datetime, today: date
) -> ErrorReport:
    """Promise a new report's answer for another day, with a reason that its page shows; the days before are kept.

    Raises `UnknownTicket`, `AlreadyAnswered`, `NoSuchPromise`. The caller commits."""
    report = find(session, ticket)
    session.refresh(report, with_for_update=True)
    if report.state != ErrorReportState.NEW:
        raise AlreadyAnswered(f"The report {report.ticket} was answered already ({report.state}).")
    if not reason or to == report.promised_on or not today <= to <= today + FARTHEST_PROMISE:
        raise NoSuchPromise(f"{to} cannot be promised for {report.ticket}.")
    moved = ErrorReportPromise(
        ticket=report.ticket, before=report.promised_on, promised_on=to, reason=reason, by_id=by_id, at=at
    )
    session.add(moved)
    report.promised_on = to
    session.flush()
    return report


def promises(session: Session, tickets: Collection[str]) -> dict[str, list[ErrorReportPromise]]:
    """How the day promised was moved, of each report, the first time first."""
    moved = select(ErrorReportPromise).where(ErrorReportPromise.ticket.in_(tickets)).order_by(ErrorReportPromise.id)
    found: dict[str, list[ErrorReportPromise]] = {ticket: [] for ticket in tickets}
    for one in session.scalars(moved):
        found[one.ticket].append(one)
    return found


def promised(on: date, working_days: int) -> date:
    """The day so many working days (Monday to Friday) after `on`; public holidays are not known here."""
    day = on
    while working_days:
        day += timedelta(days=1)
        working_days -= day.weekday() < SATURDAY
    return day
