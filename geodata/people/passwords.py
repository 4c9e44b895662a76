"""Passwords: what is accepted, how they are kept (argon2id), and checks that take the same work for everybody."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geodata.errors import GeodataError

SHORTEST, LONGEST = 12, 200
FEWEST_SIGNS = 5
_HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
"""32 MiB and three passes: about a twentieth of a second, more than OWASP's minimum (19 MiB, two passes)."""


class WeakPassword(GeodataError):
    """A password that is refused; `fault` says why: `short`, `long`, `monotonous`, `login`."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"this password is not accepted: {fault}")
        self.fault = fault


def hashed(password: str, *, login: str) -> str:
    """The hash to keep. Raises `WeakPassword`: length is asked for, not kinds of signs (NIST SP 800-63B, 3.1.1.2)."""
    said = _same(password)
    if len(said) < SHORTEST:
        raise WeakPassword("short")
    if len(said) > LONGEST:
        raise WeakPassword("long")
    if len(set(said.casefold())) < FEWEST_SIGNS:
        raise WeakPassword("monotonous")
    if login.casefold() in said.casefold():
        raise WeakPassword("login")
    return _HASHER.hash(said)


def matches(password: str, kept: str | None) -> bool:
    """Whether it is the password; without a hash the same work is done and the answer is no."""
    try:
        right = _HASHER.verify(kept or _nobodys(), _same(password)[: 4 * LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and kept is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")


def _same(password: str) -> str:
    """Keyboards write Vietnamese letters in one sign or two: both are the same password."""
    return unicodedata.normalize("NFC", password)
