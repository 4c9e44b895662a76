"""One request of a worker at a time, a bounded number that waits, and a clear refusal for all others."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from mapapp import admission, create_app
from mapapp.admission import Admission, Gate
from tests.mapapp.conftest import NOW, NOWHERE

PATIENCE_S = 20


class Slow:
    """A WSGI application that works until it is let go, and notes the order of its requests and how many were in it."""

    def __init__(self) -> None:
        self.go, self.order, self.inside, self.most_inside = threading.Semaphore(0), list[str](), 0, 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.order.append(environ["PATH_INFO"])
        try:
            if environ["PATH_INFO"] != "/healthz" and not self.go.acquire(timeout=PATIENCE_S):
                raise TimeoutError
        finally:
            self.inside -= 1
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"done"]


class Asking:
    """`ask(path)` asks in a thread of its own and returns when the request works, waits or was refused."""

    def __init__(self, most: int) -> None:
        self.slow, self.gate = Slow(), Gate(most, longest_wait_s=0)
        self.client = Client(Admission(self.slow, self.gate))
        self.threads = ThreadPoolExecutor(20)

    def ask(self, path: str) -> "Future[TestResponse]":
        before = self.gate.waiting + len(self.slow.order)
        asked = self.threads.submit(self.client.get, path)
        until(lambda: asked.done() or self.gate.waiting + len(self.slow.order) > before)
        return asked

    def finish(self) -> None:
        self.slow.go.release(100)
        self.threads.shutdown()


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.fixture
def asking() -> Iterator[Asking]:
    """An application of which two may wait, and one more for verification."""
    found = Asking(2)
    yield found
    found.finish()


def test_one_works_and_others_wait_in_the_order_of_their_coming(asking: Asking) -> None:
    asked = [asking.ask(path) for path in ("/a", "/b", "/c")]
    assert asking.gate.waiting == 2
    asking.finish()
    assert [one.result().status_code for one in asked] == [200, 200, 200]
    assert asking.slow.order == ["/a", "/b", "/c"]
    assert asking.slow.most_inside == 1


def test_too_many_are_told_at_once_to_come_back(asking: Asking) -> None:
    for path in ("/a", "/b", "/c"):
        asking.ask(path)
    page, api = (asking.ask(path).result() for path in ("/planner", "/api/v1/institutions"))
    assert [(one.status_code, one.headers["Retry-After"]) for one in (page, api)] == [(503, "2"), (503, "2")]
    assert (page.mimetype, api.mimetype) == ("text/plain", "application/problem+json")
    assert api.get_json()["status"] == 503
    assert page.headers["Cache-Control"] == "no-store"


def test_verification_goes_first_and_is_refused_last(asking: Asking) -> None:
    asked = [asking.ask(path) for path in ("/a", "/b", "/c", "/api/v1/verify")]
    assert asking.ask("/api/v1/verify").result().status_code == 503
    asking.finish()
    assert {one.result().status_code for one in asked} == {200}
    assert asking.slow.order == ["/a", "/api/v1/verify", "/b", "/c"]


def test_watchers_do_not_wait(asking: Asking) -> None:
    for path in ("/a", "/b", "/c"):
        asking.ask(path)
    assert asking.ask("/healthz").result().status_code == 200


def test_after_a_rush_everything_is_as_before(asking: Asking) -> None:
    for path in ("/a", "/b", "/c", "/d", "/e"):
        asking.ask(path)
    asking.slow.go.release(100)
    until(lambda: asking.slow.inside == asking.gate.waiting == 0)
    assert [asking.ask("/f").result().status_code for _ in range(5)] == [200] * 5


def test_a_failure_gives_up_the_turn() -> None:
    def fails(_environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        raise ZeroDivisionError

    client = Client(Admission(fails, Gate(1, 0)))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            client.get("/")


@pytest.mark.parametrize(
    ("each_s", "room", "urgent"), [(0.001, 48, 72), (0.04, 48, 72), (0.1, 20, 30), (0.25, 8, 12), (5, 4, 6)]
)
def test_no_more_wait_than_can_have_their_turn_in_time(each_s: float, room: int, urgent: int) -> None:
    now = iter(each_s * tick for tick in range(1_000))
    gate = Gate(48, longest_wait_s=2.001, clock=lambda: next(now))
    for _ in range(100):
        assert gate.enter(urgent=False)
        gate.leave()
    assert (gate.room(urgent=False), gate.room(urgent=True)) == (room, urgent)


def test_one_slow_request_leaves_room_for_others() -> None:
    times = iter([0.0, 0.01, 1.0, 6.0])
    gate = Gate(48, longest_wait_s=2, clock=lambda: next(times))
    for _ in range(2):
        gate.enter(urgent=False)
        gate.leave()
    assert gate.room(urgent=False) == 19


def refusing(_gate: Gate, *, urgent: bool) -> bool:
    return False


def test_refusals_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gate, "enter", refusing)
    client = create_app(replace(NOWHERE, most_waiting=1), None, lambda: NOW).test_client()
    refused = client.get("/about")
    assert refused.status_code == 503
    assert measured(client).refused == 1
    assert measured(client).requests["pages 503"] == 1


def measured(client: FlaskClient) -> Any:
    return client.application.extensions["mapapp.measuring"].mine


def test_without_a_bound_there_is_no_gate() -> None:
    settings = replace(NOWHERE, most_waiting=0)
    app = Flask("plain")
    plain = app.wsgi_app
    admission.install(app, settings)
    assert app.wsgi_app == plain
    assert admission.threads(settings) == 1


def test_there_are_threads_to_refuse_when_all_others_wait() -> None:
    gate = Gate(48, 2)
    assert admission.threads(replace(NOWHERE, most_waiting=48)) > gate.room(urgent=True) + 1
