"""Indicators, targets, reporting periods, reports and their values. Missing is a value of its own, never zero."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, Numeric, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, Fact, fact_checks, one_of


class Indicator(Base):
    """A row of the catalogue; `definition` is the whole entry as the catalogue file states it."""

    __tablename__ = "indicator"
    id: Mapped[str] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    unit: Mapped[str]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    __table_args__ = (one_of("subject_kind", v.SubjectKind),)


class Target(Base):
    """A row of the catalogue: one clause, one population, one year."""

    __tablename__ = "target"
    id: Mapped[str] = mapped_column(primary_key=True)
    indicator_id: Mapped[str] = mapped_column(ForeignKey("indicator.id"))
    document: Mapped[str]
    clause: Mapped[str]
    scope: Mapped[str]
    year: Mapped[int | None]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ReportingPeriod(Base):
    """A period that is reported on; values are fixed at `ends_on`, reports are due on `due_on`."""

    __tablename__ = "reporting_period"
    id: Mapped[str] = mapped_column(primary_key=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    due_on: Mapped[date]
    __table_args__ = (CheckConstraint("starts_on <= ends_on AND ends_on <= due_on", name="days_in_order"),)


class Authority(Base):
    """A managing body that reports figures of its own (inspection, online services, reporting)."""

    __tablename__ = "authority"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str]
    territory_key: Mapped[str | None] = mapped_column(ForeignKey("administrative_unit.key"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    __table_args__ = (CheckConstraint("kind IN ('ministry', 'province', 'agency')", name="kind_vocabulary"),)


class Report(Base):
    """A report of one subject for one period, with its way through approval. A territory without a key is the whole
    country."""

    __tablename__ = "report"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("reporting_period.id"))
    subject_kind: Mapped[str]
    institution_id: Mapped[str | None] = mapped_column(ForeignKey("institution.id"))
    authority_id: Mapped[str | None] = mapped_column(ForeignKey("authority.id"))
    territory_key: Mapped[str | None] = mapped_column(ForeignKey("administrative_unit.key"))
    state: Mapped[str]
    submitted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    __table_args__ = (
        one_of("subject_kind", v.SubjectKind),
        one_of("state", v.ReportState),
        CheckConstraint(
            "(subject_kind = 'institution') = (institution_id IS NOT NULL)"
            " AND (subject_kind = 'authority') = (authority_id IS NOT NULL)"
            " AND (subject_kind = 'territory' OR territory_key IS NULL)",
            name="one_subject",
        ),
        Index("uq_report_institution", "institution_id", "period_id", unique=True),
        Index("uq_report_authority", "authority_id", "period_id", unique=True),
        Index(
            "uq_report_territory",
            "territory_key",
            "period_id",
            unique=True,
            postgresql_where=text("subject_kind = 'territory'"),
            postgresql_nulls_not_distinct=True,
        ),
    )


class IndicatorValue(Fact, Base):
    """One reported figure. `value` NULL with a `missing_reason` is a stated gap; no row is silence; neither is zero."""

    __tablename__ = "indicator_value"
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    indicator_id: Mapped[str] = mapped_column(ForeignKey("indicator.id"))
    value: Mapped[Decimal | None] = mapped_column(Numeric)
    numerator: Mapped[Decimal | None] = mapped_column(Numeric)
    denominator: Mapped[Decimal | None] = mapped_column(Numeric)
    missing_reason: Mapped[str | None]
    __table_args__ = (
        *fact_checks(),
        CheckConstraint("(value IS NULL) = (missing_reason IS NOT NULL)", name="missing_is_said"),
        CheckConstraint("denominator >= 0 AND numerator >= 0", name="counts_not_negative"),
        Index(
            "uq_indicator_value_open",
            "report_id",
            "indicator_id",
            unique=True,
            postgresql_where=text("release_to IS NULL"),
        ),
    )
