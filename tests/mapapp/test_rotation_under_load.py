"""Rotations of the signing key (4; in the long run 20) while two web processes sign and checkers check with copies of
the JWKS as old as they may be: not one answer fails. Time runs 300 times as fast, every waiting time as in earnest."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from mapapp import create_app
from mapapp.key_store import JWKS_FRESH_S, WAIT_S, KeyStore
from mapapp.settings import Settings
from mapapp.signing import ForgedToken, check

pytestmark = pytest.mark.operation

ISSUER = "https://bando.example.vn"
FASTER = 300
"""So that the ten minutes that a copy of the JWKS has to spare are two seconds: enough for a busy machine."""

TTL_S = 86_400
"""The longest life of an answer that a setting allows."""

START = datetime(2026, 11, 22, tzinfo=UTC)


class Fast:
    """Time, faster."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def seconds(self) -> float:
        return (time.monotonic() - self._began) * FASTER

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds())


@pytest.fixture
def fast() -> Fast:
    return Fast()


@pytest.fixture
def clients(tmp_path: Path, fast: Fast) -> Iterator[list[FlaskClient]]:
    """Two web processes of one installation; without a database they answer register_stale, and sign that."""
    settings = Settings(
        data=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/nothing", public_url=ISSUER, verify_ttl_s=TTL_S
    )
    apps = [create_app(settings, None, fast.now) for _ in range(2)]
    for app in apps:
        app.extensions["mapapp.verifier"].issuer.signer._monotonic = fast.seconds
    yield [app.test_client() for app in apps]
    for app in apps:
        app.extensions["mapapp.verifier"].issuer.spool.close()


class Checker:
    """Asks one process, checks with the keys of another, which it fetches anew when its copy is too old."""

    def __init__(self, asks: FlaskClient, keys_from: FlaskClient, fast: Fast) -> None:
        self.asks, self.keys_from, self.fast = asks, keys_from, fast
        self.keys: dict[str, Any] = {}
        self.fetched_at = float("-inf")
        self.kept: list[str] = []
        self.checked = 0
        self.failures: list[str] = []

    def once(self) -> None:
        token = self.asks.get("/api/v1/verify?code=CDD0215&format=jws", base_url=ISSUER)
        if self.fast.seconds() - self.fetched_at >= JWKS_FRESH_S:
            self.fetch()
        self.check(token.text if token.status_code == 200 else f"{token.status_code}")
        if self.checked % 50 == 1:
            self.kept.append(token.text)

    def fetch(self) -> None:
        self.fetched_at = self.fast.seconds()
        self.keys = self.keys_from.get("/.well-known/jwks.json", base_url=ISSUER).get_json()

    def check(self, token: str) -> None:
        self.checked += 1
        try:
            check(token, self.keys, issuer=ISSUER, now=self.fast.now())
        except ForgedToken as error:
            self.failures.append(f"{self.fast.now()}: {error}")


@pytest.mark.parametrize("rotations", [4, pytest.param(20, marks=pytest.mark.long)])
def test_rotations_fail_no_verification(clients: list[FlaskClient], fast: Fast, tmp_path: Path, rotations: int) -> None:
    clients[0].get("/.well-known/jwks.json", base_url=ISSUER)  # the first key is there
    checkers = [Checker(clients[n % 2], clients[(n + 1) % 2], fast) for n in range(4)]
    over = threading.Event()

    def work(checker: Checker) -> None:
        while not over.is_set():
            checker.once()

    threads = [threading.Thread(target=work, args=(checker,)) for checker in checkers]
    for thread in threads:
        thread.start()
    store = KeyStore(tmp_path / "keys")
    signed_by = set()
    for _ in range(rotations):
        store.rotate(fast.now(), wait_s=WAIT_S)
        time.sleep(1.1 * WAIT_S / FASTER)
        signing = store.read().signing(fast.now())
        signed_by.add(signing.kid if signing else None)
    over.set()
    for thread in threads:
        thread.join()
    for checker in checkers:  # answers of all those keys still count: none has expired
        checker.fetch()
        for token in checker.kept:
            checker.check(token)
    assert [checker.failures for checker in checkers] == [[]] * 4
    assert len(signed_by) == rotations
    assert min(checker.checked for checker in checkers) > rotations
