"""The second factor: time-based codes (RFC 6238), kept encrypted, each used once; and recovery codes that stand in."""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from geodata.models import Person, RecoveryCode
from geodata.people.tokens import token_hash

STEP_S = 30
TOLERATED_STEPS = 1
CODES = 10
ISSUER = "Bản đồ GDNN"


@dataclass(frozen=True)
class Vault:
    """Encrypts what the database must not show (AES-256-GCM); bound to the person, so that no row can lend its own."""

    secret: str = field(repr=False)

    def seal(self, plain: str, person_id: int) -> bytes:
        nonce = secrets.token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, plain.encode(), _bound(person_id))

    def open(self, sealed: bytes, person_id: int) -> str | None:
        """What was sealed; None when it was sealed under another key or for another person."""
        try:
            return self._cipher.decrypt(sealed[:12], sealed[12:], _bound(person_id)).decode()
        except (InvalidTag, ValueError):
            return None

    @property
    def _cipher(self) -> AESGCM:
        return AESGCM(hmac.digest(self.secret.encode(), b"second factor of people", "sha256"))


def _bound(person_id: int) -> bytes:
    return f"person {person_id}".encode()


def new_secret() -> str:
    """A secret as authenticator apps take it (base32, 160 bits)."""
    return pyotp.random_base32()


def address(secret: str, login: str) -> str:
    """`otpauth://…`, what the QR code says."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is, a step early or late allowed; None for no code of this minute."""
    said, now = re.sub(r"[^0-9]", "", code), int(at.timestamp()) // STEP_S
    one = pyotp.TOTP(secret)
    steps = range(now - TOLERATED_STEPS, now + TOLERATED_STEPS + 1)
    fitting = [step for step in steps if hmac.compare_digest(one.at(step * STEP_S), said)]
    return fitting[-1] if fitting else None


def enrol(session: Session, person: Person, secret: str, code: str, *, vault: Vault, at: datetime) -> list[str] | None:
    """Keep the secret once a code shows that the app has it; new recovery codes, shown once. None for a wrong code."""
    step = step_of(secret, code, at)
    if step is None:
        return None
    person.totp_secret, person.totp_step = vault.seal(secret, person.id), step
    return renew_recovery_codes(session, person, at)


def renew_recovery_codes(session: Session, person: Person, at: datetime) -> list[str]:
    """Ten codes in place of all earlier ones."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [_recovery_code() for _ in range(CODES)]
    session.add_all(RecoveryCode(code_hash=token_hash(_plain(code)), person_id=person.id, made_at=at) for code in codes)
    session.flush()
    return codes


def passes(session: Session, person: Person, code: str, *, vault: Vault, at: datetime) -> str | None:
    """`totp` or `recovery` when the code is right and was never used before, else None."""
    secret = vault.open(person.totp_secret, person.id) if person.totp_secret else None
    step = step_of(secret, code, at) if secret else None
    if step is not None:
        newer = update(Person).where(Person.id == person.id, Person.totp_step < step).values(totp_step=step)
        return "totp" if session.execute(newer.returning(Person.id)).first() else None
    unused = RecoveryCode.code_hash == token_hash(_plain(code)), RecoveryCode.used_at.is_(None)
    used = update(RecoveryCode).where(RecoveryCode.person_id == person.id, *unused).values(used_at=at)
    return "recovery" if session.execute(used.returning(RecoveryCode.person_id)).first() else None


def recovery_codes_left(session: Session, person_id: int) -> int:
    unused = RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def remove(session: Session, person: Person) -> None:
    """The person has no second factor any more: for those who lost it."""
    person.totp_secret = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))


_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def _recovery_code() -> str:
    """Four groups of four: 79 bits, without letters that look alike."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _plain(code: str) -> str:
    return re.sub(r"[^0-9a-z]", "", code.lower())
