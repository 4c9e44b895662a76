"""The record of changes guards its rows by province too: whoever publishes writes of their own institutions only.

Publications write a line for every fact they change, in the same transaction and after the facts, so that whose an
institution is can be asked. Lines are never altered; the policies say so beside the trigger.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

W = "(SELECT writable_provinces())::text[]"
ANYWHERE = f"cardinality({W}) > 0"
OWN = f"{ANYWHERE} AND (institution_id IS NULL OR institution_within(institution_id, {W}))"


def upgrade() -> None:
    op.execute(f"ALTER POLICY adds ON change_log WITH CHECK ({OWN})")
    op.execute("ALTER POLICY changes ON change_log USING (false) WITH CHECK (false)")
    op.execute("ALTER POLICY deletes ON change_log USING (false)")


def downgrade() -> None:
    op.execute(f"ALTER POLICY adds ON change_log WITH CHECK ({ANYWHERE})")
    op.execute(f"ALTER POLICY changes ON change_log USING ({ANYWHERE}) WITH CHECK ({ANYWHERE})")
    op.execute(f"ALTER POLICY deletes ON change_log USING ({ANYWHERE})")
