"""`/steward/clients`: machines that asked for a key, decided about by whoever may, with who, when and why.

A new key is in the answer to the form that made it and nowhere else: only its hash is kept.
"""

from typing import cast

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request

from geodata import api_clients
from geodata.text import clean
from geodata.vocabulary import ClientState, PersonAct
from mapapp.client_desk_view import clients_page, key_page
from mapapp.db import now
from mapapp.errors import CONFLICT, NOT_FOUND, Problem
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.sign_in import require, require_own_form, unseen, visitor
from mapapp.writing import writing

LONGEST_REASON = 500
MOST_PER_MINUTE = 1_000_000

bp = APIBlueprint("clients", __name__, enable_openapi=False)
bp.after_request(unseen)


@bp.before_request
def guard() -> None:
    """Only who answers requests for keys sees them: they carry somebody's contact."""
    require(PersonAct.REVIEW_CLIENTS)
    if request.method == "POST":
        require_own_form()


@bp.get("/steward/clients")
def listed() -> Response:
    """Requests that wait, keys in use, or what was revoked."""
    return page()


def page(status: int = 200, *, notice: str | None = None) -> Response:
    asked = request.args.get("state", "")
    state = ClientState(asked) if asked in list(ClientState) else ClientState.REQUESTED
    after = request.args.get("after", "")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else 0
    shown = clients_page(visitor(), state, after=number, notice=notice)
    return Response(render_template("steward/clients.html", page=shown), status, mimetype="text/html")


@bp.post("/steward/clients/<int(max=2147483647):number>/<any(approve, rotate, quota, revoke):act>")
def decide(number: int, act: str) -> Response:
    """One decision; the key that it made, if it made one, is shown this once."""
    quota, reason = per_minute(), clean(request.form.get("reason", ""))[:LONGEST_REASON]
    if act in ("approve", "quota") and quota is None:
        return page(400, notice=_("Chưa ghi nhận: hạn mức là số lần mỗi phút, từ 1 đến 1.000.000."))
    if act == "revoke" and not reason:
        return page(400, notice=_("Chưa ghi nhận: hãy ghi lý do từ chối hoặc thu hồi."))
    try:
        key = decided(number, act, quota or 0, reason)
    except api_clients.UnknownClient as error:
        raise Problem(NOT_FOUND, _("Không có yêu cầu nào mang số này.")) from error
    except (api_clients.NotPossible, api_clients.Decided) as error:
        raise Problem(CONFLICT, _("Người khác đã quyết định về phần mềm này. Hãy tải lại danh sách.")) from error
    if key is not None:
        return Response(render_template("steward/client_key.html", page=key_page(visitor(), number, key)))
    state = ClientState.ACTIVE if act == "quota" else ClientState.REVOKED
    return cast(Response, redirect(page_url("clients.listed", state=state.value), 303))


def decided(number: int, act: str, quota: int, reason: str) -> str | None:
    """The new key, if the decision makes one."""
    person, seen = visitor().person, request.form.get("seen", "")
    last = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 16 else -1
    hand = api_clients.Hand(person.actor, now(), reason, person.id, last)
    key = None
    with writing() as writer:
        if act == "approve":
            key = api_clients.approve(writer, number, hand, per_minute=quota)
        elif act == "rotate":
            key = api_clients.rotate(writer, number, hand)
        elif act == "quota":
            api_clients.set_quota(writer, number, hand, per_minute=quota)
        else:
            api_clients.revoke(writer, number, hand)
        writer.commit()
    return key


def per_minute() -> int | None:
    """The quota as it was typed; thousands may be marked."""
    typed = request.form.get("per_minute", "").replace(".", "").replace(",", "").replace(" ", "")
    value = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else 0
    return value if 1 <= value <= MOST_PER_MINUTE else None
