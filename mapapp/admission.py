"""One request of a worker works at a time. Others wait for their turn, verification first; when too many wait, whoever
comes is told at once to come back.

A worker gets nothing done sooner by working on several requests at the same time (Python runs one), so further threads
of the server only wait here, in order, or refuse. What kept answers give and what the watchers of the site ask does not
wait. Without a bound, twice what a worker can do would make everybody wait until nobody is there any more.
"""

import time
from collections import deque
from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from flask import Flask

from mapapp.measuring import kind_of
from mapapp.refusals import REFUSED, refuse
from mapapp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SPARED_FIRST = "verify"
NEVER_WAITS = ("health",)
REFUSING = 8
"""Threads beyond those that may wait: somebody must be there to refuse."""


class Gate:
    """Whose turn it is. `most`: how many may wait; of the urgent, half as many more."""

    def __init__(self, most: int) -> None:
        self.most, self.most_urgent = most, most + most // 2
        self._lock = Lock()
        self._working = False
        self._urgent: deque[Lock] = deque()
        self._others: deque[Lock] = deque()

    @property
    def waiting(self) -> int:
        return len(self._urgent) + len(self._others)

    @property
    def crowded(self) -> bool:
        """Whether more than half of those wait that may."""
        return 2 * self.waiting > self.most

    def enter(self, *, urgent: bool) -> bool:
        """Wait for one's turn; False, at once, when too many wait already. Who entered must `leave`."""
        with self._lock:
            if not self._working:
                self._working = True
                return True
            if self.waiting >= (self.most_urgent if urgent else self.most):
                return False
            turn = Lock()
            turn.acquire()
            (self._urgent if urgent else self._others).append(turn)
        turn.acquire()
        return True

    def leave(self) -> None:
        """Let the next one work: the urgent first, each in the order of their coming."""
        with self._lock:
            queue = self._urgent or self._others
            if queue:
                queue.popleft().release()
            else:
                self._working = False


class Admission:
    """WSGI: the application behind the gate. In a crowd, what waited longer than `longest_wait_s` (0: no matter) is
    refused too, so that those behind it are answered in time."""

    def __init__(self, app: "WSGIApplication", gate: Gate, longest_wait_s: float) -> None:
        self.app, self.gate, self.longest_wait_s = app, gate, longest_wait_s

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        kind = kind_of(environ.get("PATH_INFO", ""))
        if kind in NEVER_WAITS:
            return self.app(environ, start_response)
        came = time.monotonic()
        urgent = kind == SPARED_FIRST
        if not self.gate.enter(urgent=urgent):
            return turned_away(kind, environ, start_response)
        try:
            if not urgent and self.gate.crowded and 0 < self.longest_wait_s < time.monotonic() - came:
                return turned_away(kind, environ, start_response)
            return self.app(environ, start_response)
        finally:
            self.gate.leave()


def turned_away(kind: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    environ[REFUSED] = True
    return refuse(kind, start_response)


def threads(settings: Settings) -> int:
    """How many threads a worker needs: those that wait, the one that works, and some to refuse."""
    return settings.most_waiting + settings.most_waiting // 2 + 1 + REFUSING if settings.most_waiting else 1


def install(app: Flask, settings: Settings) -> None:
    """Before what takes work and behind what gives kept answers."""
    if settings.most_waiting:
        gate = Gate(settings.most_waiting)
        app.wsgi_app = Admission(app.wsgi_app, gate, settings.longest_wait_ms / 1000)  # type: ignore[method-assign]
