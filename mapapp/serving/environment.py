"""A request as WSGI has it (PEP 3333): letters for bytes, headers in capitals."""

import sys
from io import BytesIO
from typing import TYPE_CHECKING

from mapapp.serving.protocol import Scope

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
OF_WHO_ASKS = "host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"


class Unreadable(Exception):
    """A header that says who asks, or which site, cannot be read."""


def environment(scope: Scope) -> "WSGIEnvironment":
    """The environment of a request without its body. Raises `Unreadable`."""
    host, _, port = scope.server.rpartition(":")
    found: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _letters(scope.path),
        "QUERY_STRING": _letters(scope.query_string),
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if any(name in scope.headers and scope.headers.get(name) is None for name in OF_WHO_ASKS):
        raise Unreadable
    for name, value in scope.headers.items():
        if "_" in name:  # it would pass for the one with `-`
            continue
        key = WITHOUT_PREFIX.get(name) or _key(name)
        joined = "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joined}{value}" if key in found else value
    return found


def _letters(text: str) -> str:
    """A letter for each of its bytes."""
    return text if text.isascii() else text.encode().decode("latin-1")


def _key(name: str) -> str:
    return "HTTP_" + name.upper().replace("-", "_")
