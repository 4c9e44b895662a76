"""`mapapp backup` and `mapapp restore` as an operator types them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from geodata.backup import contents
from geodata.cluster import Cluster
from geodata.engine import make_engine
from geodata.preparation import migrate
from mapapp.cli import main
from tests.databases import MIGRATED, DatabaseLike

pytestmark = pytest.mark.operation


def mapapp(*arguments: str | Path, database_url: str = "") -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], env={"DATABASE_URL": database_url})


@pytest.fixture
def place(cluster: Cluster, tmp_path: Path) -> Iterator[Path]:
    """A directory that the server's account can enter; clusters made in it are stopped and deleted."""
    directory = cluster.directory / f"own-{tmp_path.name}"
    directory.mkdir()
    directory.chmod(0o755)
    yield directory
    for name in directory.iterdir():
        Cluster(name).destroy()
    shutil.rmtree(directory)


@pytest.fixture
def data(place: Path) -> Path:
    """The directory of an installation whose database runs."""
    own = Cluster(place / "data", durable=False)
    own.ensure()
    migrate(own.url)
    (own.directory / "secret-key").write_text("s" * 40)
    return own.directory


def test_from_enabling_to_a_restored_register_that_agrees_with_its_log(data: Path, place: Path) -> None:
    early = mapapp("--data", data, "backup")
    assert (early.exit_code, "backup enable --to DIR" in early.output) == (1, True)
    for command, said in [
        (("backup", "enable", "--to", place / "backups", "--restart"), "make the first backup"),
        (("backup", "--keep", "1"), "verified; restorable from"),
        (("backup", "list"), "last kept: "),
        (("backup", "verify"), "none missing, intact"),
        (("restore", "--to", "latest", "--into", place / "new"), "transparency log: agrees with the register"),
    ]:
        done = mapapp("--data", data, *command)
        assert (done.exit_code, said in done.output) == (0, True), done.output
    assert (place / "new" / "secret-key").read_text() == "s" * 40
    assert not Cluster(place / "new").running
    again = mapapp("--data", data, "restore", "--to", "latest", "--into", place / "new")
    assert (again.exit_code, "not empty" in again.output) == (1, True)


def test_reading_back_tells_of_a_table_that_is_gone(database_like: DatabaseLike) -> None:
    url = database_like(MIGRATED)
    assert contents.read(url).faults == ()
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE campus"))
    engine.dispose()
    (fault,) = contents.read(url).faults
    assert "campus" in fault


def test_another_database_is_left_to_its_own_means(tmp_path: Path) -> None:
    for command in (["backup"], ["backup", "enable", "--to", str(tmp_path / "b")], ["backup", "verify"]):
        refused = mapapp("--data", tmp_path, *command, database_url="postgresql://nobody@127.0.0.1:1/none")
        assert (refused.exit_code, "pgBackRest" in refused.output) == (1, True), refused.output


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-22 09:00:00"])
def test_moment_without_meaning_is_wrong_usage(tmp_path: Path, moment: str) -> None:
    done = mapapp("--data", tmp_path, "restore", "--to", moment, "--into", tmp_path / "new")
    assert done.exit_code == 2
    assert not (tmp_path / "new").exists()
