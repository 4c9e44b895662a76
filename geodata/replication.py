"""How far a streaming replica is behind the primary, in seconds, without writing anything.

The primary tells how far its log is written, the replica how far it has replayed. The replica is behind by the age of
the oldest word of the primary that it has not replayed. (The time of its last transaction says nothing where the
primary is at rest.)
"""

from collections import deque

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST_REMEMBERED = 10_000

POSITION = text(
    "SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END"
    " - '0/0'::pg_lsn)::bigint"
)


def position(session: Session) -> int:
    """How far this server is: bytes of log written by a primary, or replayed by a replica."""
    return int(session.scalar(POSITION) or 0)


class Lag:
    """What the primary said and when, as far as the replica has not come there."""

    def __init__(self) -> None:
        self._ahead: deque[tuple[float, int]] = deque(maxlen=MOST_REMEMBERED)

    def written(self, at_s: float, position: int) -> None:
        """The primary was so far at this moment (seconds of a clock that does not jump)."""
        if not self._ahead or position > self._ahead[-1][1]:
            self._ahead.append((at_s, position))

    def behind_s(self, at_s: float, replayed: int) -> float:
        """For how long the replica, which has come so far, lacks something; 0 when it lacks nothing we know of."""
        while self._ahead and self._ahead[0][1] <= replayed:
            self._ahead.popleft()
        return at_s - self._ahead[0][0] if self._ahead else 0.0
