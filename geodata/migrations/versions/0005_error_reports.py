"""Reports of errors by citizens, and what bounds how many one sender may send"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FIELDS = (
    "name",
    "identifier",
    "type",
    "ownership",
    "status",
    "managing_body",
    "enrolment",
    "high_quality",
    "website",
    "telephone",
    "email",
    "campus",
    "programme",
    "licence",
    "relation",
    "readiness",
    "other",
)
STATES = ("new", "answered", "accepted", "rejected")


def one_of(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_error_report_{column}_vocabulary"))


def upgrade() -> None:
    op.create_table(
        "error_report",
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        one_of("field", FIELDS),
        one_of("state", STATES),
        sa.CheckConstraint(
            "(state = 'new') = (answered_at IS NULL)", name=op.f("ck_error_report_answered_when_no_longer_new")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_error_report_institution_id_institution")
        ),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_error_report")),
    )
    op.create_index("ix_error_report_institution_id", "error_report", ["institution_id"])
    op.create_index("ix_error_report_state_sent_at", "error_report", ["state", "sent_at"])
    op.create_table(
        "report_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_report_salt")),
    )
    op.create_table(
        "report_sender",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "sender", name=op.f("pk_report_sender")),
    )


def downgrade() -> None:
    op.drop_table("report_sender")
    op.drop_table("report_salt")
    op.drop_index("ix_error_report_state_sent_at", "error_report")
    op.drop_index("ix_error_report_institution_id", "error_report")
    op.drop_table("error_report")
