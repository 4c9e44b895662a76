"""Find institutions by the whole of a name they bear or bore"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_institution_name_folded", "institution_name", ["folded"])


def downgrade() -> None:
    op.drop_index("ix_institution_name_folded", "institution_name")
