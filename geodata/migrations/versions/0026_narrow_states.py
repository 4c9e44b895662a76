"""The states of main campuses by name, with the few columns that lists, numbers and maps of the whole country choose
by: of a register of a million they read a twelfth of what the table itself takes.

Takes the place of `ix_institution_state_name`. A register of a million may make the index beforehand, without holding
up anybody (CREATE INDEX CONCURRENTLY).
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
older_code_works = True

NAME, FORMER, TABLE = "ix_institution_state_main", "ix_institution_state_name", "institution_state"
KEY = ["name_folded", "institution_id"]
INCLUDED = [
    *("row_id", "geom", "status", "type", "ownership", "data_status", "valid_from", "valid_to", "province_code"),
    *("commune_code", "former_province_code", "former_district_code", "former_commune_code"),
]
BROKEN_OFF = f"""
    DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('{NAME}') AND NOT indisvalid) THEN
            DROP INDEX {NAME};
        END IF;
    END $$
"""
"""One whose making CONCURRENTLY was broken off is of no use to anybody."""


def upgrade() -> None:
    op.execute(BROKEN_OFF)
    where = sa.text("release_to IS NULL AND is_main")
    op.create_index(NAME, TABLE, KEY, postgresql_include=INCLUDED, postgresql_where=where, if_not_exists=True)
    op.drop_index(FORMER, TABLE)


def downgrade() -> None:
    op.create_index(FORMER, TABLE, KEY, postgresql_where=sa.text("release_to IS NULL"))
    op.drop_index(NAME, TABLE)
