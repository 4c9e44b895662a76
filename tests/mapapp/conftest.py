"""The application over a test database with the units of both worlds, and a client that asks it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from mapapp import create_app
from mapapp.settings import Settings
from tests.conftest import scratch
from tests.geodata.people.guarded import guarded
from tests.mapapp.applications import alike

__all__ = ["alike", "guarded"]  # fixtures that live beside what they make

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
NOWHERE = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing", data=scratch())
"""Settings for applications whose sessions come from the test; their own database must never be asked."""


@pytest.fixture
def web_connection(units_engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back after the test."""
    with units_engine.connect() as connection:
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


@pytest.fixture
def planner(network: Session) -> FlaskClient:
    """A client of the application over the network."""
    sessions = sessionmaker(network.connection(), join_transaction_mode="create_savepoint", expire_on_commit=False)
    return create_app(NOWHERE, sessions, lambda: NOW).test_client()
