"""What a site says that has too much to do: come back shortly. Said before any work is done."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

OVERLOADED = b'{"type": "/docs#problem-overloaded", "title": "Too many requests at once", "status": 503}'
TOO_BUSY = "Máy chủ đang quá tải. Hãy thử lại sau vài giây. · The server is busy, try again shortly.\n".encode()
RETRY_AFTER_S = 2
REFUSED = "mapapp.refused"
"""Set in the environment of a request that was turned away, for whoever counts."""

OF_MACHINES = ("api", "verify", "ogc", "reconcile")
"""Kinds of requests whose errors are problems (RFC 9457) rather than a line to read."""


def refuse(kind: str, start_response: "StartResponse") -> Iterable[bytes]:
    """503 with Retry-After; `kind` as `measuring.kind_of` gives it."""
    machine = kind in OF_MACHINES
    form = "application/problem+json" if machine else "text/plain; charset=utf-8"
    headers = [("Content-Type", form), ("Retry-After", str(RETRY_AFTER_S)), ("Cache-Control", "no-store")]
    start_response("503 SERVICE UNAVAILABLE", [*headers, ("X-Content-Type-Options", "nosniff")])
    return [OVERLOADED if machine else TOO_BUSY]
