"""Proposals with their way to approval by a second person, its log, and the reviews of provinces"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APPEND_ONLY = ("proposal_log", "province_review")
STATES = ("draft", "proposed", "sent_back", "approved", "published", "withdrawn", "undone")
STEPS = ("drafted", "revised", "proposed", "sent_back", "approved", "published", "withdrawn", "undone")
ACTS = ("rename", "merge", "split", "close", "suspend", "stop_enrolment", "reopen", "declare_complete")
GUARDS = {
    "guard_proposal": """
        BEGIN
            IF TG_OP = 'DELETE' THEN
                RAISE EXCEPTION 'a proposal is never deleted' USING ERRCODE = 'restrict_violation';
            END IF;
            IF TG_OP = 'INSERT' THEN
                IF NEW.state <> 'draft' OR NEW.approved_by_id IS NOT NULL THEN
                    RAISE EXCEPTION 'a proposal begins as a draft' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END IF;
            IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                ('draft', 'proposed'), ('draft', 'withdrawn'), ('sent_back', 'draft'), ('sent_back', 'proposed'),
                ('sent_back', 'withdrawn'), ('proposed', 'sent_back'), ('proposed', 'approved'),
                ('proposed', 'withdrawn'), ('approved', 'sent_back'), ('approved', 'withdrawn'),
                ('approved', 'published'), ('published', 'undone')) THEN
                RAISE EXCEPTION 'a proposal does not go from % to %', OLD.state, NEW.state
                    USING ERRCODE = 'restrict_violation';
            END IF;
            IF OLD.state NOT IN ('draft', 'sent_back') AND
                (NEW.kind, NEW.act, NEW.asked, NEW.changes, NEW.institutions, NEW.provinces, NEW.run_id, NEW.reason,
                    NEW.decision_id, NEW.effective_on, NEW.drafted_by_id, NEW.proposed_by_id)
                IS DISTINCT FROM
                (OLD.kind, OLD.act, OLD.asked, OLD.changes, OLD.institutions, OLD.provinces, OLD.run_id, OLD.reason,
                    OLD.decision_id, OLD.effective_on, OLD.drafted_by_id, OLD.proposed_by_id) THEN
                RAISE EXCEPTION 'what is proposed is not altered' USING ERRCODE = 'restrict_violation';
            END IF;
            IF NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id AND NEW.approved_by_id IS NOT NULL
                AND (NEW.state <> 'approved' OR EXISTS (SELECT FROM proposal_log WHERE proposal_id = NEW.id
                    AND by_id = NEW.approved_by_id AND step IN ('drafted', 'revised', 'proposed'))) THEN
                RAISE EXCEPTION 'nobody approves what they had a hand in' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END
    """,
    "guard_proposed_rows": """
        BEGIN
            IF EXISTS (SELECT FROM proposal WHERE run_id = OLD.run_id AND state IN ('proposed', 'approved')) THEN
                RAISE EXCEPTION 'what is proposed is not altered' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN coalesce(NEW, OLD);
        END
    """,
}


def one_of(table: str, column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return check(table, f"{column}_vocabulary", f"{column} IN ({listed})")


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def number(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked", JSONB(), server_default="{}", nullable=False),
        sa.Column("changes", JSONB(), server_default="[]", nullable=False),
        sa.Column("institutions", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("provinces", ARRAY(sa.Text()), server_default="{}", nullable=False),
        number("run_id"),
        sa.Column("reason", sa.Text(), nullable=False),
        number("decision_id"),
        sa.Column("effective_on", sa.Date(), nullable=True),
        number("base_release_id"),
        number("drafted_by_id", nullable=False),
        number("proposed_by_id"),
        number("approved_by_id"),
        moment("created_at"),
        moment("changed_at"),
        number("release_id"),
        number("undo_release_id"),
        one_of("proposal", "kind", ("import", "edit", "act")),
        one_of("proposal", "act", ACTS),
        one_of("proposal", "state", STATES),
        check("proposal", "act_is_named", "(kind = 'act') = (act IS NOT NULL)"),
        check("proposal", "run_is_named", "(kind = 'import') = (run_id IS NOT NULL)"),
        check("proposal", "two_persons", "approved_by_id <> proposed_by_id AND approved_by_id <> drafted_by_id"),
        check(
            "proposal",
            "approved_by_somebody",
            "state NOT IN ('approved', 'published', 'undone')"
            " OR (approved_by_id IS NOT NULL AND proposed_by_id IS NOT NULL)",
        ),
        check("proposal", "proposed_by_somebody", "state <> 'proposed' OR proposed_by_id IS NOT NULL"),
        *(refers("proposal", column, "person") for column in ("drafted_by_id", "proposed_by_id", "approved_by_id")),
        *(refers("proposal", column, "release") for column in ("base_release_id", "release_id", "undo_release_id")),
        refers("proposal", "run_id", "import_run"),
        refers("proposal", "decision_id", "decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index("ix_proposal_state", "proposal", ["state"])
    op.create_index("ix_proposal_institutions", "proposal", ["institutions"], postgresql_using="gin")
    op.create_table(
        "proposal_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        number("proposal_id", nullable=False),
        moment("at"),
        number("by_id", nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        one_of("proposal_log", "step", STEPS),
        check("proposal_log", "sent_back_with_a_reason", "step <> 'sent_back' OR reason <> ''"),
        refers("proposal_log", "proposal_id", "proposal"),
        refers("proposal_log", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_log")),
    )
    op.create_index("ix_proposal_log_proposal_id", "proposal_log", ["proposal_id"])
    op.create_table(
        "province_review",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("province_code", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        number("release_id"),
        number("by_id", nullable=False),
        moment("at"),
        refers("province_review", "release_id", "release"),
        refers("province_review", "by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_province_review")),
    )
    op.create_index("ix_province_review_province_code", "province_review", ["province_code", "reviewed_on"])
    for function, body in GUARDS.items():
        op.execute(f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    op.execute(
        "CREATE TRIGGER proposal_guarded BEFORE INSERT OR UPDATE OR DELETE ON proposal"
        " FOR EACH ROW EXECUTE FUNCTION guard_proposal()"
    )
    op.execute(
        "CREATE TRIGGER import_row_proposed BEFORE UPDATE OR DELETE ON import_row"
        " FOR EACH ROW EXECUTE FUNCTION guard_proposed_rows()"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.execute("DROP TRIGGER import_row_proposed ON import_row")
    for table in ("province_review", "proposal_log", "proposal"):
        op.drop_table(table)
    for function in GUARDS:
        op.execute(f"DROP FUNCTION {function}()")
