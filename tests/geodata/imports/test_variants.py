"""Lists as they come and lists that cannot be taken: what the report says of each, and that the manual says it too."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from geodata.imports.refusals import RefusedFile
from geodata.imports.report import lines, summary
from geodata.imports.run import publish, rows_of
from tests.geodata.imports import variants
from tests.geodata.imports.conftest import Stager

MANUAL = (Path(__file__).parents[3] / "docs" / "imports.md").read_text()


@pytest.fixture
def known(session: Session, staged: Stager) -> None:
    """The sound list is in the register."""
    publish(session, staged(variants.sound()["tieu-de-va-chu-ky.xlsx"]), actor="officer")


@pytest.mark.parametrize("name", variants.sound())
def test_every_way_of_writing_gives_the_same_four_schools(session: Session, staged: Stager, name: str) -> None:
    run = staged(variants.sound()[name])
    assert summary(run) == "4 dòng dữ liệu = 4 tạo mới + 0 cập nhật + 0 không đổi + 0 từ chối"
    assert [row.raw["name"] for row in rows_of(session, run)] == [school[1] for school in variants.SCHOOLS]
    assert f"`{name}`" in MANUAL


def test_swapped_and_vn2000_coordinates_land_where_the_school_is(session: Session, staged: Stager) -> None:
    for name in ("dao-vi-do-kinh-do.xlsx", "vn-2000.xlsx", "do-phut-giay.xlsx"):
        (first, *_) = rows_of(session, staged(variants.sound()[name]))
        (place,) = [change["after"]["geom"] for change in first.changes if change["table"] == "campus"]
        lon, lat = map(float, place.removeprefix("SRID=4326;POINT(").removesuffix(")").split())
        assert (round(lon, 2), round(lat, 2)) == (106.17, 20.42), name


@pytest.mark.parametrize("name", variants.doubtful())
def test_doubts_are_told_with_place_value_and_remedy(session: Session, staged: Stager, known: None, name: str) -> None:
    file, code = variants.doubtful()[name]
    run = staged(file)
    found = [found for row in rows_of(session, run) for found in row.findings]
    assert code in [one["code"] for one in found]
    told = "\n".join(lines(run, rows_of(session, run)))
    assert "trang “Danh sách”, dòng " in told
    assert " → " in told
    assert f"`{name}`" in MANUAL


@pytest.mark.parametrize("name", variants.refused())
def test_what_is_no_table_is_refused_with_a_reason(staged: Stager, name: str) -> None:
    file, word = variants.refused()[name]
    with pytest.raises(RefusedFile, match=word):
        staged(file)
    assert f"`{name}`" in MANUAL
