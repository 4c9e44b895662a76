"""The signing keys of an installation: files beside the database, never in it.

A key lives through: published (in the JWKS, so that checkers learn it) → signing → kept (published until the last
answer it signed has expired) → gone. The moments follow from its file and from the keys that came after it.
"""

import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from geodata.errors import GeodataError

JWKS_FRESH_S = 300
"""How long checkers may keep the JWKS."""

WAIT_S = 3 * JWKS_FRESH_S
"""From a key's publication to its first signature: every copy of the JWKS has been fetched anew by then."""

KEPT = timedelta(hours=25)
"""From a key's last signature to its end: the longest life of an answer (24 h) and an hour of grace."""


class KeysUnusable(GeodataError):
    """The keys cannot be read, or not safely; the message tells what to do."""


class UnknownKey(GeodataError):
    """No key has this id."""


class KeyInUse(GeodataError):
    """The signing key is not retired before another signs."""


@dataclass(frozen=True)
class Key:
    """A key as its file has it. `signs_from`: first moment of signing; `retired_at`: from then on it never signs;
    `revoked`: not to be trusted any more, so not published either."""

    kid: str
    jwk: dict[str, str]
    created_at: datetime
    signs_from: datetime
    retired_at: datetime | None = None
    revoked: bool = False

    @property
    def public(self) -> dict[str, str]:
        """The entry of the JWKS; holds nothing private."""
        parts = {name: self.jwk[name] for name in ("kty", "crv", "x", "y")}
        return {**parts, "kid": self.kid, "use": "sig", "alg": "ES256"}


@dataclass(frozen=True)
class KeyRing:
    """All keys, oldest first."""

    keys: tuple[Key, ...] = ()

    def signing(self, now: datetime) -> Key | None:
        """The key that began last, unless it was retired since; those before it never sign again."""
        begun = [key for key in self.keys if key.signs_from <= now and not _cancelled(key)]
        latest = max(begun, key=_order, default=None)
        return None if latest is None or _over(latest.retired_at, now) else latest

    def signs_until(self, key: Key) -> datetime | None:
        """When the key stops signing: by a successor's beginning or its own retirement; None: not foreseen."""
        later = [other.signs_from for other in self.keys if _order(other) > _order(key) and not _cancelled(other)]
        return min([*later, *([key.retired_at] if key.retired_at else [])], default=None)

    def published(self, now: datetime) -> tuple[Key, ...]:
        """What the JWKS holds: keys that will sign, sign, or signed answers that may not have expired."""
        return tuple(key for key in self.keys if not key.revoked and not self.is_gone(key, now))

    def is_gone(self, key: Key, now: datetime) -> bool:
        until = self.signs_until(key)
        return until is not None and now >= until + KEPT

    def state(self, key: Key, now: datetime) -> str:
        """`revoked`, `gone`, `waiting`, `signing` or `kept`."""
        if key.revoked:
            return "revoked"
        if self.is_gone(key, now):
            return "gone"
        if key == self.signing(now):
            return "signing"
        return "waiting" if now < key.signs_from and not _over(key.retired_at, now) else "kept"

    def jwks(self, now: datetime) -> dict[str, Any]:
        return {"keys": [key.public for key in self.published(now)]}


def _order(key: Key) -> tuple[datetime, datetime, str]:
    return key.signs_from, key.created_at, key.kid


def _cancelled(key: Key) -> bool:
    """Retired before it signed anything."""
    return key.retired_at is not None and key.retired_at <= key.signs_from


