"""How processes end: with their parent, and not in the middle of what must be whole."""

import contextlib
import os
import signal
import time

import pytest

from geodata import processes
from mapapp.endings import die_with_parent, end_on_signals, uninterrupted


def test_signal_unwinds_and_later_ones_do_not_disturb_putting_away() -> None:
    put_away, before = False, signal.getsignal(signal.SIGINT)
    with end_on_signals():
        try:
            signal.raise_signal(signal.SIGTERM)
            pytest.fail("the signal did not unwind")
        finally:
            signal.raise_signal(signal.SIGINT)
            put_away = True
    assert put_away
    assert signal.getsignal(signal.SIGINT) is before


def test_whoever_goes_on_after_errors_learns_that_a_signal_came() -> None:
    rounds = []
    with end_on_signals() as over:
        while not over():
            rounds.append(over())
            with contextlib.suppress(ValueError):
                try:
                    signal.raise_signal(signal.SIGTERM)
                finally:
                    raise ValueError("as a driver does in the midst of a statement")
    assert rounds == [False]


def test_signal_waits_for_what_must_be_whole() -> None:
    steps = []
    with end_on_signals():
        with uninterrupted():
            signal.raise_signal(signal.SIGTERM)
            steps.append("whole")
        steps.append("not reached")
    assert steps == ["whole"]


def grandchild(*, parent_is_dead: bool) -> int:
    """The pid of a process forked by a forked process that is gone; it asked to die with its parent."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            os.close(write)
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while parent_is_dead and os.getppid() == parent:
                time.sleep(0.01)
            die_with_parent(parent)
            time.sleep(60)
            os._exit(0)
        os.write(write, f"{pid} ".encode())
        if not parent_is_dead:
            time.sleep(0.5)
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with os.fdopen(read) as told:
        return int(told.read().split()[0])


@pytest.mark.parametrize("parent_is_dead", [False, True])
def test_process_dies_with_its_parent_whatever_it_does_with_signals(parent_is_dead: bool) -> None:
    pid = grandchild(parent_is_dead=parent_is_dead)
    for _ in range(3_000):
        if processes.identity(pid) is None:
            return
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("it outlived its parent")
