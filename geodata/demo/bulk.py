"""Loading many rows: COPY, and tables that shed their indexes and outward constraints while they are filled."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.demo.rows import Rows, Translation

CONSTRAINTS = """
    SELECT conrelid::regclass::text AS "table", quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint
    WHERE contype IN ('f', 'x') AND conrelid = ANY (CAST(:tables AS regclass[]))
    ORDER BY contype DESC, conname
"""
GUARDED = """
    SELECT oid::regclass::text FROM pg_class WHERE relforcerowsecurity AND oid = ANY (CAST(:tables AS regclass[]))
"""
INDEXES = """
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index
    WHERE indrelid = ANY (CAST(:tables AS regclass[])) AND NOT indisprimary
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
    ORDER BY name
"""


def copy_rows(session: Session, rows: Rows, ends: Mapping[str, int], translations: Mapping[str, Translation]) -> None:
    """COPY the rows into their table; `ends` are columns with one value for all, behind the rows' own.

    PostgreSQL copies into no table whose rows are guarded: then they go by a temporary one.
    """
    columns = ", ".join([*rows.columns, *ends])
    behind = "".join(f"\t{value}" for value in ends.values())
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("rows are loaded through psycopg's COPY")
    guarded = session.scalar(text("SELECT row_security_active(:name)"), {"name": rows.table})
    target = f"pg_temp.{rows.table}_rows" if guarded else rows.table
    if guarded:
        twin = f"CREATE TEMP TABLE {rows.table}_rows AS SELECT {columns} FROM {rows.table} WITH NO DATA"
        session.execute(text(twin))
    with driver.cursor() as cursor, cursor.copy(f"COPY {target} ({columns}) FROM STDIN".encode()) as copy:
        copy.write(rows.copy_text(behind, translations))
    if guarded:
        session.execute(text(f"INSERT INTO {rows.table} ({columns}) SELECT {columns} FROM {target}"))
        session.execute(text(f"DROP TABLE {target}"))


@contextmanager
def shed(session: Session, tables: Sequence[str]) -> Iterator[None]:
    """Without foreign keys, exclusions and indexes inside; all are made again, and so checked over every row, after.
    The owner's COPY is let through: row security is not forced inside.

    Everything belongs to the caller's transaction: when it fails, the tables are as they were. Readers wait.
    """
    constraints = session.execute(text(CONSTRAINTS), {"tables": list(tables)}).all()
    indexes = session.execute(text(INDEXES), {"tables": list(tables)}).all()
    _run(session, (f"ALTER TABLE {row.table} DROP CONSTRAINT {row.name}" for row in constraints))
    _run(session, (f"DROP INDEX {row.name}" for row in indexes))
    guarded = session.scalars(text(GUARDED), {"tables": list(tables)}).all()
    _run(session, (f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in guarded))
    yield
    _run(session, (f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in guarded))
    _run(session, (row.definition for row in indexes))
    _run(session, (f"ALTER TABLE {row.table} ADD CONSTRAINT {row.name} {row.definition}" for row in constraints))


def _run(session: Session, statements: Iterable[str]) -> None:
    for statement in statements:
        session.connection().exec_driver_sql(statement)
