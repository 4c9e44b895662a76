"""`/verify/clients`: asking for a key. A steward answers; the key goes to the contact given here."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from flask import Response, current_app, render_template, request

from geodata import api_clients
from geodata.report_senders import may_send
from geodata.text import clean
from mapapp.citizen_reports import FORBIDDEN, desk, from_this_site, private
from mapapp.db import now
from mapapp.errors import Problem
from mapapp.i18n import gettext as _
from mapapp.i18n import number, page_url
from mapapp.params import CatalogueQuestion, read
from mapapp.report_form import TRAP
from mapapp.verify_pages import bp
from mapapp.writing import writing

LONGEST = {"name": 200, "contact": 200, "purpose": 1_000}
NOTHING: Mapping[str, str] = {}
SUBJECT = "api-client"
QUICKEST_S, LONGEST_OPEN_S = 2, 86_400
AN_HOUR_S = 3_600


@dataclass(frozen=True)
class ClientsPage:
    """The form as it was filled in; `sent` is the number of a request that was kept."""

    title: str
    description: str
    limits: str
    stamp: str
    trap: str
    name: str = ""
    contact: str = ""
    purpose: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    notice: str | None = None
    sent: str | None = None


@bp.get("/verify/clients")
def clients() -> Response:
    """The form, and what it is for."""
    read(CatalogueQuestion, request.args)
    return form()


@bp.get("/verify/clients/<int(max=2147483647):client_id>/sent")
def client_sent(client_id: int) -> Response:
    """What happens next."""
    read(CatalogueQuestion, request.args)
    return form(sent=str(client_id))


@bp.post("/verify/clients")
def ask_for_key() -> Response:
    """Keep the request, or hand the form back with what is wrong."""
    if not from_this_site():
        raise Problem(FORBIDDEN)
    given = {name: clean(request.form.get(name, "")) for name in LONGEST}
    faults = tuple((name, fault(name, text)) for name, text in given.items() if fault(name, text))
    notice = doubt()
    if faults or notice:
        return form(400, given, faults=faults, notice=notice)
    client_id: int | None = None
    with writing() as session:
        allowed = may_send(session, request.remote_addr or "", now())
        with suppress(api_clients.TooManyWaiting):
            client_id = api_clients.request(session, **given).id if allowed else None
        session.commit()
    if client_id is None and allowed:
        return form(503, given, notice=_("Hiện có quá nhiều yêu cầu đang chờ duyệt. Hãy gửi lại sau vài ngày."))
    if client_id is None:
        response = form(429, given, notice=_("Đã có quá nhiều yêu cầu từ nơi của bạn. Hãy gửi lại sau một giờ."))
        response.headers["Retry-After"] = str(AN_HOUR_S)
        return response
    return Response("", 303, headers=[("Location", page_url("verify.client_sent", client_id=client_id))])


def fault(name: str, text: str) -> str:
    if len(text) < 3:
        return _("phải được điền")
    return _("quá dài") if len(text) > LONGEST[name] else ""


def doubt() -> str | None:
    """Why the form may come from a program, if it may."""
    age_s = desk().stamps.age_s(request.form.get("stamp", ""), SUBJECT, now())
    if request.form.get(TRAP) or age_s is None or not QUICKEST_S <= age_s <= LONGEST_OPEN_S:
        return _("Biểu mẫu đã cũ hoặc được gửi quá nhanh. Hãy gửi lại lần nữa.")
    return None


def form(
    status: int = 200,
    given: Mapping[str, str] = NOTHING,
    *,
    faults: tuple[tuple[str, str], ...] = (),
    notice: str | None = None,
    sent: str | None = None,
) -> Response:
    per_minute = current_app.extensions["mapapp.doorkeeper"].anonymous_per_minute
    shown = ClientsPage(
        title=_("Khóa cho phần mềm hỏi sổ đăng ký"),
        description=_("Xin khóa để phần mềm được hỏi sổ đăng ký nhiều hơn giới hạn chung."),
        limits=_(
            "Không cần khóa: mỗi địa chỉ được hỏi %(n)s lần mỗi phút, riêng xác minh %(verify)s lần mỗi phút.",
            n=number(per_minute),
            verify=number(per_minute * 10),
        ),
        stamp=desk().stamps.issue(SUBJECT, now()),
        trap=TRAP,
        name=given.get("name", ""),
        contact=given.get("contact", ""),
        purpose=given.get("purpose", ""),
        faults=faults,
        notice=notice,
        sent=sent,
    )
    return private(render_template("verifier/clients.html", page=shown), status)
