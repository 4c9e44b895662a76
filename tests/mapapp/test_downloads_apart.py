"""Downloads are made in a process of their own: whoever answers pages waits for them only for a moment."""

import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from geodata.downloads import FORMATS
from geodata.downloads.plain import Chunks
from geodata.downloads.rows import Edition
from mapapp import create_app
from mapapp.data.making import Maker
from mapapp.exports.failures import FAILED_FOR_S
from mapapp.exports.patience import LEAST_S, Patience
from mapapp.settings import Settings
from tests.mapapp.conftest import NOW

CSV = "/data/files/r1/institutions.csv"


@pytest.fixture
def site(network_engine: Engine, tmp_path: Path) -> Iterator[APIFlask]:
    """The site as it runs, over the illustrative network."""
    url = network_engine.url.render_as_string(hide_password=False)
    app = create_app(Settings(database_url=url, data=tmp_path), clock=lambda: NOW)
    yield app
    for sessions in ("mapapp.sessions", "mapapp.writing_sessions"):
        app.extensions[sessions].kw["bind"].dispose()


@pytest.fixture
def maker(site: APIFlask) -> Maker:
    found: Maker = site.extensions["mapapp.downloads"]
    found.wait_s, found.patience.most_s = 30, 300
    return found


def by_whom(path: Path, parts: Chunks, _edition: Edition) -> None:
    path.write_text(json.dumps([os.getpid(), sum(map(len, parts))]))


def test_a_file_is_made_by_another_process_which_reads_the_register(
    site: APIFlask, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMATS, "csv", by_whom)
    first, again = got(site), got(site)
    process, rows = json.loads(first)
    assert process != os.getpid()
    assert rows > 100
    assert again == first
    assert site.test_client().get("/api/v1/institutions").status_code == 200  # our own connection still stands


def test_who_asks_while_a_file_is_made_is_told_to_come_back(
    site: APIFlask, maker: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker.wait_s = 0.05
    go = tmp_path / "go"

    def slowly(path: Path, parts: Chunks, edition: Edition) -> None:
        wait_for(go)
        by_whom(path, parts, edition)

    monkeypatch.setitem(FORMATS, "csv", slowly)
    client = site.test_client()
    for address in (CSV, CSV, "/data/files/r1/institutions-01.geojson", "/data/manifest.json"):
        told = client.get(address)
        assert (told.status_code, told.headers["Retry-After"]) == (503, "3")
        assert told.headers["Cache-Control"] == "no-store"
        assert told.get_json()["type"].endswith("export-in-progress")
    page = client.get(CSV, headers={"Accept": "text/html,*/*"})
    assert (page.status_code, page.headers["Refresh"], page.mimetype) == (503, "3", "text/html")
    assert client.get("/healthz").status_code == 200
    go.touch()
    wait_for(maker.shelf.folder, "*/institutions.csv.sha256")
    assert got(site)


def test_a_file_that_could_not_be_made_is_told_as_a_fault_and_tried_again(
    site: APIFlask, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: Path, parts: Chunks, edition: Edition) -> None:
        path.write_text("half a fi")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(FORMATS, "csv", fails)
    assert site.test_client().get(CSV).status_code == 500
    assert not list(maker.shelf.folder.rglob("*.csv"))
    monkeypatch.setitem(FORMATS, "csv", by_whom)
    assert got(site)


def test_a_file_that_fails_after_nobody_waited_is_told_and_not_begun_again_for_minutes(
    site: APIFlask, maker: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker.wait_s = 0.05
    go, begun = tmp_path / "go", tmp_path / "begun"

    def fails_late(path: Path, _parts: Chunks, _edition: Edition) -> None:
        with begun.open("a") as note:
            note.write("once\n")
        wait_for(go)
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(FORMATS, "csv", fails_late)
    client = site.test_client()
    assert client.get(CSV).status_code == 503
    go.touch()
    told = until_the_turn_is_free(client)
    assert (told.status_code, "Refresh" in told.headers) == (500, False)
    assert client.get("/data/files/r1/institutions.manifest.json").status_code == 500
    assert begun.read_text() == "once\n"
    maker.wait_s = 30
    with client.get("/data/files/r1/institutions-01.geojson") as other:
        assert other.status_code == 200
    (note,) = maker.failures.folder.iterdir()
    os.utime(note, (0, time.time() - FAILED_FOR_S - 1))
    monkeypatch.setitem(FORMATS, "csv", by_whom)
    assert got(site)
    assert not list(maker.failures.folder.iterdir())


def test_what_a_maker_left_that_was_ended_goes_when_the_next_one_works(
    site: APIFlask, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_ended(path: Path, _parts: Chunks, _edition: Edition) -> None:
        path.write_text("half a fi")
        path.with_suffix(".saved").write_text("half a workbo")
        with tempfile.NamedTemporaryFile(prefix="openpyxl.", delete=False):
            os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setitem(FORMATS, "csv", is_ended)
    assert site.test_client().get(CSV).status_code == 500
    assert {one.name.partition(".")[0] for one in maker.shelf.folder.rglob("*.*")} == {"", "openpyxl"}
    monkeypatch.setitem(FORMATS, "csv", by_whom)
    assert got(site)
    left = [one.name for one in maker.shelf.folder.rglob("*.*")]
    assert sorted(left) == ["institutions.csv", "institutions.csv.sha256"]


def test_workers_wait_for_exports_and_downloads_out_of_one_budget(
    site: APIFlask, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(path: Path, parts: Chunks, edition: Edition) -> None:
        time.sleep(1)
        by_whom(path, parts, edition)

    monkeypatch.setitem(FORMATS, "csv", slow)
    exports = Patience(site.extensions["mapapp.exports"].store.folder / "waits", most_s=300)
    exports.spend(301)
    assert site.test_client().get(CSV).status_code == 503
    assert exports.left_s() == LEAST_S
    wait_for(maker.shelf.folder, "*/institutions.csv.sha256")


def until_the_turn_is_free(client: FlaskClient) -> TestResponse:
    """The answer to a browser that comes back as long as it is told to."""
    ends = time.monotonic() + 30
    while True:
        told = client.get(CSV, headers={"Accept": "text/html"})
        if told.status_code != 503:
            return told
        assert time.monotonic() < ends, "told to come back without end"
        time.sleep(0.02)


def got(site: APIFlask) -> str:
    """The content of the file, which must be there."""
    with site.test_client().get(CSV) as answer:
        assert answer.status_code == 200
        return str(answer.text)


def wait_for(path: Path, pattern: str = "") -> None:
    """Until the file is there, or one below it that fits; fails after a while."""
    ends = time.monotonic() + 30
    while not (list(path.glob(pattern)) if pattern else path.exists()):
        assert time.monotonic() < ends, f"{path} {pattern} is still missing"
        time.sleep(0.02)
