"""What was worked out about one publication of the register, remembered by the process that worked it out."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """The `most` answers used last. Keys must name the publication they belong to (a `Moment` with its time does)."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._found: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def known(self, key: Hashable) -> T | None:
        """The remembered answer, if there is one."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def get(self, key: Hashable, work_out: Callable[[], T], *, unless: Callable[[], bool] = lambda: False) -> T:
        """The remembered answer, or the one worked out now; what raises is not remembered, nor what `unless`, asked
        afterwards, says does not last."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        found = work_out()
        if unless():
            return found
        with self._lock:
            self._found[key] = found
            while len(self._found) > self.most:
                self._found.popitem(last=False)
        return found
