"""`mapapp serve` as an operator knows it: signals, kills, ports, and what runs afterwards."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from granian.constants import HTTPModes
from sqlalchemy.exc import OperationalError

from geodata import processes
from geodata.cluster import Cluster
from geodata.engine import make_sessions
from geodata.preparation import migrate
from mapapp.cli import main
from mapapp.commands import serve as command
from mapapp.endings import Ended
from mapapp.settings import Settings
from tests.builders import an_institution, publish

PATIENCE_S = 60
pytestmark = pytest.mark.operation


@pytest.fixture(scope="module")
def prepared(cluster: Cluster) -> Iterator[Path]:
    """A data directory whose cluster is made, migrated and asks for no first dataset."""
    directory = Path(tempfile.mkdtemp(prefix="serve-", dir=cluster.directory))
    directory.chmod(0o755)
    own = Cluster(directory, durable=False)
    own.ensure()
    migrate(own.url)
    own.settle()
    own.stop()
    yield directory
    own.destroy()
    shutil.rmtree(directory)


@pytest.fixture
def place(prepared: Path) -> Iterator[Path]:
    """The prepared directory at rest."""
    yield prepared
    Cluster(prepared).stop()
    (prepared / "serve.lock").unlink(missing_ok=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


Serve = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def serve(place: Path, port: int) -> Iterator[Serve]:
    """Starts `mapapp serve` on the place and port of the test; whatever is left afterwards is killed."""
    started: list[subprocess.Popen[str]] = []

    def serve(*options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "mapapp", "--data", str(place), "serve", "--port", str(port), *options]
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        process = subprocess.Popen(
            command,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield serve
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def wait_until_it_answers(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(PATIENCE_S * 20):
        assert process.poll() is None, process.communicate()[0]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                assert answer.status == 200
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    pytest.fail("the site does not answer")


def until(said: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_S * 20):
        if said():
            return
        time.sleep(0.05)
    pytest.fail("waited in vain")


def children(process: subprocess.Popen[str]) -> list[int]:
    found = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in found]


def wait_until_gone(pids: list[int]) -> None:
    for _ in range(PATIENCE_S * 20):
        if all(processes.identity(pid) is None for pid in pids):
            return
        time.sleep(0.05)
    pytest.fail(f"still running: {[pid for pid in pids if processes.identity(pid)]}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_stops_web_server_and_database(serve: Serve, place: Path, port: int, number: signal.Signals) -> None:
    process = serve()
    wait_until_it_answers(port, process)
    workers = children(process)
    assert len(workers) >= 2
    assert Cluster(place).running
    process.send_signal(number)
    assert process.wait(PATIENCE_S) == 0
    wait_until_gone(workers)
    assert not Cluster(place).running


def test_signal_before_the_site_answers_leaves_nothing_running(serve: Serve, place: Path) -> None:
    process = serve()
    while not (place / "serve.lock").exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
    assert not Cluster(place).running


def test_only_http_1_is_spoken_whose_bodies_say_that_they_are_there(tmp_path: Path) -> None:
    assert command.web_server(Settings(data=tmp_path)).http is HTTPModes.http1


def test_signal_within_a_statement_of_the_migration_is_an_end_and_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, port: int
) -> None:
    stopped: list[bool] = []

    def migrating(_url: str, **_: object) -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        except Ended:
            raise OperationalError("ALTER TABLE", {}, Exception("canceled")) from None

    @contextlib.contextmanager
    def running(_settings: Settings) -> Iterator[None]:
        try:
            yield
        finally:
            stopped.append(True)

    monkeypatch.setattr(command, "_running_database", running)
    monkeypatch.setattr(command, "migrate", migrating)
    done = CliRunner().invoke(main, ["--data", str(tmp_path), "serve", "--port", str(port)])
    assert (done.exception, done.exit_code, stopped) == (None, 0, [True])


def test_what_a_killed_serve_left_is_taken_over_and_stopped_by_the_next(serve: Serve, place: Path, port: int) -> None:
    killed = serve()
    wait_until_it_answers(port, killed)
    workers = children(killed)
    killed.kill()
    killed.wait()
    wait_until_gone(workers)
    assert Cluster(place).running
    following = serve()
    wait_until_it_answers(port, following)
    following.terminate()
    assert following.wait(PATIENCE_S) == 0
    assert not Cluster(place).running


def test_killed_worker_comes_back(serve: Serve, port: int) -> None:
    process = serve()
    wait_until_it_answers(port, process)
    time.sleep(6)  # a worker that dies younger than 5.5 s counts as a crash loop
    victim = children(process)[0]
    os.kill(victim, signal.SIGKILL)
    wait_until_gone([victim])
    wait_until_it_answers(port, process)


def test_database_started_by_the_operator_keeps_running(serve: Serve, place: Path, port: int) -> None:
    Cluster(place).start()
    process = serve()
    wait_until_it_answers(port, process)
    process.terminate()
    assert process.wait(PATIENCE_S) == 0
    assert Cluster(place).running


def test_second_serve_on_the_same_data_is_refused(serve: Serve, place: Path, port: int) -> None:
    wait_until_it_answers(port, serve())
    command = [sys.executable, "-m", "mapapp", "--data", str(place), "serve", "--port", str(port - 1)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 1
    assert "already being served" in done.stderr
    assert Cluster(place).running


def test_second_serve_beside_the_first_goes_on_and_keeps_when_the_first_ends(
    serve: Serve, place: Path, port: int
) -> None:
    Cluster(place).start()
    first = serve()
    wait_until_it_answers(port, first)
    second = serve("--beside", "--port", str(port - 1))
    wait_until_it_answers(port - 1, second)
    until(lambda: (place / "keeper.json").exists())
    kept_by_the_first = (place / "keeper.json").read_text()
    first.terminate()
    assert first.wait(PATIENCE_S) == 0
    wait_until_it_answers(port - 1, second)
    until(lambda: (place / "keeper.json").exists() and (place / "keeper.json").read_text() != kept_by_the_first)
    assert f":{port - 1}" in (place / "serve.lock").read_text()
    second.terminate()
    assert second.wait(PATIENCE_S) == 0
    assert Cluster(place).running


def test_nobody_serves_beside_one_that_will_stop_the_database(serve: Serve, place: Path, port: int) -> None:
    beside = serve("--beside", "--port", str(port - 1))
    assert "mapapp db start" in beside.communicate(timeout=PATIENCE_S)[0]
    wait_until_it_answers(port, serve())
    beside = serve("--beside", "--port", str(port - 1))
    assert "ends with the process that serves now" in beside.communicate(timeout=PATIENCE_S)[0]
    assert Cluster(place).running


def test_port_in_use_is_said_before_anything_is_started(serve: Serve, place: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = serve()
        assert process.wait(PATIENCE_S) == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in process.communicate()[0]
    assert not Cluster(place).running


def said(port: int, request: bytes, *, hang_up: bool = False) -> bytes:
    """What the site answers to these bytes, up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(request.replace(b"\n", b"\r\n"))
        if hang_up:
            connection.shutdown(socket.SHUT_WR)
        pieces = list(iter(lambda: connection.recv(65_536), b""))
    return b"".join(pieces)


