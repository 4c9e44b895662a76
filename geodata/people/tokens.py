"""Opaque tokens: 256 random bits for whoever holds them; the database keeps their SHA-256, so a copy opens nothing."""

import hashlib
import secrets


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """As the database's own `sha256(convert_to(token, 'UTF8'))`."""
    return hashlib.sha256(token.encode()).digest()
