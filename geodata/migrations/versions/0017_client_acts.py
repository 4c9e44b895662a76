"""Who decided what about clients with a key, and their contacts apart, each seen by whoever answers requests alone"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ME = "(SELECT acting_person())"
REVIEWS = "coalesce('*' = ANY ((SELECT provinces_where('review_clients'))::text[]), false)"
STEPS = ("approved", "refused", "rotated", "quota_set", "revoked")
POLICIES = {
    "api_client": ("true", "state = 'requested' AND key_hash IS NULL", f"state = 'active' OR {REVIEWS}", "false"),
    "api_client_contact": (
        REVIEWS,
        "EXISTS (SELECT FROM api_client AS c WHERE c.id = client_id AND c.state = 'requested')",
        "false",
        "false",
    ),
    "api_client_act": (REVIEWS, f"by_id = {ME} AND {REVIEWS}", "false", "false"),
}
"""{table: who may see, add, change, delete a row}"""

ONLY_ITS_USE = f"""
    CREATE FUNCTION api_client_only_its_use() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_user IN ('mapapp_web', 'mapapp_read', 'mapapp_door')
            AND to_jsonb(NEW) - 'last_used_at' <> to_jsonb(OLD) - 'last_used_at'
            AND NOT {REVIEWS} THEN
            RAISE EXCEPTION 'row-level security: only who answers requests decides about clients'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""


def upgrade() -> None:
    op.create_table(
        "api_client_contact",
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["api_client.id"],
            name=op.f("fk_api_client_contact_client_id_api_client"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_api_client_contact")),
    )
    op.execute("INSERT INTO api_client_contact (client_id, contact) SELECT id, contact FROM api_client")
    op.drop_column("api_client", "contact")
    op.create_index("ix_api_client_state", "api_client", ["state", "id"])
    op.create_table(
        "api_client_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requests_per_minute", sa.Integer(), nullable=True),
        check("step_vocabulary", f"step IN ({', '.join(repr(step) for step in STEPS)})"),
        check("refused_with_a_reason", "step NOT IN ('refused', 'revoked') OR reason <> ''"),
        check("quota_is_told", "step NOT IN ('approved', 'quota_set') OR requests_per_minute > 0"),
        sa.ForeignKeyConstraint(["client_id"], ["api_client.id"], name=op.f("fk_api_client_act_client_id_api_client")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_api_client_act_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_client_act")),
    )
    op.create_index("ix_api_client_act_client_id", "api_client_act", ["client_id", "id"])
    op.execute(
        "CREATE TRIGGER api_client_act_append_only BEFORE UPDATE OR DELETE ON api_client_act"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(ONLY_ITS_USE)
    op.execute(
        "CREATE TRIGGER api_client_only_its_use BEFORE UPDATE ON api_client"
        " FOR EACH ROW EXECUTE FUNCTION api_client_only_its_use()"
    )
    for table in POLICIES:
        guard(table)


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_api_client_act_{name}"))


def guard(table: str) -> None:
    sees, adds, changes, deletes = POLICIES[table]
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY operator ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY sees ON {table} FOR SELECT USING ({sees})")
    op.execute(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({adds})")
    op.execute(f"CREATE POLICY changes ON {table} FOR UPDATE USING ({changes}) WITH CHECK ({changes})")
    op.execute(f"CREATE POLICY deletes ON {table} FOR DELETE USING ({deletes})")


def downgrade() -> None:
    op.execute("DROP TRIGGER api_client_only_its_use ON api_client")
    op.execute("DROP FUNCTION api_client_only_its_use()")
    for policy in ("operator", "sees", "adds", "changes", "deletes"):
        op.execute(f"DROP POLICY {policy} ON api_client")
    op.execute("ALTER TABLE api_client DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")
    op.drop_index("ix_api_client_state", "api_client")
    op.add_column("api_client", sa.Column("contact", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE api_client SET contact = c.contact FROM api_client_contact AS c WHERE c.client_id = id")
    op.alter_column("api_client", "contact", server_default=None)
    op.drop_table("api_client_act")
    op.drop_table("api_client_contact")
