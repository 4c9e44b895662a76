"""Giving out signed answers: signed with the key of the moment, recorded on disk, then sent."""

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from mapapp.key_store import KeyStore
from mapapp.settings import Settings
from mapapp.signing import Signer, claims, decoded
from mapapp.spool import Spool, Sync

SPOOL = "answers"
"""The directory of recorded answers in the installation's data directory."""


class Issuer:
    """Signs and records. One per process."""

    def __init__(self, signer: Signer, spool: Spool) -> None:
        self.signer = signer
        self.spool = spool

    def issue(self, answer: str, *, issuer: str, subject: str, now: datetime, ttl_s: int) -> str:
        """The answer (a JSON object) as a compact JWS that is on record. Raises `KeysUnusable`, `SpoolUnusable`."""
        jti = self.spool.number()
        token = self.signer.sign(claims(answer, issuer=issuer, subject=subject, now=now, ttl_s=ttl_s, jti=jti), now)
        self.spool.record(jti, int(now.timestamp()), kid_of(token.partition(".")[0]), token)
        return token


def make_issuer(settings: Settings) -> Issuer:
    """With the keys and the spool of the installation; reads and makes nothing yet."""
    return Issuer(
        Signer(KeyStore(settings.data / "keys")), Spool(spool_directory(settings), when=Sync(settings.spool_sync))
    )


def spool_directory(settings: Settings) -> Path:
    return settings.data / SPOOL


@lru_cache(maxsize=16)
def kid_of(header: str) -> str:
    """The key's id in the first part of a token."""
    return str(json.loads(decoded(header))["kid"])
