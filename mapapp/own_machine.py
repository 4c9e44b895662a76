"""Pages that answer on this machine only: by the address of the connection and the name it was called by."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from mapapp.errors import NOT_FOUND, Problem

OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
FORWARDED_BY = (
    *("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port"),
    *("X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Forwarded-For"),
)
"""Headers that proxies add: a request that bears one does not come from this machine, whatever it says."""


def require_machine() -> None:
    """404 for everyone but the machine itself: to others these pages do not exist."""
    if not (_from_this_machine() and _called_by_its_own_name()) or any(
        name in request.headers for name in FORWARDED_BY
    ):
        raise Problem(NOT_FOUND)


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
