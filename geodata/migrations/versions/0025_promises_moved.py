"""The day promised for a citizen's report may move, with a reason that its page shows; every day before is kept.

Publications of lists confirm the records that the lists say unchanged: in the name of who publishes, or of nobody where
the operator does."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ANSWERS = "(SELECT provinces_where('answer_reports'))::text[]"
OWN = "(SELECT institution_id FROM error_report AS told WHERE told.ticket = error_report_promise.ticket)"

EDITS = "(SELECT provinces_where('edit'))::text[]"
W = "(SELECT writable_provinces())::text[]"
MINE = "by_id = (SELECT acting_person())"


def upgrade() -> None:
    op.alter_column("record_confirmation", "by_id", nullable=True)
    own = f"institution_within(institution_id, {EDITS}) OR institution_within(institution_id, {W})"
    op.execute(f"ALTER POLICY adds ON record_confirmation WITH CHECK ({MINE} AND ({own}))")
    op.create_table(
        "error_report_promise",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("before", sa.Date(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_error_report_promise_says_why")),
        sa.CheckConstraint("before <> promised_on", name=op.f("ck_error_report_promise_moves")),
        sa.ForeignKeyConstraint(
            ["ticket"], ["error_report.ticket"], name=op.f("fk_error_report_promise_ticket_error_report")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_error_report_promise_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_error_report_promise")),
    )
    op.create_index("ix_error_report_promise_ticket", "error_report_promise", ["ticket", "id"])
    op.execute(
        "CREATE TRIGGER error_report_promise_append_only BEFORE UPDATE OR DELETE ON error_report_promise"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE error_report_promise ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY operator ON error_report_promise TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute("CREATE POLICY sees ON error_report_promise FOR SELECT USING (true)")
    op.execute(
        "CREATE POLICY adds ON error_report_promise FOR INSERT"
        f" WITH CHECK (by_id = (SELECT acting_person()) AND institution_within({OWN}, {ANSWERS}))"
    )


def downgrade() -> None:
    op.execute(
        f"ALTER POLICY adds ON record_confirmation WITH CHECK ({MINE} AND institution_within(institution_id, {EDITS}))"
    )
    op.execute("ALTER TABLE record_confirmation DISABLE TRIGGER record_confirmation_append_only")
    op.execute("DELETE FROM record_confirmation WHERE by_id IS NULL")
    op.execute("ALTER TABLE record_confirmation ENABLE TRIGGER record_confirmation_append_only")
    op.alter_column("record_confirmation", "by_id", nullable=False)
    op.drop_table("error_report_promise")
