"""Keys through their lives: published, waiting, signing, kept, gone."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mapapp.key_store import KEPT, WAIT_S, KeyInUse, KeyStore, UnknownKey
from mapapp.signing import Signer, check, claims

START = datetime(2026, 11, 22, tzinfo=UTC)
ISSUER = "https://bando.example.vn"
DAY_S = 86_400


def states(store: KeyStore, now: datetime) -> list[str]:
    ring = store.read()
    return [ring.state(key, now) for key in ring.keys]


def signed(signer: Signer, now: datetime, ttl_s: int = 300) -> str:
    return signer.sign(claims('{"answer":"closed"}', issuer=ISSUER, subject="v1", now=now, ttl_s=ttl_s), now)


def test_the_first_key_signs_at_once_and_is_made_once(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    first = store.ensure(START).signing(START)
    assert first is not None
    assert store.ensure(START + timedelta(days=400)).signing(START + timedelta(days=400)) == first


def test_a_new_key_is_published_waits_signs_and_the_old_one_is_kept_until_its_answers_expired(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    store.ensure(START)
    store.rotate(START)
    turn = START + timedelta(seconds=WAIT_S)
    a_moment = timedelta(microseconds=1)
    assert states(store, START) == ["signing", "waiting"]
    assert states(store, turn - a_moment) == ["signing", "waiting"]
    assert states(store, turn) == ["kept", "signing"]
    assert states(store, turn + KEPT - a_moment) == ["kept", "signing"]
    assert states(store, turn + KEPT) == ["gone", "signing"]
    assert len(store.read().jwks(turn)["keys"]) == 2
    assert len(store.read().jwks(turn + KEPT)["keys"]) == 1
    assert store.forget(turn) == ()
    assert len(store.forget(turn + KEPT)) == 1


def test_the_signing_key_is_not_retired_before_another_signs(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    (first,) = store.ensure(START).keys
    with pytest.raises(KeyInUse, match="rotate"):
        store.retire(first.kid, START)
    with pytest.raises(UnknownKey):
        store.retire("nothing", START)
    waiting = store.rotate(START)
    store.retire(waiting.kid, START)
    assert store.read().signing(START + timedelta(days=1)) == first


def test_a_revoked_key_leaves_at_once_and_another_begins(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    (first,) = store.ensure(START).keys
    later = START + timedelta(hours=1)
    signer = Signer(store)
    token = signed(signer, later)
    store.retire(first.kid, later, revoke=True)
    published = [key["kid"] for key in store.read().jwks(later)["keys"]]
    assert first.kid not in published
    assert len(published) == 1
    with pytest.raises(Exception, match="not among the issuer's"):
        check(token, store.read().jwks(later), issuer=ISSUER, now=later)


@pytest.mark.operation
def test_no_checker_ever_misses_a_key_over_many_rotations(tmp_path: Path) -> None:
    """A checker whose copy of the JWKS is up to five minutes old, answers that live a day, a rotation each day."""
    store = KeyStore(tmp_path / "keys")
    seconds = [0.0]
    signer = Signer(store, monotonic=lambda: seconds[0])
    copy, copied_at, failures, checked = store.ensure(START).jwks(START), 0, 0, 0
    waiting: list[tuple[int, str]] = []
    for second in range(0, 5 * DAY_S, 97):
        now = START + timedelta(seconds=second)
        seconds[0] = float(second)
        if second % DAY_S < 97 and second:
            store.rotate(now)
            store.forget(now)
        if second - copied_at >= 300:
            copy, copied_at = signer.ring(now).jwks(now), second
        waiting += [(second, signed(signer, now, DAY_S)), (second + DAY_S - 97, signed(signer, now, DAY_S))]
        for token in [token for due, token in waiting if due <= second]:
            checked += 1
            try:
                check(token, copy, issuer=ISSUER, now=now)
            except Exception:
                failures += 1
        waiting = [(due, token) for due, token in waiting if due > second]
    assert len(store.read().keys) >= 2
    assert checked > 8_000
    assert failures == 0


@pytest.mark.operation
def test_rotation_under_load_fails_no_verification(tmp_path: Path) -> None:
    """Threads that sign and check while keys come and go, several rings of several workers."""
    store = KeyStore(tmp_path / "keys")
    now = datetime.now(UTC)
    store.ensure(now)
    stop = threading.Event()
    failures: list[Exception] = []
    counts = [0, 0, 0, 0]

    def work(number: int) -> None:
        signer = Signer(store)
        while not stop.is_set():
            moment = datetime.now(UTC)
            try:
                check(signed(signer, moment), store.read().jwks(moment), issuer=ISSUER, now=moment)
            except Exception as error:
                failures.append(error)
                return
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(counts))]
    for thread in threads:
        thread.start()
    kids = {store.rotate(datetime.now(UTC), wait_s=0).kid for _ in range(10) if not stop.wait(0.15)}
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert min(counts) > 0
    assert len(kids) == 10


def test_two_processes_that_begin_together_have_one_key(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys")
    threads = [threading.Thread(target=store.ensure, args=(START,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.read().keys) == 1
