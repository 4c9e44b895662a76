"""The transparency log as others see it: checkpoints, proofs, and signed answers that are found in it."""

import base64
import hashlib
import json
import resource
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session, sessionmaker

from geodata.audit import merkle
from geodata.audit.answers import log_key
from geodata.audit.log import head
from geodata.audit.verify import verify
from geodata.vocabulary import KeyEvent
from mapapp import create_app
from mapapp.checkpoints import TYPE, NotACheckpoint, read_checkpoint
from mapapp.cli import main
from mapapp.keeping import keep
from mapapp.key_store import KeyStore
from mapapp.settings import Settings
from mapapp.signing import genuine
from mapapp.spool_records import read
from tests.builders import ALWAYS, an_institution, publish
from tests.mapapp.conftest import NOW

ISSUER = "https://bando.example.vn"
URL = "/api/v1/verify?code=CDD0215&on=2020-01-01&format=jws"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, public_url=ISSUER)


@pytest.fixture
def sessions(web_connection: Connection) -> sessionmaker[Session]:
    return sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


@pytest.fixture
def app(settings: Settings, sessions: sessionmaker[Session], register: Session) -> APIFlask:
    """An installation with keys of its own that has published twice."""
    publish(register, an_institution(codes=[("CDD0215", ALWAYS)], licences=[("1/GCN", ALWAYS)]))
    publish(register, an_institution(), an_institution())
    return create_app(settings, sessions, lambda: NOW)


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = "127.0.0.1"
    return client


def ask(client: FlaskClient, path: str) -> Any:
    found = client.get(f"/api/v1/audit/{path}")
    assert found.status_code == 200, found.text
    return found.get_json()


