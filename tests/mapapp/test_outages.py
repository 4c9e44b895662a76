"""When the database is away, or the code is wrong: helpful words, no insides."""

import psycopg
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from mapapp import citizen


@pytest.mark.parametrize("path", ["/api/v1/institutions", "/api/v1/status", "/api/v1/units"])
def test_machines_are_told_to_come_back(away: FlaskClient, path: str) -> None:
    answer = away.get(path)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.get_json()["type"] == "/docs#problem-register-unavailable"


@pytest.mark.parametrize(("path", "words"), [("/", "Sổ đăng ký"), ("/en/", "The register")])
def test_people_get_a_page_in_their_language(away: FlaskClient, path: str, words: str) -> None:
    answer = away.get(path)
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert words in answer.text
    assert "Traceback" not in answer.text


def test_a_wrong_address_is_still_a_404_without_the_database(away: FlaskClient) -> None:
    assert away.get("/nothing").status_code == 404
    assert away.get("/api/v1/nothing").status_code == 404


def test_the_process_is_healthy_but_not_ready(away: FlaskClient) -> None:
    assert away.get("/healthz").status_code == 200
    answer = away.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["database"] == {"ok": False}


def test_ready_with_database_tables_and_register(client: FlaskClient, register: Session) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert all(check["ok"] for check in answer.get_json()["checks"].values())


def test_database_that_goes_away_after_the_answer_was_made_takes_nothing_from_it(
    app: APIFlask, register: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: Session) -> None:
        raise OperationalError("ROLLBACK", {}, psycopg.OperationalError("server closed the connection unexpectedly"))

    monkeypatch.setattr(Session, "close", gone)
    assert app.test_client().get("/api/v1/status").status_code == 200


@pytest.mark.parametrize("path", ["/about", "/en/about"])
def test_the_unforeseen_is_told_without_its_insides(
    app: APIFlask, register: Session, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def broken() -> None:
        raise RuntimeError("secret password")

    monkeypatch.setattr(citizen, "about_page", broken)
    answer = app.test_client().get(path)
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
