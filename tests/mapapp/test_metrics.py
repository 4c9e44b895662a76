"""`/metrics` and the logs."""

import json
import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import sessionmaker

from mapapp import create_app
from mapapp.logs import JsonLines
from mapapp.measuring import Measured, Measuring, begin_anew, kind_of
from tests.mapapp.conftest import NOW, NOWHERE
from tests.mapapp.serving.asking import asking, in_a_loop, question

TOKEN = "t" * 40
ABROAD = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def client(web_connection: Connection, tmp_path: Path) -> FlaskClient:
    """A client of an application with a data directory of its own, in which it counts."""
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    return create_app(replace(NOWHERE, data=tmp_path), sessions, lambda: NOW).test_client()


def samples(client: FlaskClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.get_data(as_text=True))
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def test_requests_are_counted_by_kind_and_status(client: FlaskClient) -> None:
    async def ask() -> None:
        async with asking(client.application) as site:
            await site.get("/api/v1/status")
            await site.hear(replace(question("/api/v1/status"), query_string="no=such"))
            await site.get("/en/nothing-here")

    in_a_loop(ask())
    found = samples(client)
    assert found["mapapp_requests_total", frozenset({("kind", "api"), ("status", "200")})] == 1
    assert found["mapapp_requests_total", frozenset({("kind", "api"), ("status", "400")})] == 1
    assert found["mapapp_requests_total", frozenset({("kind", "pages"), ("status", "404")})] == 1
    assert found["mapapp_request_seconds_count", frozenset({("kind", "api")})] == 2
    assert found["mapapp_request_seconds_bucket", frozenset({("kind", "api"), ("le", "+Inf")})] == 2
    assert found["mapapp_database_up", frozenset()] == 1


def test_metrics_say_when_the_database_is_away(away: FlaskClient) -> None:
    assert samples(away)["mapapp_database_up", frozenset()] == 0


def test_strangers_find_no_metrics(client: FlaskClient) -> None:
    assert client.get("/metrics", environ_base=ABROAD).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_token_opens_the_metrics_to_another_machine() -> None:
    client = create_app(replace(NOWHERE, metrics_token=TOKEN), None, lambda: NOW).test_client()
    assert client.get("/metrics", environ_base=ABROAD).status_code == 404
    for given, status in [(TOKEN, 200), (TOKEN[1:], 404), ("ü", 404)]:
        headers = {"Authorization": f"Bearer {given}"}
        assert client.get("/metrics", headers=headers, environ_base=ABROAD).status_code == status


def test_numbers_of_all_workers_are_added_up_and_outlive_them(tmp_path: Path) -> None:
    (tmp_path / "metrics").mkdir()
    gone = Measured()
    gone.add("api", "200", 0.004)
    gone.refused = 3
    (tmp_path / "metrics" / "999999999-1.json").write_text(json.dumps(vars(gone)))
    (tmp_path / "metrics" / "999999998-1.json").write_text("{")
    measuring = Measuring(tmp_path / "metrics", 0)
    measuring.mine.add("api", "200", 0.2)
    whole = measuring.whole()
    assert (whole.requests["api 200"], whole.refused) == (2, 3)
    assert whole.seconds["api"] == pytest.approx(0.204)
    assert sum(whole.buckets["api"]) == 2
    assert len(measuring.workers()) == 1
    begin_anew(tmp_path)
    assert measuring.whole().requests["api 200"] == 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "pages"),
        ("/en/planner", "planner"),
        ("/api/v1/verify", "verify"),
        ("/api/v1/units/52", "api"),
        ("/healthz", "health"),
        ("/institutions/x/../../api", "pages"),
        ("", "pages"),
    ],
)
def test_kinds_are_few(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_json_line_names_the_error_and_not_its_words() -> None:
    try:
        raise ValueError("lat=10.77 q=secret")
    except ValueError as error:
        record = logging.LogRecord("a", logging.ERROR, __file__, 1, "%s failed", ("it",), (ValueError, error, None))
    record.kind, record.ms = "api", 12
    line = JsonLines().format(record)
    told = json.loads(line)
    assert (told["message"], told["exception"], told["kind"], told["ms"]) == ("it failed", "ValueError", "api", 12)
    assert "secret" not in line


def test_an_application_made_before_logs_begin_writes_nothing_beside_them() -> None:
    made_before = """
import logging
from flask.logging import default_handler
from mapapp import logs
from mapapp.settings import Settings
logging.getLogger("mapapp").addHandler(default_handler)
logs.begin(Settings(log="json"))
try:
    raise ValueError("secret")
except ValueError:
    logging.getLogger("mapapp").exception("it failed")
"""
    done = subprocess.run([sys.executable, "-c", made_before], stderr=subprocess.PIPE, text=True, check=True)
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == ["it failed"]


def test_database_error_quotes_no_question(web_connection: Connection) -> None:
    with pytest.raises(DBAPIError) as refused:
        web_connection.execute(text("SELECT length(:asked) / 0"), {"asked": "10.7769"})
    assert "10.7769" not in str(refused.value)
