"""What stewards decided about entries of their work-lists: a record stands, two are not one, words were dealt with."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, one_of

MOMENT = DateTime(timezone=True)


class RecordConfirmation(Base):
    """Append-only (trigger): somebody checked the record of an institution against a source and found it right, or a
    published list said the same. `by_id` is None where the operator published it."""

    __tablename__ = "record_confirmation"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    confirmed_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    __table_args__ = (
        CheckConstraint("source <> ''", name="says_by_what"),
        Index("ix_record_confirmation_institution_id", "institution_id", "confirmed_on"),
    )


class NotDuplicate(Base):
    """Append-only (trigger): somebody looked at two institutions and they are two. `one_id` < `other_id`."""

    __tablename__ = "not_duplicate"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    one_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    other_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    __table_args__ = (
        CheckConstraint("one_id < other_id", name="told_once"),
        CheckConstraint("reason <> ''", name="says_why"),
        Index("ix_not_duplicate_one_id", "one_id", "other_id"),
    )


class MissedAnswer(Base):
    """Append-only (trigger): somebody dealt with words that found nothing. Asked in vain after that day, they are back
    on the list."""

    __tablename__ = "missed_answer"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    kind: Mapped[str]
    words: Mapped[str]
    handled_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(MOMENT, server_default=func.now())
    __table_args__ = (one_of("kind", v.MissedKind), Index("ix_missed_answer_words", "words", "kind", "handled_on"))
