"""The keeper: a process beside the web workers that collects signed answers and keeps the release on the disk.

`mapapp serve` starts it anew whenever it ends, each time after a longer wait while it ends soon, and notes in a file
what became of it; the keeper marks each round it has finished. `/readyz` and `/metrics` tell both.
"""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata import processes

NOTE = "keeper.json"
ROUND = "keeper.round"
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
PATIENCE_S = 10.0
STEADY_AFTER_S = 60.0
"""One that ran for so long is started anew after the first wait again."""

ASK_AGAIN_S = 0.5
"""How often whoever may not run a keeper yet looks whether it may."""


@dataclass(frozen=True)
class Keeper:
    """What is known of it: whether it runs, how often it was started anew, and the seconds since it finished a round
    (None: none yet)."""

    running: bool
    restarts: int
    round_age_s: int | None


class Watchman:
    """Runs a command, as soon as it `may_start`, for as long as it is wanted, whatever kills it."""

    def __init__(
        self,
        command: Sequence[str],
        data: Path,
        *,
        first_wait_s: float = FIRST_WAIT_S,
        patience_s: float = PATIENCE_S,
        may_start: Callable[[], bool] = lambda: True,
    ) -> None:
        self.command, self.data, self.first_wait_s = list(command), data, first_wait_s
        self.patience_s = patience_s
        self.may_start, self.began = may_start, False
        self.restarts = 0
        self._over, self._looked = threading.Event(), threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._watch, name="keeper", daemon=True)

    def start(self) -> None:
        """Returns when the process is started, or may not be yet: a worker forked in the midst of that would keep the
        pipe open on which the start is waited for. The thread lives as long as the process: Linux takes the end of the
        thread that started a process for the end of its parent."""
        self._thread.start()
        self._looked.wait()

    def stop(self) -> None:
        """Ends the process, and waits for it; one that does not end in time is killed, which costs it a round."""
        with self._lock:
            self._over.set()
            if self._process is not None:
                self._process.terminate()
        self._thread.join(self.patience_s)
        if self._process is not None and self._thread.is_alive():
            self._process.kill()
            self._thread.join()
        if self.began:
            (self.data / NOTE).unlink(missing_ok=True)

    def _watch(self) -> None:
        try:
            self._keep_running()
        finally:
            self._looked.set()

    def _keep_running(self) -> None:
        while not self.may_start():
            self._looked.set()
            if self._over.wait(ASK_AGAIN_S):
                return
        self.began = True
        (self.data / ROUND).unlink(missing_ok=True)
        wait_s = self.first_wait_s
        while (process := self._started()) is not None:
            self._looked.set()
            began = time.monotonic()
            process.wait()
            if time.monotonic() - began > STEADY_AFTER_S:
                wait_s = self.first_wait_s
            if self._over.wait(wait_s):
                return
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
            self.restarts += 1

    def _started(self) -> subprocess.Popen[bytes] | None:
        """The process, whose number is noted; None once it is not wanted any more."""
        with self._lock:
            if self._over.is_set():
                return None
            self._process = subprocess.Popen(self.command)  # noqa: S603  our own command
            self._note(self._process.pid)
            return self._process

    def _note(self, pid: int) -> None:
        """A full disk costs the note and not the keeper."""
        with contextlib.suppress(OSError):
            draft = self.data / f"{NOTE}.new"
            draft.write_text(json.dumps({"process": processes.identity(pid), "restarts": self.restarts}))
            draft.rename(self.data / NOTE)


@contextlib.contextmanager
def watched(command: Sequence[str], data: Path, may_start: Callable[[], bool]) -> Iterator[None]:
    """Within, the command is kept running, from when it `may_start`."""
    watchman = Watchman(command, data, may_start=may_start)
    watchman.start()
    try:
        yield
    finally:
        watchman.stop()


def round_done(data: Path) -> None:
    """Mark that the keeper did all that it had to do just now."""
    with contextlib.suppress(OSError):
        (data / ROUND).touch()


def keeper_of(data: Path) -> Keeper | None:
    """The keeper of a data directory; None where `mapapp serve` does not run."""
    try:
        note = json.loads((data / NOTE).read_text())
    except (OSError, ValueError):
        return None
    return Keeper(bool(note["process"]) and processes.is_alive(note["process"]), note["restarts"], _age_s(data / ROUND))


def _age_s(path: Path) -> int | None:
    try:
        return max(0, int(time.time() - path.stat().st_mtime))
    except OSError:
        return None
