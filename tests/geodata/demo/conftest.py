"""The illustrative dataset of 300 institutions, and a register without any."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.engine import make_engine
from tests.conftest import DatabaseLike
from tests.network import prepare_network


@pytest.fixture(scope="session")
def country_engine(database_like: DatabaseLike) -> Iterator[Engine]:
    engine = make_engine(database_like("network", prepare_network), statement_timeout_ms=0)
    yield engine
    engine.dispose()


@pytest.fixture
def country(country_engine: Engine) -> Iterator[Session]:
    """A register with SIZE illustrative institutions; what a test does to it is rolled back."""
    with country_engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


@pytest.fixture
def empty(places: Session) -> Session:
    """A register with units and nothing else; what a test does to it is rolled back."""
    return places
