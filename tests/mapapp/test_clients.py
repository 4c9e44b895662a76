"""Who asks the API: keys asked for on a page and approved, quotas, fair limits for everybody else."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from apiflask import APIFlask
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session, sessionmaker

from geodata import api_clients
from geodata.models import ApiClient
from mapapp import api_keys, create_app
from mapapp.cli import main
from mapapp.limits import NEIGHBOURS, PLACES, Limits
from mapapp.settings import Settings
from tests.mapapp.conftest import NOW

SOMEBODY = {"REMOTE_ADDR": "203.0.113.7"}
PATH = "/api/v1/verify?code=XYZ"
BY = api_clients.Hand(by="tester", at=NOW)


@pytest.fixture
def app(tmp_path: Path, web_connection: Connection) -> APIFlask:
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    return create_app(Settings(data=tmp_path, anonymous_per_minute=5), sessions, lambda: NOW)


@pytest.fixture
def key(register: Session) -> str:
    return a_key(register, per_minute=8)


def a_key(register: Session, *, per_minute: int) -> str:
    asked = api_clients.request(register, name="Máy", contact="a@example.vn", purpose="Kiểm tra")
    found = api_clients.approve(register, asked.id, BY, per_minute=per_minute)
    register.commit()
    return found


def statuses(client: FlaskClient, times: int, path: str = "/api/v1/units?level=province", **options: Any) -> list[int]:
    options = {"environ_base": SOMEBODY, **options}
    return [
        client.get(f"{path}&limit={n}" if "level" not in path else path, **options).status_code for n in range(times)
    ]


def test_an_address_without_a_key_has_a_fair_limit(client: FlaskClient) -> None:
    assert statuses(client, 5) == [200] * 5
    refused = client.get("/api/v1/units?level=province", environ_base=SOMEBODY)
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert 0 < int(refused.headers["Retry-After"]) <= 12
    assert refused.headers["Cache-Control"] == "no-store"
    assert client.get("/api/v1/units?level=province", environ_base={"REMOTE_ADDR": "203.0.113.8"}).status_code == 200


def test_verification_may_be_asked_ten_times_as_often_and_apart_from_the_rest(client: FlaskClient) -> None:
    statuses(client, 6)
    found = [client.get(PATH, environ_base=SOMEBODY).status_code for _ in range(60)]  # one more is allowed each 1.2 s
    assert found[:50] == [200] * 50
    assert 429 in found


def test_a_large_batch_counts_as_many(client: FlaskClient) -> None:
    body = [{"code": f"CODE{number}", "name": "x" * 150} for number in range(400)]
    assert client.post("/api/v1/verify", json=body, environ_base=SOMEBODY).status_code == 200
    found = [client.get(PATH, environ_base=SOMEBODY).status_code for _ in range(50)]
    assert 429 in found[:15]


def test_a_key_has_its_own_quota(client: FlaskClient, key: str) -> None:
    assert 429 in statuses(client, 6)
    for headers in ({"Authorization": f"Bearer {key}"}, {"X-API-Key": key}):
        assert statuses(client, 4, headers=headers) == [200] * 4
    assert statuses(client, 1, headers={"X-API-Key": key}) == [429]


@pytest.mark.parametrize("wrong", ["mk_nobody", "nonsense", "mk_" + "x" * 5_000, "mk_đ"])
def test_an_unknown_key_is_refused(client: FlaskClient, wrong: str) -> None:
    refused = client.get(PATH, headers={"X-API-Key": wrong.encode().decode("latin-1")})
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_whoever_tries_keys_is_limited_as_without_one(client: FlaskClient) -> None:
    tried = [statuses(client, 1, headers={"X-API-Key": f"mk_guess{number}"})[0] for number in range(8)]
    assert tried[:5] == [401] * 5
    assert tried[6:] == [429] * 2


def test_to_try_keys_costs_few_looks_and_pushes_out_no_real_one(
    app: APIFlask, client: FlaskClient, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_keys, "MOST_KEYS", 3)
    with patch.object(api_keys, "by_key", wraps=api_clients.by_key) as looks:
        assert statuses(client, 1, headers={"X-API-Key": key}) == [200]
        for number in range(12):
            statuses(client, 1, path=PATH, headers={"X-API-Key": f"mk_guess{number}"})
            statuses(client, 1, path=PATH, headers={"X-API-Key": f"guess{number}"})
        assert looks.call_count == 1 + 5  # as many as a network may ask without a key
        assert statuses(client, 1, headers={"X-API-Key": key}) == [200]
        assert looks.call_count == 6  # it was still known
    assert len(app.extensions["mapapp.doorkeeper"]._seen) <= 3


def test_the_machine_itself_and_its_proxy_are_not_limited(client: FlaskClient) -> None:
    assert statuses(client, 20, environ_base={"REMOTE_ADDR": "127.0.0.1"}) == [200] * 20


def test_pages_are_not_limited(client: FlaskClient) -> None:
    assert {client.get("/about", environ_base=SOMEBODY).status_code for _ in range(20)} == {200}


def test_a_rotated_key_works_for_a_week_more_and_a_revoked_one_not_at_all(register: Session) -> None:
    old = a_key(register, per_minute=8)
    client_id = register.scalars(text("SELECT max(id) FROM api_client")).one()
    new = api_clients.rotate(register, client_id, BY)
    for one, at, works in (
        (new, NOW, True),
        (old, NOW + timedelta(days=6), True),
        (old, NOW + timedelta(days=8), False),
    ):
        assert (api_clients.by_key(register, one, at=at) is not None) is works
    api_clients.revoke(register, client_id, replace(BY, reason="Mất khóa"))
    assert api_clients.by_key(register, new, at=NOW) is None
    assert api_clients.by_key(register, old, at=NOW) is None


def test_only_the_hash_of_a_key_is_kept_and_its_use_is_noted(client: FlaskClient, register: Session, key: str) -> None:
    client.get(PATH, headers={"X-API-Key": key})
    rows = register.execute(text("SELECT to_jsonb(api_client)::text FROM api_client")).scalars().all()
    assert not any(key in row or key[3:] in row for row in rows)
    register.expire_all()
    assert register.query(ApiClient).one().last_used_at == NOW


def test_somebody_asks_on_the_page_and_gets_a_number(client: FlaskClient, register: Session) -> None:
    page = client.get("/verify/clients").text
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)
    assert stamp is not None
    given = {"name": "Kiểm tra bằng", "contact": "a@example.vn", "purpose": "Đối chiếu văn bằng", "stamp": stamp[1]}
    assert client.post("/verify/clients", data=given).status_code == 400  # too quick for a person
    later = client.application.extensions
    later["mapapp.clock"] = lambda: NOW + timedelta(seconds=30)
    for wrong in ({**given, "name": ""}, {**given, "purpose": "x" * 1_001}, {**given, "nickname": "x"}):
        assert client.post("/verify/clients", data=wrong).status_code == 400
    with patch.object(api_clients, "MOST_WAITING", 0):
        assert client.post("/verify/clients", data=given).status_code == 503
    sent = client.post("/verify/clients", data=given)
    assert sent.status_code == 303
    assert "Đã nhận yêu cầu số" in client.get(sent.headers["Location"]).text
    (row,) = api_clients.listed(register)
    assert (row.name, row.state, row.key_hash) == ("Kiểm tra bằng", "requested", None)
    foreign = client.post("/verify/clients", data=given, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403


@pytest.fixture
def commands(database_url: str, engine: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    yield
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE api_client CASCADE"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["clients", *arguments])


def test_a_steward_approves_rotates_and_revokes(commands: None, engine: Any) -> None:
    with Session(engine) as session:
        client_id = str(api_clients.request(session, name="Máy", contact="a@example.vn", purpose="x").id)
        session.commit()
    assert "requested" in run("list").output
    key = run("approve", client_id, "--per-minute", "10").output.strip()
    assert key.startswith("mk_")
    assert run("approve", client_id).exit_code == 1
    assert run("rotate", client_id).output.strip() not in ("", key)
    assert run("revoke", client_id).exit_code == 0
    assert "No clients" in run("list", "--state", "active").output
    assert run("rotate", client_id).exit_code == 1
    assert run("revoke", "999999").exit_code == 1


def test_processes_share_their_limits(tmp_path: Path) -> None:
    one, other = Limits(tmp_path / "limits"), Limits(tmp_path / "limits")
    waits = [(one, other)[n % 2].wait_s("a", per_minute=60, burst=10, now=1_000.0) for n in range(11)]
    assert waits[:10] == [0.0] * 10
    assert waits[10] == pytest.approx(1.0)
    assert one.wait_s("a", per_minute=60, burst=10, now=1_001.0) == 0.0
    assert one.wait_s("b", per_minute=60, burst=10, now=1_000.0) == 0.0


def test_more_addresses_than_places_never_block_anybody_for_long(tmp_path: Path) -> None:
    limits = Limits(tmp_path / "limits")
    refused = sum(limits.wait_s(f"a{n}", per_minute=60, burst=1, now=1_000.0) > 0 for n in range(PLACES // NEIGHBOURS))
    assert refused == 0


def test_many_threads_get_about_what_is_allowed(tmp_path: Path) -> None:
    limits = Limits(tmp_path / "limits")
    passed: list[bool] = []

    def ask() -> None:
        passed.extend(limits.wait_s("a", per_minute=60, burst=100, now=1_000.0) == 0 for _ in range(100))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 100 <= sum(passed) <= 110


def test_without_a_place_for_the_file_everything_passes() -> None:
    assert Limits(Path("/proc/nowhere/limits")).wait_s("a", per_minute=1, burst=1) == 0.0


def test_every_refusal_leads_to_its_explanation(client: FlaskClient, register: Session) -> None:
    page = client.get("/docs").text
    for refused in (
        client.get(PATH, headers={"X-API-Key": "nonsense"}),
        client.get("/api/v1/audit/inclusion?index=99"),
        client.get("/api/v1/offline-list"),
    ):
        assert f'id="{refused.get_json()["type"].removeprefix("/docs#")}"' in page
    assert 'id="problem-too-many-requests"' in page
