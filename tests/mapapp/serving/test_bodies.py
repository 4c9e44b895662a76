"""Bodies of requests: waited for beside, for so long; whole or not looked at."""

import asyncio
import tempfile
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.wrappers import Response

from mapapp import create_app
from mapapp.serving import bodies, places
from mapapp.serving.bodies import LARGEST_UPLOAD, Bodies, may_bring_file
from mapapp.serving.places import Place, Places
from mapapp.sign_in import COOKIE
from tests.mapapp.conftest import NOW, NOWHERE
from tests.mapapp.serving.asking import Heard, application, asking, in_a_loop, question

FORM = "application/x-www-form-urlencoded"
ENDLESS_S = 20.0


class Reader:
    """A WSGI application that reads what it is sent."""

    def __init__(self) -> None:
        self.read: list[bytes] = []
        self.from_disk: list[bool] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.from_disk.append(getattr(environ["wsgi.input"], "_rolled", False))
        self.read.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [environ.get("CONTENT_LENGTH", "").encode()]


@pytest.fixture
def reader() -> Reader:
    return Reader()


def send(
    reader: Reader,
    *sent: Heard | bytes,
    path: str = "/sign-in",
    method: str = "POST",
    limits: Bodies | None = None,
    **headers: str,
) -> list[Response]:
    """The answers to bodies that are sent one after the other, without waiting for answers."""

    async def run() -> list[Response]:
        async with asking(application(reader)) as site:
            site.site.bodies = limits or Bodies(1_000)
            asked = question(path, method=method, **{"content_type": FORM, **headers})
            heard = [one if isinstance(one, Heard) else Heard([one]) for one in sent]
            return [one.answer for one in await asyncio.gather(*(site.hear(asked, one) for one in heard))]

    return in_a_loop(run())


def test_the_application_gets_the_whole_body(reader: Reader) -> None:
    (answer,) = send(reader, Heard([b"nam", b"e=A"]), content_length="6")
    assert (answer.status_code, answer.data, reader.read) == (200, b"6", [b"name=A"])


@pytest.mark.parametrize("every_s", [0.004, ENDLESS_S])
def test_whoever_sends_too_slowly_or_nothing_is_told_so(reader: Reader, every_s: float) -> None:
    slow = Heard([b"x"] * 900, every_s=every_s)
    limits = Bodies(1_000, patience_s=0.05)
    (answer,) = send(reader, slow, limits=limits, content_length="900")
    assert (answer.status_code, answer.mimetype, reader.read) == (408, "text/plain", [])
    assert slow.came < 100  # letters, not all that was announced
    assert limits.places.held == []


