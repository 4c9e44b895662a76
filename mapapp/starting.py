"""A quick start: what is read in is not looked through for garbage, and the site is made beside the wait for the
database."""

import contextlib
import gc
import importlib
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import ModuleType
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


def read_in(name: str) -> ModuleType:
    """The module, read in where it was not yet, with all that it needs: that is not looked through for garbage later
    either, when the first object after it would have all of it looked through."""
    if name not in sys.modules:
        with uncollected():
            importlib.import_module(name)
            gc.freeze()
    return sys.modules[name]


@contextlib.contextmanager
def made_beside(make: Callable[[], Made]) -> Iterator["Future[Made]"]:
    """Within, something is being made in a thread of its own; its `result()` waits for it, and raises what it raised.
    At the end it is waited for in any case: nothing is left half read."""
    with ThreadPoolExecutor(1, thread_name_prefix="beside") as threads:
        yield threads.submit(make)
