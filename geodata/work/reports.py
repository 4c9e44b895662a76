"""Citizens' reports of errors as work: those of one's provinces, the soonest promised first, with what they led to."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from geodata.models import ErrorReport, InstitutionState, Proposal
from geodata.vocabulary import ErrorReportState, ProposalState
from geodata.work.lists import NOWHERE, within

LINK = "report"
"""Under this name the forms of records and events carry the ticket that led to them, and the proposal keeps it."""

WAITING = (ProposalState.PROPOSED.value, ProposalState.APPROVED.value)


def reports(
    session: Session,
    *,
    on: date,
    open_only: bool,
    provinces: Collection[str] | None,
    after: str | None = None,
    limit: int = 50,
) -> tuple[tuple[ErrorReport, str, str | None], ...]:
    """(report, institution's name, its province), by the day promised; a cursor of nonsense begins anew."""
    found = _located(on).add_columns(InstitutionState.name, InstitutionState.province_code)
    if open_only:
        found = found.where(ErrorReport.state == ErrorReportState.NEW.value)
    found = found.where(within(provinces))
    day, _, ticket = (after or "").partition("~")
    if ticket.isascii() and ticket.isalnum() and _is_day(day):
        found = found.where(tuple_(ErrorReport.promised_on, ErrorReport.ticket) > (date.fromisoformat(day), ticket))
    rows = session.execute(found.order_by(ErrorReport.promised_on, ErrorReport.ticket).limit(limit))
    return tuple((row[0], row[1], row[2]) for row in rows)


def cursor(report: ErrorReport) -> str:
    """Where the list goes on after this report."""
    return f"{report.promised_on}~{report.ticket}"


def open_reports(session: Session, *, on: date) -> dict[str, tuple[int, int]]:
    """{province (`-`: none known): (open reports, those among them whose promised day is over)}"""
    code = func.coalesce(InstitutionState.province_code, NOWHERE)
    found = _located(on).where(ErrorReport.state == ErrorReportState.NEW.value)
    overdue = func.count().filter(ErrorReport.promised_on < on)
    rows = session.execute(found.with_only_columns(code, func.count(), overdue).group_by(code))
    return {province: (number, late) for province, number, late in rows}


def led_to(session: Session, tickets: Collection[str]) -> dict[str, list[int]]:
    """The numbers of the proposals that came of each report, the oldest first."""
    values = Proposal.asked["values"]
    ticket = func.coalesce(values["values"][LINK].astext, values[LINK].astext)
    rows = session.execute(select(ticket, Proposal.id).where(ticket.in_(tickets)).order_by(Proposal.id))
    found: dict[str, list[int]] = {one: [] for one in tickets}
    for told, number in rows:
        found[told].append(number)
    return found


def proposals_waiting(session: Session, provinces: Collection[str] | None) -> int:
    """How many proposals wait for approval or publication."""
    found = select(func.count()).select_from(Proposal).where(Proposal.state.in_(WAITING))
    if provinces is not None:
        found = found.where(Proposal.provinces.overlap(sorted(provinces)))
    return session.scalar(found) or 0


def _located(on: date) -> Select[ErrorReport]:
    state, days = InstitutionState, func.daterange(InstitutionState.valid_from, InstitutionState.valid_to)
    here = (state.institution_id == ErrorReport.institution_id) & state.is_main & state.release_to.is_(None)
    return select(ErrorReport).outerjoin(state, here & days.bool_op("@>")(on))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
