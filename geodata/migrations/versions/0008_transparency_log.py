"""The transparency log: leaves, nodes, digests of releases, signed answers and keys"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APPEND_ONLY = ("log_entry", "log_node", "release_digest", "answer_batch", "logged_key")
FACTS = (
    "institution_name",
    "identifier",
    "institution_attribute",
    "campus",
    "licence",
    "programme",
    "relation",
    "completeness_declaration",
    "indicator_value",
)


def one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}_vocabulary"))


def hashes(*names: str) -> list[sa.Column[bytes]]:
    return [sa.Column(name, sa.LargeBinary(), nullable=False) for name in names]


def moments(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "log_entry",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.BigInteger(), nullable=False),
        *hashes("leaf_hash", "chain"),
        one_of("log_entry", "kind", "change", "release", "answers", "key"),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_log_entry")),
        sa.UniqueConstraint("kind", "reference", name=op.f("uq_log_entry_kind_reference")),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        *hashes("hash"),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_log_node")),
    )
    op.create_table(
        "release_digest",
        sa.Column("release_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        *hashes("added_hash"),
        sa.Column("closed", sa.BigInteger(), nullable=False),
        *hashes("closed_hash"),
        sa.Column("last_row", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_release_digest_release_id_release")),
        sa.PrimaryKeyConstraint("release_id", "subject", name=op.f("pk_release_digest")),
    )
    op.create_table(
        "answer_batch",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        *moments("collected_at", "first_issued_at", "last_issued_at"),
        sa.Column("answers", sa.Integer(), nullable=False),
        *hashes("root"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_batch")),
    )
    op.create_table(
        "signed_answer",
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("jti", sa.Text(), nullable=False),
        *moments("issued_at"),
        sa.Column("kid", sa.Text(), nullable=False),
        *hashes("token_hash"),
        sa.ForeignKeyConstraint(["batch_id"], ["answer_batch.id"], name=op.f("fk_signed_answer_batch_id_answer_batch")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_signed_answer")),
    )
    op.create_index("ix_signed_answer_jti", "signed_answer", ["jti"])
    op.create_table(
        "logged_key",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        *moments("at"),
        sa.Column("jwk", JSONB(), nullable=False),
        one_of("logged_key", "event", "published", "retired", "revoked"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logged_key")),
        sa.UniqueConstraint("kid", "event", name=op.f("uq_logged_key_kid_event")),
    )
    for table in FACTS:
        op.create_index(
            f"ix_{table}_release_to", table, ["release_to"], postgresql_where=sa.text("release_to IS NOT NULL")
        )
    guard()


def guard() -> None:
    """Rows of the log are never changed; signed answers may be deleted when their time is over."""
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER signed_answer_unchanged BEFORE UPDATE ON signed_answer"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    for table in FACTS:
        op.drop_index(f"ix_{table}_release_to", table_name=table)
    for table in ("logged_key", "signed_answer", "answer_batch", "release_digest", "log_node", "log_entry"):
        op.drop_table(table)