class KeyStore:
    """The keys in a directory that only its owner may read."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def version(self) -> int | None:
        """Changes whenever the keys do; None while there are none. Costs one look at the directory."""
        try:
            return self.directory.stat().st_mtime_ns
        except FileNotFoundError:
            return None

    def read(self) -> KeyRing:
        """The keys. Raises `KeysUnusable` for files that others may read or that are damaged."""
        if not self.directory.is_dir():
            return KeyRing()
        _refuse_if_open(self.directory)
        keys = [_read(path) for path in sorted(self.directory.glob("*.json"))]
        return KeyRing(tuple(sorted(keys, key=lambda key: (key.created_at, key.signs_from, key.kid))))

    def ensure(self, now: datetime) -> KeyRing:
        """The keys; without any that signs, a first one that signs at once: nobody can hold an older JWKS."""
        ring = self.read()
        if ring.signing(now):
            return ring
        with self._locked():
            ring = self.read()
            return ring if ring.signing(now) else self._add(ring, _new_key(now, now))

    def rotate(self, now: datetime, *, wait_s: int = WAIT_S) -> Key:
        """Publish a new key that signs after `wait_s` seconds; the present one goes on until then."""
        with self._locked():
            ring = self.read()
            key = _new_key(now, now + timedelta(seconds=wait_s) if ring.signing(now) else now)
            self._add(ring, key)
        return key

    def retire(self, kid: str, now: datetime, *, revoke: bool = False) -> None:
        """Let the key never sign again; `revoke` also takes it out of the JWKS at once, and where it was the signing
        one another begins at once. Raises `UnknownKey`, `KeyInUse` for the signing key unless it is revoked."""
        with self._locked():
            ring = self.read()
            found = next((key for key in ring.keys if key.kid == kid), None)
            if found is None:
                raise UnknownKey(f"No key has the id {kid}; see: mapapp keys list")
            if found == ring.signing(now) and not revoke:
                raise KeyInUse(f"{kid} signs now. Publish another with: mapapp keys rotate  (or use --revoke)")
            self._write(replace(found, retired_at=found.retired_at or now, revoked=found.revoked or revoke))
            if self.read().signing(now) is None:
                self._write(_new_key(now, now))

    def forget(self, now: datetime) -> tuple[str, ...]:
        """Delete the files of keys whose last answer has expired; their ids."""
        with self._locked():
            ring = self.read()
            gone = [key for key in ring.keys if ring.is_gone(key, now) and not key.revoked]
            for key in gone:
                self._path(key).unlink()
        return tuple(key.kid for key in gone)

    def _add(self, ring: KeyRing, key: Key) -> KeyRing:
        self._write(key)
        return KeyRing((*ring.keys, key))

    def _write(self, key: Key) -> None:
        """Whole or not at all: written beside, then moved into place."""
        plain = {
            "kid": key.kid,
            "jwk": key.jwk,
            "created_at": key.created_at.isoformat(),
            "signs_from": key.signs_from.isoformat(),
            "retired_at": key.retired_at.isoformat() if key.retired_at else None,
            "revoked": key.revoked,
        }
        draft = self._path(key).with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(plain, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path(key))

    def _path(self, key: Key) -> Path:
        return self.directory / f"{key.kid}.json"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One change at a time, among all processes."""
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise KeysUnusable(f"{self.directory} cannot be written: {error.strerror}.") from error
        with os.fdopen(descriptor) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _new_key(now: datetime, signs_from: datetime) -> Key:
    made = ECKey.generate_key("P-256")
    jwk = {name: str(value) for name, value in made.as_dict(private=True).items() if name != "kid"}
    return Key(made.thumbprint(), jwk, now.astimezone(UTC), signs_from.astimezone(UTC))


def _over(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _refuse_if_open(path: Path) -> None:
    """Refuse what others may read or write."""
    mode = path.stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        wanted = "700" if path.is_dir() else "600"
        raise KeysUnusable(f"{path} is open to others. Close it with: chmod {wanted} {path}")


def _read(path: Path) -> Key:
    _refuse_if_open(path)
    try:
        plain = json.loads(path.read_text())
        retired = plain["retired_at"]
        return Key(
            kid=plain["kid"],
            jwk=plain["jwk"],
            created_at=datetime.fromisoformat(plain["created_at"]),
            signs_from=datetime.fromisoformat(plain["signs_from"]),
            retired_at=datetime.fromisoformat(retired) if retired else None,
            revoked=plain["revoked"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise KeysUnusable(f"{path} is damaged ({error}). Put it back from a backup or delete it.") from error
