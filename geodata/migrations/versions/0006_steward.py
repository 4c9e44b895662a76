"""The steward's desk: files kept, background work, remembered answers, the way in; releases name what they undo"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}_vocabulary"))


def moment(name: str, *, default: bool = False, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.func.now() if default else None, nullable=nullable
    )


def upgrade() -> None:
    op.add_column("release", sa.Column("undoes_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_release_undoes_id_release"), "release", "release", ["undoes_id"], ["id"])
    op.execute(
        "UPDATE release SET undoes_id = run.release_id FROM import_run AS run WHERE run.undo_release_id = release.id"
    )
    op.add_column("import_run", sa.Column("source_name", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "import_file",
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        moment("received_at", default=True),
        sa.PrimaryKeyConstraint("file_hash", name=op.f("pk_import_file")),
    )
    op.create_table(
        "import_job",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("choices", JSONB(), server_default="{}", nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("message_vi", sa.Text(), nullable=True),
        sa.Column("message_en", sa.Text(), nullable=True),
        moment("created_at", default=True),
        moment("beat_at", default=True),
        one_of("import_job", "act", "stage", "recount", "publish", "undo"),
        one_of("import_job", "state", "waiting", "working", "done", "refused", "failed"),
        sa.ForeignKeyConstraint(
            ["file_hash"], ["import_file.file_hash"], name=op.f("fk_import_job_file_hash_import_file")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_job_run_id_import_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_job")),
    )
    op.create_table(
        "review_answer",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("row_name", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        moment("answered_at", default=True),
        sa.Column("run_id", sa.Integer(), nullable=True),
        moment("withdrawn_at", nullable=True),
        one_of("review_answer", "answer", "institution", "new", "reject"),
        sa.CheckConstraint(
            "answer <> 'institution' OR institution_id IS NOT NULL",
            name=op.f("ck_review_answer_institution_is_named"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_review_answer_run_id_import_run"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_answer")),
    )
    op.create_index(
        "uq_review_answer_standing",
        "review_answer",
        ["source_name", "row_key"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    for name, by, at in (("steward_link", "made_by", "made_at"), ("steward_session", "opened_by", "opened_at")):
        op.create_table(
            name,
            sa.Column("token_hash", sa.LargeBinary(), nullable=False),
            sa.Column(by, sa.Text(), nullable=False),
            moment(at),
            moment("expires_at"),
            *([moment("used_at", nullable=True)] if name == "steward_link" else []),
            sa.PrimaryKeyConstraint("token_hash", name=op.f(f"pk_{name}")),
        )


def downgrade() -> None:
    for name in ("steward_session", "steward_link", "review_answer", "import_job", "import_file"):
        op.drop_table(name)
    op.drop_column("import_run", "source_name")
    op.drop_column("release", "undoes_id")
