"""Rows guard themselves: who acts under a token reads and writes staged work, and writes facts, of their provinces only.

Policies without a role hold for every role but the owner, whose own policy lets the operator's commands and the
migrations through. The token is looked up by functions of the owner (SECURITY DEFINER, with a fixed search path), so
that no other role needs to see people, rights or sessions. `rehearsal` lets a proposal be tried out in a transaction
that cannot be committed.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
FUNCTIONS = {
    "acting_person()": f"""
        RETURNS integer LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT s.person_id FROM person_session AS s JOIN person AS p ON p.id = s.person_id
            WHERE p.active AND coalesce(current_setting('mapapp.token', true), '') <> ''
                AND s.token_hash = sha256(convert_to(current_setting('mapapp.token', true), 'UTF8'))
                AND s.revoked_at IS NULL AND s.expires_at > now()
                AND (s.kind = 'job' OR s.seen_at > now() - interval '1 hour')
                AND (s.replaced_at IS NULL OR s.replaced_at > now() - interval '60 seconds')
        $$""",
    "provinces_where(VARIADIC acts text[])": f"""
        RETURNS text[] LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT CASE WHEN bool_or(r.province_key IS NULL) THEN '{{*}}'
                ELSE coalesce(array_agg(DISTINCT today.code) FILTER (WHERE today.code IS NOT NULL), '{{}}') END
            FROM person_right AS r
            JOIN role_act AS a ON a.role = r.role AND a.act = ANY (acts)
            LEFT JOIN LATERAL unnest(
                territory_on(r.province_key, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)) AS today (code) ON true
            WHERE r.person_id = acting_person() AND r.institution_id IS NULL
                AND r.valid_from <= now() AND (r.valid_to IS NULL OR r.valid_to > now())
        $$""",
    "reports_for(institution text)": f"""
        RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT EXISTS (SELECT FROM person_right AS r
                WHERE r.person_id = acting_person() AND r.institution_id = institution AND r.role = 'reporter'
                    AND r.valid_from <= now() AND (r.valid_to IS NULL OR r.valid_to > now()))
        $$""",
    "all_within(codes text[], allowed text[])": """
        RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT '*' = ANY (allowed) OR (cardinality(codes) > 0 AND codes <@ allowed)
        $$""",
    "institution_provinces(institution text)": f"""
        RETURNS text[] LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT coalesce(array_agg(DISTINCT coalesce(province_code, '?')), '{{}}') FROM (
                SELECT province_code, rank() OVER (ORDER BY CASE
                    WHEN release_to IS NOT NULL THEN 2
                    WHEN daterange(valid_from, valid_to) @> (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date THEN 0
                    ELSE 1 END, release_to DESC) AS place
                FROM campus WHERE institution_id = institution) AS placed
            WHERE place = 1
        $$""",
    "institution_within(institution text, allowed text[])": f"""
        RETURNS boolean LANGUAGE plpgsql STABLE {DEFINER} AS $$
        BEGIN
            IF '*' = ANY (allowed) THEN RETURN true; END IF;
            IF cardinality(allowed) = 0 OR institution IS NULL THEN RETURN false; END IF;
            RETURN all_within(institution_provinces(institution), allowed);
        END $$""",
    "institution_is_new(institution text)": f"""
        RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT NOT EXISTS (SELECT FROM campus WHERE institution_id = institution)
                AND NOT EXISTS (SELECT FROM institution_name WHERE institution_id = institution)
        $$""",
    "territory_within(territory text, allowed text[])": f"""
        RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT '*' = ANY (allowed) OR (territory IS NOT NULL AND cardinality(allowed) > 0 AND
                all_within(territory_on(territory, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date), allowed))
        $$""",
    "report_within(report bigint, allowed text[])": f"""
        RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT '*' = ANY (allowed) OR EXISTS (
                SELECT FROM report AS r LEFT JOIN authority AS a ON a.id = r.authority_id WHERE r.id = $1 AND
                    CASE WHEN r.institution_id IS NOT NULL THEN institution_within(r.institution_id, allowed)
                        ELSE territory_within(coalesce(a.territory_key, r.territory_key), allowed) END)
        $$""",
    "authority_within(authority text, allowed text[])": f"""
        RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT '*' = ANY (allowed) OR EXISTS (
                SELECT FROM authority AS a WHERE a.id = $1 AND territory_within(a.territory_key, allowed))
        $$""",
    "changes_within(institution text, changes jsonb, allowed text[])": f"""
        RETURNS boolean LANGUAGE plpgsql STABLE {DEFINER} AS $$
        DECLARE known text[];
        BEGIN
            IF changes = '[]' OR '*' = ANY (allowed) THEN RETURN true; END IF;
            IF cardinality(allowed) = 0 THEN RETURN false; END IF;
            known := institution_provinces(institution);
            IF cardinality(known) > 0 AND NOT known <@ allowed THEN RETURN false; END IF;
            RETURN NOT EXISTS (
                SELECT FROM jsonb_array_elements(changes) AS c (change)
                WHERE change->>'table' = 'campus' AND change->>'action' = 'add'
                    AND NOT coalesce(change->'after'->>'province_code' = ANY (allowed), false));
        END $$""",
    "rehearsing()": f"""
        RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT EXISTS (SELECT FROM rehearsal WHERE xact = pg_current_xact_id_if_assigned()::text)
        $$""",
    "rehearse()": f"""
        RETURNS void LANGUAGE sql VOLATILE {DEFINER} AS $$
            INSERT INTO rehearsal (xact) VALUES (pg_current_xact_id()::text) ON CONFLICT DO NOTHING
        $$""",
    "writable_provinces()": f"""
        RETURNS text[] LANGUAGE sql STABLE {DEFINER} AS $$
            SELECT CASE WHEN rehearsing() THEN provinces_where('publish', 'read_work')
                ELSE provinces_where('publish') END
        $$""",
    "refresh_statistics(tables text[])": f"""
        RETURNS void LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
        DECLARE one text;
        BEGIN
            FOREACH one IN ARRAY tables LOOP EXECUTE format('ANALYZE public.%I', one); END LOOP;
        END $$""",
    "end_own_session()": f"""
        RETURNS void LANGUAGE sql VOLATILE {DEFINER} AS $$
            UPDATE person_session SET revoked_at = now()
            WHERE token_hash = sha256(convert_to(current_setting('mapapp.token', true), 'UTF8')) AND kind = 'job'
        $$""",
}
NEVER_STAYS = """
    CREATE FUNCTION rehearsal_never_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'a rehearsal is rolled back, never committed' USING ERRCODE = 'restrict_violation';
    END $$
"""
APPROVES_ONESELF = """
    CREATE FUNCTION proposal_in_own_name() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE me integer := acting_person();
    BEGIN
        IF me IS NOT NULL AND (
            (TG_OP = 'INSERT' AND NEW.drafted_by_id <> me)
            OR (TG_OP = 'UPDATE' AND NEW.approved_by_id IS DISTINCT FROM OLD.approved_by_id AND NEW.approved_by_id <> me)
            OR (TG_OP = 'UPDATE' AND NEW.proposed_by_id IS DISTINCT FROM OLD.proposed_by_id AND NEW.proposed_by_id <> me)
        ) THEN
            RAISE EXCEPTION 'everybody acts in their own name' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END $$
"""

W = "(SELECT writable_provinces())::text[]"
ANYWHERE = f"cardinality({W}) > 0"
DOOR = "current_user = 'mapapp_door'"
ME = "(SELECT acting_person())"
READS = "(SELECT provinces_where('read_work'))::text[]"
STAGES = "(SELECT provinces_where('stage'))::text[]"
HANDLES = "(SELECT provinces_where('stage', 'edit', 'propose', 'approve', 'publish'))::text[]"
ANSWERS = "(SELECT provinces_where('answer_reports'))::text[]"
REPORTS = "(SELECT provinces_where('approve_report', 'publish'))::text[]"

OF_INSTITUTION = (
    *("institution_name", "identifier", "institution_attribute", "licence", "programme"),
    "completeness_declaration",
)
CAMPUS = (
    f"('*' = ANY ({W}) OR province_code = ANY ({W}))"
    f" AND (institution_within(institution_id, {W}) OR institution_is_new(institution_id))"
)
RELATED = f"institution_within(predecessor_id, {W}) AND institution_within(successor_id, {W})"
WITHIN_REPORT = f"report_within(report_id, {W})"
ABOUT_REPORT = (
    "CASE WHEN institution_id IS NOT NULL THEN institution_within(institution_id, {0}) OR reports_for(institution_id)"
    " WHEN authority_id IS NOT NULL THEN authority_within(authority_id, {0})"
    " ELSE territory_within(territory_key, {0}) END"
)
WRITES = {
    **dict.fromkeys(OF_INSTITUTION, f"institution_within(institution_id, {W})"),
    "campus": CAMPUS,
    "relation": RELATED,
    "indicator_value": WITHIN_REPORT,
    "report": f"({ABOUT_REPORT.format(W)}) OR ({ABOUT_REPORT.format(REPORTS)})",
    "institution_state": f"institution_within(institution_id, {W})",
    **dict.fromkeys(
        (
            *("institution", "release", "register_head", "change_log"),
            *("readiness_cell", "readiness_figure", "readiness_stamp"),
            *("tile_point", "tile_gathering", "stored_tile", "tile_stamp"),
        ),
        ANYWHERE,
    ),
    **dict.fromkeys(("source", "decision"), f"{ANYWHERE} OR cardinality({HANDLES}) > 0"),
    **dict.fromkeys(("indicator", "reporting_period"), f"{ANYWHERE} OR cardinality({REPORTS}) > 0"),
}
"""{published table: who may write a row}; everybody may read all of them."""

RUN_VISIBLE = "EXISTS (SELECT FROM import_run AS r WHERE r.id = run_id)"
RUN_HANDLED = (
    "EXISTS (SELECT FROM import_run AS r WHERE r.id = run_id"
    f" AND (r.person_id = {ME} OR all_within(r.provinces, {HANDLES})))"
)
MINE = f"person_id = {ME}"
STAGED = {
    "import_run": (
        f"{MINE} OR all_within(provinces, {READS})",
        f"{MINE} AND cardinality({STAGES}) > 0",
        f"({MINE} AND cardinality({HANDLES}) > 0) OR all_within(provinces, {HANDLES})",
        "false",
    ),
    "import_row": (
        RUN_VISIBLE,
        f"{RUN_HANDLED} AND changes_within(institution_id, changes, {HANDLES})",
        f"{RUN_HANDLED} AND changes_within(institution_id, changes, {HANDLES})",
        RUN_HANDLED,
    ),
    "import_job": (f"{MINE} OR {RUN_VISIBLE}", MINE, MINE, "false"),
    "import_file": (
        "EXISTS (SELECT FROM import_job AS j WHERE j.file_hash = import_file.file_hash)"
        " OR EXISTS (SELECT FROM import_run AS r WHERE r.file_hash = import_file.file_hash)",
        f"cardinality({STAGES}) > 0",
        "false",
        "false",
    ),
    "review_answer": (
        f"{MINE} OR {RUN_VISIBLE}",
        f"{MINE} AND cardinality({STAGES}) > 0",
        f"{MINE} OR {RUN_HANDLED}",
        "false",
    ),
    "proposal": (
        f"drafted_by_id = {ME} OR all_within(provinces, {READS})",
        f"drafted_by_id = {ME} AND all_within(provinces, {HANDLES})",
        f"all_within(provinces, {HANDLES})",
        "false",
    ),
    "proposal_log": (
        "EXISTS (SELECT FROM proposal AS p WHERE p.id = proposal_id)",
        f"by_id = {ME} AND EXISTS (SELECT FROM proposal AS p WHERE p.id = proposal_id)",
        "false",
        "false",
    ),
    "province_review": (
        "true",
        f"by_id = {ME} AND all_within(ARRAY[province_code], {HANDLES})",
        "false",
        "false",
    ),
    "error_report": ("true", "state = 'new'", f"institution_within(institution_id, {ANSWERS})", "false"),
    "person": (f"{ME} IS NOT NULL OR {DOOR}", DOOR, DOOR, DOOR),
}
"""{table: who may see, add, change, delete a row}"""


def policies(table: str) -> tuple[str, str, str, str]:
    if table in STAGED:
        return STAGED[table]
    writes = WRITES[table]
    return "true", writes, writes, writes


def guard(table: str) -> None:
    sees, adds, changes, deletes = policies(table)
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY operator ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
    op.execute(f"CREATE POLICY sees ON {table} FOR SELECT USING ({sees})")
    op.execute(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({adds})")
    op.execute(f"CREATE POLICY changes ON {table} FOR UPDATE USING ({changes}) WITH CHECK ({changes})")
    op.execute(f"CREATE POLICY deletes ON {table} FOR DELETE USING ({deletes})")


def unguard(table: str) -> None:
    for policy in ("operator", "sees", "adds", "changes", "deletes"):
        op.execute(f"DROP POLICY {policy} ON {table}")
    op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")


def upgrade() -> None:
    op.drop_table("steward_session")
    op.drop_table("steward_link")
    op.create_table(
        "rehearsal", sa.Column("xact", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("xact", name="pk_rehearsal")
    )
    for name, body in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name} {body}")
    op.execute(NEVER_STAYS)
    op.execute(
        "CREATE CONSTRAINT TRIGGER rehearsal_is_rolled_back AFTER INSERT ON rehearsal DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION rehearsal_never_stays()"
    )
    op.execute(APPROVES_ONESELF)
    op.execute(
        "CREATE TRIGGER proposal_in_own_name BEFORE INSERT OR UPDATE ON proposal"
        " FOR EACH ROW EXECUTE FUNCTION proposal_in_own_name()"
    )
    for table in ("import_run", "import_job", "review_answer"):
        me = sa.text("acting_person()")
        op.add_column(table, sa.Column("person_id", sa.Integer(), server_default=me, nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_person_id_person"), table, "person", ["person_id"], ["id"])
    op.add_column("import_run", sa.Column("provinces", ARRAY(sa.Text()), server_default="{}", nullable=False))
    for table in (*WRITES, *STAGED):
        guard(table)


def downgrade() -> None:
    for table in (*WRITES, *STAGED):
        unguard(table)
    op.drop_column("import_run", "provinces")
    for table in ("import_run", "import_job", "review_answer"):
        op.drop_column(table, "person_id")
    op.execute("DROP TRIGGER proposal_in_own_name ON proposal")
    op.execute("DROP FUNCTION proposal_in_own_name()")
    op.drop_table("rehearsal")
    op.execute("DROP FUNCTION rehearsal_never_stays()")
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name.replace('VARIADIC ', '')}")
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "steward_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("used_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_steward_link")),
    )
    op.create_table(
        "steward_session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_steward_session")),
    )
