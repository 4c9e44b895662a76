"""Answers kept in memory: given again without asking the register, never beyond the release they belong to."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, event, text
from sqlalchemy.orm import Session

from mapapp import kept_answers
from mapapp.kept_answers import Kept, KeptAnswers
from tests.builders import an_institution, publish

LIST = "/api/v1/institutions"


@contextmanager
def statements(connection: Connection) -> Iterator[list[str]]:
    """What the database is asked inside."""
    asked: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        asked.append(statement)

    event.listen(connection, "before_cursor_execute", listen)
    yield asked
    event.remove(connection, "before_cursor_execute", listen)


@pytest.mark.parametrize("path", [LIST, "/", "/en/", "/api/v1/clusters?bbox=102,6,118,23.6&zoom=5"])
def test_the_same_question_is_answered_from_memory(
    client: FlaskClient, register: Session, web_connection: Connection, path: str
) -> None:
    publish(register, an_institution())
    with statements(web_connection) as first_time:
        first = client.get(path)
    with statements(web_connection) as second_time:
        second = client.get(path)
    assert second.get_data() == first.get_data()
    assert dict(second.headers) == dict(first.headers)
    assert any("FROM institution_state" in statement for statement in first_time)
    assert not any("FROM institution_state" in statement for statement in second_time)


@pytest.mark.parametrize("path", [LIST, "/"])
def test_a_publication_ends_what_was_kept(client: FlaskClient, register: Session, path: str) -> None:
    before = client.get(path).get_data(as_text=True)
    publish(register, an_institution("Trường Cao đẳng Minh họa Vừa Mở"))
    assert "Vừa Mở" not in before
    assert "Vừa Mở" in client.get(path).get_data(as_text=True)


def test_a_replaced_outline_ends_what_was_kept(client: FlaskClient, register: Session) -> None:
    before = client.get(LIST).headers["ETag"]
    register.execute(
        text(
            "UPDATE unit_boundary SET imported_at = imported_at + interval '1 day'"
            " WHERE unit_key = (SELECT unit_key FROM unit_boundary ORDER BY imported_at DESC LIMIT 1)"
        )
    )
    register.flush()
    assert client.get(LIST).headers["ETag"] != before


def test_each_reader_gets_the_encoding_it_takes(client: FlaskClient, register: Session) -> None:
    publish(register, *(an_institution() for _ in range(5)))
    packed = [client.get(LIST, headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    plain = [client.get(LIST) for _ in range(2)]
    assert {answer.headers.get("Content-Encoding") for answer in packed} == {"gzip"}
    assert {answer.headers.get("Content-Encoding") for answer in plain} == {None}
    assert {gzip.decompress(answer.get_data()) for answer in packed} == {answer.get_data() for answer in plain}


def test_languages_do_not_mix(client: FlaskClient, register: Session) -> None:
    for _ in range(2):
        assert 'lang="vi"' in client.get("/").get_data(as_text=True)
        assert 'lang="en"' in client.get("/en/").get_data(as_text=True)


def test_a_refusal_is_not_kept(client: FlaskClient, register: Session, web_connection: Connection) -> None:
    client.get(f"{LIST}/nobody")
    with statements(web_connection) as asked:
        assert client.get(f"{LIST}/nobody").status_code == 404
    assert any("FROM institution_state" in statement for statement in asked)


def test_the_age_of_the_data_is_told_anew(client: FlaskClient, register: Session, web_connection: Connection) -> None:
    publish(register, an_institution())
    client.get("/api/v1/status")
    assert not client.application.extensions["mapapp.kept"].bytes


def test_the_least_recently_used_answer_makes_room() -> None:
    memory = KeptAnswers(16 * 3_000)
    for number in range(16):
        memory.put(str(number), answer(1_500))
    assert memory.get("0")
    memory.put("16", answer(1_500))
    assert memory.get("0")
    assert memory.get("1") is None
    assert memory.bytes == 16 * 3_000


def test_an_answer_that_would_fill_the_memory_is_not_kept() -> None:
    memory = KeptAnswers(100_000)
    memory.put("large", answer(50_000))
    assert memory.get("large") is None
    assert memory.bytes == 0


def test_an_answer_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = KeptAnswers(100_000)
    memory.put("a", answer(10, made_at=1_000.0))
    monkeypatch.setattr(kept_answers.time, "monotonic", lambda: 1_000.0 + kept_answers.KEPT_FOR_S)
    assert memory.get("a")
    monkeypatch.setattr(kept_answers.time, "monotonic", lambda: 1_001.0 + kept_answers.KEPT_FOR_S)
    assert memory.get("a") is None
    assert memory.bytes == 0


def answer(size: int, made_at: float | None = None) -> Kept:
    return Kept(b"x" * size, (), "", kept_answers.time.monotonic() if made_at is None else made_at)
