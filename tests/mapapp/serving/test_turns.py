"""One request of a worker at a time, a bounded number that waits, and a clear refusal for all others."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from werkzeug.wrappers import Response

from mapapp.serving.turns import Turns
from tests.mapapp.serving.asking import Asking, application, asking, in_a_loop

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


class Rush:
    """`ask(path)` returns when the request works, waits or was answered."""

    def __init__(self, site: Asking, slow: Slow) -> None:
        self.site, self.slow, self.turns = site, slow, site.site.turns

    @property
    def reached(self) -> int:
        return self.turns.waiting + len(self.slow.order)

    async def ask(self, path: str) -> "asyncio.Task[Response]":
        before, asked = self.reached, self.site.soon(path)
        await until(lambda: asked.done() or self.reached > before)
        return asked


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not reached():
            await asyncio.sleep(0.001)


@asynccontextmanager
async def rush() -> AsyncIterator[Rush]:
    """An application of which two may wait, and one more for verification."""
    slow = Slow()
    async with asking(application(slow), most_waiting=2, longest_wait_ms=0) as site:
        try:
            yield Rush(site, slow)
        finally:
            slow.go.release(100)


def in_a_rush(test: Callable[[Rush], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with rush() as found:
            await test(found)

    in_a_loop(run())


def test_one_works_and_others_wait_in_the_order_of_their_coming() -> None:
    async def test(found: Rush) -> None:
        asked = [await found.ask(path) for path in ("/a", "/b", "/c")]
        assert found.turns.waiting == 2
        found.slow.go.release(3)
        assert [(await one).status_code for one in asked] == [200, 200, 200]
        assert found.slow.order == ["/a", "/b", "/c"]
        assert found.slow.most_inside == 1

    in_a_rush(test)


def test_too_many_are_told_at_once_to_come_back() -> None:
    async def test(found: Rush) -> None:
        for path in ("/a", "/b", "/c"):
            await found.ask(path)
        page, api = [await (await found.ask(path)) for path in ("/planner", "/api/v1/institutions")]
        assert [(one.status_code, one.headers["Retry-After"]) for one in (page, api)] == [(503, "2"), (503, "2")]
        assert (page.mimetype, api.mimetype) == ("text/plain", "application/problem+json")
        assert api.get_json()["status"] == 503
        assert page.headers["Cache-Control"] == "no-store"
        counted = found.site.site.measuring.mine
        assert (counted.refused, counted.requests["api 503"], counted.requests["planner 503"]) == (2, 1, 1)

    in_a_rush(test)


def test_verification_goes_first_and_is_refused_last() -> None:
    async def test(found: Rush) -> None:
        asked = [await found.ask(path) for path in ("/a", "/b", "/c", "/api/v1/verify")]
        assert (await (await found.ask("/api/v1/verify"))).status_code == 503
        found.slow.go.release(4)
        assert {(await one).status_code for one in asked} == {200}
        assert found.slow.order == ["/a", "/api/v1/verify", "/b", "/c"]

    in_a_rush(test)


def test_watchers_do_not_wait() -> None:
    async def test(found: Rush) -> None:
        for path in ("/a", "/b", "/c"):
            await found.ask(path)
        assert (await (await found.ask("/healthz"))).status_code == 200

    in_a_rush(test)


def test_after_a_rush_everything_is_as_before() -> None:
    async def test(found: Rush) -> None:
        for path in ("/a", "/b", "/c", "/d", "/e"):
            await found.ask(path)
        found.slow.go.release(100)
        await until(lambda: found.slow.inside == found.turns.waiting == 0)
        assert [(await (await found.ask("/f"))).status_code for _ in range(5)] == [200] * 5

    in_a_rush(test)


def test_a_failure_gives_up_the_turn() -> None:
    def fails(_environ: dict[str, Any], _start_response: Any) -> Iterable[bytes]:
        raise ZeroDivisionError

    async def run() -> None:
        async with asking(application(fails), most_waiting=1) as site:
            for _ in range(3):
                with pytest.raises(ZeroDivisionError):
                    await site.get("/")
            assert site.site.measuring.mine.requests["pages 500"] == 3

    in_a_loop(run())


def test_without_a_bound_all_wait() -> None:
    async def run() -> None:
        slow = Slow()
        async with asking(application(slow), most_waiting=0) as site:
            asked = [site.soon("/a") for _ in range(200)]
            await until(lambda: site.site.turns.waiting == 199)
            slow.go.release(200)
            assert {(await one).status_code for one in asked} == {200}

    in_a_loop(run())


@pytest.mark.parametrize(
    ("each_s", "room", "urgent"), [(0.001, 48, 72), (0.04, 48, 72), (0.1, 20, 30), (0.25, 8, 12), (5, 4, 6)]
)
def test_no_more_wait_than_can_have_their_turn_in_time(each_s: float, room: int, urgent: int) -> None:
    now = iter(each_s * tick for tick in range(1_000))
    turns = Turns(48, longest_wait_s=2.001, clock=lambda: next(now))
    for _ in range(100):
        assert in_a_loop(turns.enter(urgent=False))
        turns.leave()
    assert (turns.room(urgent=False), turns.room(urgent=True)) == (room, urgent)


def test_one_slow_request_leaves_room_for_others() -> None:
    times = iter([0.0, 0.01, 1.0, 6.0])
    turns = Turns(48, longest_wait_s=2, clock=lambda: next(times))
    for _ in range(2):
        in_a_loop(turns.enter(urgent=False))
        turns.leave()
    assert turns.room(urgent=False) == 19
