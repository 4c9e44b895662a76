"""Reading from a replica (`DATABASE_REPLICA_URL`) while it is close enough behind; everything else from the primary.

What must not be late stays with the primary: verification, whatever a person who signed in sees, and pages that show
what a visitor has just sent. A replica that does not answer, or is too far behind, is left alone until it catches up.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, g, request
from sqlalchemy.orm import Session, sessionmaker

from geodata.engine import AWAY
from geodata.replication import Lag, position
from mapapp.measuring import kind_of

LOOK_AGAIN_S = 1.0
TRY_AGAIN_S = 2.0
MAY_BE_LATE = ("api", "data", "ogc", "pages", "planner", "reconcile", "tiles")
NEVER_LATE = ("/reports/", "/en/reports/", "/api/v1/audit", "/api/v1/clients")
Sessions = sessionmaker[Session]


@dataclass(frozen=True)
class State:
    """What was last seen of the replica: `lag_s` None when it did not answer; `primary`: whether that did."""

    lag_s: float | None
    primary: bool


class Replica:
    """The replica, looked at once a second at most, by the requests that could use it."""

    def __init__(
        self, sessions: Sessions, primary: Sessions, *, most_lag_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.sessions, self.primary, self.most_lag_s, self.clock = sessions, primary, most_lag_s, clock
        self._lag = Lag()
        self._state = State(None, primary=False)
        self._look_at = float("-inf")

    @property
    def state(self) -> State:
        """The replica as it is now, or was a second ago."""
        if self.clock() >= self._look_at:
            self._look()
        return self._state

    @property
    def usable(self) -> bool:
        lag_s = self.state.lag_s
        return lag_s is not None and lag_s <= self.most_lag_s

    def session(self) -> Session | None:
        """A session on the replica with its connection; None while it should not be read from."""
        if not self.usable:
            return None
        session = self.sessions()
        try:
            session.connection()
        except AWAY:
            session.close()
            self._give_up()
            return None
        return session

    def _look(self) -> None:
        """The primary first: what is written afterwards is no lag yet."""
        now = self.clock()
        self._look_at = now + LOOK_AGAIN_S
        written = asked(self.primary)
        if written is not None:
            self._lag.written(now, written)
        replayed = asked(self.sessions)
        if replayed is None:
            self._give_up()
        else:
            self._state = State(self._lag.behind_s(now, replayed), written is not None)

    def _give_up(self) -> None:
        self._state = State(None, self._state.primary)
        self._look_at = self.clock() + TRY_AGAIN_S


def asked(sessions: Sessions) -> int | None:
    """How far the server is; None when it does not answer."""
    try:
        with sessions() as session:
            return position(session)
    except AWAY:
        return None


def may_be_late() -> bool:
    """Whether this request may be answered from a replica."""
    reads = request.method in ("GET", "HEAD") or kind_of(request.path) == "reconcile"
    return (
        reads
        and not g.get("acting_token")
        and kind_of(request.path) in MAY_BE_LATE
        and not request.path.startswith(NEVER_LATE)
    )


def the_replica(app: Flask) -> Replica | None:
    found: Replica | None = app.extensions.get("mapapp.replica")
    return found
