"""Signing in and out, and what people look after themselves: password, second factor, sessions.

Every failure to sign in is answered alike. A new session never has anything of an earlier one of the same browser.
"""

import hmac
import secrets
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request
from sqlalchemy.orm import Session

from geodata.people import accounts, second_factor
from geodata.people.accounts import InvitationSpent
from geodata.people.door import Attempt
from geodata.people.door import sign_in as try_to_sign_in
from geodata.people.events import note
from geodata.people.passwords import WeakPassword, matches
from geodata.people.sessions import Seat, end_all, end_series
from geodata.report_senders import network
from geodata.text import clean
from geodata.vocabulary import SignInOutcome
from mapapp import doors, oidc
from mapapp.db import now
from mapapp.errors import Problem
from mapapp.i18n import page_url
from mapapp.people_view import (
    account_page,
    codes_page,
    invitation_page,
    second_factor_page,
    sign_in_page,
    spent_page,
)
from mapapp.sign_in import (
    STALE_FORM,
    SignInNeeded,
    let_in,
    let_out,
    require_own_form,
    require_person,
    seat,
    unseen,
    visitor,
)

FORM_COOKIE = "form"
LONGEST_PASSWORD = 1_000
OPEN_TO_ALL = frozenset({"sign_in", "enter", "invitation", "accept", "oidc_start", "oidc_return"})

bp = APIBlueprint("people", __name__, enable_openapi=False)
bp.after_request(unseen)


@bp.before_request
def guard() -> None:
    """Everything but the door itself is for who is signed in; every write comes from a form of ours."""
    name = (request.endpoint or "").rpartition(".")[2]
    if name not in OPEN_TO_ALL:
        require_person()
        if request.method == "POST":
            require_own_form()
    elif request.method == "POST":
        require_door_form()


def require_door_form() -> None:
    """403 for a form of another site, or one of another browser: before there is a session, a cookie of the form's own
    stands for it."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Problem(STALE_FORM)
    cookie = request.cookies.get(FORM_COOKIE, "")
    given = request.form.get("token", "")
    if not cookie or not hmac.compare_digest(given.encode(), doors.signed("door form", cookie).encode()):
        raise Problem(STALE_FORM)


def door_page(name: str, made: Callable[[str], object], status: int = 200) -> Response:
    """A page whose form is sent without a session."""
    cookie = request.cookies.get(FORM_COOKIE, "")
    kept = cookie if len(cookie) == 43 else secrets.token_urlsafe(32)
    response = page(name, made(doors.signed("door form", kept)), status)
    if kept != cookie:
        response.set_cookie(FORM_COOKIE, kept, httponly=True, samesite="Strict", secure=request.is_secure, path="/")
    return response


def page(name: str, shown: object, status: int = 200) -> Response:
    return Response(render_template(f"people/{name}.html", page=shown), status, mimetype="text/html")


def to(endpoint: str) -> Response:
    return cast(Response, redirect(page_url(endpoint), 303))


# -- the door ------------------------------------------------------------------------------------------------------


@bp.get("/sign-in")
def sign_in() -> Response:
    """The form; who is signed in already goes on."""
    if seat() is not None:
        return cast(Response, redirect(wanted(), 303))
    return door_page("sign_in", lambda token: sign_in_page(token, wanted=given_way()))


@bp.post("/sign-in")
def enter() -> Response:
    """A session for who shows login, password and, where there is one, the second factor."""
    attempt = Attempt(
        login=request.form.get("login", "")[:200],
        password=request.form.get("password", "")[:LONGEST_PASSWORD],
        code=request.form.get("code", "")[:40],
        address=network(request.remote_addr or ""),
        agent=request.headers.get("User-Agent", ""),
    )
    wait = doors.wait_s(attempt.login)
    if wait:
        response = door_page("sign_in", lambda token: sign_in_page(token, wanted=given_way(), wait_s=wait), 429)
        response.headers["Retry-After"] = str(wait)
        return response
    with doors.door() as session:
        token = try_to_sign_in(session, attempt, vault=doors.vault(), at=now())
        session.commit()
    if token is None:
        return door_page("sign_in", lambda form: sign_in_page(form, wanted=given_way(), failed=True), 403)
    return let_in(cast(Response, redirect(wanted(), 303)), token)


def given_way() -> str:
    """The page asked for before signing in, if it is one of this site."""
    given = request.values.get("next", "")[:2_000]
    parts = urlsplit(given.replace("\\", "/")) if given.isprintable() else None
    own = parts is not None and not parts.scheme and not parts.netloc and given.startswith("/")
    return given if own and not given.startswith(("//", "/\\")) else ""


def wanted() -> str:
    return given_way() or page_url("steward.start")


@bp.get("/sign-in/oidc")
def oidc_start() -> Response:
    """To the identity provider of the organisation."""
    return oidc.start(given_way())


@bp.get("/sign-in/oidc/return")
def oidc_return() -> Response:
    """Back from there: a session for whom the provider named, if an account has that name."""
    came = oidc.came_back(address=network(request.remote_addr or ""), agent=request.headers.get("User-Agent", ""))
    if came.token is None:
        return door_page("sign_in", lambda form: sign_in_page(form, wanted="", unknown=True), 403)
    return let_in(cast(Response, redirect(came.wanted or page_url("steward.start"), 303)), came.token)


@bp.get("/invitation")
def invitation() -> Response:
    """The form for a first or new password."""
    token = request.args.get("token", "")[:100]
    with doors.door() as session:
        person = accounts.invited(session, token, at=now())
    if person is None:
        return without_referrer(page("spent", spent_page(), 403))
    shown = door_page("invitation", lambda form: invitation_page(form, token, person.login, person.name))
    return without_referrer(shown)


@bp.post("/invitation")
def accept() -> Response:
    """Set the password and sign in with it."""
    token, password = request.form.get("invitation", "")[:100], request.form.get("password", "")[:LONGEST_PASSWORD]
    with doors.door() as session:
        person = accounts.invited(session, token, at=now())
        login, name = (person.login, person.name) if person else ("", "")
        fault = set_invited(session, token, password) if person else "spent"
        session.rollback() if fault else session.commit()
    if fault == "spent":
        return page("spent", spent_page(), 403)
    if fault:
        return door_page("invitation", lambda form: invitation_page(form, token, login, name, fault=fault), 400)
    return to("people.sign_in")


def set_invited(session: Session, token: str, password: str) -> str | None:
    """Use the invitation up; what is wrong with the password, or `spent`, otherwise."""
    if password != request.form.get("again", "")[:LONGEST_PASSWORD]:
        return "different"
    try:
        accounts.accept(session, token, password, at=now())
    except InvitationSpent:
        return "spent"
    except WeakPassword as weak:
        return weak.fault
    return None


def without_referrer(response: Response) -> Response:
    """The address holds the invitation: it is told to nobody."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.post("/sign-out")
