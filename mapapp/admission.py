"""One request of a worker works at a time. Others wait for their turn, verification first; when too many wait, whoever
comes is told at once to come back.

A worker gets nothing done sooner by working on several requests at the same time (Python runs one), so further threads
of the server only wait here, in order, or refuse. What kept answers give and what the watchers of the site ask does not
wait. Without a bound, twice what a worker can do would make everybody wait until nobody is there any more.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask

from mapapp.bodies import SENDING, Bodies
from mapapp.measuring import kind_of
from mapapp.refusals import REFUSED, refuse
from mapapp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SPARED_FIRST = "verify"
NEVER_WAITS = ("health",)
URGENT = 1.5
FEW = 4
REMEMBERED = 10
"""Of how many requests the time that one takes is a moving mean."""

REFUSING = 8
"""Threads beyond those that may wait: somebody must be there to refuse."""


class Gate:
    """Whose turn it is. `most`: how many may wait, and no more than can be expected to have their turn within
    `longest_wait_s` (0: no matter), though always a FEW; of the urgent, half as many more."""

    def __init__(self, most: int, longest_wait_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.longest_wait_s, self.clock = most, longest_wait_s, clock
        self._lock = Lock()
        self._working = False
        self._since = 0.0
        self._each_s = 0.0
        self._urgent: deque[Lock] = deque()
        self._others: deque[Lock] = deque()

    @property
    def waiting(self) -> int:
        return len(self._urgent) + len(self._others)

    def room(self, *, urgent: bool) -> int:
        """How many may wait, as long as the last requests took."""
        room = float(self.most)
        if self.longest_wait_s and self._each_s:
            room = min(room, max(FEW, self.longest_wait_s / self._each_s))
        return int(room * URGENT if urgent else room)

    def enter(self, *, urgent: bool) -> bool:
        """Wait for one's turn; False, at once, when too many wait already. Who entered must `leave`."""
        with self._lock:
            if not self._working:
                self._working, self._since = True, self.clock()
                return True
            if self.waiting >= self.room(urgent=urgent):
                return False
            turn = Lock()
            turn.acquire()
            (self._urgent if urgent else self._others).append(turn)
        turn.acquire()
        return True

    def leave(self) -> None:
        """Let the next one work: the urgent first, each in the order of their coming."""
        with self._lock:
            now = self.clock()
            took_s = min(now - self._since, self.longest_wait_s / 2)  # one slow request shall not count for many
            self._each_s += (took_s - self._each_s) / REMEMBERED
            self._since = now
            queue = self._urgent or self._others
            if queue:
                queue.popleft().release()
            else:
                self._working = False


class Admission:
    """WSGI: the application behind the gate."""

    def __init__(self, app: "WSGIApplication", gate: Gate) -> None:
        self.app, self.gate = app, gate

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        kind = kind_of(environ.get("PATH_INFO", ""))
        if kind in NEVER_WAITS:
            return self.app(environ, start_response)
        if not self.gate.enter(urgent=kind == SPARED_FIRST):
            return turned_away(kind, environ, start_response)
        try:
            return self.app(environ, start_response)
        finally:
            self.gate.leave()


def turned_away(kind: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    environ[REFUSED] = True
    return refuse(kind, start_response)


def threads(settings: Settings) -> int:
    """How many threads a worker needs: those that wait for their turn or for a body, the one that works, and some to
    refuse."""
    return int(settings.most_waiting * URGENT) + 1 + SENDING + REFUSING if settings.most_waiting else 1


def install(app: Flask, settings: Settings) -> None:
    """Before what takes work and behind what gives kept answers; a body is whole before its request waits for a
    turn."""
    if settings.most_waiting:
        gate = Gate(settings.most_waiting, settings.longest_wait_ms / 1000)
        app.wsgi_app = Admission(app.wsgi_app, gate)  # type: ignore[method-assign]
        app.wsgi_app = Bodies(app.wsgi_app, app.config["MAX_CONTENT_LENGTH"])  # type: ignore[method-assign]
