"""Releases and what stands behind them: sources, decisions, the append-only change log."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, one_of


class Source(Base):
    """Where facts came from; its `data_status` is theirs."""

    __tablename__ = "source"
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    file_name: Mapped[str | None]
    file_hash: Mapped[str | None]
    data_status: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    __table_args__ = (one_of("kind", v.ReleaseKind), one_of("data_status", v.DataStatus))


class Decision(Base):
    """An administrative act that facts rest on, e.g. 2222/QĐ-TTg of 30/12/2021."""

    __tablename__ = "decision"
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    number: Mapped[str]
    issued_on: Mapped[date | None]
    issuer: Mapped[str | None]
    title: Mapped[str | None]
    __table_args__ = (UniqueConstraint("number", "issued_on", postgresql_nulls_not_distinct=True),)


class Release(Base):
    """One publication: everything in it becomes visible at once. `summary` holds counts for people and machines.

    `undoes_id` names the release that this one takes back.
    """

    __tablename__ = "release"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    published_by: Mapped[str]
    reason: Mapped[str]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    __table_args__ = (one_of("kind", v.ReleaseKind),)


class RegisterHead(Base):
    """The single row that says which release is current."""

    __tablename__ = "register_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default="1")
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)


class ChangeLog(Base):
    """Append-only (trigger): who changed what, when and why; written in the transaction of the change."""

    __tablename__ = "change_log"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str]
    reason: Mapped[str]
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    institution_id: Mapped[str | None] = mapped_column(ForeignKey("institution.id"))
    subject: Mapped[str]
    action: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    __table_args__ = (
        CheckConstraint("action IN ('add', 'close', 'bulk')", name="action_vocabulary"),
        Index("ix_change_log_release_id", "release_id"),
        Index("ix_change_log_institution_id", "institution_id"),
    )
