"""Words people searched for in vain, counted by day without anything about who asked"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "missed_query",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('search', 'place')", name=op.f("ck_missed_query_kind_vocabulary")),
        sa.PrimaryKeyConstraint("day", "kind", "words", name=op.f("pk_missed_query")),
    )


def downgrade() -> None:
    op.drop_table("missed_query")
