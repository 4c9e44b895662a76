"""Heavy files are drawn apart, one at a time, within bounds, and kept."""

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from flask.testing import FlaskClient

from mapapp.exports.apart import STANDARD_ERROR
from mapapp.exports.patience import LEAST_S, Patience
from mapapp.exports.rendering import Busy, Make, Renderer, RenderingFailed
from mapapp.exports.store import File, Store
from mapapp.logs import JsonLines
from tests.mapapp.exports.conftest import OVERLAY

FILE = File("view.pdf", b"drawn\nhere")


@pytest.fixture
def renderer(tmp_path: Path) -> Renderer:
    patient = Renderer(Store(tmp_path / "exports"), wait_s=30)
    patient.patience.most_s = 300
    return patient


def make(draw: Callable[[], File] = lambda: FILE) -> Callable[[], Make]:
    return lambda: lambda: {"key.pdf": draw()}


def test_a_file_is_drawn_in_another_process_and_kept(renderer: Renderer) -> None:
    drawn = renderer.file("key.pdf", make(lambda: File(str(os.getpid()), b"x")))
    assert drawn.name != str(os.getpid())
    assert renderer.file("key.pdf", make(lambda: File("another", b"y"))) == drawn


def test_while_one_is_drawn_another_is_told_to_come_back(renderer: Renderer, tmp_path: Path) -> None:
    go = tmp_path / "go"
    first = threading.Thread(target=lambda: renderer.file("key.pdf", make(lambda: (wait_for(go), FILE)[1])))
    first.start()
    wait_for(renderer.failures.folder / "key.pdf")  # begun
    second = Renderer(renderer.store)
    with pytest.raises(Busy):
        second.file("other.pdf", make())
    go.touch()
    first.join()
    assert second.file("key.pdf", make()) == FILE


def test_who_waits_too_long_comes_back_to_a_finished_file(renderer: Renderer, tmp_path: Path) -> None:
    renderer.wait_s = 0.05
    go = tmp_path / "go"
    with pytest.raises(Busy):
        renderer.file("key.pdf", make(lambda: (wait_for(go), FILE)[1]))
    go.touch()
    wait_for(renderer.store.folder / "key.pdf")
    assert renderer.file("key.pdf", make()) == FILE


def test_workers_wait_no_more_than_their_common_budget(renderer: Renderer, tmp_path: Path) -> None:
    renderer.store.folder.mkdir()
    for_all = Patience(renderer.store.folder / "waits", most_s=1_000)
    assert for_all.left_s() == 1_000
    renderer.patience.spend(400)
    renderer.patience.spend(700)
    assert for_all.left_s() == LEAST_S
    renderer.wait_s = renderer.patience.most_s = 1_000
    go = tmp_path / "go"
    with pytest.raises(Busy):
        renderer.file("key.pdf", make(lambda: (wait_for(go), FILE)[1]))
    go.touch()
    wait_for(renderer.store.folder / "key.pdf")


def test_waits_of_long_ago_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "waits").write_text(f"{time.time() - 61} 9\nhalf a li")
    assert Patience(tmp_path / "waits", most_s=10).left_s() == 10


