"""Making a database ready for this version: its tables, then the administrative units that came with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from geodata import migrations
from geodata.engine import make_engine
from geodata.figures.stored import bring_up_to_date
from geodata.unit_load import load_units

PREPARATION_LOCK = 7_400_223


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
        connection.execute(select(func.pg_advisory_lock(PREPARATION_LOCK)))
        connection.commit()
        yield
        connection.execute(select(func.pg_advisory_unlock(PREPARATION_LOCK)))


def _bring_up(engine: Engine, say: Callable[[str], object]) -> None:
    present, newest = migrations.revisions(engine)
    if present != newest:
        say(f"Migrating the tables from {present or 'empty'} to {newest}.")
        migrations.upgrade(engine)
    with Session(engine) as session:
        if load_units(session):
            say("Loaded the administrative units of both worlds.")
        if bring_up_to_date(session):
            say("Derived the readiness figures of the current release.")
        session.commit()
