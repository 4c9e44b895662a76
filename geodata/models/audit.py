"""The transparency log: what was published and signed, leaf by leaf, so that a changed past is found.

Everything here is append-only (trigger); signed answers alone may be forgotten, when their time is over.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, one_of
from geodata.models.readiness import IndicatorValue
from geodata.models.registry import FACTS


class LogEntry(Base):
    """A leaf of the log at its place, counted from 0. `reference` is the row it stands for; `leaf_hash` the hash of
    that row's content (RFC 6962), `chain` the hash over the chain before it and this leaf."""

    __tablename__ = "log_entry"
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    reference: Mapped[int] = mapped_column(BigInteger)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    chain: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (one_of("kind", v.LogKind), UniqueConstraint("kind", "reference"))


class LogNode(Base):
    """Hash over a complete subtree of 2**`level` leaves; kept at every eighth level, the others are computed."""

    __tablename__ = "log_node"
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class ReleaseDigest(Base):
    """What a release did to one table: the digest of the rows it added, and of the numbers of those it closed.
    `last_row` is the table's highest number then. Part of the content of the release's leaf."""

    __tablename__ = "release_digest"
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True, autoincrement=False)
    subject: Mapped[str] = mapped_column(primary_key=True)
    added: Mapped[int] = mapped_column(BigInteger)
    added_hash: Mapped[bytes] = mapped_column(LargeBinary)
    closed: Mapped[int] = mapped_column(BigInteger)
    closed_hash: Mapped[bytes] = mapped_column(LargeBinary)
    last_row: Mapped[int] = mapped_column(BigInteger)


class AnswerBatch(Base):
    """Signed answers that entered the log together; `root` is the Merkle root over them."""

    __tablename__ = "answer_batch"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    collected_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    first_issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    answers: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary)


class SignedAnswer(Base):
    """A signed answer by its number: when it was signed, with which key, the hash of the token. Not what was asked."""

    __tablename__ = "signed_answer"
    batch_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("answer_batch.id"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    jti: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    kid: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (Index("ix_signed_answer_jti", "jti"),)


class LoggedKey(Base):
    """What became of a signing key, and the key itself (its public half): `published`, `retired` or `revoked`."""

    __tablename__ = "logged_key"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kid: Mapped[str]
    event: Mapped[str]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    __table_args__ = (one_of("event", v.KeyEvent), UniqueConstraint("kid", "event"))


PUBLISHED: tuple[Any, ...] = (*FACTS, IndicatorValue)
"""The tables whose rows a release adds and closes."""

for _model in PUBLISHED:
    # Which rows a release closed is asked for each release; open rows, nearly all, stay out of this index.
    Index(
        f"ix_{_model.__tablename__}_release_to",
        _model.__table__.c.release_to,
        postgresql_where=text("release_to IS NOT NULL"),
    )
