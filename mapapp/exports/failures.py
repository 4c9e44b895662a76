"""What failed after nobody waited any more: told to who asks next, and not begun again at once."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FAILED_FOR_S = 300.0
"""How long a failure stands: disks are emptied and databases come back in minutes."""


class Failures:
    """Empty files in a folder, one for each file that was begun and is not finished; its time is when that began.
    What was begun before this worker was (and may have ended with the one before it) does not count."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._since = folder, time.time()

    @contextmanager
    def noted(self, name: str) -> Iterator[None]:
        """The block makes the file `name`. Its note goes when the block is done, and stays when it fails or when the
        process is killed; it is there beforehand, because a full disk might not take it later."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / name).touch()
        yield
        self.forget(name)

    def forget(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def lately(self) -> set[str]:
        """The files that failed, asked while nothing is being made; older notes are taken away."""
        found = {note: note.stat().st_mtime for note in self.folder.glob("*")}
        for note, began in found.items():
            if began < time.time() - FAILED_FOR_S:
                note.unlink(missing_ok=True)
        return {note.name for note, began in found.items() if began >= max(self._since, time.time() - FAILED_FOR_S)}
