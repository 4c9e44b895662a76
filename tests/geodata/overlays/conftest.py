"""A register with units and an illustrative network that reported for four years."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.engine import make_engine
from tests.conftest import DatabaseLike
from tests.network import prepare_network


@pytest.fixture(scope="session")
def network_engine(database_like: DatabaseLike) -> Iterator[Engine]:
    """An engine on a database with an illustrative network; what is committed through it stays."""
    engine = make_engine(database_like("network", prepare_network), application_name="tests")
    yield engine
    engine.dispose()


@pytest.fixture
def network(network_engine: Engine) -> Iterator[Session]:
    """A session over the illustrative network, rolled back after the test."""
    with network_engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()
