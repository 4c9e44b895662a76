"""Workbooks and archives whose bytes depend on what is in them and not on when they were made."""

import io
import re
import zipfile
from datetime import datetime

TIMES = re.compile(rb"(<(?:\w+:)?(?:created|modified)\b[^>]*>)[^<]*")
"""Whatever prefix the namespace has: other libraries of the process may have given it one of theirs."""


def at_time(book: bytes, moment: datetime) -> bytes:
    """The same workbook as if it had been saved at `moment`: archive and document carry no other time."""
    out = io.BytesIO()
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = TIMES.sub(rb"\g<1>" + stamp, content)
            new.writestr(entry(name, moment), content)
    return out.getvalue()


def entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    """An entry of an archive with a time of our choice."""
    made = zipfile.ZipInfo(name, moment.timetuple()[:6])
    made.compress_type = zipfile.ZIP_DEFLATED
    made.external_attr = 0o644 << 16
    return made
