"""The steward's desk: files as handed in, work in the background, answers to questions."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Identity, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, one_of


class ImportFile(Base):
    """A file as it was handed in, once whatever number of runs read it: for reports in its own shape."""

    __tablename__ = "import_file"
    file_hash: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ImportJob(Base):
    """One act on an import that takes longer than a request, and how far it is. `beat_at` tells that somebody works."""

    __tablename__ = "import_job"
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    act: Mapped[str]
    state: Mapped[str]
    actor: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), server_default=text("acting_person()"))
    file_name: Mapped[str]
    file_hash: Mapped[str | None] = mapped_column(ForeignKey("import_file.file_hash"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    choices: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    step: Mapped[str | None]
    done: Mapped[int] = mapped_column(server_default="0")
    total: Mapped[int] = mapped_column(server_default="0")
    message_vi: Mapped[str | None]
    message_en: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    beat_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    __table_args__ = (one_of("act", v.JobAct), one_of("state", v.JobState))


class ReviewAnswer(Base):
    """What a person said to "which of these?", kept for the next file of the same source.

    `row_key` is what names the institution in the row; `institution_id` of a `new` one is known once it is published.
    """

    __tablename__ = "review_answer"
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    source_name: Mapped[str]
    row_key: Mapped[str]
    row_name: Mapped[str]
    answer: Mapped[str]
    institution_id: Mapped[str | None]
    reason: Mapped[str]
    answered_by: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id", ondelete="SET NULL"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), server_default=text("acting_person()"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    __table_args__ = (
        one_of("answer", v.ReviewVerdict),
        CheckConstraint("answer <> 'institution' OR institution_id IS NOT NULL", name="institution_is_named"),
        Index(
            "uq_review_answer_standing",
            "source_name",
            "row_key",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
