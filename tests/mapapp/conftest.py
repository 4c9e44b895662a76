"""The application over a test database with the units of both worlds, and a client that asks it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from geodata.engine import make_engine
from mapapp import create_app
from mapapp.settings import Settings
from tests.conftest import DatabaseLike, scratch
from tests.geodata.conftest import prepare_units
from tests.geodata.people.guarded import guarded
from tests.mapapp.applications import alike
from tests.network import prepare_network

__all__ = ["alike", "guarded"]  # fixtures that live beside what they make

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
NOWHERE = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing", data=scratch())
"""Settings for applications whose sessions come from the test; their own database must never be asked."""


@pytest.fixture(scope="session")
def web_engine(database_like: DatabaseLike) -> Iterator[Engine]:
    """An engine on a database that holds the units and nothing else."""
    engine = make_engine(database_like("units", prepare_units), application_name="tests")
    yield engine
    engine.dispose()


@pytest.fixture
def web_connection(web_engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back after the test."""
    with web_engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
def register(web_connection: Connection) -> Iterator[Session]:
    """The session through which a test publishes what the application shall show."""
    with Session(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
        yield session


@pytest.fixture
def app(web_connection: Connection) -> APIFlask:
    """The application over the test's transaction, on 22/11/2026."""
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    return create_app(NOWHERE, sessions, lambda: NOW)


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def away() -> FlaskClient:
    """A client of an application whose database is gone."""
    return create_app(NOWHERE, None, lambda: NOW).test_client()


@pytest.fixture(scope="session")
def network_engine(database_like: DatabaseLike) -> Iterator[Engine]:
    """An engine on a database with an illustrative network."""
    engine = make_engine(database_like("network", prepare_network), application_name="tests")
    yield engine
    engine.dispose()


@pytest.fixture
def network(network_engine: Engine) -> Iterator[Session]:
    """The session through which a test changes what the application shows; rolled back after it."""
    with network_engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()


@pytest.fixture
def planner(network: Session) -> FlaskClient:
    """A client of the application over the network."""
    sessions = sessionmaker(network.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False)
    return create_app(NOWHERE, sessions, lambda: NOW).test_client()
