"""What citizens leave behind: words they searched for in vain, and reports of errors."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, one_of


class MissedQuery(Base):
    """Folded words that found nothing, and how often on a day. Nothing here tells who asked."""

    __tablename__ = "missed_query"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    __table_args__ = (one_of("kind", v.MissedKind),)


class ErrorReport(Base):
    """A citizen's report that a field of an institution is wrong. `message` and `contact` are for stewards only;
    `item` names one of several, such as a programme's code. `promised_on`: the day by which it is to be answered."""

    __tablename__ = "error_report"
    ticket: Mapped[str] = mapped_column(primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institution.id"))
    field: Mapped[str]
    item: Mapped[str | None]
    message: Mapped[str]
    contact: Mapped[str | None]
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    promised_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    __table_args__ = (
        one_of("field", v.ReportedField),
        one_of("state", v.ErrorReportState),
        CheckConstraint("(state = 'new') = (answered_at IS NULL)", name="answered_when_no_longer_new"),
        Index("ix_error_report_institution_id", "institution_id"),
        Index("ix_error_report_state_sent_at", "state", "sent_at"),
    )


class ErrorReportPromise(Base):
    """The day promised for a report was moved from `before` to `promised_on`; `reason` is public. Never altered."""

    __tablename__ = "error_report_promise"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    ticket: Mapped[str] = mapped_column(ForeignKey("error_report.ticket"))
    before: Mapped[date] = mapped_column(Date)
    promised_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    __table_args__ = (
        CheckConstraint("reason <> ''", name="says_why"),
        CheckConstraint("before <> promised_on", name="moves"),
        Index("ix_error_report_promise_ticket", "ticket", "id"),
    )


class ReportSalt(Base):
    """The salt under which a day's senders are hashed; gone the next day, so that no hash can be traced back."""

    __tablename__ = "report_salt"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)


class ReportSender(Base):
    """How many reports a sender (a salted hash of the network address) sent in an hour."""

    __tablename__ = "report_sender"
    hour: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    sender: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    count: Mapped[int]