def leave() -> Response:
    """End the session here and in the database."""
    found = signed_in_seat()
    with doors.door() as session:
        end_series(session, found.series, at=now())
        note(session, SignInOutcome.SIGNED_OUT, at=now(), person_id=found.person.id)
        session.commit()
    return let_out(to("citizen.home"))


# -- one's own account ---------------------------------------------------------------------------------------------


@bp.get("/account")
def account() -> Response:
    """Who one is here: rights, sessions, what happened lately."""
    return page("account", shown_account())


@bp.post("/account/password")
def change_password() -> Response:
    """Another password; every other session ends."""
    found = signed_in_seat()
    given = {name: request.form.get(name, "")[:LONGEST_PASSWORD] for name in ("present", "password", "again")}
    with doors.door() as session:
        person = accounts.find(session, found.person.login)
        fault = None if matches(given["present"], person.password_hash) else "present"
        if fault is None and given["password"] != given["again"]:
            fault = "different"
        if fault is None:
            try:
                accounts.set_password(session, person, given["password"], at=now(), but=found.series)
            except WeakPassword as weak:
                fault = weak.fault
        session.rollback() if fault else session.commit()
    return page("account", shown_account(fault), 400) if fault else to("people.account")


@bp.post("/account/sessions")
def end_session() -> Response:
    """End one of one's own sessions, wherever that browser is."""
    found = signed_in_seat()
    with doors.door() as session:
        end_series(session, clean(request.form.get("series", ""))[:64], at=now(), person_id=found.person.id)
        note(session, SignInOutcome.SESSION_REVOKED, at=now(), person_id=found.person.id)
        session.commit()
    return to("people.account")


@bp.get("/account/second-factor")
def second() -> Response:
    """A new secret to take into an app; it is nobody's until a code of it comes back."""
    return page("second_factor", second_factor_page(visitor(), second_factor.new_secret()))


@bp.post("/account/second-factor")
def enrol() -> Response:
    """Keep the secret that the app shows codes of, and show the recovery codes once."""
    secret, code = sealed_secret(), request.form.get("code", "")[:20]
    with doors.door() as session:
        person = accounts.find(session, signed_in_seat().person.login)
        right = matches(request.form.get("password", "")[:LONGEST_PASSWORD], person.password_hash)
        codes = second_factor.enrol(session, person, secret, code, vault=doors.vault(), at=now()) if right else None
        if codes is not None:
            end_all(session, person.id, at=now(), but=signed_in_seat().series)  # who signed in without it signs in anew
            note(session, SignInOutcome.SECOND_FACTOR_SET, at=now(), person_id=person.id)
            session.commit()
    if codes is None:
        return page("second_factor", second_factor_page(visitor(), secret, failed=True), 400)
    return page("codes", codes_page(visitor(), codes))


def sealed_secret() -> str:
    """The secret as this form carried it: sealed for the person, so that nobody else's can be put in."""
    given = request.form.get("sealed", "")[:400]
    try:
        opened = doors.vault().open(bytes.fromhex(given), signed_in_seat().person.id)
    except ValueError:
        opened = None
    if opened is None:
        raise Problem(STALE_FORM)
    return opened


def shown_account(fault: str | None = None) -> object:
    found = signed_in_seat()
    with doors.door() as session:
        return account_page(visitor(), found, session, at=now(), fault=fault)


def signed_in_seat() -> Seat:
    found = seat()
    if found is None:
        raise SignInNeeded
    return found