ONE = b'[{"code":"XX"}]'
POST = b"POST /api/v1/verify HTTP/1.1\nHost: localhost\nConnection: close\nContent-Type: application/json\n"
GET = b"GET %s HTTP/1.1\nHost: localhost\nConnection: close\n%s\n"


def test_the_server_hands_over_what_the_site_takes_it_to(serve: Serve, place: Path, port: int) -> None:
    """Bodies with a length and in pieces, whole or not; parts of files; letters beyond ASCII, text or not."""
    cluster = Cluster(place)
    cluster.ensure()
    sessions = make_sessions(cluster.url)
    with sessions() as session:
        publish(session, an_institution())
        session.commit()
    sessions.kw["bind"].dispose()
    process = serve()
    wait_until_it_answers(port, process)
    whole = said(port, POST + b"Content-Length: 15\n\n" + ONE)
    pieces = said(port, POST + b"Transfer-Encoding: chunked\n\n5\n" + ONE[:5] + b"\na\n" + ONE[5:] + b"\n0\n\n")
    assert (whole[9:12], pieces[9:12]) == (b"200", b"200")
    assert b'"unknown_code"' in whole
    assert b'"unknown_code"' in pieces
    assert said(port, POST + b"Content-Length: 600\n\n[]", hang_up=True)[9:12] in (b"400", b"")
    assert said(port, GET % (b"/about", b"Referer: /t\xc3\xacm\xff\n"))[9:12] == b"200"
    assert said(port, GET % (b"/%ff", b""))[9:12] in (b"400", b"404")
    assert said(port, GET % (b"/about", b"X-Forwarded-For: \xff\n"))[9:12] == b"400"
    assert said(port, GET % (b"/about?q=\xff", b""))[9:12] in (b"200", b"400")
    address = GET % (b"/data/files/r1/institutions.csv", b"")
    until(lambda: said(port, address)[9:12] == b"200")
    head, _, body = said(port, address).partition(b"\r\n\r\n")
    _, _, part = said(port, GET % (b"/data/files/r1/institutions.csv", b"Range: bytes=10-19\n")).partition(b"\r\n\r\n")
    assert part == body[10:20]
    assert f"content-length: {len(body)}".encode() in head.lower()
    assert said(port, GET.replace(b"GET", b"HEAD") % (b"/about", b"")).endswith(b"\r\n\r\n")