def test_waits_noted_at_the_same_moment_all_count(tmp_path: Path) -> None:
    def note() -> None:
        for _ in range(20):
            Patience(tmp_path / "new" / "waits").spend(1)

    workers = [threading.Thread(target=note) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert Patience(tmp_path / "new" / "waits", most_s=100).left_s() == pytest.approx(20)


def test_a_drawing_that_fails_is_an_error_and_blocks_nobody(
    renderer: Renderer, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> File:
        raise ValueError("no ink")

    handler = logging.StreamHandler(open(STANDARD_ERROR, "w", closefd=False))  # noqa: SIM115  it stays open
    handler.setFormatter(JsonLines())
    log = logging.getLogger("mapapp.exports.apart")
    with patch.object(log, "handlers", [handler]), pytest.raises(RenderingFailed):
        renderer.file("key.pdf", make(fail))
    told = json.loads(capfd.readouterr().err)
    assert told["exception"] == "ValueError", "what an error says stays out of the log: it may quote people"
    assert "no ink" not in str(told)
    assert renderer.file("key.pdf", make()) == FILE


def test_a_killed_drawing_leaves_nothing_and_blocks_nobody(renderer: Renderer) -> None:
    def die() -> File:
        os.kill(os.getpid(), signal.SIGKILL)
        return FILE

    with pytest.raises(RenderingFailed):
        renderer.file("key.pdf", make(die))
    assert renderer.file("key.pdf", make()) == FILE


def test_a_drawing_killed_after_nobody_waited_is_told_until_the_server_starts_anew(
    renderer: Renderer, tmp_path: Path
) -> None:
    renderer.wait_s = 0.05
    go = tmp_path / "go"

    def die() -> File:
        wait_for(go)
        os.kill(os.getpid(), signal.SIGKILL)
        return FILE

    with pytest.raises(Busy):
        renderer.file("key.pdf", make(die))
    (process,) = renderer._left
    go.touch()
    os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
    renderer.wait_s = 30
    with pytest.raises(RenderingFailed):
        renderer.file("key.pdf", make())
    assert renderer.file("other.pdf", lambda: lambda: {"other.pdf": FILE}) == FILE
    anew = Renderer(renderer.store, wait_s=30)
    assert anew.file("key.pdf", make()) == FILE
    assert not anew.failures.lately()


def test_a_drawing_holds_none_of_our_connections(renderer: Renderer) -> None:
    ours, theirs = os.pipe()

    def look() -> File:
        return File("open", " ".join(path.name for path in Path("/proc/self/fd").iterdir()).encode())

    opened = {int(number) for number in renderer.file("key.pdf", make(look)).content.split()}
    os.close(ours)
    os.close(theirs)
    assert len(opened) <= 5  # the three streams, the lock, and the list itself


def test_the_store_keeps_what_was_asked_for_last(tmp_path: Path) -> None:
    store = Store(tmp_path, most_bytes=4_000)
    for place, key in enumerate(("one", "two", "three")):
        store.put(key, File(key, bytes(900)))
        os.utime(tmp_path / key, ns=(place, place))
    assert store.get("one") is not None
    store.put("four", File("four", bytes(990)))
    store.put("five", File("five", bytes(990)))
    assert [key for key in ("one", "two", "three", "four", "five") if store.get(key)] == [
        "one",
        "three",
        "four",
        "five",
    ]


def test_the_store_does_not_keep_what_would_push_out_all_else(tmp_path: Path) -> None:
    store = Store(tmp_path, most_bytes=1_000)
    store.put("large", File("large", bytes(900)))
    assert store.get("large") is None


def test_a_full_disk_keeps_nobody_from_the_figures(planner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Store, "put", full)
    assert planner.get(f"{OVERLAY}?period=2024&format=csv").status_code == 200


def test_a_busy_server_says_when_to_come_back(planner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_given: object) -> int:
        raise Busy

    monkeypatch.setattr(planner.application.extensions["mapapp.exports"], "_take_turn", busy)
    answer = planner.get(f"{OVERLAY}?period=2024&format=pdf")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.get_json()["type"] == "/docs#problem-export-in-progress"
    assert (answer.headers["Retry-After"], answer.headers["Refresh"]) == ("3", "3")
    assert answer.headers["Cache-Control"] == "no-store"
    assert planner.get(f"{OVERLAY}?period=2024").status_code == 200
    person = planner.get(f"{OVERLAY}?period=2024&format=pdf", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (person.status_code, person.mimetype, person.headers["Refresh"]) == (503, "text/html", "3")
    assert "Tệp đang được soạn" in person.text
    assert "trang này tự hỏi lại sau vài giây" in person.text
    assert "Lỗi 503" not in person.text, "waiting is no error"


def test_a_file_has_a_name_an_etag_and_travels_once(exporter: FlaskClient) -> None:
    address = f"{OVERLAY}?period=2024&level=province&on=2026-07-01&format=pdf"
    first = exporter.get(address)
    assert first.headers["Content-Disposition"] == (
        'attachment; filename="teacher_digital_competence_2024_province_2026-07-01_r1_vi_a4.pdf"'
    )
    assert first.mimetype == "application/pdf"
    again = exporter.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("question", ["format=docx", "format=pdf&paper=a5", "format=html&lang=fr"])
def test_what_does_not_exist_is_refused(planner: FlaskClient, question: str) -> None:
    assert planner.get(f"{OVERLAY}?{question}").status_code == 400


def wait_for(path: Path) -> None:
    """Until the file is there."""
    for _ in range(3_000):
        if path.exists():
            return
        time.sleep(0.01)
    raise TimeoutError(path)
