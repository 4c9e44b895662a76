"""Campuses in the order of their geohashes: boxes in which very many lie are read along it.

A register of a million may make the index beforehand, without holding up anybody (CREATE INDEX CONCURRENTLY); then
there is nothing left to do here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_institution_state_place", "institution_state"


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
    op.create_index(
        NAME,
        TABLE,
        [sa.text('(st_geohash(geom, 10) COLLATE "C")'), "institution_id", "campus_id"],
        postgresql_include=["geom", "release_from", "release_to"],
        if_not_exists=True,
    )


def downgrade() -> None:
    op.drop_index(NAME, TABLE)
