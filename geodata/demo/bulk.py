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
INDEXES = """
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index
    WHERE indrelid = ANY (CAST(:tables AS regclass[])) AND NOT indisprimary
        AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
    ORDER BY name
"""


def copy_rows(session: Session, rows: Rows, ends: Mapping[str, int], translations: Mapping[str, Translation]) -> None:
    """COPY the rows into their table; `ends` are columns with one value for all, behind the rows' own."""
    columns = ", ".join([*rows.columns, *ends])
    behind = "".join(f"\t{value}" for value in ends.values())
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("rows are loaded through psycopg's COPY")
    with driver.cursor() as cursor, cursor.copy(f"COPY {rows.table} ({columns}) FROM STDIN".encode()) as copy:
        copy.write(rows.copy_text(behind, translations))


@contextmanager
def shed(session: Session, tables: Sequence[str]) -> Iterator[None]:
    """Without foreign keys, exclusions and indexes inside; all are made again, and so checked over every row, after.

    Everything belongs to the caller's transaction: when it fails, the tables are as they were. Readers wait.
    """
    constraints = session.execute(text(CONSTRAINTS), {"tables": list(tables)}).all()
    indexes = session.execute(text(INDEXES), {"tables": list(tables)}).all()
    _run(session, (f"ALTER TABLE {row.table} DROP CONSTRAINT {row.name}" for row in constraints))
    _run(session, (f"DROP INDEX {row.name}" for row in indexes))
    yield
    _run(session, (row.definition for row in indexes))
    _run(session, (f"ALTER TABLE {row.table} ADD CONSTRAINT {row.name} {row.definition}" for row in constraints))


def _run(session: Session, statements: Iterable[str]) -> None:
    for statement in statements:
        session.connection().exec_driver_sql(statement)
