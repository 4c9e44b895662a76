"""The databases that tests start from, each filled once per test run and copied for whoever asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata import demo, migrations
from geodata.administrative_units import load_units
from geodata.engine import make_engine


@dataclass(frozen=True)
class Prepared:
    """What `fill(engine)` makes of an empty database with the extensions, or of the one that it lies over."""

    name: str
    fill: Callable[[Engine], None]
    over: "Prepared | None" = None


DatabaseLike = Callable[[Prepared], str]
"""Gives the URL of a copy."""

INSTITUTIONS = 300
"""Of the illustrative network; they reported for four years."""


def _load_units(engine: Engine) -> None:
    with Session(engine) as session:
        load_units(session)
        session.commit()


def _load_network(engine: Engine) -> None:
    with Session(engine) as session:
        demo.load(session, institutions=INSTITUTIONS)
        session.commit()


EMPTY = Prepared("empty", lambda _: None)
MIGRATED = Prepared("migrated", migrations.upgrade)
UNITS = Prepared("units", _load_units, over=MIGRATED)
"""The administrative units of both worlds."""
NETWORK = Prepared("network", _load_network, over=UNITS)


def prepare(engine: Engine, wanted: Prepared) -> None:
    """Fill an empty database that belongs to no template, such as one in a cluster of the test's own."""
    if wanted.over:
        prepare(engine, wanted.over)
    wanted.fill(engine)


@contextmanager
def opened(url: str, **choices: Any) -> Iterator[Engine]:
    """An engine on the database that ends with the block."""
    engine = make_engine(url, application_name="tests", **choices)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Session]:
    """A session whose commits are savepoints: at the end of the block nothing of it has happened."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()
