"""A request as WSGI has it (PEP 3333): letters for bytes, headers in capitals."""

import sys
from io import BytesIO
from typing import TYPE_CHECKING

from mapapp.serving.protocol import RequestHeaders, Scope

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
OF_WHO_ASKS = "host", "x-forwarded-"


class Unreadable(Exception):
    """The address of the request is not text, or what says who asks which site."""


def environment(scope: Scope) -> "WSGIEnvironment":
    """The environment of a request without its body. Raises `Unreadable`."""
    try:
        path = scope.path
    except Exception as error:  # the server says it in an error of its own kind
        raise Unreadable from error
    host, _, port = scope.server.rpartition(":")
    found: WSGIEnvironment = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _letters(path),
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
    for name, value in _pairs(scope.headers):
        if "_" in name:  # it would pass for the one with `-`
            continue
        key = WITHOUT_PREFIX.get(name) or _key(name)
        joined = "; " if key == "HTTP_COOKIE" else ","
        found[key] = f"{found[key]}{joined}{value}" if key in found else value
    return found


def _letters(text: str) -> str:
    """A letter for each of its bytes."""
    return text if text.isascii() else text.encode().decode("latin-1")


def _pairs(headers: RequestHeaders) -> list[tuple[str, str]]:
    """The headers that can be read. Raises `Unreadable` where one that says who asks, or which site, cannot."""
    try:
        return headers.items()
    except Exception:
        readable = [name for name in headers.keys() if headers.get(name) is not None]  # noqa: SIM118  it is no mapping
        if any(name.startswith(OF_WHO_ASKS) for name in {*headers.keys()} - {*readable}):
            raise Unreadable from None
        return [(name, value) for name in readable for value in _all(headers, name)]


def _all(headers: RequestHeaders, name: str) -> list[str]:
    """What was said under a name of which the first can be read; of some that matter, all or `Unreadable`."""
    try:
        return headers.get_all(name)
    except BaseException as error:  # the server panics at another that cannot be read
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if name.startswith(OF_WHO_ASKS):
            raise Unreadable from None
        return [headers.get(name) or ""]


def _key(name: str) -> str:
    return "HTTP_" + name.upper().replace("-", "_")
