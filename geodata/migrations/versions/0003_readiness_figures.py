"""Readiness figures derived with each release"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PLACES = ("province_code", "commune_code", "former_province_code", "former_district_code", "former_commune_code")


def upgrade() -> None:
    op.create_table(
        "readiness_cell",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in PLACES),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("ownership", sa.Text(), nullable=False),
        sa.Column("high_quality", sa.Boolean(), nullable=False),
        sa.Column("training_levels", sa.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_cell")),
        sa.UniqueConstraint(
            *PLACES,
            "type",
            "ownership",
            "high_quality",
            "training_levels",
            name="one_cell",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "readiness_figure",
        sa.Column("period_id", sa.Text(), nullable=False),
        sa.Column("indicator_id", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.BigInteger(), nullable=False),
        sa.Column("applicable", sa.Integer(), nullable=False),
        sa.Column("reporting", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("weight", sa.Numeric(), nullable=False),
        sa.PrimaryKeyConstraint("period_id", "indicator_id", "cell_id", name=op.f("pk_readiness_figure")),
    )
    op.create_table(
        "readiness_stamp",
        sa.Column("id", sa.Integer(), server_default="1", autoincrement=False, nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_readiness_stamp_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness_stamp")),
    )


def downgrade() -> None:
    op.drop_table("readiness_stamp")
    op.drop_table("readiness_figure")
    op.drop_table("readiness_cell")
