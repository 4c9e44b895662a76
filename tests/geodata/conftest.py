"""A database with the administrative units of both worlds, for the tests that ask about places."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata import migrations
from geodata.administrative_units import load_units
from geodata.engine import make_engine
from tests.conftest import DatabaseLike


@pytest.fixture(scope="session")
def units_engine(database_like: DatabaseLike) -> Iterator[Engine]:
    """An engine on a database that holds the units and nothing else; what is committed through it stays."""
    engine = make_engine(database_like("units", prepare_units), application_name="tests")
    yield engine
    engine.dispose()


@pytest.fixture
def places(units_engine: Engine) -> Iterator[Session]:
    """A session over all units, rolled back after the test."""
    with units_engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()


def prepare_units(engine: Engine) -> None:
    """All tables, and the units of both worlds."""
    migrations.upgrade(engine)
    with Session(engine) as session:
        load_units(session)
        session.commit()
