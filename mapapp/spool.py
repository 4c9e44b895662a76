"""Signed answers on record, on the disk, before they are sent.

An answer is sent when its record is on the disk; those that several threads record at the same time share one wait for
it. The numbers (`jti`) of answers are reserved in blocks, and a block is on the disk before its first number is used,
so that whatever is lost is known to be missing. Files are made at full size and filled with zeros: a full disk refuses
the next file and never half a record, and bringing a record to the disk changes nothing of the file but its content.

`Sync.INTERVAL` sends without that wait, which costs some milliseconds on a busy disk: a record is then handed to the
system, and reaches the disk within `SYNC_EVERY_S` and the time of a write. The end of this process loses nothing then
either; a power cut may lose the records of that moment, whose numbers enter the log as unaccounted for.
"""

import fcntl
import hashlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from geodata.errors import GeodataError
from mapapp.spool_records import SUFFIX, boot_id, line_of

SEGMENT_BYTES = 1_000_000
"""About 6,000 answers."""

BLOCK = 512
SYNC_EVERY_S = 0.02
LONGEST_LINE = 400


class SpoolUnusable(GeodataError):
    """An answer cannot be recorded, so it must not be sent; the message tells what to do."""


class Sync(StrEnum):
    """When a record must be on the disk: before its answer is sent, or soon after."""

    ALWAYS = "always"
    INTERVAL = "interval"


class Disk:
    """What a spool asks of the system; tests put one in its place that loses power."""

    def write(self, descriptor: int, data: bytes, at: int) -> None:
        """Raises `OSError` also when only a part was written."""
        written = os.pwrite(descriptor, data, at)
        if written != len(data):
            raise OSError(f"{written} of {len(data)} bytes were written")

    def sync(self, descriptor: int) -> None:
        """What was written is on the disk."""
        os.fdatasync(descriptor)


class Segment:
    """A file of this process, held by a lock for as long as it may grow, with the block of numbers in use."""

    def __init__(self, directory: Path, size: int, disk: Disk) -> None:
        name = f"{os.getpid()}-{secrets.token_hex(6)}"
        draft = directory / f"{name}.new"
        self.size, self.end, self.synced, self.disk = size, 0, 0, disk
        self._syncing = threading.Lock()
        self.descriptor: int | None = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX)
            os.posix_fallocate(self.descriptor, 0, size)
            disk.write(self.descriptor, bytes(size), 0)
            self.prefix, self.used = self.reserve(), 0
            self.following: str | None = None
            self.sync(self.end)
            draft.rename(directory / f"{name}{SUFFIX}")  # only now may it be collected, and it is held
            _sync_directory(directory)
        except OSError:
            self.close()
            draft.unlink(missing_ok=True)
            raise

    def reserve(self) -> str:
        """Put a block of numbers on record; counts when it is on the disk."""
        prefix = secrets.token_urlsafe(12)
        self.add(line_of(f"+{prefix}", int(time.time()), str(BLOCK), boot_id()))
        return prefix

    def add(self, line: bytes) -> int:
        """Put the line at the end; where it ends."""
        if self.descriptor is None:
            raise OSError("the file was let go")
        self.disk.write(self.descriptor, line, self.end)
        self.end += len(line)
        return self.end

    def sync(self, upto: int) -> None:
        """Return when the file is on the disk up to there. Who comes while others wait for the disk waits for the next
        turn, and is likely served by another one's."""
        with self._syncing:
            if self.synced >= upto:
                return
            if self.descriptor is None:
                raise OSError("the file was let go")
            end = self.end
            self.disk.sync(self.descriptor)
            self.synced = end

    def close(self) -> None:
        with self._syncing:
            if self.descriptor is not None:
                os.close(self.descriptor)
            self.descriptor = None

    def has_room(self, bytes_more: int) -> bool:
        return self.end + bytes_more <= self.size

    def next_number(self) -> str:
        """A number whose block is on the disk."""
        if self.used == BLOCK:
            if self.following is None:
                self.following = self.reserve()
            self.sync(self.end)
            self.prefix, self.used, self.following = self.following, 0, None
        self.used += 1
        return f"{self.prefix}{self.used - 1:03x}"

    def prepare(self) -> None:
        """Have the next block written before it is needed, so that it reaches the disk with other records."""
        if self.used > BLOCK // 2 and self.following is None and self.has_room(2 * LONGEST_LINE):
            self.following = self.reserve()


