"""A report on a territory may be about the whole country: milestones of national documents have a place of their own"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ONE_SUBJECT = (
    "(subject_kind = 'institution') = (institution_id IS NOT NULL)"
    " AND (subject_kind = 'authority') = (authority_id IS NOT NULL)"
)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_report_one_subject"), "report", type_="check")
    op.create_check_constraint(
        op.f("ck_report_one_subject"),
        "report",
        f"{ONE_SUBJECT} AND (subject_kind = 'territory' OR territory_key IS NULL)",
    )
    op.drop_index("uq_report_territory", "report")
    op.create_index(
        "uq_report_territory",
        "report",
        ["territory_key", "period_id"],
        unique=True,
        postgresql_where="subject_kind = 'territory'",
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_index("uq_report_territory", "report")
    op.create_index("uq_report_territory", "report", ["territory_key", "period_id"], unique=True)
    op.drop_constraint(op.f("ck_report_one_subject"), "report", type_="check")
    op.create_check_constraint(
        op.f("ck_report_one_subject"),
        "report",
        f"{ONE_SUBJECT} AND (subject_kind = 'territory') = (territory_key IS NOT NULL)",
    )