def hashes(proof: list[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in proof]


def test_a_checkpoint_is_signed_over_all_that_it_says(client: FlaskClient) -> None:
    found = ask(client, "checkpoint")
    claims = genuine(found["checkpoint"], client.get("/.well-known/jwks.json").get_json(), typ=TYPE)
    assert {name: claims[name] for name in ("size", "root", "chain", "release")} == {
        name: found[name] for name in ("size", "root", "chain", "release")
    }
    assert (claims["iss"], claims["iat"], found["release"]) == (ISSUER, int(NOW.timestamp()), 2)


def test_every_leaf_is_proven_to_be_in_the_log_of_the_checkpoint(client: FlaskClient) -> None:
    told = ask(client, "checkpoint")
    for index in range(told["size"]):
        found = ask(client, f"inclusion?index={index}")
        root = merkle.root_from_inclusion(
            bytes.fromhex(found["leaf_hash"]), index, told["size"], hashes(found["proof"])
        )
        assert root is not None
        assert root.hex() == told["root"]
    assert ask(client, "inclusion?release=2")["index"] == told["size"] - 1


def test_the_log_is_proven_to_have_only_grown(client: FlaskClient, register: Session) -> None:
    before = ask(client, "checkpoint")
    publish(register, an_institution())
    after = ask(client, "checkpoint")
    found = ask(client, f"consistency?first={before['size']}")
    assert (found["first"], found["second"]) == (before["size"], after["size"])
    roots = bytes.fromhex(before["root"]), bytes.fromhex(after["root"])
    assert merkle.is_consistent(before["size"], after["size"], *roots, hashes(found["proof"]))


def test_a_signed_answer_is_found_in_the_log_by_its_number(
    client: FlaskClient, settings: Settings, sessions: sessionmaker[Session]
) -> None:
    tokens = [client.get(URL).text for _ in range(5)]
    token = tokens[3]
    claims = json.loads(merkle_payload(token))
    assert client.get(f"/api/v1/audit/inclusion?jti={claims['jti']}").status_code == 404
    assert keep(settings, sessions, NOW).answers == 5
    told, found = ask(client, "checkpoint"), ask(client, f"inclusion?jti={claims['jti']}")
    kid = KeyStore(settings.data / "keys").read().keys[0].kid
    mine = merkle.leaf_hash(
        f"{claims['jti']}\n{claims['iat']}\n{kid}\n{hashlib.sha256(token.encode()).hexdigest()}".encode()
    )
    path = found["answer"]
    batch = merkle.root_from_inclusion(mine, path["index"], path["size"], hashes(path["proof"]))
    assert batch is not None
    assert batch.hex() == path["root"] == json.loads(found["content"])[-1]
    leaf = merkle.leaf_hash(found["content"].encode())
    root = merkle.root_from_inclusion(leaf, found["index"], told["size"], hashes(found["proof"]))
    assert root is not None
    assert root.hex() == told["root"]


def merkle_payload(token: str) -> str:
    part = token.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


def test_nothing_about_the_question_is_recorded(client: FlaskClient, settings: Settings) -> None:
    client.get(URL + "&nonce=my-name", headers={"User-Agent": "somebody", "X-Forwarded-For": "10.9.8.7"})
    (file,) = (settings.data / "answers").glob("*.spool")
    content = file.read_bytes().rstrip(b"\x00").decode()
    reserved, record = content.splitlines()
    assert (reserved[0], len(record.split())) == ("+", 5)
    assert not any(word in content for word in ("CDD0215", "my-name", "somebody", "10.9.8.7"))
    assert file.stat().st_mode & 0o077 == 0


def test_answers_are_forgotten_in_their_time_and_the_log_still_stands(
    client: FlaskClient, settings: Settings, sessions: sessionmaker[Session], register: Session
) -> None:
    client.get(URL)
    keep(settings, sessions, NOW)
    kept_for = timedelta(days=settings.signed_answers_days)
    kept = head(register)
    with register.begin_nested() as attempt:
        register.execute(text("DELETE FROM signed_answer"))
        found = verify(register, kept, now=NOW, answers_kept_for=kept_for)
        attempt.rollback()
    assert [fault.table for fault in found] == ["signed_answer"]
    later = NOW + kept_for + timedelta(days=1)
    assert keep(settings, sessions, later).forgotten == 1
    assert verify(register, kept, now=later, answers_kept_for=kept_for) == []


@pytest.mark.parametrize("begun", [False, True], ids=["", "also where keys came first"])
def test_what_was_published_before_there_was_a_log_enters_it(
    app: APIFlask, settings: Settings, sessions: sessionmaker[Session], register: Session, *, begun: bool
) -> None:
    guards = ("log_entry", "release_digest")
    for table in guards:
        register.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        register.execute(text(f"DELETE FROM {table}"))
        register.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    if begun:
        log_key(register, kid="k", event=KeyEvent.PUBLISHED, at=NOW, jwk={})
    register.commit()
    kept_for = timedelta(days=settings.signed_answers_days)
    assert verify(register, None, now=NOW, answers_kept_for=kept_for) != []
    keep(settings, sessions, NOW)
    assert verify(register, None, now=NOW, answers_kept_for=kept_for) == []
    assert head(register).release == 2


def test_collecting_twice_enters_once(client: FlaskClient, settings: Settings, sessions: sessionmaker[Session]) -> None:
    client.get(URL)
    assert keep(settings, sessions, NOW).answers == 1  # the file is still held: it stays
    assert len(list((settings.data / "answers").glob("*.spool"))) == 1
    assert keep(settings, sessions, NOW).answers == 0


def test_keys_and_their_revocation_enter_the_log(
    client: FlaskClient, settings: Settings, sessions: sessionmaker[Session], register: Session
) -> None:
    client.get(URL)
    store = KeyStore(settings.data / "keys")
    store.retire(store.read().keys[0].kid, NOW, revoke=True)
    keep(settings, sessions, NOW)
    rows = register.execute(text("SELECT event, count(*) FROM logged_key GROUP BY event ORDER BY event")).all()
    assert [tuple(row) for row in rows] == [("published", 2), ("revoked", 1)]
    assert "d" not in register.scalar(text("SELECT jwk FROM logged_key LIMIT 1"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("inclusion", 400),
        ("inclusion?index=1&release=1", 400),
        ("inclusion?index=-1", 400),
        ("inclusion?index=999", 404),
        ("inclusion?index=0&size=999", 404),
        ("inclusion?release=99", 404),
        ("inclusion?jti=nobody", 404),
        ("inclusion?jti=%27%3B", 400),
        ("consistency", 400),
        ("consistency?first=999", 404),
        ("consistency?first=2&second=1", 404),
        ("checkpoint?x=1", 400),
    ],
)
def test_what_the_log_does_not_have_is_said(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(f"/api/v1/audit/{path}").status_code == status


def test_a_checkpoint_is_kept_for_each_release(
    client: FlaskClient, settings: Settings, sessions: sessionmaker[Session], register: Session
) -> None:
    client.get(URL)
    kept = keep(settings, sessions, NOW).checkpoint
    assert kept is not None
    assert keep(settings, sessions, NOW).checkpoint is None
    publish(register, an_institution())
    assert keep(settings, sessions, NOW).checkpoint not in (None, kept)
    assert read_checkpoint(kept).head.release == 2


def test_an_altered_checkpoint_is_refused(
    client: FlaskClient, settings: Settings, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    client.get(URL)
    kept = keep(settings, sessions, NOW).checkpoint
    assert kept is not None
    plain = json.loads(kept.read_text())
    header, payload, signature = plain["checkpoint"].split(".")
    for broken in (f"{header}.{payload[:-2]}AA.{signature}", f"{header}.{payload}.{signature[:-4]}AAAA", "", 7):
        file = tmp_path / "altered.json"
        file.write_text(json.dumps({**plain, "checkpoint": broken}))
        with pytest.raises(NotACheckpoint):
            read_checkpoint(file)


def test_a_full_disk_is_told_and_no_answer_is_sent(client: FlaskClient, settings: Settings) -> None:
    assert client.get(URL).status_code == 200
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    client.application.extensions["mapapp.verifier"].issuer.spool.close()
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))  # no file may grow beyond 1,000 bytes
    try:
        refused = client.get(URL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (refused.status_code, refused.get_json()["type"]) == (503, "/docs#problem-signing-unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get("/api/v1/verify?code=CDD0215&on=2020-01-01").status_code == 200
    assert client.get(URL).status_code == 200
    assert recorded(settings.data / "answers") == 2


def recorded(directory: Path) -> int:
    return sum(len(read(path.read_bytes())) for path in directory.glob("*.spool"))


def test_the_commands_export_and_verify(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("MAPAPP_PUBLIC_URL", ISSUER)
    data = ["--data", str(tmp_path), "audit"]
    run = CliRunner()
    file = tmp_path / "checkpoint.json"
    assert run.invoke(main, [*data, "checkpoint", "--out", str(file)]).exit_code == 0
    refused = run.invoke(main, [*data, "verify", "--checkpoint", str(file)])
    assert (refused.exit_code, "is not in the log" in refused.output) == (1, True)
    assert run.invoke(main, [*data, "verify"]).exit_code == 0
