"""Making a database ready for this version: its tables, then the administrative units that came with it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg.errors import LockNotAvailable
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from geodata import migrations, roles
from geodata.cluster_settings import EXTENSIONS
from geodata.engine import make_engine
from geodata.errors import GeodataError
from geodata.figures.stored import bring_up_to_date
from geodata.postgres import OLDEST_MAJOR, SERVER_VERSION
from geodata.tiles.derived import bring_tiles_up_to_date
from geodata.unit_load import load_units

PREPARATION_LOCK = 7_400_223
ATTEMPTS = 60
PAUSE_S = 1.0

OTHERS = """
    SELECT format('%s (process %s, for %s s)', coalesce(nullif(application_name, ''), usename, 'unnamed'), pid,
        round(extract(epoch FROM clock_timestamp() - xact_start)))
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
        AND backend_type = 'client backend'
    ORDER BY xact_start LIMIT 3
"""


class ExtensionsMissing(GeodataError):
    """The database lacks PostgreSQL extensions that our role may not add."""


class DatabaseTooOld(GeodataError):
    """The database is of a PostgreSQL that does not know what our tables are made with."""


class TablesTooNew(GeodataError):
    """The tables are those of a later version, whose migrations say that this one does not work on them."""


class TablesInUse(GeodataError):
    """Somebody works with the tables for so long that they cannot be changed; nothing was."""


def migrate(url: str, *, say: Callable[[str], object] = lambda _: None) -> None:
    """Bring tables and administrative units to this version; quick when they are. Work in progress is told to `say`.

    Several servers may start on one new database: they do this one after the other.
    """
    engine = make_engine(url, statement_timeout_ms=0, application_name="mapapp-migrate", pool_size=2)
    try:
        with _one_at_a_time(engine):
            _bring_up(engine, say)
    finally:
        engine.dispose()


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(select(func.pg_advisory_lock(PREPARATION_LOCK)))
        connection.commit()
        yield
        connection.execute(select(func.pg_advisory_unlock(PREPARATION_LOCK)))


def _bring_up(engine: Engine, say: Callable[[str], object]) -> None:
    _require_version(engine)
    _require_extensions(engine)
    present, newest = migrations.revisions(engine)
    if present != newest and migrations.fit(engine):
        say(f"The tables ({present}) are those of a newer version, and this one ({newest}) works on them as they are.")
        return
    if present and newest and present > newest:
        raise TablesTooNew(
            f"The tables ({present}) are those of a newer version, and this one ({newest}) does not work on them."
            " Serve with that version, or restore a backup from before it was installed."
        )
    if present != newest:
        say(f"Migrating the tables from {present or 'empty'} to {newest}.")
        _upgrade(engine, say)
    if not roles.ensure(engine):
        say(f"The web has no roles of its own here, so nobody can sign in. {roles.advice(engine)}")
    with Session(engine) as session:
        if load_units(session):
            say("Loaded the administrative units of both worlds.")
        if bring_up_to_date(session):
            say("Derived the readiness figures of the current release.")
        if bring_tiles_up_to_date(session):
            say("Made the vector tiles of the current release.")
        session.commit()


def _upgrade(engine: Engine, say: Callable[[str], object]) -> None:
    """Change the tables as soon as nobody's work holds them: a change that waited for its turn would have everybody
    else wait behind it, so each attempt is short. Raises `TablesInUse`."""
    for attempt in range(ATTEMPTS):
        try:
            migrations.upgrade(engine)
            return
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
        with engine.connect() as connection:
            others = ", ".join(connection.scalars(text(OTHERS))) or "somebody"
        if not attempt:
            say(f"Waiting for {others}, whose work holds a table.")
        time.sleep(PAUSE_S)
    raise TablesInUse(f"The tables are in use by {others}. Nothing was changed: let that work end, and start again.")


def _require_version(engine: Engine) -> None:
    with engine.connect() as connection:
        found, major = connection.execute(text(SERVER_VERSION)).one()
    if major < OLDEST_MAJOR:
        raise DatabaseTooOld(f"The database is PostgreSQL {found}; {OLDEST_MAJOR} or newer is needed.")


def _require_extensions(engine: Engine) -> None:
    """Add the extensions the database lacks, where our role may. Raises `ExtensionsMissing`, naming the commands."""
    with engine.connect() as connection:
        present = set(connection.scalars(text("SELECT extname FROM pg_extension")))
        missing = [name for name in EXTENSIONS if name not in present]
        try:
            for name in missing:
                connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name}"))
            connection.commit()
        except DBAPIError as error:
            commands = " ".join(f"CREATE EXTENSION IF NOT EXISTS {name};" for name in missing)
            reason = str(error.orig).partition("\n")[0]
            raise ExtensionsMissing(
                f"The database lacks extensions ({reason}). Let a superuser run in it:  {commands}"
            ) from error
