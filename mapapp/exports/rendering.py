"""Heavy exports are drawn in a process of their own, one at a time on the machine, and kept."""

from collections.abc import Callable, Mapping

from mapapp.exports.apart import WAIT_S, Apart, Work
from mapapp.exports.apart import Busy as Busy
from mapapp.exports.apart import RenderingFailed as RenderingFailed
from mapapp.exports.store import File, Store

MOST_S = 120
Make = Callable[[], Mapping[str, File]]


class Renderer(Apart):
    """Draws what is not in the store. `wait_s`: how long `file` may take."""

    def __init__(self, store: Store, wait_s: float = WAIT_S) -> None:
        super().__init__(store.folder, most_s=MOST_S, wait_s=wait_s)
        self.store = store

    def file(self, key: str, prepare: Callable[[], Make]) -> File:
        """The file kept under `key`; else `prepare()` reads what is needed, and what that returns draws files by key,
        `key` among them, elsewhere. Raises `Busy`, `RenderingFailed`."""
        found = self.store.get(key)
        if found is not None:
            return found
        self.do([key], lambda: self._keeping(key, prepare()))
        found = self.store.get(key)
        if found is None:
            raise RenderingFailed(key)
        return found

    def _keeping(self, key: str, make: Make) -> Work:
        def keep() -> None:
            with self.failures.noted(key):
                for name, file in make().items():
                    self.store.put(name, file)

        return keep
