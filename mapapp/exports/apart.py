"""Work in a process of its own, one piece of a kind at a time on the machine.

A worker has one thread, and verification waits behind whatever it does. So it waits for such work only for a moment;
who comes while another piece of that kind is under way, or asks for one that takes longer, is told when to come back,
and the work goes on meanwhile. The process is a fork: it has every module already, closes what it inherited, reads
through a connection of its own, and gives its memory back when it ends.
"""

import contextlib
import fcntl
import gc
import logging
import os
import select
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path

from mapapp.exports.failures import Failures
from mapapp.exports.patience import Patience

WAIT_S = 4.0
"""How long a worker waits for one piece of work, while its share of `Patience` lasts."""

NICENESS = 5
STANDARD_ERROR = 2
Work = Callable[[], object]


class Busy(Exception):
    """The work is not done, or other work of its kind is under way: ask again soon."""


class RenderingFailed(Exception):
    """The process that drew ended without a file; it wrote the reason to the log."""


class Apart:
    """Works in processes that take turns at the file `turn` of a folder. `wait_s`: how long `do` may take; `most_s`:
    work that takes longer is ended; `patience`: what it shares with work of other kinds."""

    def __init__(
        self,
        folder: Path,
        *,
        most_s: int,
        wait_s: float = WAIT_S,
        turn: str = "lock",
        patience: Patience | None = None,
    ) -> None:
        self.folder, self.most_s, self.wait_s, self.turn = folder, most_s, wait_s, turn
        self.patience = patience or Patience(folder / "waits")
        self.failures = Failures(folder / "failed")
        self._left: list[int] = []

    def do(self, names: Collection[str], prepare: Callable[[], Work]) -> None:
        """`prepare()` reads what is needed, and what that returns makes the files `names` elsewhere, each one `noted`
        among the failures meanwhile. Raises `Busy`, and `RenderingFailed` where one of them failed in the last minutes
        after nobody waited for it; work that failed wrote the reason to the log."""
        self._bury()
        lock = self._take_turn()
        try:
            self._refuse(names)
            process = fork_to(partial(self._in_scratch, prepare()), lock, self.most_s)
        finally:
            os.close(lock)  # the work holds it until it ends
        self._await(process)
        for name in names:
            self.failures.forget(name)  # whoever asked hears of it now, and may try again

    def _in_scratch(self, work: Work) -> None:
        with scratch(self.folder / "scratch"):
            work()

    def _refuse(self, names: Collection[str]) -> None:
        failed = self.failures.lately().intersection(names)
        if failed:
            raise RenderingFailed(", ".join(sorted(failed)))

    def _take_turn(self) -> int:
        """The descriptor of the lock, taken; raises `Busy` while there is such work on this machine."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self.folder / self.turn, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Busy from None
        return lock

    def _await(self, process: int) -> None:
        """Until the work ends; raises `Busy` where that takes longer than we may wait."""
        began = time.monotonic()
        in_time = ends_within(process, min(self.wait_s, self.patience.left_s()))
        self.patience.spend(time.monotonic() - began)
        if not in_time:
            self._left.append(process)
            raise Busy
        with contextlib.suppress(ChildProcessError):
            os.waitpid(process, 0)

    def _bury(self) -> None:
        """Let go of work that ended after nobody waited any more."""
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


def fork_to(work: Work, lock: int, most_s: int) -> int:
    """The number of a new process that works and then ends."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    failed = True
    try:
        live_alone(parent, lock, most_s)
        work()
        failed = False
    except BaseException:
        logging.getLogger(__name__).exception("a file could not be made")
    finally:
        os._exit(int(failed))


@contextlib.contextmanager
def scratch(folder: Path) -> Iterator[None]:
    """Temporary files of this process stand in `folder`, where whoever works next finds it empty: a process that was
    ended cleans up nothing, and no exit handler runs."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    tempfile.tempdir = str(folder)
    yield
    shutil.rmtree(folder, ignore_errors=True)


def live_alone(parent: int, lock: int, most_s: int) -> None:
    """Forget what the parent holds open (its database would take a farewell for its own), be gentle, end in time."""
    gc.freeze()
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208
        if int(name) > STANDARD_ERROR and int(name) != lock:
            with contextlib.suppress(OSError):
                os.close(int(name))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.alarm(most_s)
    os.nice(NICENESS)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()


def end_with(parent: int) -> None:
    """End this process when its parent is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
