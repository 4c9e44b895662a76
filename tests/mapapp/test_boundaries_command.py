"""`mapapp boundaries` as an operator knows it: exit codes, messages, what stands in the register afterwards."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from geodata.engine import make_engine
from mapapp.cli import main
from tests.databases import UNITS, DatabaseLike

Run = Callable[..., Result]


@pytest.fixture
def url(database_like: DatabaseLike) -> str:
    """A database with units for one test: commands commit."""
    return database_like(UNITS)


@pytest.fixture
def run(url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DATABASE_URL", url)
    return lambda *words: CliRunner().invoke(main, ["boundaries", *map(str, words)])


@pytest.fixture
def one_province(url: str, tmp_path: Path) -> Path:
    """A file with Hà Nội's outline."""
    engine = make_engine(url)
    with engine.connect() as connection:
        query = text("SELECT ST_AsGeoJSON(geom) FROM unit_boundary WHERE unit_key = '01@2025-07-01'")
        outline = connection.scalar(query)
    engine.dispose()
    file = tmp_path / "ha-noi.geojson"
    feature = f'{{"type": "Feature", "properties": {{"code": "01"}}, "geometry": {outline}}}'
    file.write_text(f'{{"type": "FeatureCollection", "features": [{feature}]}}')
    return file


def test_an_incomplete_file_is_refused_with_exit_code_1(run: Run, one_province: Path) -> None:
    done = run("import", one_province, "--level", "province", "--valid-from", "2025-07-01")
    assert done.exit_code == 1
    assert "33 of 34 units are missing" in done.output
    assert "official" not in run("list").output


def test_a_level_that_the_day_lacks_is_refused_with_its_reason(run: Run, one_province: Path) -> None:
    done = run("import", one_province, "--level", "district", "--valid-from", "2025-07-01")
    assert done.exit_code == 1
    assert "no administrative units of level district on 2025-07-01" in done.output


@pytest.mark.parametrize("day", ["", "2025-13-01", "1/7/2025"])
def test_wrong_usage_ends_with_exit_code_2(run: Run, one_province: Path, day: str) -> None:
    assert run("import", one_province, "--level", "province", "--valid-from", day).exit_code == 2
    assert run("import", one_province, "--level", "village", "--valid-from", "2025-07-01").exit_code == 2
    assert run("import", one_province.with_name("absent.geojson")).exit_code == 2


def test_what_was_imported_is_listed_with_who_and_where_from(run: Run, one_province: Path) -> None:
    words = ("import", one_province, "--level", "province", "--valid-from", "2025-07-01", "--partial")
    assert run(*words, "--dry-run").exit_code == 0
    assert "official" not in run("list").output
    done = run(*words, "--source", "Cục Đo đạc")
    assert done.exit_code == 0, done.output
    assert "0 created, 1 updated, 0 unchanged" in done.output
    listed = [line for line in run("list").output.splitlines() if "Cục Đo đạc" in line]
    assert len(listed) == 1
    assert listed[0].split()[:4] == ["province", "2025-07-01", "official", "1"]
    assert "0 created, 0 updated, 1 unchanged" in run(*words, "--source", "Cục Đo đạc").output
