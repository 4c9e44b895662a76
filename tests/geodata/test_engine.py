"""A server that goes away at whatever moment is told as one that is away, which pages and answers know how to meet."""

import psycopg
import pytest
from sqlalchemy import Engine, text

from geodata.engine import AWAY, DatabaseUnavailable, is_gone, make_engine


@pytest.fixture
def broken(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine whose server goes away in the middle of every answer, as psycopg tells it."""
    engine = make_engine(database_url, application_name="tests", pool_size=1)
    engine.connect().close()

    def go_away(*_: object) -> None:
        raise psycopg.DatabaseError("error with status PGRES_TUPLES_OK and no message from the libpq")

    monkeypatch.setattr(engine.dialect, "do_execute", go_away)
    return engine


def test_connection_lost_within_an_answer_is_a_database_that_is_away(broken: Engine) -> None:
    with pytest.raises(AWAY) as told, broken.connect() as connection:
        connection.execute(text("SELECT 1"), {})
    assert isinstance(told.value, DatabaseUnavailable)
    assert is_gone(told.value)
    broken.dispose()


def test_other_errors_keep_their_names(engine: Engine) -> None:
    with pytest.raises(Exception, match="nowhere") as told, engine.connect() as connection:
        connection.execute(text("SELECT * FROM nowhere"))
    assert not isinstance(told.value, AWAY)
