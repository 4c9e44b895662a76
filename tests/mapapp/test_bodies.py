"""Bodies of requests: waited for beside, for so long; whole or not looked at."""

import threading
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from mapapp.bodies import LARGEST_UPLOAD, Bodies

PATIENCE_S = 20
FORM = "application/x-www-form-urlencoded"


class Reader:
    """A WSGI application that reads what it is sent."""

    def __init__(self) -> None:
        self.read: list[bytes] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.read.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [environ.get("CONTENT_LENGTH", "").encode()]


class Slow:
    """A body of which nothing comes before it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def read(self, _size: int) -> bytes:
        assert self.go.wait(PATIENCE_S)
        return b""


@pytest.fixture
def reader() -> Reader:
    return Reader()


def send(site: Bodies, source: Any, *, path: str = "/sign-in", method: str = "POST", **environ: str) -> Response:
    """What the site answers to a body as the server hands it over."""
    given = EnvironBuilder(path=path, method=method, content_type=FORM).get_environ()
    return Response.from_app(site, {**given, "CONTENT_LENGTH": "", "wsgi.input": source, **environ})


def test_the_application_gets_the_whole_body(reader: Reader) -> None:
    answer = send(Bodies(reader, 1_000), BytesIO(b"name=A"), CONTENT_LENGTH="6")
    assert (answer.status_code, answer.data, reader.read) == (200, b"6", [b"name=A"])


def test_whoever_sends_too_slowly_is_told_so_and_leaves_the_place(reader: Reader) -> None:
    site, slow = Bodies(reader, 1_000, patience_s=0.01, sending=1), Slow()
    answer = send(site, slow, CONTENT_LENGTH="6")
    assert (answer.status_code, answer.mimetype, reader.read) == (408, "text/plain", [])
    refused = send(site, BytesIO(b"name=A"), CONTENT_LENGTH="6", path="/api/v1/verify")
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert refused.headers["Retry-After"] == "2"
    assert send(site, BytesIO(), method="GET").status_code == 200  # who sends nothing is not held up
    slow.go.set()  # as the server does when the answer is out
    while send(site, BytesIO(b"name=A"), CONTENT_LENGTH="6").status_code == 503:
        pass
    assert reader.read == [b"", b"name=A"]


def test_a_body_that_broke_off_is_not_looked_at(reader: Reader) -> None:
    answer = send(Bodies(reader, 1_000), BytesIO(b"name=A&reason=B"), CONTENT_LENGTH="600")
    assert (answer.status_code, reader.read) == (400, [])
    assert "broke off" in answer.get_data(as_text=True)


def test_without_a_length_only_json_is_taken_which_shows_its_end(reader: Reader) -> None:
    site, pieces = Bodies(reader, 1_000), {"HTTP_TRANSFER_ENCODING": "chunked"}
    assert send(site, BytesIO(b"name=A"), **pieces).status_code == 411
    assert send(site, BytesIO(b"[]"), CONTENT_TYPE="application/json", **pieces).data == b"2"
    assert reader.read == [b"[]"]


def test_pieces_without_end_are_read_to_one_byte_more_than_may_be(reader: Reader) -> None:
    endless = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": "application/json"}
    answer = send(Bodies(reader, 1_000), BytesIO(b"x" * 5_000), **endless)
    assert (answer.data, len(reader.read[0])) == (b"1001", 1001)


@pytest.mark.parametrize(("path", "most"), [("/sign-in", 1_000), ("/en/steward/imports", LARGEST_UPLOAD)])
def test_what_says_that_it_is_too_long_is_left_for_the_application_to_refuse(
    reader: Reader, path: str, most: int
) -> None:
    answer = send(Bodies(reader, 1_000), BytesIO(b"unread"), path=path, CONTENT_LENGTH=str(most + 1))
    assert answer.data == str(most + 1).encode()


@pytest.mark.parametrize("length", ["-1", "x", "9" * 30, "٣"])
def test_a_length_that_is_none_counts_as_no_body(reader: Reader, length: str) -> None:
    assert send(Bodies(reader, 1_000), BytesIO(b"name=A"), CONTENT_LENGTH=length).status_code == 200
    assert reader.read == [b""]


def test_what_readers_bring_is_not_looked_at(reader: Reader) -> None:
    assert send(Bodies(reader, 1_000), Slow(), method="GET", CONTENT_LENGTH="6").status_code == 200
    assert reader.read == [b""]
