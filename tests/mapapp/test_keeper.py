"""The process behind the workers comes back whatever kills it, and others can see how it is."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geodata import processes
from mapapp.keeper import NOTE, Keeper, Watchman, keeper_of, round_done

PATIENCE_S = 30
SLEEPER = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]


@pytest.fixture
def watchman(tmp_path: Path) -> Iterator[Watchman]:
    watchman = Watchman(SLEEPER, tmp_path, first_wait_s=0.01)
    watchman.start()
    yield watchman
    watchman.stop()


def until(said: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not said():
        assert time.monotonic() < end
        time.sleep(0.01)


def running(data: Path, restarts: int) -> Keeper | None:
    """The keeper once it was started anew so often."""
    until(lambda: (found := keeper_of(data)) is not None and found.running and found.restarts == restarts)
    return keeper_of(data)


def pid_of(watchman: Watchman) -> int:
    assert watchman._process is not None
    return watchman._process.pid


def test_killed_keeper_is_started_anew_and_counted(watchman: Watchman, tmp_path: Path) -> None:
    running(tmp_path, 0)
    for times in (1, 2):
        victim = pid_of(watchman)
        os.kill(victim, signal.SIGKILL)
        running(tmp_path, times)
        assert pid_of(watchman) != victim


def test_keeper_ends_with_the_site(tmp_path: Path) -> None:
    watchman = Watchman(SLEEPER, tmp_path)
    watchman.start()
    running(tmp_path, 0)
    watchman.stop()
    assert processes.identity(pid_of(watchman)) is None
    assert keeper_of(tmp_path) is None


def test_keeper_that_does_not_end_when_told_holds_up_nobody(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    deaf = f"trap '' TERM; touch {ready}; while :; do sleep 0.1; done"
    watchman = Watchman(["/bin/sh", "-c", deaf], tmp_path, patience_s=0.05)
    watchman.start()
    until(ready.exists)
    watchman.stop()
    assert processes.identity(pid_of(watchman)) is None


def test_one_that_ends_at_once_is_started_ever_more_rarely(tmp_path: Path) -> None:
    watchman = Watchman([sys.executable, "-S", "-c", ""], tmp_path, first_wait_s=0.02)
    waits: list[float] = []

    def wait(timeout: float | None = None) -> bool:
        waits.append(timeout or 0)
        return len(waits) > 13

    watchman._over.wait = wait  # type: ignore[method-assign]
    watchman.start()
    watchman._thread.join(PATIENCE_S)
    assert waits[:4] == [0.02, 0.04, 0.08, 0.16]
    assert waits[-1] == 60
    assert watchman.restarts == 13
    watchman.stop()


def test_a_finished_round_is_told_with_its_age(watchman: Watchman, tmp_path: Path) -> None:
    assert running(tmp_path, 0) == Keeper(running=True, restarts=0, round_age_s=None)
    round_done(tmp_path)
    assert running(tmp_path, 0) == Keeper(running=True, restarts=0, round_age_s=0)


@pytest.mark.parametrize("process", ["1 1", None])
def test_dead_keeper_is_told_and_the_site_stays_ready(client: FlaskClient, process: str | None) -> None:
    data = client.application.config["DATA_DIRECTORY"]
    data.mkdir(parents=True, exist_ok=True)
    note = data / NOTE
    note.write_text(f'{{"process": "{process}", "restarts": 7}}' if process else '{"process": null, "restarts": 7}')
    try:
        told = client.get("/readyz")
        metrics = client.get("/metrics").text
    finally:
        note.unlink()
    assert told.status_code == 200
    assert told.json is not None
    assert told.json["keeper"] == {"running": False, "restarts": 7, "round_age_s": None}
    assert "mapapp_keeper_up 0.0" in metrics
    assert "mapapp_keeper_restarts_total 7.0" in metrics


def test_without_serve_no_keeper_is_missed(client: FlaskClient) -> None:
    assert "keeper" not in (client.get("/readyz").json or {})
    assert "mapapp_keeper" not in client.get("/metrics").text
