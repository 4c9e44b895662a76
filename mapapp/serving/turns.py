"""Whose turn it is. One request of a worker works at a time; others wait, verification first, and when too many wait,
whoever comes is told at once to come back.

Without a bound, twice what a worker can do would make everybody wait until nobody is there any more.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable

URGENT = 1.5
FEW = 4
REMEMBERED = 10
"""Of how many requests the time that one takes is a moving mean."""


class Turns:
    """`most`: how many may wait, and no more than can be expected to have their turn within `longest_wait_s` (0: no
    matter), though always a FEW; of the urgent, half as many more. For one thread, that of the event loop."""

    def __init__(self, most: int, longest_wait_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.longest_wait_s, self.clock = most, longest_wait_s, clock
        self._working = False
        self._since = 0.0
        self._each_s = 0.0
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        return len(self._urgent) + len(self._others)

    def room(self, *, urgent: bool) -> int:
        """How many may wait, as long as the last requests took."""
        room = float(self.most)
        if self.longest_wait_s and self._each_s:
            room = min(room, max(FEW, self.longest_wait_s / self._each_s))
        return int(room * URGENT if urgent else room)

    async def enter(self, *, urgent: bool) -> bool:
        """Wait for one's turn; False, at once, when too many wait already. Who entered must `leave`."""
        if not self._working:
            self._working, self._since = True, self.clock()
            return True
        if self.waiting >= self.room(urgent=urgent):
            return False
        turn = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._others).append(turn)
        await turn
        return True

    def leave(self) -> None:
        """Let the next one work: the urgent first, each in the order of their coming."""
        now = self.clock()
        took_s = min(now - self._since, self.longest_wait_s / 2)  # one slow request shall not count for many
        self._each_s += (took_s - self._each_s) / REMEMBERED
        self._since = now
        while queue := self._urgent or self._others:
            turn = queue.popleft()
            if not turn.done():  # nobody gave up waiting for it
                turn.set_result(None)
                return
        self._working = False
