"""The national list for places without a network: signed, whole or as a difference, checked on the command line."""

import csv
import gzip
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from geodata.kept.offline_list import apply, records_digest
from mapapp import create_app
from mapapp.cli import main
from mapapp.offline_bundle import Bundle, UnusableList
from mapapp.offline_list import TYPE
from mapapp.outage import refresh
from mapapp.settings import Settings
from mapapp.signing import genuine
from tests.builders import ALWAYS, an_institution, publish

ISSUER = "https://bando.example.vn"
SCHOOL = an_institution(codes=[("CDD0215", ALWAYS)], licences=[("1/GCN", (date(2017, 1, 1), None))])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", public_url=ISSUER)


@pytest.fixture
def app(settings: Settings, web_connection: Connection, register: Session, monkeypatch: pytest.MonkeyPatch) -> APIFlask:
    publish(register, SCHOOL)
    again(settings, register, monkeypatch)
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    return create_app(settings, sessions)


def again(settings: Settings, register: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring the disk up to date, within the test's transaction, whose isolation cannot be chosen any more."""
    monkeypatch.setattr(register, "connection", lambda **_options: None)
    refresh(settings, register)
    monkeypatch.undo()


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1"
    return client


def ask(client: FlaskClient, path: str = "") -> Any:
    found = client.get(f"/api/v1/offline-list{path}")
    assert found.status_code == 200, found.text
    return found


def test_the_head_is_signed_and_describes_the_list(client: FlaskClient) -> None:
    head = ask(client).get_json()
    claims = genuine(head["list"], client.get("/.well-known/jwks.json").get_json(), typ=TYPE)
    assert claims == {name: value for name, value in head.items() if name != "list"}
    assert claims["exp"] - claims["iat"] == 7 * 86_400
    lines = ask(client, f"/{head['release']}").text.splitlines()
    assert len([line for line in lines if line.startswith("[")]) == head["institutions"] == 1
    packed = client.get(f"/api/v1/offline-list/{head['release']}", headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["Content-Encoding"], len(packed.data)) == ("gzip", head["gzip_bytes"])
    assert gzip.decompress(packed.data).decode().splitlines() == lines


def test_a_difference_leads_to_the_signed_result(
    client: FlaskClient, settings: Settings, register: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(client, "/1").text.splitlines()
    publish(register, an_institution("Trường mới"))
    again(settings, register, monkeypatch)
    head = ask(client).get_json()
    assert (head["release"], head["differences_from"]) == (2, [1])
    change = ask(client, "/2/since/1").text.splitlines()
    assert len(change) == 2
    assert records_digest(apply(first, change)) == head["records_sha256"]


@pytest.mark.parametrize("path", ["/9", "/x", "/1/since/9", "/9/since/1", "/-1", "/1/since/x"])
def test_a_list_there_is_not_is_a_404(client: FlaskClient, path: str) -> None:
    assert client.get(f"/api/v1/offline-list{path}").status_code == 404


def test_without_any_list_machines_are_told_to_come_back(tmp_path: Path) -> None:
    refused = (
        create_app(Settings(data=tmp_path, database_url="postgresql://x")).test_client().get("/api/v1/offline-list")
    )
    assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (503, True)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_the_command_line_asks_a_directory(
    client: FlaskClient, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAPAPP_PUBLIC_URL", ISSUER)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    taken = str(tmp_path / "taken")
    token = client.get("/api/v1/verify?code=CDD0215&format=jws").text
    done = run("--data", str(settings.data), "offline", "export", taken)
    assert (done.exit_code, "1 institutions" in done.output) == (0, True), done.output

    elsewhere = ["--data", str(tmp_path / "elsewhere")]
    asked = tmp_path / "asked.csv"
    asked.write_text("code,on\nCDD0215,2026-11-01\nnobody,2026-11-01\nCDD0215,2026-13-01\n")
    assert run(*elsewhere, "verify", str(asked), "--offline", taken).exit_code == 0
    with asked.with_suffix(".answers.csv").open(encoding="utf-8-sig") as file:
        answers = [row["answer"] for row in csv.DictReader(file)]
    assert answers == ["authorised", "unknown_code", "malformed"]

    (tmp_path / "token").write_text(token)
    genuine_one = run(*elsewhere, "offline", "check", taken, str(tmp_path / "token"))
    assert (genuine_one.exit_code, "Genuine: " in genuine_one.output) == (0, True), genuine_one.output
    (tmp_path / "token").write_text(token[:-4] + "AAAA")
    assert run(*elsewhere, "offline", "check", taken, str(tmp_path / "token")).exit_code == 1


@pytest.mark.parametrize("spoiled", ["list.jws", "list.ndjson.gz", "jwks.json"])
def test_an_altered_directory_is_refused(
    client: FlaskClient, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoiled: str
) -> None:
    monkeypatch.setenv("MAPAPP_PUBLIC_URL", ISSUER)
    run("--data", str(settings.data), "offline", "export", str(tmp_path / "taken"))
    file = tmp_path / "taken" / spoiled
    if spoiled.endswith(".gz"):
        file.write_bytes(gzip.compress(gzip.decompress(file.read_bytes()).replace(b"1/GCN", b"2/GCN")))
    elif spoiled == "jwks.json":
        file.write_text(json.dumps({"keys": []}))
    else:
        file.write_text(file.read_text()[:-4] + "AAAA")
    asked = tmp_path / "asked.csv"
    asked.write_text("code\nCDD0215\n")
    refused = run("verify", str(asked), "--offline", str(tmp_path / "taken"))
    assert refused.exit_code == 1, refused.output


def test_an_expired_directory_is_refused(
    client: FlaskClient, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAPAPP_PUBLIC_URL", ISSUER)
    run("--data", str(settings.data), "offline", "export", str(tmp_path / "taken"))
    with pytest.raises(UnusableList, match="expired"):
        Bundle(tmp_path / "taken", datetime.now(UTC) + timedelta(days=8))
