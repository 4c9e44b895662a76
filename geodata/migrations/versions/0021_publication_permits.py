"""What is made of everybody's facts is written by publications only.

A row of `readiness_figure` or `stored_tile` belongs to no province, so that whoever publishes anywhere had to be let
write all of them. Now the application shows a permit of the door while it publishes; SQL under the same token has none.
Sources, decisions, periods and indicators are added once and never altered.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
W = "(SELECT writable_provinces())::text[]"
ANYWHERE = f"cardinality({W}) > 0"
PUBLISHING = f"""
    CREATE FUNCTION publishing() RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
        SELECT cardinality(writable_provinces()) > 0 AND (rehearsing() OR EXISTS (
            SELECT FROM publication_permit WHERE coalesce(current_setting('mapapp.permit', true), '') <> ''
                AND token_hash = sha256(convert_to(current_setting('mapapp.permit', true), 'UTF8'))
                AND person_id = acting_person() AND expires_at > now()))
    $$
"""
OF_PUBLICATIONS = (
    *("readiness_cell", "readiness_figure", "readiness_stamp"),
    *("tile_point", "tile_gathering", "stored_tile", "tile_stamp"),
    *("release", "register_head"),
)
ADDED_ONCE = ("source", "decision", "indicator", "reporting_period")
REPORTS = "(SELECT provinces_where('approve_report', 'publish'))::text[]"
HANDLES = "(SELECT provinces_where('stage', 'edit', 'propose', 'approve', 'publish'))::text[]"


def upgrade() -> None:
    op.create_table(
        "publication_permit",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_publication_permit_person_id_person")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_publication_permit")),
    )
    op.execute(PUBLISHING)
    for table in OF_PUBLICATIONS:
        alter(table, "(SELECT publishing())")
    for table in ADDED_ONCE:
        op.execute(f"ALTER POLICY changes ON {table} USING (false) WITH CHECK (false)")
        op.execute(f"ALTER POLICY deletes ON {table} USING (false)")


def alter(table: str, condition: str) -> None:
    op.execute(f"ALTER POLICY adds ON {table} WITH CHECK ({condition})")
    op.execute(f"ALTER POLICY changes ON {table} USING ({condition}) WITH CHECK ({condition})")
    op.execute(f"ALTER POLICY deletes ON {table} USING ({condition})")


def downgrade() -> None:
    for table in OF_PUBLICATIONS:
        alter(table, ANYWHERE)
    for table in ADDED_ONCE:
        handled = HANDLES if table in ("source", "decision") else REPORTS
        alter(table, f"{ANYWHERE} OR cardinality({handled}) > 0")
    op.execute("DROP FUNCTION publishing()")
    op.drop_table("publication_permit")
