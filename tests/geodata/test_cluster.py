"""The private cluster: made whole or not at all, one server at a time, and nothing left behind."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from geodata import postgres, processes
from geodata.cluster import Cluster
from geodata.cluster_place import LONGEST_SOCKET_PATH, ClusterUnusable
from geodata.cluster_settings import EXTENSIONS
from geodata.engine import make_engine, with_driver
from geodata.postgres import Account, PostgresMissing

pytestmark = pytest.mark.operation


@pytest.fixture
def place(cluster: Cluster, tmp_path: Path) -> Iterator[Path]:
    """A directory that the server's account can enter, for a cluster of the test's own."""
    directory = cluster.directory / f"own-{tmp_path.name}"
    directory.mkdir()
    directory.chmod(0o755)
    yield directory
    Cluster(directory).destroy()


@pytest.fixture
def own(place: Path) -> Cluster:
    own = Cluster(place, durable=False)
    own.ensure()
    return own


def answer(url: str, question: str) -> object:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = connection.execute(text(question)).scalar_one()
    engine.dispose()
    return found


def postmaster(cluster: Cluster) -> int:
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def wait_until_gone(pid: int) -> None:
    for _ in range(500):
        if processes.identity(pid) is None:
            return
        time.sleep(0.01)
    pytest.fail(f"process {pid} is still there")


def test_ensure_tells_whether_it_made_the_cluster(place: Path) -> None:
    own = Cluster(place, durable=False)
    assert own.ensure() is True
    assert own.ensure() is False
    assert own.status().running


def test_database_has_the_extensions_and_the_role_is_no_superuser(cluster: Cluster) -> None:
    for name in EXTENSIONS:
        assert answer(cluster.url, f"SELECT count(*) FROM pg_extension WHERE extname = '{name}'") == 1
    assert answer(cluster.url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_database_is_utf8_with_checksums(cluster: Cluster) -> None:
    assert answer(cluster.url, "SHOW server_encoding") == "UTF8"
    assert answer(cluster.url, "SHOW data_checksums") == "on"
    assert answer(cluster.url, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C.UTF-8"


def test_server_listens_on_no_network_address(cluster: Cluster) -> None:
    assert answer(cluster.url, "SHOW listen_addresses") == ""


def test_only_its_account_may_enter_the_socket_directory(cluster: Cluster) -> None:
    found = cluster.socket_directory.stat()
    assert found.st_mode & 0o777 == 0o700
    assert found.st_uid == cluster.data.stat().st_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to drop")
def test_root_runs_the_server_as_another_user(cluster: Cluster) -> None:
    assert Path(f"/proc/{postmaster(cluster)}").stat().st_uid not in (0, os.geteuid())


def test_durable_cluster_keeps_fsync_on(place: Path) -> None:
    own = Cluster(place)
    own.ensure()
    assert answer(own.url, "SHOW fsync") == "on"


def test_stop_ends_the_server_and_start_brings_the_data_back(own: Cluster) -> None:
    with psycopg.connect(own.url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    pid = postmaster(own)
    assert own.stop() is True
    assert processes.identity(pid) is None
    assert own.stop() is False
    assert own.start() is True
    assert own.start() is False
    assert answer(own.url, "SELECT n FROM kept") == 7


def test_half_made_cluster_is_made_again(place: Path) -> None:
    half_made = place / "postgres" / "new-killed"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("15")
    own = Cluster(place, durable=False)
    assert not own.exists
    assert own.ensure() is True
    assert not half_made.exists()


def test_missing_database_and_extension_are_made_good(own: Cluster) -> None:
    own.drop_database("mapapp")
    assert own.ensure() is False
    assert answer(own.url, "SELECT postgis_lib_version() IS NOT NULL") is True


def test_killed_server_starts_again(own: Cluster) -> None:
    pid = postmaster(own)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert not own.running
    assert own.ensure() is False
    assert answer(own.url, "SELECT 1") == 1


def test_recorded_pid_of_a_stranger_is_no_running_server(own: Cluster) -> None:
    own.stop()
    record = own.data / "postmaster.pid"
    record.write_text(f"{os.getpid()}\n{own.data}\n1\n5432\n\n\n")
    Account.of_uid(own.data.stat().st_uid).own(record)
    assert not own.running
    assert own.start() is True
    assert answer(own.url, "SELECT 1") == 1


def test_two_starts_at_once_make_one_server(place: Path) -> None:
    results: list[bool] = []
    starters = [threading.Thread(target=lambda: results.append(Cluster(place, durable=False).ensure())) for _ in "ab"]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert sorted(results) == [False, True]


def test_two_clusters_run_side_by_side(cluster: Cluster, own: Cluster) -> None:
    assert answer(cluster.url, "SELECT 1") == answer(own.url, "SELECT 1") == 1
    assert postmaster(cluster) != postmaster(own)


def test_fresh_lasts_until_the_first_dataset_even_over_a_restart(own: Cluster) -> None:
    own.stop()
    own.ensure()
    assert own.fresh
    own.settle()
    own.ensure()
    assert not own.fresh


def test_server_of_a_dead_owner_is_abandoned(own: Cluster) -> None:
    assert not own.abandoned
    own.claim()
    assert not own.abandoned
    child = os.fork()
    if child == 0:
        own.claim()
        os._exit(0)
    os.waitpid(child, 0)
    assert own.abandoned
    own.release()
    assert not own.abandoned


def test_long_path_gets_a_short_private_socket_directory(place: Path) -> None:
    own = Cluster(place / ("đường-dẫn-rất-dài" * 4), durable=False)
    try:
        own.ensure()
        assert len(os.fsencode(own.socket_directory)) < LONGEST_SOCKET_PATH - 20
        assert own.socket_directory.stat().st_mode & 0o777 == 0o700
        assert answer(own.url, "SELECT 1") == 1
    finally:
        own.destroy()
    assert not own.socket_directory.exists()


def test_strange_characters_in_the_path_do_no_harm(place: Path) -> None:
    own = Cluster(place / 'a b\'c, "d"', durable=False)
    try:
        own.ensure()
        assert answer(own.url, "SELECT 1") == 1
    finally:
        own.destroy()


def test_socket_directory_that_others_may_enter_is_refused(own: Cluster) -> None:
    own.stop()
    own.socket_directory.chmod(0o755)
    with pytest.raises(ClusterUnusable, match="private directory"):
        own.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="a root-only directory shuts only others out")
def test_root_only_directory_gets_its_cluster_elsewhere(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    own = Cluster(closed / "var", durable=False)
    try:
        own.ensure()
        home = own.home
        assert not home.is_relative_to(place)
        assert answer(own.url, "SELECT 1") == 1
        own.stop()
        assert Cluster(closed / "var", durable=False).ensure() is False
    finally:
        own.destroy()
    assert not home.exists()


def test_starting_what_was_never_made_says_how_to_make_it(place: Path) -> None:
    with pytest.raises(ClusterUnusable, match="scripts/serve"):
        Cluster(place).start()


def test_missing_postgresql_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgres, "DEBIAN_HOME", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PostgresMissing, match="apt-get install -y postgresql-15-postgis-3"):
        postgres.newest()


def test_cluster_of_a_removed_version_names_the_package() -> None:
    with pytest.raises(PostgresMissing, match="postgresql-9-postgis-3"):
        postgres.of_major(9)


def test_connections_speak_utc_and_end_long_statements(database_url: str) -> None:
    engine = make_engine(database_url, statement_timeout_ms=50)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW timezone")).scalar_one() == "UTC"
        with pytest.raises(Exception, match="statement timeout"):
            connection.execute(text("SELECT pg_sleep(5)"))
    engine.dispose()


@pytest.mark.parametrize("spelling", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_every_spelling_of_the_scheme_is_taken(spelling: str) -> None:
    assert with_driver(spelling) == "postgresql+psycopg://u:p@h/d"
