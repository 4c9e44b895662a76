"""The way in to the steward's pages until people sign in: a link that works once, and the session it opens.

Tokens are 256 random bits; the database keeps only their SHA-256, so that a copy of it opens nothing.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.models import StewardLink, StewardSession

LINK_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=8)


class LinkSpent(GeodataError):
    """A link that was used, is too old, or never was one."""


def make_link(session: Session, *, by: str, at: datetime) -> str:
    """A new token for a link; expired ones are cleared away."""
    session.execute(delete(StewardLink).where(StewardLink.expires_at < at - SESSION_LASTS))
    session.execute(delete(StewardSession).where(StewardSession.expires_at < at))
    token = secrets.token_urlsafe(32)
    session.add(StewardLink(token_hash=_hash(token), made_by=by, made_at=at, expires_at=at + LINK_LASTS))
    session.flush()
    return token


def open_session(session: Session, token: str, *, at: datetime) -> str:
    """Use the link up and open a session: its cookie. Of two browsers at once one gets in. Raises `LinkSpent`."""
    used = (
        update(StewardLink)
        .where(StewardLink.token_hash == _hash(token), StewardLink.used_at.is_(None), StewardLink.expires_at > at)
        .values(used_at=at)
        .returning(StewardLink.made_by)
    )
    by = session.execute(used).scalar_one_or_none()
    if by is None:
        raise LinkSpent("this link was used already or is too old: make another with mapapp steward link")
    cookie = secrets.token_urlsafe(32)
    session.add(StewardSession(token_hash=_hash(cookie), opened_by=by, opened_at=at, expires_at=at + SESSION_LASTS))
    session.flush()
    return cookie


def opened_by(session: Session, cookie: str, *, at: datetime) -> str | None:
    """Whose session the cookie is; None when it is none, was ended, or is over."""
    standing = StewardSession.token_hash == _hash(cookie), StewardSession.expires_at > at
    return session.scalar(select(StewardSession.opened_by).where(*standing))


def end_session(session: Session, cookie: str) -> None:
    """Forget the session."""
    session.execute(delete(StewardSession).where(StewardSession.token_hash == _hash(cookie)))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
