"""A quick start: what is read in is not looked through for garbage, and the site is made beside the wait for the
database."""

import contextlib
import gc
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Made = TypeVar("Made")


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Within, Python does not look for garbage. Modules that are being read in make much that stays and hardly any that
    does not: to look for that took a quarter of the time until the site answered."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@contextlib.contextmanager
def made_beside(make: Callable[[], Made]) -> Iterator["Future[Made]"]:
    """Within, something is being made in a thread of its own; its `result()` waits for it, and raises what it raised.
    At the end it is waited for in any case: nothing is left half read."""
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as threads:
        yield threads.submit(make)
