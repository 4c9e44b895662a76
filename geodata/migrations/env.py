"""Alembic's entry: runs on the connection that `geodata.migrations` hands over."""

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers

from geodata.models import Base


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave alone what PostGIS keeps in the same database."""
    return kind != "table" or name in Base.metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=is_ours,
    include_object=alembic_helpers.include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