def test_beyond_the_places_others_are_refused_and_readers_answered(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SLOW_AFTER_S", 60)

    async def run() -> None:
        async with asking(application(reader)) as site:
            site.site.bodies = limits = Bodies(1_000, sending=1)
            asked = question("/api/v1/verify", method="POST", content_type=FORM, content_length="6")
            holds = asyncio.create_task(site.hear(asked, Heard([b"name=A"], every_s=ENDLESS_S)))
            async with asyncio.timeout(20):
                while not limits.places.held:
                    await asyncio.sleep(0)
            refused = (await site.hear(asked, Heard([b"name=A"]))).answer
            assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
            assert refused.headers["Retry-After"] == "2"
            assert (await site.get("/text")).status_code == 200
            assert not holds.done()
            holds.cancel()

    in_a_loop(run())
    assert reader.read == [b""]  # what was asked without a body


def test_who_has_been_slow_for_longest_gives_way(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SLOW_AFTER_S", 0.01)
    monkeypatch.setattr(places, "SHARE", 1.1)
    limits = Bodies(1_000, sending=2)

    async def run() -> None:
        async with asking(application(reader)) as site:
            site.site.bodies = limits
            asked = question("/sign-in", method="POST", content_type=FORM, content_length="6")
            held = []
            for sender in ("192.0.2.1:1", "192.0.2.2:1"):
                slow = replace(asked, client=sender)
                held.append(asyncio.create_task(site.hear(slow, Heard([b"x"] * 6, every_s=ENDLESS_S))))
                await asyncio.sleep(0.02)
            assert (await site.hear(asked, Heard([b"name=A"]))).answer.status_code == 200
            assert (await held[0]).answer.status_code == 408
            assert not held[1].done()
            held[1].cancel()

    in_a_loop(run())
    assert reader.read == [b"name=A"]


@pytest.mark.parametrize(("told", "sender"), [("x, 2001:db8::ffff:1", "2001:db8::/64"), (None, "192.0.2.1")])
def test_a_body_counts_for_whom_the_proxy_names(told: str | None, sender: str) -> None:
    """As the whole application does on the first pass, which is asked before the body is read."""
    senders: list[str] = []

    class Asked(Places):
        def taken(self, sender: str) -> AbstractContextManager[Place]:
            senders.append(sender)
            return super().taken(sender)

    async def run() -> None:
        app = create_app(replace(NOWHERE, trusted_proxies=1), None, lambda: NOW)
        async with asking(app) as site:
            site.site.bodies.places = Asked(4)
            headers = {"content_type": "application/json", "content_length": "2"}
            asked = question("/api/v1/verify", method="POST", **headers, **({"x_forwarded_for": told} if told else {}))
            await site.hear(replace(asked, client="192.0.2.1:1"), Heard([b"[]"]))

    in_a_loop(run())
    assert senders == [sender]


def test_a_full_disk_is_told_as_an_overload_and_frees_the_place(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Any, _data: bytes) -> int:
        raise OSError(28, "No space left on device")

    limits = Bodies(1_000, sending=1)
    with monkeypatch.context() as patched:
        patched.setattr(tempfile.SpooledTemporaryFile, "write", full)
        assert [one.status_code for one in send(reader, b"name=A", limits=limits, content_length="6")] == [503]
    assert [one.status_code for one in send(reader, b"name=A", limits=limits, content_length="6")] == [200]


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
    (answer,) = send(reader, b"x", path=path, content_length="1001", cookie=cookie)
    assert answer.data == b"1001"  # left unread, or it would have been seen to break off
    assert not may_bring_file({"PATH_INFO": path, "HTTP_COOKIE": cookie})
    assert may_bring_file({"PATH_INFO": "/en/steward/imports", "HTTP_COOKIE": f"form=2; {COOKIE}=1"})


@pytest.mark.parametrize("broken", [Heard([b"name=A&reason=B"]), Heard([b"name=A", b"", b"more"])])
def test_a_body_that_broke_off_is_not_looked_at(reader: Reader, broken: Heard) -> None:
    (answer,) = send(reader, broken, content_length="600")
    assert (answer.status_code, reader.read) == (400, [])
    assert "broke off" in answer.get_data(as_text=True)


def test_without_a_length_only_json_is_taken_which_shows_its_end(reader: Reader) -> None:
    assert send(reader, b"name=A", transfer_encoding="chunked")[0].status_code == 411
    (json,) = send(reader, b"[]", transfer_encoding="chunked", content_type="application/json")
    assert (json.data, reader.read) == (b"2", [b"[]"])


def test_pieces_without_end_are_read_to_one_byte_more_than_may_be(reader: Reader) -> None:
    endless = Heard(b"x" * 64 for _ in range(1_000))
    (answer,) = send(reader, endless, transfer_encoding="chunked", content_type="application/json")
    assert (answer.data, len(reader.read[0])) == (b"1001", 1001)
    assert endless.came < 2_000


@pytest.mark.parametrize(("path", "most"), [("/sign-in", 1_000), ("/en/steward/imports", LARGEST_UPLOAD)])
def test_what_says_that_it_is_too_long_is_left_for_the_application_to_refuse(
    reader: Reader, path: str, most: int
) -> None:
    (answer,) = send(reader, b"unread", path=path, content_length=str(most + 1), cookie="person=1")
    assert (answer.data, reader.read) == (str(most + 1).encode(), [b""])


@pytest.mark.parametrize("length", ["-1", "x", "9" * 30])
def test_a_length_that_is_none_counts_as_no_body(reader: Reader, length: str) -> None:
    assert send(reader, b"name=A", content_length=length)[0].status_code == 200
    assert reader.read == [b""]


def test_what_readers_bring_is_not_looked_at(reader: Reader) -> None:
    silent = Heard([b"x"] * 6, every_s=ENDLESS_S)
    assert send(reader, silent, method="GET", content_length="6")[0].status_code == 200
    assert reader.read == [b""]


def test_large_bodies_wait_on_the_disk(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "IN_MEMORY", 100)
    send(reader, b"name=A", content_length="6")
    send(reader, Heard([b"x" * 90] * 10), content_length="900")
    assert (reader.read, reader.from_disk) == ([b"name=A", b"x" * 900], [False, True])
