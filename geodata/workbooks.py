"""Workbooks and archives whose bytes depend on what is in them and not on when they were made."""

import io
import re
import shutil
import zipfile
from datetime import datetime
from pathlib import Path
from typing import IO

TIMES = re.compile(rb"(<(?:\w+:)?(?:created|modified)\b[^>]*>)[^<]*")
"""Whatever prefix the namespace has: other libraries of the process may have given it one of theirs."""


LARGE = 2**31
"""Bytes of an entry from which on an archive writes its sizes in another form."""


def at_time(book: bytes, moment: datetime) -> bytes:
    """The same workbook as if it had been saved at `moment`: archive and document carry no other time."""
    out = io.BytesIO()
    _copy(io.BytesIO(book), out, moment)
    return out.getvalue()


def copy_at_time(book: Path, copy: Path, moment: datetime) -> None:
    """The same from file to file, however large: a part of it is in memory at a time."""
    with book.open("rb") as old, copy.open("wb") as new:
        _copy(old, new, moment)


def _copy(book: IO[bytes], copy: IO[bytes], moment: datetime) -> None:
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            if one.filename == "docProps/core.xml":
                new.writestr(entry(one.filename, moment), TIMES.sub(rb"\g<1>" + stamp, old.read(one)))
                continue
            made = entry(one.filename, moment)
            with old.open(one) as source, new.open(made, "w", force_zip64=one.file_size >= LARGE) as target:
                shutil.copyfileobj(source, target, 1 << 20)


def entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    """An entry of an archive with a time of our choice."""
    made = zipfile.ZipInfo(name, moment.timetuple()[:6])
    made.compress_type = zipfile.ZIP_DEFLATED
    made.external_attr = 0o644 << 16
    return made
