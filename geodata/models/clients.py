"""Machines with a key, how to reach who asked for it, and what was decided about them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, one_of


class ApiClient(Base):
    """A machine with a key; only the hash of the key is kept, and after a rotation for a while that of the old one.
    Whoever answers requests may change a row; everybody else, when it was last used (trigger)."""

    __tablename__ = "api_client"
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    name: Mapped[str]
    key_hash: Mapped[str | None] = mapped_column(unique=True)
    purpose: Mapped[str] = mapped_column(server_default="")
    old_key_hash: Mapped[str | None]
    old_key_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    state: Mapped[str]
    requests_per_minute: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    __table_args__ = (one_of("state", v.ClientState), Index("ix_api_client_state", "state", "id"))


class ApiClientContact(Base):
    """Where a key is sent. Apart from the client, so that nobody reads it but who answers requests."""

    __tablename__ = "api_client_contact"
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id", ondelete="CASCADE"), primary_key=True)
    contact: Mapped[str]


class ApiClientAct(Base):
    """Append-only (trigger): who decided what about a client, when, and why. `by_id` is NULL for the operator."""

    __tablename__ = "api_client_act"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("api_client.id"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str]
    step: Mapped[str]
    reason: Mapped[str]
    requests_per_minute: Mapped[int | None]
    __table_args__ = (
        one_of("step", v.ClientStep),
        CheckConstraint("step NOT IN ('refused', 'revoked') OR reason <> ''", name="refused_with_a_reason"),
        CheckConstraint("step NOT IN ('approved', 'quota_set') OR requests_per_minute > 0", name="quota_is_told"),
        Index("ix_api_client_act_client_id", "client_id", "id"),
    )
