"""`mapapp demo` as an operator types it: what it says and how it ends."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mapapp.cli import main
from tests.databases import MIGRATED, DatabaseLike


@pytest.fixture
def url(database_like: DatabaseLike) -> str:
    """A database of this test alone, because commands commit."""
    return database_like(MIGRATED)


@pytest.fixture
def mapapp(url: str, tmp_path: Path) -> "Operator":
    return Operator(url, tmp_path)


class Operator:
    """Types `mapapp …` against one database."""

    def __init__(self, url: str, data: Path) -> None:
        self.environment = {"DATABASE_URL": url, "MAPAPP_DATA": str(data)}

    def __call__(self, *arguments: str, answer: str = "") -> Result:
        return CliRunner().invoke(main, arguments, env=self.environment, input=answer)


def test_load_refuse_clear_and_refuse_again(mapapp: Operator) -> None:
    loaded = mapapp("demo", "load", "--institutions", "3", "--seed", "7")
    assert (loaded.exit_code, "3 illustrative institutions" in loaded.output) == (0, True), loaded.output
    again = mapapp("demo", "load", "--institutions", "3")
    assert (again.exit_code, "demo clear" in again.output) == (1, True)
    unsure = mapapp("demo", "clear", answer="n\n")
    assert (unsure.exit_code, "closed" in unsure.output) == (1, False)
    cleared = mapapp("demo", "clear", "--yes")
    assert (cleared.exit_code, "Release 2" in cleared.output) == (0, True), cleared.output
    empty = mapapp("demo", "clear", "--yes")
    assert (empty.exit_code, "no illustrative data" in empty.output) == (1, True)


@pytest.mark.parametrize("wrong", [("--institutions", "-1"), ("--institutions", "many"), ("--seed", "-1"), ("--fast",)])
def test_wrong_usage_ends_with_2(wrong: tuple[str, ...], mapapp: Operator) -> None:
    assert mapapp("demo", "load", *wrong).exit_code == 2
