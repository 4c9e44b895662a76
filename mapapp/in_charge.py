"""Who is in charge of a data directory: one `mapapp serve`, which alone runs the keeper.

For an upgrade another may serve beside it, on a port of its own; it is in charge as soon as the first has ended.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from geodata.cluster_place import ClusterUnusable
from geodata.errors import GeodataError

LOCK = "serve.lock"


class AlreadyServed(GeodataError):
    """Another process serves from the same data directory."""


class Charge:
    """The lock of a data directory, which ends with the process that has it."""

    def __init__(self, lock: TextIO, note: str) -> None:
        self._lock, self._note = lock, note

    def taken(self) -> bool:
        """Whether it is ours, taken now where nobody has it. Never waits."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(self._note)
        self._lock.flush()
        return True

    def holder(self) -> str:
        """The note of whoever has it."""
        self._lock.seek(0)
        return self._lock.read().strip()


@contextlib.contextmanager
def charge(data: Path, note: str, *, beside: bool) -> Iterator[Charge]:
    """The charge of the directory, `taken` unless we serve beside another. Raises `AlreadyServed` where somebody has it
    and we are not to serve beside, and `ClusterUnusable` for a directory that cannot be written."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ClusterUnusable(f"{data} cannot be written: {error.strerror}.") from error
    with os.fdopen(descriptor, "r+") as lock:
        found = Charge(lock, note)
        if not found.taken() and not beside:
            raise AlreadyServed(f"{data} is already being served ({found.holder()}).")
        yield found
