"""How many people live in a commune, as an imported file says"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit_population",
        sa.Column("unit_key", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_unit_population_people_not_negative")),
        sa.ForeignKeyConstraint(
            ["unit_key"], ["administrative_unit.key"], name=op.f("fk_unit_population_unit_key_administrative_unit")
        ),
        sa.PrimaryKeyConstraint("unit_key", "year", name=op.f("pk_unit_population")),
    )


def downgrade() -> None:
    op.drop_table("unit_population")
