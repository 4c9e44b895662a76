"""How long workers may still wait for drawings and downloads: a budget that all workers of the machine share through
a file."""

import contextlib
import fcntl
import time
from pathlib import Path

WINDOW_S = 60.0
MOST_WAITING_S = 10.0
"""In a window. Somebody who takes a view away in a few formats is served at once; whoever asks without end is told to
come back, and verification keeps its workers."""

LEAST_S = 0.2


class Patience:
    """Waits that were made, a line each: when (seconds since 1970) and how long (seconds)."""

    def __init__(self, path: Path, most_s: float = MOST_WAITING_S) -> None:
        self.path = path
        self.most_s = most_s

    def left_s(self) -> float:
        """What is left of the budget now, never less than a moment."""
        return max(LEAST_S, self.most_s - sum(waited for _, waited in self._lately()))

    def spend(self, waited_s: float) -> None:
        """Note a wait; those outside of the window are forgotten."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.path.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # a drawing and a download may be waited for at the same time
            file.seek(0)
            lines = [*lately(file.read()), (time.time(), waited_s)]
            file.truncate(0)
            file.write("".join(f"{at:.3f} {waited:.3f}\n" for at, waited in lines))

    def _lately(self) -> list[tuple[float, float]]:
        try:
            with self.path.open() as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                return lately(file.read())
        except FileNotFoundError:
            return []


def lately(text: str) -> list[tuple[float, float]]:
    """The waits of the window; lines that are not whole do not count."""
    found = []
    for line in text.splitlines():
        with contextlib.suppress(ValueError):
            at, waited = map(float, line.split())
            found.append((at, waited))
    return [(at, waited) for at, waited in found if -1 < time.time() - at < WINDOW_S]  # times are rounded
