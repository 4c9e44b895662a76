"""People sign in: accounts, rights over provinces that follow the reform, sessions, invitations, the log of the door"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TERRITORY_ON = """
CREATE FUNCTION territory_on(asked text, day date) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE became AS (
        SELECT asked AS key
        UNION
        SELECT s.successor_key FROM public.unit_succession AS s JOIN became ON s.predecessor_key = became.key
        WHERE s.part = 'whole' AND s.effective_on <= day
    )
    SELECT coalesce(array_agg(unit.code ORDER BY unit.code), '{}')
    FROM public.administrative_unit AS unit JOIN became USING (key)
    WHERE unit.level = 'province' AND unit.valid_from <= day AND (unit.valid_to IS NULL OR unit.valid_to > day)
$$
"""

ROLE_ACTS = {
    "national_steward": "read_work stage edit propose answer_reports review_clients manage_users",
    "provincial_steward": "read_work stage edit propose answer_reports",
    "approver": "read_work approve publish approve_report",
    "reporter": "report",
    "auditor": "read_work read_audit",
}


def upgrade() -> None:
    op.drop_table("role_grant")  # both never held anything: nobody could sign in
    op.drop_table("person")
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("oidc_subject", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("failed_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint("login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'", name=op.f("ck_person_login_shape")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
        sa.UniqueConstraint("oidc_subject", name=op.f("uq_person_oidc_subject")),
    )
    op.create_table(
        "role_act",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "act IN ('read_work', 'stage', 'edit', 'propose', 'approve', 'publish', 'report', 'approve_report', 'answer_reports', 'review_clients', 'read_audit', 'manage_users')",
            name=op.f("ck_role_act_act_vocabulary"),
        ),
        sa.CheckConstraint(
            "role IN ('national_steward', 'provincial_steward', 'approver', 'reporter', 'auditor')",
            name=op.f("ck_role_act_role_vocabulary"),
        ),
        sa.PrimaryKeyConstraint("role", "act", name=op.f("pk_role_act")),
    )
    op.create_table(
        "person_invitation",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_invitation_person_id_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_person_invitation")),
    )
    op.create_table(
        "person_right",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("province_key", sa.Text(), nullable=True),
        sa.Column("institution_id", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(role = 'reporter') = (institution_id IS NOT NULL)",
            name=op.f("ck_person_right_reporters_have_an_institution"),
        ),
        sa.CheckConstraint(
            "role <> 'national_steward' OR province_key IS NULL", name=op.f("ck_person_right_national_has_none")
        ),
        sa.CheckConstraint(
            "role <> 'provincial_steward' OR province_key IS NOT NULL",
            name=op.f("ck_person_right_provincial_has_a_province"),
        ),
        sa.CheckConstraint(
            "role <> 'reporter' OR province_key IS NULL", name=op.f("ck_person_right_reporters_have_no_province")
        ),
        sa.CheckConstraint(
            "role IN ('national_steward', 'provincial_steward', 'approver', 'reporter', 'auditor')",
            name=op.f("ck_person_right_role_vocabulary"),
        ),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_person_right_validity_runs_forward")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_person_right_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_right_person_id_person")),
        sa.ForeignKeyConstraint(
            ["province_key"], ["administrative_unit.key"], name=op.f("fk_person_right_province_key_administrative_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_right")),
    )
    op.create_index("ix_person_right_person_id", "person_right", ["person_id"], unique=False)
    op.create_index(
        "uq_person_right_standing",
        "person_right",
        ["person_id", "role", "province_key", "institution_id"],
        unique=True,
        postgresql_where=sa.text("valid_to IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "person_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="browser", nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), server_default="", nullable=False),
        sa.Column("method", sa.Text(), server_default="password", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rotated_from", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("kind IN ('browser', 'job')", name=op.f("ck_person_session_kind_vocabulary")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_session_person_id_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_person_session")),
    )
    op.create_index("ix_person_session_person_id", "person_session", ["person_id"], unique=False)
    op.create_index("ix_person_session_series", "person_session", ["series"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "sign_in_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "outcome IN ('signed_in', 'refused', 'locked_out', 'signed_out', 'invited', 'password_set', 'second_factor_set', 'recovery_code_used', 'session_revoked')",
            name=op.f("ck_sign_in_event_outcome_vocabulary"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_event_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_event")),
    )
    op.create_index("ix_sign_in_event_person_id", "sign_in_event", ["person_id", "at"], unique=False)
    op.execute(TERRITORY_ON)
    for role, acts in ROLE_ACTS.items():
        for act in acts.split():
            op.execute(f"INSERT INTO role_act (role, act) VALUES ('{role}', '{act}')")


def downgrade() -> None:
    op.execute("DROP FUNCTION territory_on(text, date)")
    for table in (
        *("sign_in_event", "recovery_code", "person_session", "person_right", "person_invitation", "role_act"),
        "person",
    ):
        op.drop_table(table)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("province_key", sa.Text(), nullable=True),
        sa.Column("institution_id", sa.Text(), nullable=True),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "role IN ('national_steward', 'provincial_steward', 'approver', 'reporter', 'auditor')",
            name=op.f("ck_role_grant_role_vocabulary"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_role_grant_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person")),
        sa.ForeignKeyConstraint(
            ["province_key"], ["administrative_unit.key"], name=op.f("fk_role_grant_province_key_administrative_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint(
            "person_id", "role", "province_key", "institution_id", name="one_grant", postgresql_nulls_not_distinct=True
        ),
    )
