"""Checkpoints: the state of the transparency log, signed, for others to keep; who has one finds out a changed past."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from geodata.audit.log import Head
from geodata.errors import GeodataError
from mapapp.geojson import to_json
from mapapp.issuing import kid_of
from mapapp.signing import ForgedToken, Signer, genuine

TYPE = "log-checkpoint+jwt"


class NotACheckpoint(GeodataError):
    """A file that holds no checkpoint of this kind, or one that was altered."""


@dataclass(frozen=True)
class Checkpoint:
    """`token`: the signed form; `made_at` in seconds since 1970."""

    head: Head
    issuer: str
    made_at: int
    token: str
    kid: str


def sign_checkpoint(signer: Signer, head: Head, *, issuer: str, now: datetime) -> str:
    """A compact JWS over size, root and chain. It does not expire. Raises `KeysUnusable`."""
    claims = {
        "iss": issuer,
        "sub": "transparency-log",
        "iat": int(now.timestamp()),
        "size": head.size,
        "root": head.root.hex(),
        "chain": head.chain.hex(),
        "release": head.release,
    }
    return signer.sign(to_json(claims), now, TYPE)


def exported(signer: Signer, token: str, now: datetime) -> str:
    """The checkpoint with the keys it may be checked with, for a file that outlives them."""
    keys = signer.ring(now).jwks(now)
    return json.dumps({"checkpoint": token, "jwks": keys}, indent=1) + "\n"


def read_checkpoint(file: Path) -> Checkpoint:
    """The checkpoint in an exported file. Raises `NotACheckpoint`: also when its signature does not fit the keys with
    it. Whether they were this installation's tells the log, which holds every key."""
    try:
        plain = json.loads(file.read_text())
        claims = genuine(plain["checkpoint"], plain["jwks"], typ=TYPE)
        return _checkpoint(claims, plain["checkpoint"])
    except (OSError, ValueError, KeyError, TypeError, ForgedToken) as error:
        raise NotACheckpoint(f"{file}: no genuine checkpoint ({error})") from error


def _checkpoint(claims: dict[str, Any], token: str) -> Checkpoint:
    head = Head(
        int(claims["size"]), bytes.fromhex(claims["root"]), bytes.fromhex(claims["chain"]), int(claims["release"])
    )
    return Checkpoint(head, str(claims["iss"]), int(claims["iat"]), token, kid_of(token.partition(".")[0]))
