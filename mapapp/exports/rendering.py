"""Heavy files are drawn in a process of their own, one at a time on the machine, and kept.

A worker has one thread, and verification waits behind whatever it does. So it waits for a drawing only for a moment;
who comes while another file is drawn, or asks for one that takes longer, is told when to come back, and the drawing
goes on meanwhile. The process is a fork: it has the answer and every module already, closes what it inherited, reads
through a connection of its own, and gives its memory back when it ends.
"""

import contextlib
import fcntl
import gc
import os
import select
import signal
import threading
import time
import traceback
from collections.abc import Callable, Mapping

from mapapp.exports.patience import Patience
from mapapp.exports.store import File, Store

WAIT_S = 4.0
"""How long a worker waits for one drawing, while its share of `Patience` lasts."""

MOST_S = 120
"""A drawing that takes longer is ended."""

NICENESS = 5
STANDARD_ERROR = 2
Make = Callable[[], Mapping[str, File]]


class Busy(Exception):
    """The file is not ready, or another one is being drawn: ask again soon."""


class RenderingFailed(Exception):
    """The process that drew ended without a file; it wrote the reason to the log."""


class Renderer:
    """Draws what is not in the store. `wait_s`: how long `file` may take."""

    def __init__(self, store: Store, wait_s: float = WAIT_S) -> None:
        self.store = store
        self.wait_s = wait_s
        self.patience = Patience(store.folder / "waits")
        self._left: list[int] = []

    def file(self, key: str, prepare: Callable[[], Make]) -> File:
        """The file kept under `key`; else `prepare()` reads what is needed, and what that returns draws files by key,
        `key` among them, elsewhere. Raises `Busy`, `RenderingFailed`."""
        found = self.store.get(key)
        if found is not None:
            return found
        self._bury()
        lock = self._take_turn()
        try:
            drawing = fork_to(prepare(), self.store, lock)
        finally:
            os.close(lock)  # the drawing holds it until it ends
        self._await(drawing)
        found = self.store.get(key)
        if found is None:
            raise RenderingFailed(key)
        return found

    def _take_turn(self) -> int:
        """The descriptor of the lock, taken; raises `Busy` while anything is drawn on this machine."""
        self.store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.store.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Busy from None
        return lock

    def _await(self, drawing: int) -> None:
        """Until the drawing ends; raises `Busy` where that takes longer than we may wait."""
        began = time.monotonic()
        in_time = ends_within(drawing, min(self.wait_s, self.patience.left_s()))
        self.patience.spend(time.monotonic() - began)
        if not in_time:
            self._left.append(drawing)
            raise Busy
        with contextlib.suppress(ChildProcessError):
            os.waitpid(drawing, 0)

    def _bury(self) -> None:
        """Let go of drawings that ended after nobody waited any more."""
        self._left = [pid for pid in self._left if not has_ended(pid)]


def ends_within(pid: int, seconds: float) -> bool:
    ended = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    finally:
        os.close(ended)


def has_ended(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def fork_to(make: Make, store: Store, lock: int) -> int:
    """The number of a new process that draws and keeps the files, and then ends."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    failed = True
    try:
        live_alone(parent, lock)
        for key, file in make().items():
            store.put(key, file)
        failed = False
    except BaseException:
        os.write(STANDARD_ERROR, traceback.format_exc().encode())
    finally:
        os._exit(int(failed))


def live_alone(parent: int, lock: int) -> None:
    """Forget what the parent holds open (its database would take a farewell for its own), be gentle, end in time."""
    gc.freeze()
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        if int(name) > STANDARD_ERROR and int(name) != lock:
            with contextlib.suppress(OSError):
                os.close(int(name))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.alarm(MOST_S)
    os.nice(NICENESS)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()


def end_with(parent: int) -> None:
    """End this process when its parent is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
