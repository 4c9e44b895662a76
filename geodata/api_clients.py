"""Machines with a key: asked for on a page, approved by a steward, known by the hash of their key alone."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.models import ApiClient
from geodata.vocabulary import ClientState

DEFAULT_PER_MINUTE = 6_000
MOST_WAITING = 200
"""Requests for keys that nobody has answered yet; more are refused, so that a flood does not bury the honest ones."""

GRACE = timedelta(days=7)
"""After a rotation the old key works for so long, so that a client can change over without an interruption."""

PREFIX = "mk_"


class UnknownClient(GeodataError):
    """No client has this number."""


class NotPossible(GeodataError):
    """The client is not in a state for this."""


class TooManyWaiting(GeodataError):
    """Too many requests for keys wait for an answer."""


@dataclass(frozen=True)
class Client:
    """A client as requests are judged: its number and how often it may ask."""

    id: int
    requests_per_minute: int


def request(session: Session, *, name: str, contact: str, purpose: str) -> ApiClient:
    """Keep a request for a key. Raises `TooManyWaiting`. The caller commits."""
    waiting = select(ApiClient.id).where(ApiClient.state == ClientState.REQUESTED).limit(MOST_WAITING)
    if len(session.scalars(waiting).all()) >= MOST_WAITING:
        raise TooManyWaiting("Too many requests for keys are waiting; try again in some days.")
    client = ApiClient(
        name=name,
        contact=contact,
        purpose=purpose,
        state=ClientState.REQUESTED.value,
        requests_per_minute=DEFAULT_PER_MINUTE,
    )
    session.add(client)
    session.flush()
    return client


def approve(session: Session, client_id: int, *, per_minute: int, by: str, at: datetime) -> str:
    """Give a requested client its key, which is shown this once. Raises `UnknownClient`, `NotPossible`."""
    client = find(session, client_id)
    if client.state != ClientState.REQUESTED:
        raise NotPossible(f"client {client_id} is {client.state}; only a requested one can be approved")
    client.state, client.requests_per_minute = ClientState.ACTIVE.value, per_minute
    client.approved_by, client.approved_at = by, at
    return _new_key(session, client)


def rotate(session: Session, client_id: int, *, at: datetime) -> str:
    """A new key; the old one works for a week more. Raises `UnknownClient`, `NotPossible`."""
    client = find(session, client_id)
    if client.state != ClientState.ACTIVE:
        raise NotPossible(f"client {client_id} is {client.state}; only an active one has a key")
    client.old_key_hash, client.old_key_until = client.key_hash, at + GRACE
    return _new_key(session, client)


def revoke(session: Session, client_id: int) -> None:
    """Its keys stop working. Raises `UnknownClient`."""
    client = find(session, client_id)
    client.state, client.key_hash = ClientState.REVOKED.value, None
    client.old_key_hash = client.old_key_until = None
    session.flush()


def find(session: Session, client_id: int) -> ApiClient:
    found = session.get(ApiClient, client_id)
    if found is None:
        raise UnknownClient(f"no client has the number {client_id}")
    return found


def listed(session: Session, state: ClientState | None = None) -> tuple[ApiClient, ...]:
    wanted = [] if state is None else [ApiClient.state == state.value]
    return tuple(session.scalars(select(ApiClient).where(*wanted).order_by(ApiClient.id)))


def by_key(session: Session, key: str, *, at: datetime) -> Client | None:
    """Whose key it is; None for one that counts no more or never did."""
    hashed = key_hash(key)
    held = (ApiClient.key_hash == hashed) | ((ApiClient.old_key_hash == hashed) & (ApiClient.old_key_until > at))
    row = session.execute(
        select(ApiClient.id, ApiClient.requests_per_minute).where(held, ApiClient.state == ClientState.ACTIVE)
    ).one_or_none()
    return Client(row.id, row.requests_per_minute) if row else None


def note_use(session: Session, client_id: int, *, at: datetime) -> None:
    """When the client last asked. The caller commits."""
    session.execute(update(ApiClient).where(ApiClient.id == client_id).values(last_used_at=at))


def key_hash(key: str) -> str:
    """Keys are long and random: a plain hash of one cannot be turned round."""
    return hashlib.sha256(key.encode()).hexdigest()


def _new_key(session: Session, client: ApiClient) -> str:
    key = f"{PREFIX}{secrets.token_urlsafe(32)}"
    client.key_hash = key_hash(key)
    session.flush()
    return key
