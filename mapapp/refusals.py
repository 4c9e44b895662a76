"""What a site says, before any work is done, to whom it cannot hear out: come back shortly, or send it otherwise."""

import json
from dataclasses import dataclass

RETRY_AFTER_S = 2
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
UNREADABLE = Refusal(
    "400 BAD REQUEST",
    "bad-request",
    "A header that says who asks, or which site, is not ASCII",
    "Tiêu đề Host hoặc X-Forwarded-* không đọc được. · The header Host or X-Forwarded-* cannot be read.",
)


def told(refusal: Refusal, kind: str) -> tuple[str, list[tuple[str, str]], bytes]:
    """The refusal, status, headers and text, in the form that requests of a kind (`measuring.kind_of`) get: a problem
    for machines, a line to read for people."""
    machine = kind in OF_MACHINES
    headers = [
        ("Content-Type", "application/problem+json" if machine else "text/plain; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    if refusal is OVERLOADED:
        headers.append(("Retry-After", str(RETRY_AFTER_S)))
    return refusal.status, headers, problem(refusal) if machine else f"{refusal.words}\n".encode()


def problem(refusal: Refusal) -> bytes:
    status = int(refusal.status[:3])
    said = {"title": refusal.title, "status": status, "detail": refusal.words}
    return json.dumps({"type": f"/docs#problem-{refusal.slug}", **said}, ensure_ascii=False).encode()
