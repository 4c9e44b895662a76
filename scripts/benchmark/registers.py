"""A register of each size in a private cluster of its own, made once and kept for the next run."""

import contextlib
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from geodata import demo
from geodata.cluster import Cluster
from geodata.engine import make_engine
from geodata.preparation import migrate
from geodata.releases import current_release

KEPT = Path("var/bench")
NETWORK_2K = demo.DEFAULT_INSTITUTIONS
"""`2k` is the country's network as the illustrative dataset has it, not a round number."""

CHUNK_BYTES = 8_000_000
SIZE = re.compile(r"([1-9][0-9]*)([kM]?)")


class Unusable(Exception):
    """The benchmark cannot run; the message says what to do."""


@dataclass(frozen=True)
class Size:
    """`name` as typed: 2k, 100k, 1M, 500."""

    name: str

    @property
    def institutions(self) -> int:
        found = SIZE.fullmatch(self.name)
        if not found:
            raise Unusable(f"--sizes: {self.name!r} is no size; write 2k, 100k, 1M")
        if self.name == "2k":
            return NETWORK_2K
        return int(found[1]) * {"": 1, "k": 1_000, "M": 1_000_000}[found[2]]

    @property
    def cluster(self) -> Cluster:
        return Cluster(KEPT / self.name)


def prepare(size: Size, *, fresh: bool) -> Cluster:
    """The running cluster with exactly so many illustrative institutions, statistics and visibility up to date."""
    cluster = size.cluster
    if fresh:
        cluster.destroy()
    cluster.ensure()
    cluster.release()
    migrate(cluster.url, say=print)
    engine = make_engine(cluster.url, statement_timeout_ms=0, application_name="mapapp-bench", pool_size=1)
    try:
        with Session(engine) as session:
            _fill(session, size)
        cluster.settle()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE) institution_state"))
    finally:
        engine.dispose()
    return cluster


def _fill(session: Session, size: Size) -> None:
    release = current_release(session)
    if release is None:
        print(f"{size.name}: loading {size.institutions:,} illustrative institutions (once; --fresh loads them again)")
        demo.load(session, institutions=size.institutions)
        session.commit()
    elif release.summary.get("demo", {}).get("institutions") != size.institutions:
        raise Unusable(f"{size.cluster.directory} holds something else; start again with --fresh")


def connect(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    """A plain connection to the register, as its owner."""
    url = make_url(cluster.url)
    return psycopg.connect(
        host=str(url.query["host"]),
        port=str(url.query["port"]),
        user=url.username,
        dbname=url.database,
        autocommit=True,
    )


def pgbench_target(cluster: Cluster) -> list[str]:
    """The arguments that lead pgbench to the register."""
    url = make_url(cluster.url)
    return ["-h", str(url.query["host"]), "-p", str(url.query["port"]), "-U", str(url.username), str(url.database)]


def describe(cluster: Cluster) -> dict[str, object]:
    """Rows and bytes of what is read, and the server's version."""
    with connect(cluster) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM institution_state WHERE release_to IS NULL),"
            " pg_table_size('institution_state'), pg_indexes_size('institution_state'),"
            " pg_database_size(current_database()), current_setting('server_version'), postgis_lib_version()"
        ).fetchone()
    assert row is not None  # noqa: S101  one row by construction
    names = ("state_rows", "state_table_bytes", "state_index_bytes", "database_bytes", "postgresql", "postgis")
    return dict(zip(names, row, strict=True))


def run(*command: str) -> str:
    """What a program prints. Raises `Unusable` with its last words when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unusable(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-1500:]}")
    return done.stdout


def read_through(cluster: Cluster) -> None:
    """Read the files of the database once, one after the other, so that they stand in memory as after some days of use:
    page by page, as questions come, a large register takes hours to get there."""
    _read(sorted((cluster.data / "base").rglob("*")))


def read_copy(cluster: Cluster) -> None:
    """The same with the copy of the release, which no process keeps in memory of its own, as the database does: what
    else is measured meanwhile, and some machines by themselves, push it out."""
    _read((cluster.directory / "kept").glob("*.db"))


def _read(paths: Iterable[Path]) -> None:
    for path in paths:
        with contextlib.suppress(OSError), path.open("rb", buffering=0) as file:
            while file.read(CHUNK_BYTES):
                pass
