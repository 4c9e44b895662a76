"""Reports on a year are proposals: one under way for each subject and year, and reporters handle those of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OPEN = "state IN ('draft', 'proposed', 'sent_back', 'approved')"
CHECKS = {
    "report_is_named": "(kind = 'report') = (reports_on IS NOT NULL) AND (kind = 'report') = (period IS NOT NULL)",
    "report_period_is_a_year": "period ~ '^20[0-9]{2}$'",
    "report_of_one": "kind <> 'report' OR strpos(reports_on, ':') > 0 OR institutions = ARRAY[reports_on]",
    "report_says_figures_only": (
        "kind <> 'report' OR NOT jsonb_path_exists(changes, '$[*] ? (@.table != \"indicator_value\" || @.about != $on"
        " || @.after.institution_id != $on || @.after.period_id != $period)',"
        " jsonb_build_object('on', reports_on, 'period', period))"
    ),
}
KINDS = ("import", "edit", "act")

STEPS = """
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('draft', 'proposed'), ('draft', 'withdrawn'), ('sent_back', 'draft'), ('sent_back', 'proposed'),
        ('sent_back', 'withdrawn'), ('proposed', 'sent_back'), ('proposed', 'approved'),
        ('proposed', 'withdrawn'), ('approved', 'sent_back'), ('approved', 'withdrawn'),
        ('approved', 'published'), ('published', 'undone')) THEN
        RAISE EXCEPTION 'a proposal does not go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
"""
KEPT = (
    *("kind", "act", "asked", "changes", "institutions", "provinces", "run_id", "reason", "decision_id"),
    *("effective_on", "drafted_by_id", "proposed_by_id"),
)
FOREVER = """
    IF (NEW.kind, NEW.reports_on, NEW.period) IS DISTINCT FROM (OLD.kind, OLD.reports_on, OLD.period) THEN
        RAISE EXCEPTION 'a proposal stays what it is about' USING ERRCODE = 'restrict_violation';
    END IF;
"""


def guard_function(further: str) -> str:
    new, old = (", ".join(f"{row}.{column}" for column in KEPT) for row in ("NEW", "OLD"))
    return f"""
        CREATE OR REPLACE FUNCTION guard_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
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
            {STEPS}
            {further}
            IF OLD.state NOT IN ('draft', 'sent_back') AND ({new}) IS DISTINCT FROM ({old}) THEN
                RAISE EXCEPTION 'what is proposed is not altered' USING ERRCODE = 'restrict_violation';
            END IF;
            IF NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id AND NEW.approved_by_id IS NOT NULL
                AND (NEW.state <> 'approved' OR EXISTS (SELECT FROM proposal_log WHERE proposal_id = NEW.id
                    AND by_id = NEW.approved_by_id AND step IN ('drafted', 'revised', 'proposed'))) THEN
                RAISE EXCEPTION 'nobody approves what they had a hand in' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
    """


ME = "(SELECT acting_person())"
READS = "(SELECT provinces_where('read_work'))::text[]"
HANDLES = "(SELECT provinces_where('stage', 'edit', 'propose', 'approve', 'publish'))::text[]"
DECIDES = "(SELECT provinces_where('approve', 'approve_report', 'publish'))::text[]"
MINE = f"drafted_by_id = {ME}"
REPORTS = "kind = 'report' AND reports_for(reports_on)"
DECIDED = "state IN ('approved', 'published', 'undone')"
HANDLED = f"all_within(provinces, {HANDLES})"
Policies = tuple[str, str, str, str]
BEFORE: Policies = (f"{MINE} OR all_within(provinces, {READS})", f"{MINE} AND {HANDLED}", HANDLED, HANDLED)
AFTER: Policies = (
    f"{BEFORE[0]} OR ({REPORTS})",
    f"{MINE} AND ({HANDLED} OR ({REPORTS}))",
    f"{HANDLED} OR ({REPORTS})",
    f"({HANDLED} OR ({REPORTS} AND state IN ('draft', 'proposed', 'withdrawn')))"
    f" AND ({DECIDED} IS NOT TRUE OR all_within(provinces, {DECIDES}))",
)
"""Who may see, add, change (which rows, into what): a reporter never decides, nor does whoever may only propose."""


def set_policies(told: Policies) -> None:
    sees, adds, changes, into = told
    for policy in ("sees", "adds", "changes"):
        op.execute(f"DROP POLICY {policy} ON proposal")
    op.execute(f"CREATE POLICY sees ON proposal FOR SELECT USING ({sees})")
    op.execute(f"CREATE POLICY adds ON proposal FOR INSERT WITH CHECK ({adds})")
    op.execute(f"CREATE POLICY changes ON proposal FOR UPDATE USING ({changes}) WITH CHECK ({into})")


def set_kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint(op.f("ck_proposal_kind_vocabulary"), "proposal", type_="check")
    op.create_check_constraint(op.f("ck_proposal_kind_vocabulary"), "proposal", f"kind IN ({listed})")


def upgrade() -> None:
    op.add_column("proposal", sa.Column("reports_on", sa.Text(), nullable=True))
    op.add_column("proposal", sa.Column("period", sa.Text(), nullable=True))
    set_kinds(*KINDS, "report")
    for name, condition in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_proposal_{name}"), "proposal", condition)
    op.create_index("ix_proposal_reports_on", "proposal", ["reports_on", "period"])
    op.create_index(
        "uq_proposal_report_open",
        "proposal",
        ["reports_on", "period"],
        unique=True,
        postgresql_where=sa.text(f"reports_on IS NOT NULL AND {OPEN}"),
    )
    op.execute(guard_function(FOREVER))
    set_policies(AFTER)


def downgrade() -> None:
    set_policies(BEFORE)
    op.execute(guard_function(""))
    op.execute("ALTER TABLE proposal DISABLE TRIGGER proposal_guarded")
    op.execute("ALTER TABLE proposal_log DISABLE TRIGGER proposal_log_append_only")
    op.execute("DELETE FROM proposal_log WHERE proposal_id IN (SELECT id FROM proposal WHERE kind = 'report')")
    op.execute("DELETE FROM proposal WHERE kind = 'report'")
    op.execute("ALTER TABLE proposal_log ENABLE TRIGGER proposal_log_append_only")
    op.execute("ALTER TABLE proposal ENABLE TRIGGER proposal_guarded")
    op.drop_index("uq_proposal_report_open", "proposal")
    op.drop_index("ix_proposal_reports_on", "proposal")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_proposal_{name}"), "proposal", type_="check")
    set_kinds(*KINDS)
    op.drop_column("proposal", "period")
    op.drop_column("proposal", "reports_on")