class Spool:
    """Records answers in a directory that only its owner may read. Safe for threads; a forked process gets its own."""

    def __init__(
        self,
        directory: Path,
        segment_bytes: int = SEGMENT_BYTES,
        *,
        when: Sync = Sync.ALWAYS,
        disk: Disk | None = None,
    ) -> None:
        self.directory, self.when = directory, when
        self._disk = disk or Disk()
        self._segment_bytes = segment_bytes
        self._lock = threading.Lock()
        self._segment: Segment | None = None
        self._owner = 0
        self._wake = threading.Event()
        self._failure: OSError | None = None

    def number(self) -> str:
        """A number for an answer; it is on record. Raises `SpoolUnusable`."""
        with self._careful() as segment:
            return segment.next_number()

    def record(self, jti: str, issued: int, kid: str, token: str) -> None:
        """Put the answer on record. Raises `SpoolUnusable`: then it must not be sent."""
        line = line_of(jti, issued, kid, hashlib.sha256(token.encode()).hexdigest())
        with self._careful() as segment:
            end = segment.add(line)
            segment.prepare()
        if self.when is Sync.ALWAYS:
            self._settle(segment, end)
        else:
            self._wake.set()

    def close(self) -> None:
        """Let go of the file; what is recorded stays and may be collected."""
        with self._lock:
            self._drop()
            self._owner, wake, self._wake = 0, self._wake, threading.Event()
            wake.set()

    @contextmanager
    def _careful(self) -> Iterator[Segment]:
        """The current file, for this thread alone; whatever goes wrong makes the answer one that must not be sent."""
        with self._lock:
            try:
                yield self._current()
            except OSError as error:
                self._drop()
                raise self._unusable(error) from error

    def _settle(self, segment: Segment, end: int) -> None:
        """Wait for the disk beside other threads, so that one wait serves all that recorded before it began. A file
        that once failed to reach the disk is never trusted again."""
        try:
            segment.sync(end)
        except OSError as error:
            with self._lock:
                if self._segment is segment:
                    self._drop()
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> SpoolUnusable:
        return SpoolUnusable(f"{self.directory} takes no more answers: {error.strerror or error}.")

    def _current(self) -> Segment:
        """The file with room for at least one more record and one more block."""
        mine = self._segment if self._owner == os.getpid() else None
        if self._failure is not None:
            failure, self._failure = self._failure, None
            raise failure
        if mine is not None and mine.has_room(2 * LONGEST_LINE):
            return mine
        if mine is not None:
            mine.sync(mine.end)
            mine.close()
        self._segment = None
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._owner != os.getpid():
            self._begin()
        self._segment = Segment(self.directory, self._segment_bytes, self._disk)
        return self._segment

    def _begin(self) -> None:
        self._owner, self._wake = os.getpid(), threading.Event()
        if self.when is Sync.INTERVAL:
            threading.Thread(target=self._keep_syncing, args=(self._wake,), name="spool", daemon=True).start()

    def _keep_syncing(self, wake: threading.Event) -> None:
        """Bring to the disk what was recorded. An error is told to whoever records next."""
        while wake.wait() and wake is self._wake:
            wake.clear()
            segment = self._segment
            if segment is not None:
                try:
                    segment.sync(segment.end)
                except OSError as error:
                    self._failure = error if segment is self._segment else self._failure
            time.sleep(SYNC_EVERY_S)

    def _drop(self) -> None:
        """After an error nothing is known of the file; the next answer gets another one."""
        if self._segment is not None and self._owner == os.getpid():
            self._segment.close()
        self._segment = None


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
