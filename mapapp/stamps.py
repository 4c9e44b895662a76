"""Stamps that a form carries: when we handed it out and for what, signed, so that nobody can pretend otherwise."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime


class Stamps:
    """Makes and reads stamps. `secret` is asked for when the first stamp is made or read."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    def issue(self, subject: str, at: datetime) -> str:
        """A stamp for the subject, of the second `at`."""
        moment = str(int(at.timestamp()))
        return f"{moment}.{self._sign(subject, moment)}"

    def age_s(self, stamp: str, subject: str, at: datetime) -> float | None:
        """Seconds between the stamp and `at`; None for a stamp that is not ours or for another subject."""
        moment, _, signature = stamp.partition(".")
        if not (moment.isascii() and moment.isdecimal() and len(moment) < 16 and signature.isascii()):
            return None
        if not hmac.compare_digest(signature, self._sign(subject, moment)):
            return None
        return at.timestamp() - int(moment)

    def _sign(self, subject: str, moment: str) -> str:
        text = f"form-stamp\0{subject}\0{moment}"
        return hmac.new(self._secret().encode(), text.encode(), hashlib.sha256).hexdigest()
