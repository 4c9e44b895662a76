"""How public requests read: never writing, all of one answer from one release, and in Vietnam's day."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session

from mapapp import create_app, db
from mapapp.settings import Settings
from tests.conftest import scratch
from tests.mapapp.conftest import NOWHERE


@pytest.fixture
def reader(units_engine: Engine) -> Iterator[Session]:
    """A session as public requests get it."""
    url = units_engine.url.render_as_string(hide_password=False)
    sessions = db.reading_sessions(Settings(database_url=url, data=scratch()))
    with sessions() as session:
        yield session
    sessions.kw["bind"].dispose()


def test_public_sessions_cannot_write(reader: Session) -> None:
    with pytest.raises(InternalError, match="read-only"):
        reader.execute(text("DELETE FROM register_head"))


def test_public_sessions_see_one_snapshot(reader: Session) -> None:
    assert reader.scalar(text("SHOW transaction_isolation")) == "repeatable read"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 22, 16, 59, tzinfo=UTC), "2026-11-22"),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), "2026-11-23"),
    ],
)
def test_the_day_begins_at_midnight_in_vietnam(moment: datetime, day: str) -> None:
    app = create_app(NOWHERE, None, lambda: moment)
    with app.test_request_context("/"):
        assert db.today().isoformat() == day


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        ({}, "empty"),
        ({"official": 0}, "empty"),
        ({"official": 3}, "official"),
        ({"illustrative": 3, "official": 0}, "illustrative"),
        ({"illustrative": 1, "unverified": 1}, "mixed"),
    ],
)
def test_the_whole_has_the_status_of_all_or_is_mixed(counts: dict[str, int], status: str) -> None:
    assert db.data_status(counts) == status
