"""What stewards decided about entries of their work-lists, each within their provinces"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

MINE = "by_id = (SELECT acting_person())"
WORKS = "cardinality((SELECT provinces_where('read_work'))::text[]) > 0"
EDITS = "(SELECT provinces_where('edit'))::text[]"
ANSWERS = "(SELECT provinces_where('answer_reports'))::text[]"
TABLES = {
    "record_confirmation": f"{MINE} AND institution_within(institution_id, {EDITS})",
    "not_duplicate": f"{MINE} AND institution_within(one_id, {EDITS}) AND institution_within(other_id, {EDITS})",
    "missed_answer": f"{MINE} AND coalesce('*' = ANY ({ANSWERS}), false)",
}
"""{table: who may add a row}; who reads work sees all of them, nobody changes or deletes any."""


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def own(table: str) -> list[sa.schema.SchemaItem]:
    """Its number, who and when."""
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        refers(table, "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "record_confirmation",
        *own("record_confirmation"),
        text("institution_id"),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        text("source"),
        check("record_confirmation", "says_by_what", "source <> ''"),
        refers("record_confirmation", "institution_id", "institution"),
    )
    op.create_index("ix_record_confirmation_institution_id", "record_confirmation", ["institution_id", "confirmed_on"])
    op.create_table(
        "not_duplicate",
        *own("not_duplicate"),
        text("one_id"),
        text("other_id"),
        text("reason"),
        check("not_duplicate", "told_once", "one_id < other_id"),
        check("not_duplicate", "says_why", "reason <> ''"),
        refers("not_duplicate", "one_id", "institution"),
        refers("not_duplicate", "other_id", "institution"),
    )
    op.create_index("ix_not_duplicate_one_id", "not_duplicate", ["one_id", "other_id"])
    op.create_table(
        "missed_answer",
        *own("missed_answer"),
        text("kind"),
        text("words"),
        sa.Column("handled_on", sa.Date(), nullable=False),
        text("note"),
        check("missed_answer", "kind_vocabulary", "kind IN ('search', 'place')"),
    )
    op.create_index("ix_missed_answer_words", "missed_answer", ["words", "kind", "handled_on"])
    for table, adds in TABLES.items():
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY operator ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
        op.execute(f"CREATE POLICY sees ON {table} FOR SELECT USING ({WORKS})")
        op.execute(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({adds})")


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
