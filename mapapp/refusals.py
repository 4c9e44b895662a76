"""What a site says, before any work is done, to whom it cannot hear out: come back shortly, or send it otherwise."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

RETRY_AFTER_S = 2
REFUSED = "mapapp.refused"
"""Set in the environment of a request that was turned away, for whoever counts."""

OF_MACHINES = ("api", "verify", "ogc", "reconcile")
"""Kinds of requests whose errors are problems (RFC 9457) rather than a line to read."""


@dataclass(frozen=True)
class Refusal:
    """`slug`: the end of the problem's type. `words`: for people, in both languages."""

    status: str
    slug: str
    title: str
    words: str


OVERLOADED = Refusal(
    "503 SERVICE UNAVAILABLE",
    "overloaded",
    "Too many requests at once",
    "Máy chủ đang quá tải. Hãy thử lại sau vài giây. · The server is busy, try again shortly.",
)
TOO_SLOW = Refusal(
    "408 REQUEST TIMEOUT",
    "bad-request",
    "The body took too long",
    "Nội dung gửi lên quá chậm. Hãy gửi lại. · What you sent took too long, please send it again.",
)
CUT_OFF = Refusal(
    "400 BAD REQUEST",
    "bad-request",
    "The body ended before its announced length",
    "Nội dung gửi lên bị đứt quãng. Hãy gửi lại. · What you sent broke off, please send it again.",
)
NO_LENGTH = Refusal(
    "411 LENGTH REQUIRED",
    "bad-request",
    "Content-Length is missing",
    "Yêu cầu thiếu Content-Length. · The request needs a Content-Length.",
)


def refuse(kind: str, start_response: "StartResponse") -> Iterable[bytes]:
    """503 with Retry-After; `kind` as `measuring.kind_of` gives it."""
    return tell(OVERLOADED, kind, start_response)


def tell(refusal: Refusal, kind: str, start_response: "StartResponse") -> Iterable[bytes]:
    """The refusal in the form that such requests get: a problem for machines, a line to read for people."""
    machine = kind in OF_MACHINES
    headers = [
        ("Content-Type", "application/problem+json" if machine else "text/plain; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if refusal is OVERLOADED:
        headers.append(("Retry-After", str(RETRY_AFTER_S)))
    start_response(refusal.status, headers)
    return [problem(refusal) if machine else f"{refusal.words}\n".encode()]


def problem(refusal: Refusal) -> bytes:
    status = int(refusal.status[:3])
    return json.dumps({"type": f"/docs#problem-{refusal.slug}", "title": refusal.title, "status": status}).encode()
