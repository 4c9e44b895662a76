"""What a release did, in one digest per table: computed when it is published, and again when the log is verified.

The digest of rows is SHA-256 over the digests of blocks of 4,096 row numbers, each over its rows' hashes in order: a
release of millions is digested by the database in one pass, sorting nothing but hashes.
"""

from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, text
from sqlalchemy.orm import Session

from geodata.audit.contents import BEHIND_FIELDS, FACT_FIELDS, row_hash, tables

NOTHING = b""
BLOCKS = """
    SELECT release, sum(rows)::bigint AS rows, sha256(string_agg(hash, ''::bytea ORDER BY block)) AS hash,
        max(last) AS last
    FROM (
        SELECT release, row_id >> 12 AS block, count(*) AS rows, max(row_id) AS last,
            sha256(string_agg(hash, ''::bytea ORDER BY row_id)) AS hash
        FROM ({hashed} OFFSET 0) AS hashed
        GROUP BY release, block
    ) AS blocks
    GROUP BY release
"""
ADDED = "SELECT release_from AS release, row_id, {hash} AS hash FROM {table} AS leaf WHERE {chosen}"
CLOSED = "SELECT release_to AS release, row_id, int8send(row_id) AS hash FROM {table} WHERE {chosen}"
BEHIND = """
    SELECT release, id AS row_id, {hash} AS hash
    FROM (SELECT DISTINCT release, id FROM ({references}) AS reference WHERE {chosen}) AS wanted
    JOIN {table} AS leaf USING (id)
"""


class Digest(NamedTuple):
    """Rows added and closed by a release in one table, and the hashes over them; the highest row number added."""

    added: int = 0
    added_hash: bytes = NOTHING
    closed: int = 0
    closed_hash: bytes = NOTHING
    last: int = 0


def of_release(session: Session, release: int, floors: dict[str, int]) -> dict[str, Digest]:
    """{table: digest} of one release. `floors`: rows of a table up to this number belong to earlier releases."""
    found: dict[str, Digest] = {}
    for name in tables():
        given = {"release": release, "floor": floors.get(name, 0)}
        (digest,) = _of_table(session.connection(), name, given).values() or (Digest(),)
        if digest.added or digest.closed:
            found[name] = digest
    return found


def of_all(session: Session) -> dict[tuple[int, str], Digest]:
    """{(release, table): digest} of everything that the tables hold."""
    return {
        (release, name): digest
        for name in tables()
        for release, digest in _of_table(session.connection(), name, {}).items()
    }


def _of_table(connection: Connection, name: str, given: dict[str, int]) -> dict[int, Digest]:
    if name in BEHIND_FIELDS:
        return {row["release"]: _added(row) for row in _run(connection, _behind(name, one=bool(given)), given)}
    one = {"added": "release_from = :release AND row_id > :floor", "closed": "release_to = :release"}
    every = {"added": "true", "closed": "release_to IS NOT NULL"}
    chosen = one if given else every
    hashed = ADDED.format(hash=row_hash(tables()[name], FACT_FIELDS[name]), table=name, chosen=chosen["added"])
    found = {row["release"]: _added(row) for row in _run(connection, hashed, given)}
    for row in _run(connection, CLOSED.format(table=name, chosen=chosen["closed"]), given):
        before = found.get(row["release"], Digest())
        found[row["release"]] = before._replace(closed=row["rows"], closed_hash=bytes(row["hash"]))
    return found


def _run(connection: Connection, hashed: str, given: dict[str, int]) -> list[RowMapping]:
    wanted = {name: value for name, value in given.items() if f":{name}" in hashed}
    return list(connection.execute(text(BLOCKS.format(hashed=hashed)), wanted).mappings())


def _added(row: Any) -> Digest:
    return Digest(added=row["rows"], added_hash=bytes(row["hash"]), last=row["last"])


def _behind(name: str, *, one: bool) -> str:
    """Rows that the facts of a release rest on: their sources and decisions, and the reports of its values."""
    table = tables()[name]
    return BEHIND.format(
        hash=row_hash(table, BEHIND_FIELDS[name]),
        references=_references(name, one=one),
        table=name,
        chosen="release = :release AND id IS NOT NULL" if one else "id IS NOT NULL",
    )


def _references(name: str, *, one: bool) -> str:
    chosen = "WHERE release_from = :release" if one else ""
    if name == "report":
        return f"SELECT DISTINCT release_from AS release, report_id AS id FROM indicator_value {chosen}"
    column = f"{name}_id"
    parts = [f"SELECT DISTINCT release_from AS release, {column} AS id FROM {table} {chosen}" for table in FACT_FIELDS]
    if name == "decision":
        parts.append("SELECT id AS release, decision_id AS id FROM release")
    return " UNION ALL ".join(parts)
