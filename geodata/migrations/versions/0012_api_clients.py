"""Clients say what for, keep the old key for a while after a rotation, and who approved them is recorded"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_client", sa.Column("purpose", sa.Text(), server_default="", nullable=False))
    op.add_column("api_client", sa.Column("old_key_hash", sa.Text(), nullable=True))
    op.add_column("api_client", sa.Column("old_key_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("api_client", sa.Column("approved_by", sa.Text(), nullable=True))
    op.add_column("api_client", sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("approved_at", "approved_by", "old_key_until", "old_key_hash", "purpose"):
        op.drop_column("api_client", column)
