"""Who may enter the steward's pages before people can sign in: whoever sits at this machine and was given a link.

Four things must hold at once: the connection comes from the machine itself (as the web server saw it, whatever a
header says), nothing forwarded it, it names the machine by a name that no stranger's domain can take (rebinding), and a
cookie that a one-time link opened comes with it. Writes also carry a token made from that cookie.
"""

import hmac
from dataclasses import dataclass
from ipaddress import ip_address
from typing import cast
from urllib.parse import urlsplit

from flask import Response, g, request

from geodata.steward_access import SESSION_LASTS, opened_by
from mapapp.db import now, session
from mapapp.errors import NOT_FOUND, Kind, Problem
from mapapp.i18n import N_

COOKIE = "steward"
OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
FORWARDED_BY = (
    *("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port"),
    *("X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Forwarded-For"),
)
"""Headers that proxies add: a request that bears one does not come from this machine, whatever it says."""

CLOSED = Kind(
    403,
    "steward-closed",
    N_("Cần đường dẫn dùng một lần"),
    N_(
        "Trang này dành cho cán bộ quản lý dữ liệu. Trên máy chủ, hãy chạy lệnh “mapapp steward link” rồi mở đường dẫn "
        "được in ra."
    ),
)
STALE_FORM = Kind(
    403,
    "stale-form",
    N_("Biểu mẫu không còn hiệu lực"),
    N_("Biểu mẫu này không được gửi từ phiên làm việc hiện tại. Hãy tải lại trang rồi gửi lại."),
)


@dataclass(frozen=True)
class Visitor:
    """Who came in: the name the link was made under, and the token that forms of this session carry."""

    name: str
    form_token: str

    @property
    def actor(self) -> str:
        """As recorded with every run and release."""
        return f"mapapp steward ({self.name})"


def require_machine() -> None:
    """404 for everyone but the machine itself: to others these pages do not exist."""
    if not (_from_this_machine() and _called_by_its_own_name()) or any(
        name in request.headers for name in FORWARDED_BY
    ):
        raise Problem(NOT_FOUND)


def require_visitor() -> Visitor:
    """The visitor; 403 without an open session, and for writes that no form of the session made."""
    cookie = request.cookies.get(COOKIE, "")
    name = opened_by(session(), cookie, at=now()) if cookie else None
    if name is None:
        raise Problem(CLOSED)
    g.steward = Visitor(name, _form_token(cookie))
    return visitor()


def require_own_form() -> None:
    """403 for a write that another site, or a form of another session, sent."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Problem(STALE_FORM)
    if not hmac.compare_digest(request.form.get("token", "").encode(), visitor().form_token.encode()):
        raise Problem(STALE_FORM)


def visitor() -> Visitor:
    """The visitor of this request, once `require_visitor` let them in."""
    return cast(Visitor, g.steward)


def let_in(response: Response, cookie: str) -> Response:
    """Give the browser its session: for scripts and other sites it does not exist."""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
        path="/",
    )
    return response


def let_out(response: Response) -> Response:
    """Take the session from the browser."""
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Strict", secure=request.is_secure)
    return response


def unseen(response: Response) -> Response:
    """Kept by nobody, indexed by nobody, and no address of these pages is told to others."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer" if request.endpoint in _ENTRANCES else "same-origin"
    return response


_ENTRANCES = ("steward.entrance", "en_steward.entrance")


def _from_this_machine() -> bool:
    """By the address of the connection, as it was before any middleware believed a header."""
    before = request.environ.get("werkzeug.proxy_fix.orig") or request.environ
    try:
        address = ip_address(before.get("REMOTE_ADDR") or "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _called_by_its_own_name() -> bool:
    try:
        return urlsplit(f"//{request.host}").hostname in OWN_NAMES
    except ValueError:
        return False


def _form_token(cookie: str) -> str:
    return hmac.new(cookie.encode(), b"steward-form", "sha256").hexdigest()
