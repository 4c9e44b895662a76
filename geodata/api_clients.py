"""Machines with a key: asked for on a page, approved by a steward, known by the hash of their key alone.

Every decision is recorded with who took it, when and why (`ApiClientAct`); contacts are seen by those who decide alone.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.models import ApiClient, ApiClientAct, ApiClientContact
from geodata.vocabulary import ClientState, ClientStep

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


class Decided(GeodataError):
    """Somebody decided about the client since the page was made."""


@dataclass(frozen=True)
class Client:
    """A client as requests are judged: its number and how often it may ask."""

    id: int
    requests_per_minute: int


@dataclass(frozen=True)
class Hand:
    """Who decides, when, and why. `person_id` is None for the operator; `seen`: the last decision that the page they
    decide on told (its number, 0 for none), None where there is no page."""

    by: str
    at: datetime
    reason: str = ""
    person_id: int | None = None
    seen: int | None = None


def request(session: Session, *, name: str, contact: str, purpose: str) -> ApiClient:
    """Keep a request for a key. Raises `TooManyWaiting`. The caller commits."""
    if waiting(session) >= MOST_WAITING:
        raise TooManyWaiting("Too many requests for keys are waiting; try again in some days.")
    client = ApiClient(
        name=name, purpose=purpose, state=ClientState.REQUESTED.value, requests_per_minute=DEFAULT_PER_MINUTE
    )
    session.add(client)
    session.flush()
    session.add(ApiClientContact(client_id=client.id, contact=contact))
    session.flush()
    return client


def waiting(session: Session) -> int:
    """How many requests nobody has answered."""
    requested = select(func.count()).select_from(ApiClient).where(ApiClient.state == ClientState.REQUESTED.value)
    return session.scalar(requested) or 0


def approve(session: Session, client_id: int, hand: Hand, *, per_minute: int) -> str:
    """Give a requested client its key, which is shown this once. Raises `UnknownClient`, `NotPossible`, `Decided`."""
    client = _held(session, client_id, hand, ClientState.REQUESTED)
    client.state, client.requests_per_minute = ClientState.ACTIVE.value, per_minute
    client.approved_by, client.approved_at = hand.by, hand.at
    _record(session, client, hand, ClientStep.APPROVED)
    return _new_key(session, client)


def rotate(session: Session, client_id: int, hand: Hand) -> str:
    """A new key; the old one works for a week more. Raises `UnknownClient`, `NotPossible`, `Decided`."""
    client = _held(session, client_id, hand, ClientState.ACTIVE)
    client.old_key_hash, client.old_key_until = client.key_hash, hand.at + GRACE
    _record(session, client, hand, ClientStep.ROTATED)
    return _new_key(session, client)


def set_quota(session: Session, client_id: int, hand: Hand, *, per_minute: int) -> None:
    """How often an active client may ask from now on. Raises `UnknownClient`, `NotPossible`, `Decided`."""
    client = _held(session, client_id, hand, ClientState.ACTIVE)
    client.requests_per_minute = per_minute
    _record(session, client, hand, ClientStep.QUOTA_SET)


def revoke(session: Session, client_id: int, hand: Hand) -> None:
    """Its keys stop working; a request is refused. Needs a reason. Raises `UnknownClient`, `NotPossible`, `Decided`."""
    client = _held(session, client_id, hand, ClientState.REQUESTED, ClientState.ACTIVE)
    if not hand.reason:
        raise NotPossible("a key is refused or revoked with a reason")
    step = ClientStep.REFUSED if client.state == ClientState.REQUESTED else ClientStep.REVOKED
    client.state, client.key_hash = ClientState.REVOKED.value, None
    client.old_key_hash = client.old_key_until = None
    _record(session, client, hand, step)


def _held(session: Session, client_id: int, hand: Hand, *states: ClientState) -> ApiClient:
    """The client, which nobody else decides about meanwhile, in one of the states."""
    client = session.get(ApiClient, client_id, with_for_update=True)
    if client is None:
        raise UnknownClient(f"no client has the number {client_id}")
    if client.state not in states:
        raise NotPossible(f"client {client_id} is {client.state}, not {' or '.join(states)}")
    last = select(func.max(ApiClientAct.id)).where(ApiClientAct.client_id == client_id)
    if hand.seen is not None and (session.scalar(last) or 0) != hand.seen:
        raise Decided(f"somebody decided about client {client_id} meanwhile")
    return client


def _record(session: Session, client: ApiClient, hand: Hand, step: ClientStep) -> None:
    quota = client.requests_per_minute if step in (ClientStep.APPROVED, ClientStep.QUOTA_SET) else None
    session.add(
        ApiClientAct(
            client_id=client.id,
            at=hand.at,
            by_id=hand.person_id,
            by_name=hand.by,
            step=step.value,
            reason=hand.reason,
            requests_per_minute=quota,
        )
    )
    session.flush()


def listed(
    session: Session, state: ClientState | None = None, *, after: int = 0, limit: int | None = None
) -> tuple[ApiClient, ...]:
    """Clients in a state (None: all) by number, from beyond `after` on."""
    wanted = [] if state is None else [ApiClient.state == state.value]
    found = select(ApiClient).where(ApiClient.id > after, *wanted).order_by(ApiClient.id).limit(limit)
    return tuple(session.scalars(found))


def contacts(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Where keys are sent, by client; nothing for those who may not decide."""
    found = select(ApiClientContact.client_id, ApiClientContact.contact).where(ApiClientContact.client_id.in_(ids))
    return {row.client_id: row.contact for row in session.execute(found)}


def acts(session: Session, ids: Collection[int]) -> dict[int, list[ApiClientAct]]:
    """What was decided about each of the clients, the latest first."""
    found: dict[int, list[ApiClientAct]] = {id: [] for id in ids}
    for act in session.scalars(
        select(ApiClientAct).where(ApiClientAct.client_id.in_(ids)).order_by(ApiClientAct.id.desc())
    ):
        found[act.client_id].append(act)
    return found


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
