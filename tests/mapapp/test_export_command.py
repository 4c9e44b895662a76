"""`mapapp export DIR`: the files of /data in a directory, all of them whole, or none."""

import errno
import hashlib
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from geodata.downloads import whole
from geodata.downloads.rows import Edition
from geodata.downloads.shelf import FORMATS
from geodata.geometry import LonLat
from mapapp import create_app
from mapapp.cli import main
from mapapp.settings import Settings
from tests.builders import an_institution, publish
from tests.databases import UNITS, DatabaseLike, opened
from tests.mapapp.conftest import NOW


@pytest.fixture(scope="module")
def url(database_like: DatabaseLike) -> str:
    """A database with two publications: a school in Đà Nẵng, then one in Hà Nội."""
    url = database_like(UNITS)
    with opened(url) as engine, Session(engine) as session:
        publish(session, an_institution("Trường Cao đẳng Đà Nẵng", at=LonLat(108.2, 16.05), province="48"))
        publish(session, an_institution("Trường Trung cấp Hà Nội", province="01"), data_status="illustrative")
        session.commit()
    return url


@pytest.fixture
def export(url: str, tmp_path: Path) -> Callable[..., Result]:
    def export(directory: Path, *options: str, **environment: str) -> Result:
        given = {"DATABASE_URL": url, "MAPAPP_DATA": str(tmp_path / "var"), **environment}
        return CliRunner().invoke(main, ["export", str(directory), *options], env=given)

    return export


COUNTRY = "--whole-country-only"
CSV = "--format=csv"


def listed(directory: Path) -> dict[str, Any]:
    """{name: entry} of the manifest."""
    return {one["name"]: one for one in json.loads((directory / "manifest.json").read_text())["files"]}


def test_an_export_holds_what_the_site_offers_byte_for_byte(
    export: Callable[..., Result], url: str, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "export"
    done = export(out, COUNTRY, MAPAPP_DATA_LICENCE="CC-BY-4.0", MAPAPP_DATA_LICENCE_URL="https://l.example.vn/by")
    assert done.exit_code == 0, done.output
    assert "5 files of release 2 (mixed data)" in done.output
    files = {f"institutions.{format}" for format in FORMATS}
    assert {one.name for one in out.iterdir()} == {*files, "dictionary.json", "manifest.json", "SHA256SUMS"}
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["release"], manifest["data_status"]) == (2, "mixed")
    assert manifest["licence"] == {"name": "CC-BY-4.0", "url": "https://l.example.vn/by"}

    data = tmp_path / "site"
    data.mkdir()
    with opened(url) as engine:
        settings = Settings(database_url=url, data=data, secret_key="k" * 40)
        client = create_app(settings, sessionmaker(engine), lambda: NOW).test_client()
        for name, entry in listed(out).items():
            content = (out / name).read_bytes()
            assert (len(content), hashlib.sha256(content).hexdigest()) == (entry["bytes"], entry["sha256"])
            with client.get(f"/data/files/r2/{name}") as answer:
                assert content == answer.data
        assert json.loads((out / "dictionary.json").read_text()) == client.get("/data/dictionary.json").get_json()


def test_an_export_holds_every_province_and_sums_of_all_files(export: Callable[..., Result], tmp_path: Path) -> None:
    out = tmp_path / "export"
    assert export(out, CSV).exit_code == 0
    names = {f"institutions-{code}.csv" for code in ("01", "48", "79")} | {"institutions.csv"}
    assert names < set(listed(out))
    assert len(listed(out)) == 35
    assert "Trường Trung cấp Hà Nội" in (out / "institutions-01.csv").read_text()
    assert "Trường Trung cấp Hà Nội" not in (out / "institutions-48.csv").read_text()
    told = {tuple(line.split("  ")) for line in (out / "SHA256SUMS").read_text().splitlines()}
    assert told == {
        (hashlib.sha256(one.read_bytes()).hexdigest(), one.name)
        for one in out.iterdir()
        if one.name not in ("manifest.json", "SHA256SUMS")
    }


