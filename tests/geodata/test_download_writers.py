"""Writers of downloads: never more of the register in memory than two parts, and columns of one type throughout."""

import weakref
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from geodata.collections import Type
from geodata.downloads import FIELDS, Edition
from geodata.downloads.shelf import FORMATS as WRITERS

EDITION = Edition(7, datetime(2026, 11, 22, tzinfo=UTC), "illustrative")
VALUES: dict[Type, Any] = {
    Type.STRING: "Trường",
    Type.NUMBER: 10.5,
    Type.DATE: date(2026, 1, 1),
    Type.STRINGS: ["college"],
}


class Part(list[dict[str, Any]]):
    """Rows whose end can be seen."""


def a_row(number: int, **known: Any) -> dict[str, Any]:
    return {field.name: VALUES[field.type] for field in FIELDS} | {"id": f"m{number}"} | known


def parts(alive: list[int], number: int = 6) -> Iterator[Part]:
    """Parts of three rows; `alive` notes how many of the earlier ones are still held when the next is asked for."""
    given: list[weakref.ref[Part]] = []
    for place in range(number):
        alive.append(sum(one() is not None for one in given))
        part = Part(a_row(3 * place + row) for row in range(3))
        given.append(weakref.ref(part))
        yield part
        del part


@pytest.mark.parametrize("format", list(WRITERS))
def test_parts_are_let_go_as_they_are_written(tmp_path: Path, format: str) -> None:
    alive: list[int] = []
    WRITERS[format](tmp_path / f"file.{format}", parts(alive), EDITION)
    assert len(alive) == 6
    assert max(alive) <= 1


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_geopackage_holds_all_its_parts(tmp_path: Path, number: int) -> None:
    WRITERS["gpkg"](tmp_path / "file.gpkg", parts([], number), EDITION)
    assert len(pyogrio.read_dataframe(tmp_path / "file.gpkg")) == 3 * number


def test_coordinates_are_numbers_also_where_the_first_part_has_none(tmp_path: Path) -> None:
    nowhere = [a_row(1, longitude=None, latitude=None)]
    WRITERS["gpkg"](tmp_path / "file.gpkg", iter([nowhere, [a_row(2)]]), EDITION)
    read = pyogrio.read_dataframe(tmp_path / "file.gpkg")
    assert read["longitude"].dtype.kind == "f"
    assert list(read.geometry.isna()) == [True, False]
