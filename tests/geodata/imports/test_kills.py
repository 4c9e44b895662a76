"""Publishing survives being killed at any moment: nothing is half written, nothing that was acknowledged is lost.

A process publishes over and over on a cluster of its own and says so after each commit. It, or the database's own
process that serves it (which makes PostgreSQL recover as after a crash), is killed at a random moment.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata.cluster import Cluster
from geodata.engine import make_engine
from geodata.imports.run import publish, stage, undo
from geodata.models import ImportRun
from geodata.preparation import migrate
from geodata.releases import PUBLISHED_FACTS, current_release
from tests.geodata.imports.conftest import TODAY, a_csv, added_by, register_hash, wanted_by

ROOT = Path(__file__).parents[3]
PUBLISHER = """
import sys
from sqlalchemy.orm import Session
from geodata.engine import make_engine
from geodata.imports.run import find, publish
engine = make_engine(sys.argv[1], statement_timeout_ms=0, application_name="publisher")
with Session(engine) as session:
    print("ready", flush=True)
    run = publish(session, find(session, int(sys.argv[2])), actor="officer")
    session.commit()
    print("acknowledged", run.release_id, flush=True)
"""
DERIVED = ("institution_state", "readiness_figure", "readiness_cell")


@pytest.fixture(scope="module")
def durable(cluster: Cluster) -> Iterator[Engine]:
    """An engine on a migrated database of a cluster that keeps what it acknowledged."""
    directory = Path(tempfile.mkdtemp(prefix="kills-", dir=cluster.directory))
    directory.chmod(0o755)
    own = Cluster(directory)
    own.ensure()
    migrate(own.url)
    engine = make_engine(own.url, statement_timeout_ms=0, application_name="tests")
    yield engine
    engine.dispose()
    own.destroy()
    shutil.rmtree(directory)


def schools(count: int, ownership: str) -> list[tuple[str, ...]]:
    return [(f"Trường Cao đẳng Kiên cường số {n}", "Trường cao đẳng", ownership, "Nam Định", "") for n in range(count)]


def traces(session: Session, release: int) -> int:
    """Rows anywhere that bear the number of a release."""
    places = [f"{model.__tablename__} WHERE release_from = :r OR release_to = :r" for model in PUBLISHED_FACTS]
    places += [
        "institution_state WHERE release_from = :r OR release_to = :r",
        "change_log WHERE release_id = :r",
        "release WHERE id = :r",
    ]
    return sum(session.scalar(text(f"SELECT count(*) FROM {place}"), {"r": release}) or 0 for place in places)


def start(url: str, run: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, url, str(run)], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def kill_at(process: subprocess.Popen[str], engine: Engine, delay_s: float, *, server: bool) -> str:
    """Kill the publisher, or the server process that works for it; what it had said by then."""
    time.sleep(delay_s)
    if server:
        with engine.connect() as connection:
            backend = connection.scalar(
                text("SELECT pid FROM pg_stat_activity WHERE application_name = 'publisher' LIMIT 1")
            )
        if backend:
            os.kill(backend, signal.SIGKILL)
    else:
        process.kill()
    said, _ = process.communicate(timeout=60)
    return said


def session_after(engine: Engine) -> Session:
    """A session once the server answers again."""
    engine.dispose()
    for _ in range(300):
        try:
            session = Session(engine, expire_on_commit=False)
            session.execute(text("SELECT 1"))
            return session
        except DBAPIError:
            session.close()
            time.sleep(0.1)
    raise AssertionError("the database does not come back")


def usual_seconds(engine: Engine, url: str, count: int) -> float:
    """How long a publication takes when nobody kills it; it is undone."""
    with Session(engine) as session:
        run = stage(session, a_csv(*schools(count, "công lập")), actor="officer", today=TODAY)
        session.commit()
        process = start(url, run.id)
        began = datetime.now(UTC)
        process.wait(120)
        assert process.stdout is not None
        assert "acknowledged" in process.stdout.read()
        process.stdout.close()
        took = (datetime.now(UTC) - began).total_seconds()
        session.expire_all()
        undo(session, run, actor="officer")
        session.commit()
    return took


@pytest.mark.operation
@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.long)])
def test_killed_publications_are_whole_or_not_at_all(durable: Engine, kills: int) -> None:
    count = 60 if kills < 10 else 300
    chance = random.Random(20_260_701)
    url = durable.url.render_as_string(hide_password=False)
    usual = min(usual_seconds(durable, url, count) for _ in range(2))  # the first one also derives what others find
    outcomes: dict[str, int] = {"whole": 0, "nothing": 0, "acknowledged": 0}
    for turn in range(kills):
        with session_after(durable) as session:
            before = register_hash(session)
            release = (current_release(session) or ImportRun(id=0)).id + 1
            run = stage(session, a_csv(*schools(count, "công lập"), name=f"{turn}.csv"), actor="officer", today=TODAY)
            plan = wanted_by(session, run)
            session.commit()
        said = kill_at(start(url, run.id), durable, chance.uniform(0, 1.3 * usual), server=turn % 3 == 2)
        with session_after(durable) as session:
            found = session.get_one(ImportRun, run.id)
            outcomes["acknowledged"] += "acknowledged" in said
            if found.state == "published":
                outcomes["whole"] += 1
                assert found.release_id == release
                assert added_by(session, release) == plan
            else:
                outcomes["nothing"] += 1
                assert "acknowledged" not in said
                assert (found.state, traces(session, release), register_hash(session)) == ("staged", 0, before)
                publish(session, found, actor="officer")
                assert added_by(session, release) == plan
            head = current_release(session)
            assert head is not None
            assert head.id == release
            logged = session.scalar(text("SELECT count(*) FROM change_log WHERE release_id = :r"), {"r": release})
            assert logged == found.counts["changes"]
            undo(session, found, actor="officer")
            assert register_hash(session) == before
            session.commit()
    print(f"killed {kills} publications of {usual:.1f} s: {outcomes}")  # noqa: T201  for whoever runs it with -s
    assert outcomes["whole"] + outcomes["nothing"] == kills
