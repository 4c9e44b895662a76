"""The places of a worker for bodies on their way: many, and still fewer than somebody with patience can open
connections. So nobody holds more than a share of them, and where all are held, the body that has been slow for longest
gives way.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SLOWEST_BYTES_PER_S = 50_000
SLOW_AFTER_S = 1.0
"""Before that nobody is called slow."""

SHARE = 0.5
"""Of the places, for one sender."""


class NoPlace(Exception):
    """All places are held by bodies that are not slow, or the sender holds a share of them."""


@dataclass(eq=False)
class Place:
    """A body on its way. `over`: done once it has to give way."""

    sender: str
    began: float
    size: int = 0
    over: "asyncio.Future[None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def slow(self, now: float) -> bool:
        held_s = now - self.began
        return held_s > SLOW_AFTER_S and self.size < held_s * SLOWEST_BYTES_PER_S


class Places:
    """`most` of them. For one thread, that of the event loop."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.clock = most, clock
        self.held: list[Place] = []

    @contextmanager
    def taken(self, sender: str) -> Iterator[Place]:
        """A place for a body of the sender, at once. Raises `NoPlace`."""
        place = self._enter(sender)
        try:
            yield place
        finally:
            if place in self.held:
                self.held.remove(place)

    def _enter(self, sender: str) -> Place:
        if sum(one.sender == sender for one in self.held) >= self.most * SHARE:
            raise NoPlace
        if len(self.held) >= self.most:
            self._end_first([one for one in self.held if one.slow(self.clock())])
        place = Place(sender, self.clock())
        self.held.append(place)
        return place

    def _end_first(self, slow: list[Place]) -> None:
        """Of those that are slow, in the order of their coming. Raises `NoPlace` without any."""
        if not slow:
            raise NoPlace
        slow[0].over.set_result(None)
        self.held.remove(slow[0])
