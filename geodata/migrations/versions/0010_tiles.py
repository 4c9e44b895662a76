"""Vector tiles of the current release"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tile_point",
        sa.Column("quad", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("ownership", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("precise", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("quad", "institution_id", name=op.f("pk_tile_point")),
    )
    op.create_table(
        "tile_gathering",
        sa.Column("unit_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_key", name=op.f("pk_tile_gathering")),
    )
    op.create_table(
        "stored_tile",
        sa.Column("z", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("x", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("y", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mvt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("z", "x", "y", name=op.f("pk_stored_tile")),
    )
    op.create_table(
        "tile_stamp",
        sa.Column("id", sa.Integer(), autoincrement=False, server_default="1", nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("method", sa.Integer(), nullable=False),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("by_province", sa.Integer(), nullable=False),
        sa.Column("nowhere", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_tile_stamp_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tile_stamp")),
    )


def downgrade() -> None:
    for table in ("tile_stamp", "stored_tile", "tile_gathering", "tile_point"):
        op.drop_table(table)
