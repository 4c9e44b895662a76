"""Bodies of requests: waited for beside, for so long; whole or not looked at."""

import threading
import time
from collections.abc import Iterable
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from mapapp import bodies
from mapapp.bodies import LARGEST_UPLOAD, Bodies, may_bring_file
from mapapp.sign_in import COOKIE

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
    """A body of a letter every `every_s`, whose `read` waits for all that is asked for, as the server does."""

    def __init__(self, every_s: float = 0.005) -> None:
        self.every_s, self.came = every_s, 0
        self.waited_for = threading.Event()

    def read(self, size: int) -> bytes:
        self.waited_for.set()
        for _ in range(size):
            time.sleep(self.every_s)
            self.came += 1
        return b"x" * size


class FullDisk:
    def read(self, _size: int) -> bytes:
        raise OSError(28, "No space left on device")


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


def test_whoever_sends_too_slowly_is_told_so_and_leaves_the_place(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "SLOW_S", 0.001)
    site, slow = Bodies(reader, 1_000_000, patience_s=0.05, sending=1), Slow()
    answer = send(site, slow, CONTENT_LENGTH="900")
    assert (answer.status_code, answer.mimetype, reader.read) == (408, "text/plain", [])
    assert slow.came < 30  # letters, not all that was announced
    assert send(site, BytesIO(b"name=A"), CONTENT_LENGTH="6").status_code == 200


def test_what_flows_is_read_in_ever_larger_pieces(reader: Reader) -> None:
    asked: list[int] = []

    class Counted(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            asked.append(size or 0)
            return super().read(size)

    answer = send(Bodies(reader, 1_000_000), Counted(b"x" * 900_000), CONTENT_LENGTH="900000")
    assert (answer.data, len(reader.read[0])) == (b"900000", 900_000)
    assert max(asked) == bodies.PIECE
    assert len(asked) < 40


def test_beyond_the_places_others_are_refused(reader: Reader) -> None:
    site, slow = Bodies(reader, 1_000, sending=1), Slow(0.02)
    sending = threading.Thread(target=send, args=(site, slow), kwargs={"CONTENT_LENGTH": "20"})
    sending.start()
    assert slow.waited_for.wait(PATIENCE_S)
    refused = send(site, BytesIO(b"name=A"), CONTENT_LENGTH="6", path="/api/v1/verify")
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert refused.headers["Retry-After"] == "2"
    assert send(site, BytesIO(), method="GET").status_code == 200  # who sends nothing is not held up
    sending.join(PATIENCE_S)
    assert reader.read == [b"", b"x" * 20]


def test_a_full_disk_is_told_as_an_overload_and_frees_the_place(reader: Reader) -> None:
    site = Bodies(reader, 1_000, sending=1)
    assert send(site, FullDisk(), CONTENT_LENGTH="6").status_code == 503
    assert send(site, BytesIO(b"name=A"), CONTENT_LENGTH="6").status_code == 200


@pytest.mark.parametrize(
    ("path", "cookie"),
    [
        ("/steward/imports", ""),
        ("/steward/imports", "salesperson=1; form=person="),
        ("/steward/imports/1/withdraw", "person=1"),
        ("/en/en/steward/imports", "person=1"),
    ],
)
def test_strangers_and_other_forms_bring_no_files(reader: Reader, path: str, cookie: str) -> None:
    answer = send(Bodies(reader, 1_000), BytesIO(b"x"), path=path, CONTENT_LENGTH="1001", HTTP_COOKIE=cookie)
    assert answer.data == b"1001"  # left unread, or it would have been seen to break off
    assert not may_bring_file({"PATH_INFO": path, "HTTP_COOKIE": cookie})
    assert may_bring_file({"PATH_INFO": "/en/steward/imports", "HTTP_COOKIE": f"form=2; {COOKIE}=1"})


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
    answer = send(
        Bodies(reader, 1_000), BytesIO(b"unread"), path=path, CONTENT_LENGTH=str(most + 1), HTTP_COOKIE="person=1"
    )
    assert answer.data == str(most + 1).encode()


@pytest.mark.parametrize("length", ["-1", "x", "9" * 30, "٣"])
def test_a_length_that_is_none_counts_as_no_body(reader: Reader, length: str) -> None:
    assert send(Bodies(reader, 1_000), BytesIO(b"name=A"), CONTENT_LENGTH=length).status_code == 200
    assert reader.read == [b""]


def test_what_readers_bring_is_not_looked_at(reader: Reader) -> None:
    assert send(Bodies(reader, 1_000), Slow(), method="GET", CONTENT_LENGTH="6").status_code == 200
    assert reader.read == [b""]
