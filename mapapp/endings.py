"""How a long-running command ends: SIGTERM and Ctrl-C unwind it, so that everything it started is stopped."""

import contextlib
import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType

PR_SET_PDEATHSIG = 1
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Ended(BaseException):
    """The signal to stop, on its way through whatever is being done."""


@contextlib.contextmanager
def end_on_signals() -> Iterator[Callable[[], bool]]:
    """Within, the first signal raises `Ended` and later ones are ignored while things are put away; then all is well.

    Gives whether a signal came, for loops that go on after errors: in the midst of a statement the driver of the
    database raises an error of its own in place of `Ended`. A web server may take both signals over while it runs and
    return by itself.
    """
    came: list[int] = []

    def unwind(number: int, _frame: FrameType | None) -> None:
        for one in SIGNALS:
            signal.signal(one, signal.SIG_IGN)
        came.append(number)
        raise Ended

    before = {number: signal.signal(number, unwind) for number in SIGNALS}
    try:
        with contextlib.suppress(Ended):
            yield lambda: bool(came)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def errors_of_an_end(over: Callable[[], bool]) -> Iterator[None]:
    """Errors within are those of the signal once it came (`over`, as `end_on_signals` gives it), and end here."""
    try:
        yield
    except Exception:
        if not over():
            raise


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Within, signals wait; the first one takes effect at the end."""
    waiting: list[int] = []
    before = {number: signal.signal(number, lambda number, _frame: waiting.append(number)) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if waiting:
        signal.raise_signal(waiting[0])


def die_with_parent(parent: int) -> None:
    """Ask Linux to kill this process when `parent`, which forked it, dies, even by SIGKILL; at once if it is dead.

    SIGKILL, because a forked process starts with its parent's handlers, and those would take a gentler signal for
    their own. So this is for processes that have nothing to put away.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
