"""Making a database ready for this version: its tables, then the administrative units that came with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata import migrations, roles
from geodata.cluster_settings import EXTENSIONS
from geodata.engine import make_engine
from geodata.errors import GeodataError
from geodata.figures.stored import bring_up_to_date
from geodata.tiles.derived import bring_tiles_up_to_date
from geodata.unit_load import load_units

PREPARATION_LOCK = 7_400_223


class ExtensionsMissing(GeodataError):
    """The database lacks PostgreSQL extensions that our role may not add."""


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
    _require_extensions(engine)
    present, newest = migrations.revisions(engine)
    if present != newest:
        say(f"Migrating the tables from {present or 'empty'} to {newest}.")
        migrations.upgrade(engine)
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