def test_a_directory_that_is_not_empty_is_left_as_it_is(export: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    refused = export(tmp_path, COUNTRY, CSV)
    assert refused.exit_code == 1
    assert "is not empty (mine.txt)" in refused.output
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_an_export_is_not_written_over_another(export: Callable[..., Result], tmp_path: Path) -> None:
    out = tmp_path / "export"
    assert export(out, COUNTRY, CSV).exit_code == 0
    before = {one.name: one.stat().st_mtime_ns for one in out.iterdir()}
    again = export(out, COUNTRY, CSV)
    assert (again.exit_code, "is not empty" in again.output, "no finished" in again.output) == (1, True, False)
    assert {one.name: one.stat().st_mtime_ns for one in out.iterdir()} == before


@pytest.mark.parametrize(("below", "told"), [("", "is a file"), ("sub", "cannot be written")])
def test_a_file_is_no_directory(export: Callable[..., Result], tmp_path: Path, below: str, told: str) -> None:
    (tmp_path / "file").write_text("mine")
    refused = export(tmp_path / "file" / below, COUNTRY, CSV)
    assert (refused.exit_code, told in refused.output) == (1, True)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_directory_that_cannot_be_written_is_told(
    export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(path: Path, *_more: object, **_choices: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "touch", forbidden)
    (out := tmp_path / "export").mkdir()
    refused = export(out, COUNTRY, CSV)
    assert refused.exit_code == 1
    assert f"{out} cannot be written: Permission denied. Choose another directory." in refused.output


@pytest.mark.parametrize("there", [True, False], ids=["empty before", "not there before"])
def test_a_full_disk_leaves_nothing(
    export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    def full(path: Path, parts: object, edition: Edition) -> None:
        path.write_text("half a fi")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(FORMATS, "gpkg", full)
    out = tmp_path / "export"
    if there:
        out.mkdir()
    refused = export(out, COUNTRY)
    assert refused.exit_code == 1
    assert "cannot be filled: No space left on device. Nothing was kept." in refused.output
    assert out.exists() is there
    assert not there or list(out.iterdir()) == []


def test_a_database_that_went_away_leaves_nothing(
    export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(path: Path, parts: object, edition: Edition) -> None:
        path.write_text("half a fi")
        raise OperationalError("FETCH", {}, Exception("terminating connection due to administrator command"))

    monkeypatch.setitem(FORMATS, "csv", lost)
    out = tmp_path / "export"
    refused = export(out, COUNTRY, CSV)
    assert refused.exit_code == 1
    assert f"The database did not answer to the end. Nothing was kept in {out}" in refused.output
    assert not out.exists()


def test_an_interrupted_export_leaves_nothing(
    export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FORMATS["geojson"]

    def interrupted(path: Path, parts: Any, edition: Edition) -> None:
        real(path, parts, edition)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setitem(FORMATS, "geojson", interrupted)
    out = tmp_path / "export"
    refused = export(out, COUNTRY)
    assert (refused.exit_code, "Interrupted; nothing was kept" in refused.output) == (1, True)
    assert not out.exists()


def sleeps(session: Session) -> None:
    session.execute(text("SELECT 1"))
    Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    session.execute(text("SELECT pg_sleep(20)"))


def fails_of_it(session: Session) -> None:
    """As the driver does where it was cut short in the midst of a statement."""
    try:
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        session.execute(text("SELECT 1 / 0"))


@pytest.mark.parametrize("statement", [sleeps, fails_of_it])
def test_an_export_that_is_interrupted_in_the_midst_of_a_statement_says_so(
    export: Callable[..., Result],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    statement: Callable[[Session], None],
) -> None:
    monkeypatch.setattr(whole, "make", lambda session, *_given: statement(session))
    out = tmp_path / "export"
    refused = export(out, COUNTRY)
    assert (refused.exit_code, refused.output.count("Interrupted; nothing was kept")) == (1, 1), refused.output
    assert not out.exists()


def test_an_error_that_is_no_interruption_stays_one(
    export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "make", lambda session, *_given: session.execute(text("SELECT 1 / 0")))
    assert isinstance(export(tmp_path / "export", COUNTRY).exception, DBAPIError)


def test_what_a_killed_export_left_is_called_unfinished(
    export: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "_clear", lambda *_given, **_choices: None)
    monkeypatch.setitem(FORMATS, "xlsx", lambda *_given: os.kill(os.getpid(), signal.SIGTERM))
    out = tmp_path / "export"
    export(out, COUNTRY)
    assert [one.name for one in out.iterdir()] == ["institutions.csv"], "whole files only, and no manifest"
    assert "no finished export: it has no manifest" in export(out, COUNTRY).output


def test_an_empty_register_has_nothing_to_export(database_like: DatabaseLike, tmp_path: Path) -> None:
    out = tmp_path / "export"
    refused = CliRunner().invoke(main, ["export", str(out)], env={"DATABASE_URL": database_like(UNITS)})
    assert refused.exit_code == 1
    assert "nothing to export" in refused.output
    assert not out.exists()
