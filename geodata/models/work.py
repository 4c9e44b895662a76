"""What happens before publication and around it: import runs and their rows."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geodata import vocabulary as v
from geodata.models.base import Base, one_of


class ImportRun(Base):
    """One file on its way into the register: staged, then refused or published, perhaps undone.

    `source_name` says whose list it is, so that answers to its questions serve the next one. `provinces`: codes of
    those that publication would touch; empty where one cannot be told: then only the country's stewards act on it.
    """

    __tablename__ = "import_run"
    id: Mapped[int] = mapped_column(Identity(always=False), primary_key=True)
    file_name: Mapped[str]
    file_hash: Mapped[str]
    file_format: Mapped[str]
    state: Mapped[str]
    actor: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    effective_on: Mapped[date | None]
    source_name: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), server_default=text("acting_person()"))
    provinces: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    base_release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    undo_release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"))
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    notes: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    __table_args__ = (one_of("state", v.RunState), Index("ix_import_run_file_hash", "file_hash"))


class ImportRow(Base):
    """One row of a staged file: as it stood, what was found, and exactly what publication would do with it."""

    __tablename__ = "import_row"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    sheet: Mapped[str]
    row_number: Mapped[int]
    raw: Mapped[dict[str, Any]] = mapped_column(JSONB)
    outcome: Mapped[str]
    institution_id: Mapped[str | None]
    findings: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    changes: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    __table_args__ = (one_of("outcome", v.RowOutcome), UniqueConstraint("run_id", "sheet", "row_number"))
