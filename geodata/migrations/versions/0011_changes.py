"""Find what left the register with a release"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_institution_state_release_to",
        "institution_state",
        ["release_to", "institution_id"],
        postgresql_where=sa.text("release_to IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_institution_state_release_to", "institution_state")
