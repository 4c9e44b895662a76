"""What the server hands over, as the application sees it, and what the application answers, as the server gets it."""

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request, send_file

from mapapp.at_once import ONLY_AT_ONCE, Later
from mapapp.db import EMPTY, LastLook
from mapapp.serving import application as serving
from tests.mapapp.serving.asking import (
    HeadersAsTheServerHasThem,
    Heard,
    Question,
    application,
    asking,
    in_a_loop,
    question,
)

LATE = {"x_request_start": "t=1"}


def heard(app: Flask, asked: Question, **settings: Any) -> Heard:
    async def run() -> Heard:
        async with asking(app, **settings) as site:
            return await site.hear(asked)

    return in_a_loop(run())


def environ_of(asked: Question) -> dict[str, Any]:
    seen: list[dict[str, Any]] = []

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append(environ)
        start_response("204 NO CONTENT", [])
        return []

    assert heard(application(app), asked).answer.status_code == 204
    return seen[0]


def test_addresses_and_headers_are_as_wsgi_has_them() -> None:
    asked = question("/co-sở/Đà Nẵng", accept="text/html", content_type="text/plain", cookie="a=1")
    asked.headers.pairs += [("cookie", b"b=2"), ("x-forwarded-for", b"1.2.3.4"), ("x-forwarded-for", b"5.6.7.8")]
    asked.client, asked.query_string = "[2001:db8::1]:4711", "q=h%C3%A0n"
    environ = environ_of(asked)
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/co-sở/Đà Nẵng"
    assert (environ["REMOTE_ADDR"], environ["QUERY_STRING"]) == ("2001:db8::1", "q=h%C3%A0n")
    assert (environ["HTTP_HOST"], environ["CONTENT_TYPE"], environ["HTTP_ACCEPT"]) == (
        *("localhost", "text/plain", "text/html"),
    )
    assert (environ["HTTP_COOKIE"], environ["HTTP_X_FORWARDED_FOR"]) == ("a=1; b=2", "1.2.3.4,5.6.7.8")
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"], environ["SERVER_PROTOCOL"]) == (
        *("127.0.0.1", "8000", "HTTP/1.1"),
    )
    assert ONLY_AT_ONCE not in environ


def test_a_question_that_is_not_in_ascii_is_as_wsgi_has_it() -> None:
    asked = question("/")
    asked.query_string = "q=Huế"
    assert environ_of(asked)["QUERY_STRING"].encode("latin-1").decode() == "q=Huế"


def test_a_header_that_cannot_be_read_takes_no_other_with_it() -> None:
    environ = environ_of(question("/", referer="/tìm?q=hàn".encode(), accept="text/html"))
    assert (environ["HTTP_ACCEPT"], environ["HTTP_HOST"]) == ("text/html", "localhost")
    assert "HTTP_REFERER" not in environ


def test_a_site_that_cannot_be_read_is_told_so() -> None:
    answer = heard(application(None), Question(headers=HeadersAsTheServerHasThem([("host", b"\xff")]))).answer
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert "Host" in answer.get_data(as_text=True)


@pytest.fixture
def site(tmp_path: Path) -> Flask:
    """An application that sends a file, and says when it sees who asks."""
    stored = tmp_path / "stored.bin"
    stored.write_bytes(bytes(range(200)))
    inner = Flask("inner")
    inner.add_url_rule("/file", "file", view_func=lambda: send_file(stored, conditional=True, etag="e"))
    inner.add_url_rule("/text", "text", view_func=lambda: Response(f"text for {request.host}"))
    return application(inner.wsgi_app)


def test_a_file_goes_by_its_name(site: Flask, tmp_path: Path) -> None:
    ((status, headers, _body, file),) = heard(site, question("/file")).answered
    assert (status, file, dict(headers)["Content-Length"]) == (200, str(tmp_path / "stored.bin"), "200")


def test_a_part_of_a_file_goes_by_its_bounds(site: Flask) -> None:
    ((status, headers, _body, file, start, end),) = heard(site, question("/file", range="bytes=10-19")).answered
    assert (status, start, end, dict(headers)["Content-Length"]) == (206, 10, 20, "10")
    assert Path(file).read_bytes()[start:end] == bytes(range(10, 20))


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (question("/file", method="HEAD"), 200),
        (question("/file", if_none_match='"e"'), 304),
        (question("/file", range="bytes=900-"), 416),
        (question("/text", method="HEAD"), 200),
    ],
)
def test_without_a_body_no_file_is_sent(site: Flask, asked: Question, status: int) -> None:
    ((said, _headers, _body, *file),) = heard(site, asked).answered
    assert (said, file) == (status, [])


def test_what_was_found_out_at_once_is_known_in_its_turn() -> None:
    passes: list[bool] = []

    def shortcut(environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        environ["counted"] = True
        raise Later

    def work(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        passes.append(environ["counted"])
        start_response("204 NO CONTENT", [])
        return []

    app = application(None)
    app.wsgi_app = lambda environ, start: (shortcut if ONLY_AT_ONCE in environ else work)(environ, start)  # type: ignore[method-assign]
    assert heard(app, question("/")).answer.status_code == 204
    assert passes == [True]


def test_answers_at_once_wait_for_nobody() -> None:
    def ready(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [])
        return [b"ready"]

    app = application(None)
    app.wsgi_app = ready  # type: ignore[method-assign]

    async def run() -> None:
        async with asking(app, most_waiting=1) as found:
            assert await found.site.turns.enter(urgent=False)  # somebody works
            assert (await found.get("/")).data == b"ready"

    in_a_loop(run())


def test_request_that_waited_too_long_is_turned_away_at_once(site: Flask) -> None:
    for path, form in [("/api/v1/status", "application/problem+json"), ("/text", "text/plain")]:
        late = heard(site, question(path, **LATE)).answer
        assert (late.status_code, late.headers["Retry-After"], late.mimetype) == (503, "2", form)
    assert site.extensions["mapapp.measuring"].mine.refused == 2


@pytest.mark.parametrize("said", ["", "t=", "t=soon", "nan"])
def test_other_words_about_waiting_change_nothing(site: Flask, said: str) -> None:
    assert heard(site, question("/text", x_request_start=said)).answer.status_code == 200


@pytest.mark.parametrize("waited_s", [0.1, -60])
def test_short_wait_and_a_clock_ahead_are_no_reason_to_turn_away(site: Flask, waited_s: float) -> None:
    site.extensions["mapapp.measuring"].longest_wait_s = 60.0  # more than a busy machine adds
    asked = question("/text", x_request_start=f"t={time.time() - waited_s:.3f}")
    assert heard(site, asked).answer.status_code == 200


def test_health_is_told_however_long_the_question_waited(site: Flask) -> None:
    assert heard(site, question("/healthz", **LATE)).answer.status_code == 404  # heard by the application


def test_the_register_is_looked_at_before_what_was_seen_is_too_old(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Flask] = []
    monkeypatch.setattr(serving, "look_ahead", looks.append)
    site.extensions["mapapp.last_look"] = look = LastLook(trusted_for_s=1_000, register=EMPTY)

    async def run() -> None:
        async with asking(site) as found:
            for age_s, seen in [(100, 0), (600, 1), (700, 2), (2_000, 2)]:  # young; ageing, again; too old to be of use
                look.at = time.monotonic() - age_s
                await found.get("/text")
                async with asyncio.timeout(20):
                    while found.site._looking:
                        await asyncio.sleep(0.001)
                assert len(looks) == seen

    in_a_loop(run())
