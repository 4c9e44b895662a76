"""Downloads on a disk that is full."""

import hashlib
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from pyogrio.errors import FeatureError

from geodata.collections import Type
from geodata.downloads import FIELDS, FORMATS, Edition, tables

EDITION = Edition(7, datetime(2026, 11, 22, tzinfo=UTC), "illustrative")
VALUES: dict[Type, Any] = {Type.STRINGS: ["college"], Type.NUMBER: 10.5}


def a_row(number: int) -> dict[str, Any]:
    """Texts that hardly get smaller by packing."""
    told = {field.name: VALUES.get(field.type) for field in FIELDS}
    return told | {"id": str(number), "name": hashlib.sha256(str(number).encode()).hexdigest()}


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """What is written beyond so many bytes fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("format", sorted(FORMATS.keys() - {"xlsx"}))  # its writer complains again when it is collected
def test_no_file_is_written_and_the_system_is_said_to_refuse(format: str, tmp_path: Path) -> None:
    path, parts = tmp_path / f"institutions.{format}", [[a_row(number) for number in range(2_000)]]
    with no_file_beyond(30_000), pytest.raises(OSError, match=r"too large|could not be written"):
        FORMATS[format](path, parts, EDITION)
    FORMATS[format](path, parts, EDITION)  # what failed stands in nobody's way
    assert path.stat().st_size > 30_000


def fails(*_what: object, **_how: object) -> None:
    raise FeatureError("no such field")


def test_another_reason_is_told_in_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyogrio, "write_dataframe", fails)
    with pytest.raises(OSError, match=r"it could not be written \(no such field\); is the disk full\?"):
        FORMATS["gpkg"](tmp_path / "institutions.gpkg", [[a_row(1)]], EDITION)


def test_what_goes_wrong_before_writing_is_not_laid_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "frame", fails)
    with pytest.raises(FeatureError):
        FORMATS["gpkg"](tmp_path / "institutions.gpkg", [[a_row(1)]], EDITION)
