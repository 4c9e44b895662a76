"""People are looked after on pages: who did what to whose account and why, and who may do it to whom.

The door's role writes accounts under the token of whoever is at work. The policies let a national steward give and end
the rights of others, a provincial steward those of reporters of institutions of the own provinces, nobody their own.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
STEPS = (
    *("created", "invited", "granted", "right_ended", "locked", "unlocked", "second_factor_reset"),
    "sessions_ended",
)
ACTS = (
    *("read_work", "stage", "edit", "propose", "approve", "publish", "report", "approve_report", "answer_reports"),
    *("review_clients", "read_audit", "manage_users"),
)
ME = "(SELECT acting_person())"
EVERYBODY = "coalesce('*' = ANY ((SELECT provinces_where('manage_users'))::text[]), false)"
REPORTERS = "(SELECT provinces_where('manage_reporters'))::text[]"
OWN_REPORTER = f"role = 'reporter' AND institution_within(institution_id, {REPORTERS})"
FUNCTIONS = {
    "has_no_right(target integer)": f"""
        RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT NOT EXISTS (SELECT FROM person_right WHERE person_id = target)
        $$""",
    "looks_after(target integer)": f"""
        RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
            WITH had AS (SELECT role, institution_id, valid_to IS NULL OR valid_to > greatest(valid_from, now()) AS lasts
                FROM person_right WHERE person_id = target),
            theirs AS (SELECT role, institution_id FROM had WHERE lasts OR NOT EXISTS (SELECT FROM had WHERE lasts))
            SELECT coalesce(target <> acting_person() AND ('*' = ANY (provinces_where('manage_users'))
                OR (EXISTS (SELECT FROM theirs) AND NOT EXISTS (SELECT FROM theirs WHERE role <> 'reporter'
                    OR NOT institution_within(institution_id, provinces_where('manage_reporters'))))), false)
        $$""",
}
POLICIES = {
    "person_right": (
        "true",
        f"person_id <> {ME} AND ({EVERYBODY}"
        f" OR ({OWN_REPORTER} AND (looks_after(person_id) OR has_no_right(person_id))))",
        f"looks_after(person_id) AND ({EVERYBODY} OR ({OWN_REPORTER}))",
        "false",
    ),
    "account_act": (
        "true",
        f"by_id = {ME} AND looks_after(person_id)",
        "false",
        "false",
    ),
}
"""{table: who may see, add, change, delete a row}; the door's role alone has rights on them at all."""

STAYS_OPEN = """
    CREATE FUNCTION account_is_looked_after() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_user IN ('mapapp_web', 'mapapp_read', 'mapapp_door') AND (
            (NEW.active, NEW.login, NEW.oidc_subject) IS DISTINCT FROM (OLD.active, OLD.login, OLD.oidc_subject)
        ) AND NOT looks_after(NEW.id) THEN
            RAISE EXCEPTION 'row-level security: whose account this is, another looks after'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""


def vocabulary(acts: tuple[str, ...]) -> None:
    op.execute("ALTER TABLE role_act DROP CONSTRAINT ck_role_act_act_vocabulary")
    listed = ", ".join(f"'{act}'" for act in acts)
    op.execute(f"ALTER TABLE role_act ADD CONSTRAINT ck_role_act_act_vocabulary CHECK (act IN ({listed}))")


def upgrade() -> None:
    vocabulary((*ACTS, "manage_reporters"))
    op.execute("INSERT INTO role_act (role, act) VALUES ('provincial_steward', 'manage_reporters')")
    steps = ", ".join(f"'{step}'" for step in STEPS)
    op.create_table(
        "account_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("detail", JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(f"step IN ({steps})", name=op.f("ck_account_act_step_vocabulary")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_account_act_says_why")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_act_person_id_person")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_account_act_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_act")),
    )
    op.create_index("ix_account_act_person_id", "account_act", ["person_id", "id"])
    op.execute(
        "CREATE TRIGGER account_act_append_only BEFORE UPDATE OR DELETE ON account_act"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name} {body}")
    for table in POLICIES:
        guard(table)
    op.execute(STAYS_OPEN)
    op.execute(
        "CREATE TRIGGER account_is_looked_after BEFORE UPDATE ON person"
        " FOR EACH ROW EXECUTE FUNCTION account_is_looked_after()"
    )


def guard(table: str) -> None:
    sees, adds, changes, deletes = POLICIES[table]
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY operator ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY sees ON {table} FOR SELECT USING ({sees})")
    op.execute(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({adds})")
    op.execute(f"CREATE POLICY changes ON {table} FOR UPDATE USING ({changes}) WITH CHECK ({changes})")
    op.execute(f"CREATE POLICY deletes ON {table} FOR DELETE USING ({deletes})")


def downgrade() -> None:
    op.execute("DROP TRIGGER account_is_looked_after ON person")
    op.execute("DROP FUNCTION account_is_looked_after()")
    for policy in ("operator", "sees", "adds", "changes", "deletes"):
        op.execute(f"DROP POLICY {policy} ON person_right")
    op.execute("ALTER TABLE person_right DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")
    op.drop_table("account_act")
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")
    op.execute("DELETE FROM role_act WHERE act = 'manage_reporters'")
    vocabulary(ACTS)
