"""Places for bodies on their way: slow ones give way, and nobody has more than a share."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from mapapp.serving.places import NoPlace, Place, Places
from tests.mapapp.serving.asking import in_a_loop


class Worker:
    """So many places; bodies begin and stay."""

    def __init__(self, most: int) -> None:
        self.now = 100.0
        self.places = Places(most, lambda: self.now)
        self.bodies = ExitStack()

    def send(self, sender: str, then_s: float = 0.0) -> Place:
        """A body begins; so much later the next thing happens."""
        place = self.bodies.enter_context(self.places.taken(sender))
        self.now += then_s
        return place


def within_a_loop(what: Callable[[], None]) -> None:
    async def run() -> None:
        what()

    in_a_loop(run())


def test_where_all_places_are_held_whoever_has_been_slow_longest_gives_way() -> None:
    def claim() -> None:
        worker = Worker(3)
        first, second, third = (worker.send(f"10.0.0.{at}", then_s=1) for at in (1, 2, 3))
        fourth = worker.send("10.0.0.4")
        assert [one.over.done() for one in (first, second, third, fourth)] == [True, False, False, False]
        worker.bodies.close()
        assert worker.places.held == []

    within_a_loop(claim)


def test_whoever_sends_fast_enough_keeps_the_place() -> None:
    def claim() -> None:
        worker = Worker(2)
        fast, slow = worker.send("10.0.0.1"), worker.send("10.0.0.2", then_s=10)
        fast.size = 1_000_000
        worker.send("10.0.0.3")
        assert (fast.over.done(), slow.over.done()) == (False, True)

    within_a_loop(claim)


def test_nobody_is_called_slow_at_once() -> None:
    def claim() -> None:
        worker = Worker(1)
        only = worker.send("10.0.0.1", then_s=0.9)
        with pytest.raises(NoPlace):
            worker.send("10.0.0.2")
        assert not only.over.done()

    within_a_loop(claim)


@pytest.mark.parametrize("held_s", [0.0, 2.0])
def test_one_sender_holds_half_of_the_places(held_s: float) -> None:
    def claim() -> None:
        worker = Worker(4)
        held = [worker.send("10.0.0.1"), worker.send("10.0.0.1", then_s=held_s)]
        with pytest.raises(NoPlace):
            worker.send("10.0.0.1")
        worker.send("10.0.0.2")
        assert not any(one.over.done() for one in held)

    within_a_loop(claim)
