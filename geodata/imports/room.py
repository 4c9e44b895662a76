"""Room on the disk of the private database: PostgreSQL stops altogether when a write runs out of it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from geodata.imports.refusals import Refused

FULLEST = 0.8
"""Of the disk: beyond, nothing is imported, so that the site and its database go on."""


class Usage(Protocol):
    """As `shutil.disk_usage` answers."""

    @property
    def used(self) -> int: ...
    @property
    def free(self) -> int: ...


class NoRoom(Refused):
    """The disk is too full to import anything."""


def require_room(directory: Path, usage: Callable[[Path], Usage] = shutil.disk_usage) -> None:
    """Raises `NoRoom` when the disk of the directory is fuller than `FULLEST`, of what may be used at all (a system may
    keep a part of the disk to itself)."""
    disk = usage(directory)
    if disk.used > FULLEST * (disk.used + disk.free):
        percent = round(100 * FULLEST)
        raise NoRoom(
            f"Ổ đĩa của cơ sở dữ liệu đã dùng quá {percent}%. Hãy giải phóng dung lượng rồi nhập lại.",
            f"More than {percent} % of the database's disk is in use. Make room and import again.",
        )
