"""Fills the unit tables from the files that scripts/build_units wrote (`geodata/built`)."""

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.errors import GeodataError

BUILT = Path(__file__).parent / "built"
BUILDER = "scripts/build_units"
"""`imported_by` of the boundaries that come from the build; a later load leaves all others alone."""

_COLUMNS = {
    "administrative_unit": (
        "key, code, level, name, full_name, name_en, kind, parent_key, valid_from, valid_to, point, area_km2, "
        "folded, aliases, source"
    ),
    "unit_succession": "predecessor_key, successor_key, effective_on, part, is_default",
    "unit_boundary": "unit_key, quality, source, geom, geom_low, geom_mid",
}
_PRIMARY_KEYS = {
    "administrative_unit": ("key",),
    "unit_succession": ("predecessor_key", "successor_key"),
    "unit_boundary": ("unit_key",),
}
_MARK = "ix_administrative_unit_folded"
"""The index whose comment holds the digest of the last build loaded: it travels with the data and its backups."""


class UnitsNotBuilt(GeodataError):
    """The built files of the administrative units are missing or damaged."""


def load_units(session: Session, built: Path = BUILT) -> bool:
    """Bring the three unit tables to the built files; True when anything was loaded, False when they were current.

    Runs in the caller's transaction (about 2 s) and commits nothing. Imported boundaries stay. Raises `UnitsNotBuilt`.
    """
    digest = built_units(built)
    if loaded_units(session) == digest:
        return False
    for table in _COLUMNS:
        _load(session, table, built / f"{table}.csv.gz")
    session.execute(text(f"COMMENT ON INDEX {_MARK} IS '{digest}'"))
    session.execute(text("ANALYZE administrative_unit, unit_succession, unit_boundary"))
    return True


def loaded_units(session: Session) -> str:
    """Names the build that the unit tables hold; empty before the first."""
    return session.scalar(text("SELECT obj_description(to_regclass(:mark))"), {"mark": _MARK}) or ""


def built_units(built: Path = BUILT) -> str:
    """Names the build that came with this version. Raises `UnitsNotBuilt`."""
    try:
        return "units " + hashlib.sha256((built / "manifest.json").read_bytes()).hexdigest()
    except OSError as error:
        raise UnitsNotBuilt(f"{built} holds no administrative units: run {BUILDER}") from error


def _load(session: Session, table: str, file: Path) -> None:
    """COPY into a temporary twin, then insert what is new and update what differs."""
    columns = _COLUMNS[table]
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.loading_{table}"))
    session.execute(text(f"CREATE TEMP TABLE loading_{table} AS SELECT {columns} FROM {table} WITH NO DATA"))
    with copy_into(session, f"COPY loading_{table} ({columns}) FROM STDIN WITH (FORMAT csv, HEADER true)") as copy:
        for block in _blocks(file):
            copy.write(block)
    session.execute(text(_upsert(table)))
    session.execute(text(f"DROP TABLE loading_{table}"))


@contextmanager
def copy_into(session: Session, statement: str) -> Iterator[psycopg.Copy]:
    """A running COPY … FROM STDIN in the session's transaction."""
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("COPY needs a psycopg connection")
    with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        yield copy


def _blocks(file: Path) -> Iterator[bytes]:
    try:
        with gzip.open(file) as unpacked:
            while block := unpacked.read(1 << 16):
                yield block
    except (OSError, EOFError) as error:
        raise UnitsNotBuilt(f"{file} cannot be read: run {BUILDER} again") from error


def _upsert(table: str) -> str:
    columns = _COLUMNS[table].split(", ")
    keys = _PRIMARY_KEYS[table]
    changed = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in keys)
    by = f", '{BUILDER}'" if table == "unit_boundary" else ""
    names = ", ".join(columns) + (", imported_by" if by else "")
    only_built = f" WHERE {table}.imported_by = '{BUILDER}'" if by else ""
    return (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(columns)}{by} FROM loading_{table} "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}{only_built}"
    )
