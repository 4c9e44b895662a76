"""Workbooks without the time of their making."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from geodata.workbooks import at_time, entry

MOMENT = datetime(2026, 7, 1, 8, 30, 4, tzinfo=UTC)


def saved(prefix: str, second: int) -> bytes:
    """The part of a workbook that tells when it was saved, with the namespace under any prefix."""
    out = io.BytesIO()
    told = "".join(
        f'<{prefix}{name} t="W3CDTF">2026-11-22T10:00:{second:02}Z</{prefix}{name}>' for name in ("created", "modified")
    )
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            entry("docProps/core.xml", datetime(2026, 11, 22, 10, 0, second, tzinfo=UTC)), f"<a>{told}</a>"
        )
    return out.getvalue()


@pytest.mark.parametrize("prefix", ["dcterms:", "dct:", "ns0:", ""])
def test_bytes_do_not_tell_when_they_were_made(prefix: str) -> None:
    first, later = (at_time(saved(prefix, second), MOMENT) for second in (4, 40))
    assert first == later
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.read("docProps/core.xml").count(b"2026-07-01T08:30:04Z") == 2
