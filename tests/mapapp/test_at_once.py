"""Kept answers given before Flask: the same bytes, only while they are the register's, each to its own question."""

import gzip
import json
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from mapapp import create_app
from mapapp.at_once import AtOnce
from mapapp.signing import check
from mapapp.spool import SpoolUnusable
from mapapp.verify_request import JOSE
from tests.builders import an_institution, publish
from tests.mapapp.conftest import NOW, NOWHERE

LIST = "/api/v1/institutions"


class Clock:
    """A clock that a test may set."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(web_connection: Connection, clock: Clock) -> APIFlask:
    """The application as it runs for people: one look at the register does for a while."""
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    app = create_app(NOWHERE, sessions, clock)
    app.extensions["mapapp.last_look"].trusted_for_s = 3_600
    return app


@pytest.fixture
def flask_calls(app: APIFlask) -> list[str]:
    """The paths of the requests that went as far as Flask."""
    seen: list[str] = []
    shortcut = app.extensions["mapapp.at_once"]
    assert isinstance(shortcut, AtOnce)
    inner = shortcut.app

    def counted(environ: Any, start_response: Any) -> Any:
        seen.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    shortcut.app = counted
    return seen


@pytest.mark.parametrize("path", [LIST, "/", "/en/", f"{LIST}?q=minh+họa"])
def test_the_third_asking_does_not_reach_flask(
    client: FlaskClient, register: Session, flask_calls: list[str], path: str
) -> None:
    publish(register, an_institution())
    answers = [client.get(path) for _ in range(4)]
    assert len(flask_calls) == 2
    assert {answer.get_data() for answer in answers} == {answers[0].get_data()}
    assert [dict(answer.headers) for answer in answers] == [dict(answers[0].headers)] * 4


def test_who_has_it_already_gets_304(client: FlaskClient, register: Session, flask_calls: list[str]) -> None:
    first = client.get(LIST)
    client.get(LIST)
    before = len(flask_calls)
    again = client.get(LIST, headers={"If-None-Match": f'"other", {first.headers["ETag"]}'})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Type" not in again.headers
    assert len(flask_calls) == before


def test_other_readers_get_their_own(client: FlaskClient, register: Session) -> None:
    publish(register, *(an_institution() for _ in range(5)))
    for _ in range(3):
        packed = client.get(LIST, headers={"Accept-Encoding": "gzip"})
        elsewhere = client.get(LIST, base_url="http://bando.example")
        plain = client.get(LIST)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert "http://bando.example" in elsewhere.get_data(as_text=True)
        assert "http://bando.example" not in plain.get_data(as_text=True)
        assert client.head(LIST).get_data() == b""


def test_a_new_day_asks_the_register_again(
    client: FlaskClient, register: Session, clock: Clock, flask_calls: list[str]
) -> None:
    today = [client.get(LIST).get_json()["on"] for _ in range(3)][2]
    clock.time += timedelta(days=1)
    assert client.get(LIST).get_json()["on"] > today
    assert len(flask_calls) == 3


def test_a_release_seen_by_any_request_ends_the_shortcut(client: FlaskClient, app: APIFlask, register: Session) -> None:
    for _ in range(3):
        client.get(LIST)
    publish(register, an_institution("Trường Cao đẳng Minh họa Vừa Mở"))
    client.get("/api/v1/units/01")  # not asked before: looks at the register
    assert "Vừa Mở" in client.get(LIST).get_data(as_text=True)


def test_a_look_too_old_does_not_do(
    client: FlaskClient, app: APIFlask, register: Session, flask_calls: list[str]
) -> None:
    for _ in range(3):
        client.get(LIST)
    app.extensions["mapapp.last_look"].trusted_for_s = 0
    client.get(LIST)
    assert len(flask_calls) == 3


def test_what_tells_an_age_always_reaches_flask(client: FlaskClient, register: Session, flask_calls: list[str]) -> None:
    for _ in range(4):
        client.get("/api/v1/status")
    assert len(flask_calls) == 4


def test_a_search_that_finds_nothing_is_counted_every_time(
    client: FlaskClient, register: Session, flask_calls: list[str]
) -> None:
    for _ in range(4):
        client.get("/?q=khong+co+truong+nay")
    assert len(flask_calls) == 4


VERIFY = "/api/v1/verify?code=CDX0001&action=train&occupation=6480201&training_level=college&on=2026-11-01"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_verdict_asked_again_is_written_anew_without_flask(
    client: FlaskClient, register: Session, flask_calls: list[str], clock: Clock, encoding: str
) -> None:
    publish(register, an_institution())
    first = client.get(VERIFY, headers={"Accept-Encoding": encoding})
    clock.time += timedelta(seconds=7)
    later = client.get(VERIFY, headers={"Accept-Encoding": encoding})
    assert len(flask_calls) == 1
    said, then = (json.loads(unpacked(answer)) for answer in (first, later))
    assert said.pop("evaluated_at") == "2026-11-22T05:00:00Z"
    assert then.pop("evaluated_at") == "2026-11-22T05:00:07Z"
    assert said.pop("expires_at") < then.pop("expires_at")
    assert said == then
    assert {name for name, _ in first.headers} == {name for name, _ in later.headers}
    assert later.headers["Content-Length"] == str(len(later.data))
    unchanged = client.get(VERIFY, headers={"Accept-Encoding": encoding, "If-None-Match": later.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data, len(flask_calls)) == (304, b"", 1)


@pytest.mark.parametrize(
    ("query", "headers"),
    [("&nonce=abcdefgh12345678", {}), ("", {"X-API-Key": "unknown"})],
)
def test_what_is_for_one_caller_goes_the_whole_way(
    client: FlaskClient, register: Session, flask_calls: list[str], query: str, headers: dict[str, str]
) -> None:
    publish(register, an_institution())
    client.get(VERIFY + query, headers=headers)
    client.get(VERIFY + query, headers=headers)
    assert len(flask_calls) == 2


def test_a_signed_verdict_asked_again_is_signed_and_recorded_anew(
    client: FlaskClient, register: Session, flask_calls: list[str], clock: Clock, app: APIFlask
) -> None:
    publish(register, an_institution())
    jwks = client.get("/.well-known/jwks.json").get_json()
    recorded = Mock(wraps=app.extensions["mapapp.verifier"].issuer.spool.record)
    app.extensions["mapapp.verifier"].issuer.spool.record = recorded
    flask_calls.clear()
    first = client.get(VERIFY, headers={"Accept": JOSE})
    clock.time += timedelta(seconds=7)
    later = client.get(VERIFY, headers={"Accept": JOSE})
    assert len(flask_calls) == 1
    one, two = (check(answer.text, jwks, issuer="http://localhost", now=clock.time) for answer in (first, later))
    assert one.pop("jti") != two.pop("jti")
    assert two["iat"] - one["iat"] == two["exp"] - one["exp"] == 7
    assert [call.args[3] for call in recorded.mock_calls] == [first.text, later.text]
    assert later.headers["Cache-Control"] == "no-store"
    assert "ETag" not in later.headers
    assert {name for name, _ in first.headers} == {name for name, _ in later.headers}


def test_what_cannot_be_recorded_is_not_sent(client: FlaskClient, register: Session, app: APIFlask) -> None:
    publish(register, an_institution())
    client.get(VERIFY, headers={"Accept": JOSE})
    app.extensions["mapapp.verifier"].issuer.spool.record = Mock(side_effect=SpoolUnusable("full"))
    answer = client.get(VERIFY, headers={"Accept": JOSE})
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")


def test_a_verdict_of_an_earlier_release_or_day_is_not_written_again(
    client: FlaskClient, register: Session, flask_calls: list[str], clock: Clock, app: APIFlask
) -> None:
    publish(register, an_institution())
    client.get(VERIFY)
    clock.time += timedelta(days=1)
    client.get(VERIFY)
    publish(register, an_institution("Trường Cao đẳng Minh họa Hai"))
    look = app.extensions["mapapp.last_look"]
    look.at = look.at_source = -10_000
    client.get(VERIFY)
    assert len(flask_calls) == 3


def unpacked(answer: Any) -> bytes:
    return gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else bytes(answer.data)
