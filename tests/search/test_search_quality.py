"""The search answers the query set as well as it must."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata import query_set, search_evaluation
from geodata.engine import make_sessions
from tests.databases import UNITS, DatabaseLike, Prepared

HERE = Path(__file__).parent


def _publish(engine: Engine) -> None:
    with Session(engine) as session:
        search_evaluation.publish_institutions(session, HERE / "institutions.csv")
        session.commit()


@pytest.fixture(scope="module")
def asked(database_like: DatabaseLike) -> Iterator[Session]:
    sessions = make_sessions(database_like(Prepared("query_set", _publish, over=UNITS)))
    with sessions() as session:
        yield session
    sessions.kw["bind"].dispose()


def test_people_find_what_they_mean(asked: Session) -> None:
    verdicts = search_evaluation.evaluate(asked, query_set.load(HERE / "queries.csv"), date(2026, 6, 1))
    shares = query_set.shares(verdicts)
    missed = [(query.query, query.why) for query, verdict in verdicts if not verdict.among_five]
    assert shares["all"].first_pct >= 95, missed
    assert shares["all"].among_five_pct >= 99, missed
    assert shares["nonsense"].first == shares["nonsense"].total, missed
    for kind, share in shares.items():
        assert share.among_five_pct >= 95, (kind, missed)
