"""Reporting an error: the form of an institution, and the public page of a ticket. No account, no cookie.

What keeps programs out asks no third party: a field people do not see, a signed time at which the form was handed out,
a limit for each sender, and browsers' word that the form was sent from this site.
"""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, redirect, render_template, request

from geodata import error_reports
from geodata.records import InstitutionRecord, SeveralInstitutions, get
from geodata.report_senders import may_send
from mapapp.citizen import bp
from mapapp.db import now, session, today
from mapapp.errors import UNKNOWN_INSTITUTION, Kind, Problem
from mapapp.i18n import N_, page_url
from mapapp.i18n import gettext as _
from mapapp.identifiers import readable_identifier
from mapapp.params import CatalogueQuestion, ReportQuestion, read
from mapapp.report_form import Filled, doubt, faults
from mapapp.report_view import report_page, ticket_page
from mapapp.settings import Settings
from mapapp.stamps import Stamps
from mapapp.writing import writing

FORBIDDEN = Kind(
    403,
    "foreign-form",
    N_("Không nhận phiếu từ trang khác"),
    N_("Phiếu báo sai chỉ gửi được từ trang này. Hãy mở trang của cơ sở và gửi lại."),
)
UNKNOWN_TICKET = Kind(
    404,
    "unknown-ticket",
    N_("Không tìm thấy phiếu"),
    N_("Không có phiếu báo sai nào mang mã này. Hãy kiểm tra lại từng ký tự của mã phiếu."),
)
AN_HOUR_S = 3600


@dataclass(frozen=True)
class Desk:
    """What the form needs of the installation."""

    stamps: Stamps
    answer_days: int


def install(app: Flask, settings: Settings) -> None:
    """Give the application its desk; reads no secret yet."""
    app.extensions["mapapp.desk"] = Desk(Stamps(settings.signing_secret), settings.report_answer_days)


def desk() -> Desk:
    return cast(Desk, current_app.extensions["mapapp.desk"])


@bp.get("/institutions/<id_or_code>/report")
def report(id_or_code: str) -> Response:
    """The form, with the field preselected that the reader came from."""
    asked = read(ReportQuestion, request.args)
    found = the_institution(id_or_code)
    return form(found, Filled(asked.field or "", asked.item, "", "", "", ""))


@bp.post("/institutions/<id_or_code>/report")
def send_report(id_or_code: str) -> Response:
    """Keep the report and lead to its ticket, or hand the form back with what was written and why."""
    if not from_this_site():
        raise Problem(FORBIDDEN)
    found = the_institution(id_or_code)
    filled = Filled.read(request.form)
    wrong = faults(filled)
    notice = doubt(filled, desk().stamps.age_s(filled.stamp, found.id, now()))
    if wrong or notice:
        return form(found, filled, status=400, wrong=wrong, notice=notice)
    ticket = kept(found, filled)
    if ticket is None:
        return too_many(found, filled)
    return cast(Response, redirect(page_url("citizen.ticket", ticket=ticket), 303))


@bp.get("/reports/<ticket>")
def ticket(ticket: str) -> Response:
    """The state of a report and the day by which it is answered."""
    read(CatalogueQuestion, request.args)
    try:
        found = error_reports.find(session(), ticket)
    except error_reports.UnknownTicket as error:
        raise Problem(UNKNOWN_TICKET) from error
    institution = get(session(), found.institution_id, on=today())
    moved = error_reports.promises(session(), [found.ticket])[found.ticket]
    return private(render_template("citizen/ticket.html", page=ticket_page(found, institution.name, moved)))


def the_institution(id_or_code: str) -> InstitutionRecord:
    """Raises `UnknownInstitution`, also for a code of several: each of their pages has its own form."""
    try:
        return get(session(), readable_identifier(id_or_code), on=today())
    except SeveralInstitutions as several:
        raise Problem(UNKNOWN_INSTITUTION) from several


def form(
    found: InstitutionRecord,
    filled: Filled,
    *,
    status: int = 200,
    wrong: tuple[tuple[str, str], ...] = (),
    notice: str | None = None,
) -> Response:
    stamp = desk().stamps.issue(found.id, now())
    page = report_page(found, filled, stamp=stamp, answer_days=desk().answer_days, faults=wrong, notice=notice)
    return private(render_template("citizen/report.html", page=page), status)


def kept(found: InstitutionRecord, filled: Filled) -> str | None:
    """The ticket of the report, kept now; None when the sender sent enough this hour."""
    promised_on = error_reports.promised(today(), desk().answer_days)
    with writing() as session:
        allowed = may_send(session, request.remote_addr or "", now())
        ticket = (
            error_reports.send(session, filled.draft(found.id), at=now(), promised_on=promised_on) if allowed else None
        )
        session.commit()
    return ticket


def too_many(found: InstitutionRecord, filled: Filled) -> Response:
    text = _("Đã có quá nhiều phiếu gửi từ nơi của bạn trong giờ này. Hãy giữ trang này và gửi lại sau một giờ.")
    response = form(found, filled, status=429, notice=text)
    response.headers["Retry-After"] = str(AN_HOUR_S)
    return response


def from_this_site() -> bool:
    """Whether the browser does not say otherwise. A form without a session has nothing to steal; this only keeps other
    sites from sending reports in their visitors' names."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in ("same-origin", "none")
    origin = request.headers.get("Origin")
    public = current_app.config["PUBLIC_URL"]
    hosts = {request.host, *([urlsplit(public).netloc] if public else [])}
    return origin is None or host_of(origin) in hosts


def host_of(origin: str) -> str:
    """Host and port, where the header says any."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def private(text: str, status: int = 200) -> Response:
    """A page that changes by itself and is nobody else's business: not kept, not indexed."""
    response = Response(text, status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
