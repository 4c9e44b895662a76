"""The citizen's report that led somebody to the form of a record or of an event; the proposal keeps its number."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

from geodata import error_reports
from geodata.work.reports import LINK
from mapapp.db import session
from mapapp.i18n import gettext as _
from mapapp.report_view import FIELD

LONGEST = 40


@dataclass(frozen=True)
class ReportAtHand:
    """What the citizen said about what, under which number."""

    ticket: str
    about: str
    message: str


def report_at_hand(institution: str, given: Mapping[str, object]) -> ReportAtHand | None:
    """The report that the form or the address names; None where it is about another institution."""
    ticket = str(given.get(LINK) or request.args.get(LINK, ""))[:LONGEST]
    if not ticket:
        return None
    try:
        found = error_reports.find(session(), ticket)
    except error_reports.UnknownTicket:
        return None
    if found.institution_id != institution:
        return None
    about = _(FIELD[found.field])
    return ReportAtHand(found.ticket, f"{about}: {found.item}" if found.item else about, found.message)
