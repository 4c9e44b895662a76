"""Reading from a replica: only while it is close behind, and never what must not be late."""

import time
from datetime import date

import pytest
from apiflask import APIFlask
from flask import g
from flask.testing import FlaskClient
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session, sessionmaker

from geodata.engine import make_sessions
from geodata.replication import Lag
from mapapp import replica as module
from mapapp.db import LastLook, Register
from mapapp.replica import Replica, may_be_late
from tests.builders import an_institution, publish

AWAY = make_sessions("postgresql://nobody@127.0.0.1:1/nothing")


class Watch:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class Servers:
    """How far primary and replica are; None: away."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, sessions: sessionmaker[Session]) -> None:
        self.written: int | None = 100
        self.replayed: int | None = 100
        self.looks = 0
        self.primary, self.late = sessions, sessionmaker(**sessions.kw)
        monkeypatch.setattr(module, "asked", self.asked)

    def asked(self, sessions: sessionmaker[Session]) -> int | None:
        self.looks += 1
        return self.written if sessions is self.primary else self.replayed


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch, web_connection: Connection) -> Servers:
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    return Servers(monkeypatch, sessions)


@pytest.fixture
def replica(servers: Servers, watch: Watch) -> Replica:
    return Replica(servers.late, servers.primary, most_lag_s=10, clock=watch)


def test_lag_is_the_age_of_the_oldest_word_not_replayed() -> None:
    lag = Lag()
    lag.written(0, 100)
    lag.written(5, 200)
    assert lag.behind_s(6, 50) == 6
    assert lag.behind_s(6, 100) == 1
    assert lag.behind_s(1_000, 200) == 0
    lag.written(1_001, 200)  # at rest: nothing new to replay
    assert lag.behind_s(2_000, 200) == 0


def test_a_replica_close_behind_is_read_from(replica: Replica, servers: Servers, watch: Watch) -> None:
    assert (replica.state.lag_s, replica.usable) == (0, True)
    servers.written = 200
    watch.now_s += 2
    assert replica.usable  # first seen just now
    watch.now_s += 8
    assert replica.state.lag_s == pytest.approx(8)
    watch.now_s += 3
    assert not replica.usable
    servers.replayed = 200
    watch.now_s += 2
    assert (replica.state.lag_s, replica.usable) == (0, True)


def test_servers_are_looked_at_once_a_second_at_most(replica: Replica, servers: Servers, watch: Watch) -> None:
    for _ in range(50):
        assert replica.usable
        watch.now_s += 0.1
    assert 8 <= servers.looks <= 12


def test_a_replica_that_is_away_is_left_alone_for_a_while(replica: Replica, servers: Servers, watch: Watch) -> None:
    servers.replayed = None
    assert replica.session() is None
    servers.replayed = 100
    watch.now_s += 1
    assert replica.session() is None
    watch.now_s += 1.1
    assert replica.usable


def test_a_replica_that_dies_between_two_looks_is_noticed_by_the_request(servers: Servers, watch: Watch) -> None:
    found = Replica(AWAY, servers.primary, most_lag_s=10, clock=watch)
    assert found.usable
    assert found.session() is None
    assert not found.usable


def test_without_its_primary_the_replica_is_still_read_from(replica: Replica, servers: Servers, watch: Watch) -> None:
    assert replica.usable
    servers.written = None
    watch.now_s += 100
    assert replica.usable
    assert replica.state.primary is False


@pytest.mark.parametrize(
    ("method", "path", "late"),
    [
        ("GET", "/", True),
        ("GET", "/en/institutions/x", True),
        ("HEAD", "/api/v1/institutions", True),
        ("GET", "/ogc/collections", True),
        ("POST", "/reconcile", True),
        ("GET", "/api/v1/verify?code=x", False),
        ("POST", "/api/v1/verify", False),
        ("GET", "/verify", False),
        ("GET", "/en/verify", False),
        ("POST", "/institutions/x/report", False),
        ("GET", "/reports/x", False),
        ("GET", "/en/reports/x", False),
        ("GET", "/steward", False),
        ("GET", "/readyz", False),
        ("GET", "/metrics", False),
        ("GET", "/api/v1/audit/checkpoint", False),
    ],
)
def test_only_what_may_be_late_is(app: APIFlask, method: str, path: str, late: bool) -> None:
    with app.test_request_context(path, method=method):
        assert may_be_late() is late
        g.acting_token = "somebody"  # noqa: S105
        assert not may_be_late()


@pytest.fixture
def asked_late(app: APIFlask, replica: Replica, servers: Servers, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The application with the replica; what was opened on it."""
    opened: list[str] = []
    event.listen(servers.late, "after_begin", lambda *_: opened.append("late"))
    monkeypatch.setitem(app.extensions, "mapapp.replica", replica)
    return opened


def test_pages_are_read_from_the_replica_and_verification_is_not(
    client: FlaskClient, register: Session, asked_late: list[str]
) -> None:
    publish(register, an_institution(codes=(("CDT0101", (None, None)),)))
    assert client.get("/api/v1/institutions").get_json()["numberMatched"] == 1
    assert asked_late
    asked_late.clear()
    assert client.get("/api/v1/verify?code=CDT0101").get_json()["answer"]
    assert asked_late == []


def test_readiness_and_metrics_tell_of_the_replica(
    client: FlaskClient, register: Session, asked_late: list[str], servers: Servers, watch: Watch
) -> None:
    publish(register, an_institution())
    told = client.get("/readyz")
    expected = {"in_use": True, "most_lag_s": 10, "lag_s": 0.0, "primary": True}
    assert (told.status_code, told.get_json()["replica"]) == (200, expected)
    assert "mapapp_replica_lag_seconds 0.0" in client.get("/metrics").text
    servers.replayed = None
    watch.now_s += 5
    gone = client.get("/readyz")
    assert (gone.status_code, gone.get_json()["replica"]["in_use"]) == (200, False)
    assert "mapapp_replica_in_use 0.0" in client.get("/metrics").text


def test_what_a_replica_shows_never_replaces_what_was_seen_later() -> None:
    look = LastLook(trusted_for_s=60)
    newer, older = (Register(number, None, "official", {"day": str(date(2026, 1, number))}) for number in (2, 1))
    now = time.monotonic()
    look.see(newer, now, late=False)
    look.see(older, now, late=True)
    assert look.recent() == look.recent_at_source() == newer
    look.see(older, now - 1, late=False)  # a look that began before, and took longer
    assert look.recent() == newer
    look.see(older, now + 1, late=False)  # put back from a backup
    assert look.recent() == older


def test_verdicts_are_not_told_again_from_what_a_replica_showed() -> None:
    look = LastLook(trusted_for_s=60)
    look.see(Register(1, None, "official", {}), time.monotonic(), late=True)
    assert look.recent() is not None
    assert look.recent_at_source() is None
