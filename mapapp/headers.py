"""Headers of every answer: what a page may load, who may read it, how long it stays fresh; and gzip."""

import gzip
import hashlib
from datetime import date

from flask import Flask, Response, g, request

from mapapp import at_once, kept_answers
from mapapp.assets import COMPRESSIBLE, SMALLEST_GZIP, build_fingerprint, takes_gzip
from mapapp.db import Register, cut_short, lately_read_register, register, today

FRAMED_BY_NOBODY = "frame-ancestors 'none'"
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        FRAMED_BY_NOBODY,
    ]
)
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
}
UNFRAMED = ("X-Frame-Options", "DENY")
"""For browsers that do not know `frame-ancestors`; left out where that allows a frame."""

OPEN_API = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After, Content-Crs",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match, X-API-Key",
    "Access-Control-Max-Age": "86400",
}
FRESH_FOR = "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
PINNED = "public, max-age=86400"
LARGEST_GZIP = 2_000_000


MACHINES = ("/api/", "/ogc", "/reconcile", "/data/", "/en/ogc", "/en/reconcile", "/en/data/")
"""Beginnings of addresses that other sites and programs read; several answer in the form that the reader accepts."""


def for_machines(path: str) -> bool:
    return path.startswith(MACHINES)


def install(app: Flask, answers_mb: int = 0) -> None:
    """Put security, sharing and compression on every answer; keep so many MB of them in memory."""
    kept_answers.install(app, answers_mb * 1_000_000)
    app.after_request(harden)
    app.after_request(share)
    app.after_request(compress)


def public_etag(state: Register) -> str:
    """Names the answer to this request."""
    accept = request.headers.get("Accept", "") if for_machines(request.path) else ""
    return etag_of(state, today(), request.host_url, request.full_path, accept)


def etag_of(state: Register, day: date, host_url: str, full_path: str, accept: str) -> str:
    """Names an answer by everything it depends on: the question, the release, the outlines, the day, the version of the
    code."""
    parts = (build_fingerprint(), *map(str, state.edition), day.isoformat(), host_url, full_path, accept)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def answer_if_unchanged() -> Response | None:
    """Before a public GET: 304 when the reader has the answer already, and the kept answer when somebody asked before.

    The release as it was read a moment ago does for that; what has to be made is made, and named, in the request's own
    snapshot of the register.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    lately = lately_read_register()
    return (_known(lately) if lately else None) or _known(register())


def _known(state: Register) -> Response | None:
    g.etag = public_etag(state)
    if request.if_none_match.contains_weak(g.etag):
        return mark_public(Response(status=304))
    found = kept_answers.kept(g.etag)
    if found is not None:
        at_once.from_now_on(kept_answers.key_of(g.etag), state)
    return found


def mark_public(response: Response) -> Response:
    """After a public GET: ETag and Cache-Control on what was found; errors are not kept, nor what was cut short."""
    if cut_short():
        response.headers["Cache-Control"] = "no-store"
        return response
    if "Cache-Control" in response.headers:
        if response.headers["Cache-Control"] in (FRESH_FOR, PINNED) and "etag" in g:
            kept_answers.for_others(g.etag)
        return response
    if response.status_code in (200, 300, 304) and "etag" in g:
        response.set_etag(g.etag, weak=True)
        pinned = "release" in request.args and "on" in request.args
        response.headers["Cache-Control"] = PINNED if pinned else FRESH_FOR
        kept_answers.for_others(g.etag)
    elif response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response


def harden(response: Response) -> Response:
    present = {name.lower() for name, _ in response.headers}
    for name, value in SECURITY.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    if FRAMED_BY_NOBODY in response.headers["Content-Security-Policy"]:
        response.headers.setdefault(*UNFRAMED)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def share(response: Response) -> Response:
    """The public API may be read by any page on the web; nothing in it depends on who asks."""
    if for_machines(request.path):
        response.headers.update(OPEN_API)
        if request.method == "OPTIONS":
            response.headers.update(PREFLIGHT)
    else:
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    return response


def compress(response: Response) -> Response:
    """gzip for text of a size worth it; what is already encoded or streamed passes by."""
    response.vary.add("Accept-Encoding")
    if not _worth_compressing(response):
        return response
    response.set_data(gzip.compress(response.get_data(), 5, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _worth_compressing(response: Response) -> bool:
    return (
        takes_gzip()
        and response.status_code not in (204, 304)
        and "Content-Encoding" not in response.headers
        and not response.is_streamed
        and not response.direct_passthrough
        and (response.mimetype or "").startswith((*COMPRESSIBLE, "application/problem+json"))
        and SMALLEST_GZIP < len(response.get_data()) < LARGEST_GZIP
    )
