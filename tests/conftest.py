"""What every test may ask for: a migrated PostGIS database of its own worker, and a session that leaves no trace."""

import contextlib
import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from geodata import processes
from geodata.cluster import Cluster
from tests.databases import EMPTY, MIGRATED, NETWORK, UNITS, DatabaseLike, Prepared, opened, rolled_back

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
CLUSTER_PLACE = "MAPAPP_TEST_CLUSTER"  # from the first pytest process to its xdist workers
CLUSTER_PREFIX = "mapapp-tests-"
MEMORY = Path("/dev/shm")  # noqa: S108  what stands there is a directory of our own, by mkdtemp
ROOM_BYTES = 8_000_000_000


@cache
def place() -> Path:
    """The directory of this test run: its cluster and what its applications write. Made by the first pytest process."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        parent = MEMORY if _has_room_in_memory() else tempfile.gettempdir()
        os.environ[CLUSTER_PLACE] = tempfile.mkdtemp(prefix=f"{CLUSTER_PREFIX}{os.getpid()}-", dir=parent)
        Path(os.environ[CLUSTER_PLACE]).chmod(0o711)
    return Path(os.environ[CLUSTER_PLACE])


def _has_room_in_memory() -> bool:
    """Whether the cluster may stand in memory, which takes a sixth of the time off most tests."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return MEMORY.is_dir() and min(shutil.disk_usage(MEMORY).free, physical // 2) > ROOM_BYTES


def scratch() -> Path:
    """A data directory for the applications of this worker; it goes with the cluster."""
    return place() / f"data-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


settings.register_profile("deterministic", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile(
    "long", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "deterministic"))


def pytest_configure(config: pytest.Config) -> None:
    """The first process chooses the place of this run and clears away those of killed runs."""
    if not _is_worker(config):
        _remove_leftovers()
        place()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process outlives its workers: it stops and deletes the cluster."""
    if not _is_worker(config):
        _remove(place())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs PostGIS, so that the inner loop can leave it out."""
    for item in items:
        if "cluster" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.database)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is there now stays to the end and is looked through no more for what may go: six thousand tests and all that
    they import, at every tenth application made, took half of the time of the tests of the web."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _remove_leftovers() -> None:
    for place in [*Path(tempfile.gettempdir()).glob(f"{CLUSTER_PREFIX}*"), *MEMORY.glob(f"{CLUSTER_PREFIX}*")]:
        pid = place.name.removeprefix(CLUSTER_PREFIX).partition("-")[0]
        if pid.isdecimal() and not processes.exists(int(pid)):
            _remove(place)


def _remove(place: Path) -> None:
    Cluster(place).destroy()
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The running cluster of this test run, shared by its workers."""
    shared_by_workers = Cluster(place(), durable=False)
    shared_by_workers.ensure()
    return shared_by_workers


@pytest.fixture(scope="session")
def database_like(cluster: Cluster, worker_id: str) -> DatabaseLike:
    """`database_like(UNITS) -> url`: a copy of that database for this worker.

    What it is made of is filled once per test run. The copies go with the cluster: each one dropped would have all the
    others written to the disk.
    """
    copies: list[str] = []

    def database_like(wanted: Prepared) -> str:
        copy = f"{wanted.name}_{worker_id}_{len(copies)}"
        with _one_worker_at_a_time(cluster.directory):
            _make_template(cluster, wanted)
            url = cluster.create_database(copy, template=wanted.name)
        copies.append(copy)
        return url

    return database_like


def _make_template(cluster: Cluster, wanted: Prepared) -> None:
    done = cluster.directory / f"template-{wanted.name}"
    if done.exists():
        return
    if wanted.over:
        _make_template(cluster, wanted.over)
    cluster.drop_database(wanted.name)
    url = cluster.create_database(wanted.name, template=wanted.over.name if wanted.over else None)
    with opened(url, statement_timeout_ms=0) as engine:
        wanted.fill(engine)
    done.touch()


@contextlib.contextmanager
def _one_worker_at_a_time(directory: Path) -> Iterator[None]:
    with (directory / "templates.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def database_url(database_like: DatabaseLike) -> str:
    """A migrated, empty database of this worker."""
    return database_like(MIGRATED)


@pytest.fixture
def empty_database_url(database_like: DatabaseLike) -> str:
    """A database of this test with the extensions and nothing else."""
    return database_like(EMPTY)


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on the migrated database; what is committed through it stays, so prefer `session`."""
    with opened(database_url) as engine:
        yield engine


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A connection inside a transaction that is rolled back after the test."""
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture
def sessions(connection: Connection) -> sessionmaker[Session]:
    """What `create_app` takes: sessions whose commits are savepoints of the test's transaction."""
    return sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """One session of the test; it sees what the application under test commits through `sessions`."""
    with sessions() as session:
        yield session


@pytest.fixture(scope="session")
def units_engine(database_like: DatabaseLike) -> Iterator[Engine]:
    """An engine on a database that holds the units and nothing else; what is committed through it stays."""
    with opened(database_like(UNITS)) as engine:
        yield engine


@pytest.fixture
def places(units_engine: Engine) -> Iterator[Session]:
    """A session over all units, rolled back after the test."""
    with rolled_back(units_engine) as session:
        yield session


@pytest.fixture(scope="session")
def network_engine(database_like: DatabaseLike) -> Iterator[Engine]:
    """An engine on a database with an illustrative network; what is committed through it stays."""
    with opened(database_like(NETWORK)) as engine:
        yield engine


@pytest.fixture
def network(network_engine: Engine) -> Iterator[Session]:
    """A session over the illustrative network, rolled back after the test."""
    with rolled_back(network_engine) as session:
        yield session


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of large public inputs beside the checkout; tests that need it skip without it."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared is absent")
    return SHARED
