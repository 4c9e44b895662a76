"""Who is at work: the signed-in person of a request, what they may do, and the guard of every write.

`require_person()` and `require(act, …)` are what private pages ask first. Scripts and other sites do not see the
session's cookie; forms carry a token of the session besides, so that no other site can write in somebody's name.
"""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from geodata.people.acting import act_under
from geodata.people.rights import Person, may, may_everywhere, may_somewhere
from geodata.people.sessions import LASTS, Seat, take_seat
from geodata.vocabulary import PersonAct
from mapapp import doors
from mapapp.db import Sessions, now
from mapapp.errors import NOT_ALLOWED as NOT_ALLOWED
from mapapp.errors import Kind, Problem
from mapapp.i18n import N_, page_url
from mapapp.settings import Settings

COOKIE = "person"
STALE_FORM = Kind(
    403,
    "stale-form",
    N_("Biểu mẫu không còn hiệu lực"),
    N_("Biểu mẫu này không được gửi từ phiên làm việc hiện tại. Hãy tải lại trang rồi gửi lại."),
)


DECIDES = (
    *(PersonAct.APPROVE, PersonAct.PUBLISH, PersonAct.APPROVE_REPORT),
    *(PersonAct.REVIEW_CLIENTS, PersonAct.MANAGE_USERS, PersonAct.MANAGE_REPORTERS),
)
"""Acts for which `MAPAPP_REQUIRE_SECOND_FACTOR` asks for one."""


class SignInNeeded(HTTPException):
    """Nobody is signed in: to the page where one signs in, and back to the page asked for afterwards."""

    code = 303

    def get_headers(self, *_: Any) -> list[tuple[str, str]]:
        asked = {"next": request.full_path.rstrip("?")} if request.method in ("GET", "HEAD") else {}
        query = f"?{urlencode(asked)}" if asked else ""
        return [("Location", page_url("people.sign_in") + query), ("Cache-Control", "no-store")]

    def get_body(self, *_: Any) -> str:
        return ""


class SecondFactorNeeded(SignInNeeded):
    """Who may approve, publish or manage people here needs a second factor, and has none yet: to the page that gives
    one."""

    def get_headers(self, *_: Any) -> list[tuple[str, str]]:
        return [("Location", page_url("people.second")), ("Cache-Control", "no-store")]


@dataclass(frozen=True)
class Visitor:
    """Who is at work, and the token that forms of this session carry."""

    person: Person
    form_token: str

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def actor(self) -> str:
        """As recorded with every run and release."""
        return self.person.actor


def install(app: Flask, settings: Settings, sessions: Sessions | None) -> None:
    """Give the application its door; opens no connection and reads no secret yet."""
    doors.install(app, settings, sessions)


def seat() -> Seat | None:
    """The session of this request, looked up once; reading and writing then go on under its token."""
    if "seat" not in g:
        token = request.cookies.get(COOKIE, "")
        g.seat = _looked_up(token) if token else None
        if g.seat is not None:
            g.acting_token = g.seat.token
            if "session" in g:
                act_under(g.session, g.seat.token)
    return cast(Seat | None, g.seat)


def _looked_up(token: str) -> Seat | None:
    with doors.door() as session:
        found = take_seat(session, token, at=now())
        session.commit()
    return found


def require_person() -> Person:
    """The person who is signed in; otherwise the request goes to the sign-in page."""
    found = seat()
    if found is None:
        raise SignInNeeded
    return found.person


def require(
    act: PersonAct,
    *,
    province: str | None = None,
    provinces: Iterable[str | None] | None = None,
    institution: str | None = None,
) -> Person:
    """The person, who may do this in the province, in each of the provinces, or to the institution; 403 for others.

    Without any of these: somewhere at all, which is enough to show a page but not to write."""
    person = require_person()
    if lacks_second_factor():
        raise SecondFactorNeeded
    if provinces is not None:
        allowed = may_everywhere(person, act, provinces)
    elif province is not None or institution is not None:
        allowed = may(person, act, province=province, institution=institution)
    else:
        allowed = may_somewhere(person, act)
    if not allowed:
        raise Problem(NOT_ALLOWED)
    return person


def lacks_second_factor() -> bool:
    """Whether this person decides over others' work with a password alone, where that is not enough. Who comes by the
    organisation's provider shows what that asks for."""
    found = seat()
    if found is None or found.second_factor or found.method != "password":
        return False
    return doors.the_door().requires_second_factor and any(may_somewhere(found.person, act) for act in DECIDES)


def visitor() -> Visitor:
    """The person and the token of their forms, for pages."""
    return Visitor(require_person(), form_token())


def form_token() -> str:
    """What the forms of this session carry; it stays the same when the session's own token changes."""
    found = seat()
    return doors.signed("form", found.series) if found else ""


def require_own_form() -> None:
    """403 for a write that another site, or a form of another session, sent."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Problem(STALE_FORM)
    own = form_token()
    if not own or not hmac.compare_digest(request.form.get("token", "").encode(), own.encode()):
        raise Problem(STALE_FORM)


def let_in(response: Response, token: str) -> Response:
    """Give the browser its session: for scripts and other sites it does not exist."""
    g.acting_token, g.seat = None, None
    response.set_cookie(COOKIE, token, max_age=int(LASTS.total_seconds()), **_manner())
    return response


def let_out(response: Response) -> Response:
    """Take the session from the browser."""
    g.seat = None
    response.delete_cookie(COOKIE, **_manner())
    return response


def unseen(response: Response) -> Response:
    """After a private request: kept by nobody, indexed by nobody, its address told to nobody; and the new token where
    the session's was changed."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers.setdefault("Referrer-Policy", "same-origin")
    found = cast(Seat | None, g.get("seat"))
    if found is not None and found.changed:
        response.set_cookie(COOKIE, found.token, max_age=int(LASTS.total_seconds()), **_manner())
    return response


def _manner() -> dict[str, Any]:
    public = current_app.config["PUBLIC_URL"] or ""
    secure = request.is_secure or public.startswith("https:")
    return {"httponly": True, "samesite": "Lax", "secure": secure, "path": "/"}
