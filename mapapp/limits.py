"""How often one address or one client may ask: a place in a small file that all web processes of the host share.

The generic cell rate algorithm: a place holds the moment at which its allowance is full again. A request is refused
when that lies more than the burst ahead. No request waits for a lock or a database; two that come in the same
microsecond may count as one. Addresses are kept as short hashes under a random key of the file.
"""

import fcntl
import hashlib
import mmap
import os
import secrets
import struct
import time
from pathlib import Path

PLACES = 1 << 16
NEIGHBOURS = 4
KEY_BYTES = 16
PLACE = struct.Struct("<Qd")
"""Who (64 bits of a hash), and when the allowance is full again (seconds since 1970)."""


class Limits:
    """The file of places, made when first needed; without one (a disk that cannot be written) everything passes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._memory: mmap.mmap | None = None
        self._owner = 0

    def wait_s(
        self,
        who: str,
        *,
        per_minute: float,
        burst: float,
        cost: float = 1.0,
        now: float | None = None,
        count: bool = True,
    ) -> float:
        """0 when the request may pass (and is counted, unless told not to), else the seconds after which it may."""
        memory = self._opened()
        if memory is None:
            return 0.0
        moment = time.time() if now is None else now
        hashed = hashlib.blake2b(who.encode(), digest_size=8, key=memory[:KEY_BYTES]).digest()
        name = int.from_bytes(hashed, "little") or 1
        place, full_at = self._find(memory, name, moment)
        each = 60.0 / per_minute
        full_at = max(full_at, moment) + cost * each
        too_early = full_at - moment - max(burst, cost) * each
        if too_early > 1e-9:
            return too_early
        if count:
            PLACE.pack_into(memory, place, name, full_at)
        return 0.0

    def _find(self, memory: mmap.mmap, name: int, moment: float) -> tuple[int, float]:
        """The place of the name: its own, a free one, or that of whoever asked least of late."""
        first = name % PLACES
        places = [KEY_BYTES + (first + step) % PLACES * PLACE.size for step in range(NEIGHBOURS)]
        held = [(place, *PLACE.unpack_from(memory, place)) for place in places]
        for place, other, full_at in held:
            if other == name:
                return place, full_at
        place, _, _ = min(held, key=lambda one: one[2])
        return place, moment

    def _opened(self) -> mmap.mmap | None:
        if self._memory is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._memory = _open(self._path)
        return self._memory


def _open(path: Path) -> mmap.mmap | None:
    """The file in memory, made with its key where it is not there; None where that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_size == 0:
                os.write(descriptor, secrets.token_bytes(KEY_BYTES))
            os.ftruncate(descriptor, KEY_BYTES + PLACES * PLACE.size)
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # the memory below keeps a copy of the descriptor, and so the lock
            return mmap.mmap(descriptor, KEY_BYTES + PLACES * PLACE.size)
        finally:
            os.close(descriptor)
    except OSError:
        return None
