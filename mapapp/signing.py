"""Signed answers: compact JWS with ES256 (RFC 7515, RFC 7518), and the strict check of one."""

import base64
import json
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from mapapp.geojson import to_json
from mapapp.key_store import Key, KeyRing, KeyStore, KeysUnusable

ALGORITHM = "ES256"
TYPE = "verification+jwt"
"""Explicit typing (RFC 8725, 3.11): an answer can be taken for nothing else, and nothing else for an answer."""

HEADER = {"alg", "kid", "typ"}
LARGEST_TOKEN = 64_000
LOOK_AGAIN_S = 1.0
LEEWAY_S = 30


class ForgedToken(Exception):
    """Not an answer of this issuer that counts now; the message says why."""


class Signer:
    """Signs with the key of the moment; notices changed keys within a second, without a restart."""

    def __init__(self, store: KeyStore, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self._monotonic = monotonic
        self._ring = KeyRing()
        self._version: int | None = None
        self._looked_at = -LOOK_AGAIN_S
        self._keys: dict[str, ECKey] = {}

    def ring(self, now: datetime) -> KeyRing:
        """The keys as they stand; the first one is made when none signs. Raises `KeysUnusable`."""
        if self._monotonic() - self._looked_at >= LOOK_AGAIN_S:
            version = self.store.version()
            if version is None or version != self._version:
                self._ring, self._version = self.store.read(), version
            self._looked_at = self._monotonic()
        if self._ring.signing(now) is None:
            self._ring, self._version = self.store.ensure(now), None
        return self._ring

    def sign(self, claims: str, now: datetime, typ: str = TYPE) -> str:
        """The claims (JSON text) as a compact JWS of that type. Raises `KeysUnusable`."""
        key = self.ring(now).signing(now)
        if key is None:
            raise KeysUnusable("No key may sign now.")
        header = {"alg": ALGORITHM, "kid": key.kid, "typ": typ}
        return jws.serialize_compact(header, claims, self._imported(key), algorithms=[ALGORITHM])

    def _imported(self, key: Key) -> ECKey:
        if key.kid not in self._keys:
            self._keys[key.kid] = ECKey.import_key(dict(key.jwk))
        return self._keys[key.kid]


def claims(answer: str, *, issuer: str, subject: str, now: datetime, ttl_s: int, jti: str | None = None) -> str:
    """What is signed, as JSON text: who says it, about whom, when and until when, a number of its own (`jti`; None: a
    new one); then the whole answer, a JSON object."""
    issued = int(now.timestamp())
    standard = {
        "iss": issuer,
        "sub": subject,
        "iat": issued,
        "nbf": issued,
        "exp": issued + ttl_s,
        "jti": jti or secrets.token_urlsafe(16),
    }
    return f"{to_json(standard)[:-1]},{answer[1:]}"


def check(
    token: str, jwks: Mapping[str, Any], *, issuer: str, now: datetime, largest: int = LARGEST_TOKEN
) -> dict[str, Any]:
    """The claims of a genuine answer that counts at `now`. Raises `ForgedToken` otherwise."""
    found = genuine(token, jwks, typ=TYPE, largest=largest)
    _check_claims(found, issuer, now)
    return found


def genuine(token: str, jwks: Mapping[str, Any], *, typ: str, largest: int = LARGEST_TOKEN) -> dict[str, Any]:
    """What a key of the JWKS signed as a token of that type, whenever that was. Raises `ForgedToken` otherwise.

    Only ES256 with a key of the JWKS counts; whatever else the header asks for (`jwk`, `jku`, `x5c`, `crit`, `b64`)
    is refused, not followed.
    """
    if len(token) > largest:
        raise ForgedToken(f"longer than {largest} characters")
    registry = jws.JWSRegistry(algorithms=[ALGORITHM])
    registry.max_payload_length = largest
    header = _header(token, registry)
    if set(header) != HEADER or header["alg"] != ALGORITHM or header["typ"] != typ:
        raise ForgedToken(f"the header must be alg {ALGORITHM}, typ {typ} and kid, nothing else")
    key = next((key for key in jwks.get("keys", ()) if key.get("kid") == header["kid"]), None)
    if key is None or (key.get("kty"), key.get("crv")) != ("EC", "P-256"):
        raise ForgedToken("the key is not among the issuer's")
    return _payload(token, ECKey.import_key({name: key[name] for name in ("kty", "crv", "x", "y")}), registry)


def _header(token: str, registry: jws.JWSRegistry) -> dict[str, Any]:
    """The header of a well-formed token; of several spellings of the same bytes only the proper one counts."""
    try:
        header = jws.extract_compact(token.encode("ascii"), registry=registry).headers()
        proper = all(_encoded(decoded(part)) == part for part in token.split("."))
    except (JoseError, ValueError) as error:
        raise ForgedToken("not a compact JWS") from error
    if not proper:
        raise ForgedToken("not a compact JWS")
    return dict(header)


def decoded(part: str) -> bytes:
    """The bytes of a part of a token."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _payload(token: str, key: ECKey, registry: jws.JWSRegistry) -> dict[str, Any]:
    try:
        found = json.loads(jws.deserialize_compact(token, key, registry=registry).payload)
    except (JoseError, ValueError) as error:
        raise ForgedToken("the signature is not the issuer's") from error
    if not isinstance(found, dict):
        raise ForgedToken("the content is no answer")
    return found


def _check_claims(found: Mapping[str, Any], issuer: str, now: datetime) -> None:
    leeway = timedelta(seconds=LEEWAY_S)
    times = {name: found.get(name) for name in ("iat", "nbf", "exp")}
    if any(type(value) is not int or not 0 <= value < 2**33 for value in times.values()):
        raise ForgedToken("iat, nbf and exp must be moments")
    issued, starts, ends = (datetime.fromtimestamp(times[name] or 0, UTC) for name in ("iat", "nbf", "exp"))
    if found.get("iss") != issuer:
        raise ForgedToken("another issuer")
    if max(issued, starts) > now + leeway:
        raise ForgedToken("not valid yet")
    if ends <= now:
        raise ForgedToken("expired")
    if not found.get("jti") or not isinstance(found.get("sub"), str):
        raise ForgedToken("the content is no answer")
