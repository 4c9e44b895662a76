"""Proposals: a change set on its way into the register, two persons apart, and the log of that way."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, one_of

REPORTS = {
    "report_is_named": "(kind = 'report') = (reports_on IS NOT NULL) AND (kind = 'report') = (period IS NOT NULL)",
    "report_period_is_a_year": "period ~ '^20[0-9]{2}$'",
    "report_of_one": "kind <> 'report' OR strpos(reports_on, ':') > 0 OR institutions = ARRAY[reports_on]",
    "report_says_figures_only": (
        "kind <> 'report' OR NOT jsonb_path_exists(changes, '$[*] ? (@.table != \"indicator_value\" || @.about != $on"
        " || @.after.institution_id != $on || @.after.period_id != $period)',"
        " jsonb_build_object('on', reports_on, 'period', period))"
    ),
}
"""A report states figures of its own subject and year, and nothing else."""


class Proposal(Base):
    """What somebody proposes: `asked` is enough to plan it again, `changes` is exactly what publication would write.

    `provinces` are the codes of today's provinces it touches; empty: no province can be told, only the country's
    stewards may act on it. A report is on one subject (`reports_on`: a registry id, `authority:<id>` or
    `territory:<key>`) and one year (`period`), and at most one is under way for each. Triggers: what is proposed cannot
    be altered until it is sent back, no state is skipped, and nobody who had a hand in it approves it.
    """

    __tablename__ = "proposal"
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    kind: Mapped[str]
    act: Mapped[str | None]
    state: Mapped[str]
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    changes: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    institutions: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    provinces: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    reports_on: Mapped[str | None]
    period: Mapped[str | None]
    reason: Mapped[str]
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    effective_on: Mapped[date | None]
    base_release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    undo_release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    __table_args__ = (
        one_of("kind", v.ProposalKind),
        one_of("act", v.Wizard),
        one_of("state", v.ProposalState),
        CheckConstraint("(kind = 'act') = (act IS NOT NULL)", name="act_is_named"),
        CheckConstraint("(kind = 'import') = (run_id IS NOT NULL)", name="run_is_named"),
        *(CheckConstraint(condition, name=name) for name, condition in REPORTS.items()),
        CheckConstraint("approved_by_id <> proposed_by_id AND approved_by_id <> drafted_by_id", name="two_persons"),
        CheckConstraint(
            "state NOT IN ('approved', 'published', 'undone') OR (approved_by_id IS NOT NULL"
            " AND proposed_by_id IS NOT NULL)",
            name="approved_by_somebody",
        ),
        CheckConstraint("state <> 'proposed' OR proposed_by_id IS NOT NULL", name="proposed_by_somebody"),
        Index("ix_proposal_state", "state"),
        Index("ix_proposal_institutions", "institutions", postgresql_using="gin"),
        Index("ix_proposal_reports_on", "reports_on", "period"),
        Index(
            "uq_proposal_report_open",
            "reports_on",
            "period",
            unique=True,
            postgresql_where=text("reports_on IS NOT NULL AND state IN ('draft', 'proposed', 'sent_back', 'approved')"),
        ),
    )


class ProposalLog(Base):
    """Append-only (trigger): who did what to a proposal, when, and why."""

    __tablename__ = "proposal_log"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str]
    step: Mapped[str]
    reason: Mapped[str]
    __table_args__ = (
        one_of("step", v.ProposalStep),
        CheckConstraint("step <> 'sent_back' OR reason <> ''", name="sent_back_with_a_reason"),
        Index("ix_proposal_log_proposal_id", "proposal_id"),
    )


class ProvinceReview(Base):
    """Append-only (trigger): somebody looked through a province's records and stands by them. `owner` is the body that
    answers for them; it is public, the person is not."""

    __tablename__ = "province_review"
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    province_code: Mapped[str]
    owner: Mapped[str]
    reviewed_on: Mapped[date]
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    __table_args__ = (Index("ix_province_review_province_code", "province_code", "reviewed_on"),)
