"""The exercises in scripts/: what they do to the machine is tried in the long runs, what they read in all others."""

import http.client
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from scripts.exercises.front import configuration
from scripts.exercises.hostile import all_of_them
from scripts.exercises.visitors import Visitors
from tests.conftest import ROOT

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")


def script(name: str) -> ModuleType:
    path = ROOT / "scripts" / name
    spec = spec_from_file_location(name, path, loader=SourceFileLoader(name, str(path)))
    assert spec is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)  # type: ignore[union-attr]
    return found


@pytest.mark.long
@pytest.mark.operation
def test_nothing_acknowledged_is_lost_with_the_primary() -> None:
    command = [sys.executable, "scripts/failover", "--rounds", "3"]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert b" 0 lost" in done.stdout


@pytest.mark.long
@pytest.mark.operation
@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="the older version comes from the history")
def test_nobody_notices_an_upgrade() -> None:
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/sbin:/usr/bin:/bin"}
    command = [sys.executable, "scripts/upgrade_drill", "--seconds", "3"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    assert b" 0 lost" in done.stdout


def test_nginx_in_the_exercise_keeps_the_rules_of_the_deployment(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    found = configuration(text, tmp_path, 8443, 8765)
    assert found.count("server {") == 1
    assert "listen 127.0.0.1:8443;" in found
    assert "server 127.0.0.1:8765;" in found
    assert "ssl" not in found
    for rule in ("client_header_timeout 10s;", "limit_conn mapapp_all 400;", "error_page 502 503 504 @away;"):
        assert rule in found


class BrokenOff:
    """An answer of 200 whose rest never comes, as of a process that is killed while it sends."""

    status, url = 200, "http://127.0.0.1:1/"

    def open(self, *_: object, **__: object) -> "BrokenOff":
        return self

    def read(self) -> bytes:
        raise http.client.IncompleteRead(b"{")

    def __enter__(self) -> "BrokenOff":
        return self

    def __exit__(self, *_: object) -> None:
        return None


class Once:
    """Over after one turn."""

    def __init__(self) -> None:
        self.turns = iter((False, True))

    def wait(self, _seconds: float) -> bool:
        return next(self.turns)


def visitors() -> Visitors:
    """Without a site to sign in at."""
    found = Visitors.__new__(Visitors)
    found.address, found.asked, found._began, found._over = "http://127.0.0.1:1", [], time.monotonic(), Once()  # type: ignore[assignment]
    return found


def _stumble() -> None:
    raise KeyError("jti")


@pytest.mark.parametrize("job", [lambda found: found._get("pages", "/", BrokenOff()), lambda _: _stumble()])
def test_a_visitor_who_gets_half_an_answer_or_stumbles_fails_the_exercise(job: Callable[[Visitors], object]) -> None:
    found = visitors()

    def turn() -> None:
        job(found)

    found._keep_on(turn)
    assert [one.status for one in found.failed()] == [0]


ANSWERS = [
    ({"j": "matched"}, "Trường Cao đẳng Đà Nẵng", "matched"),
    ({"j": "matched"}, "TRUONG CAO DANG DA NANG", "matched"),
    ({"j": "matched"}, "Trường Cao đẳng Đà Lạt", "wrong"),
    ({"j": "matched"}, None, "wrong"),
    ({"j": "none", "c": [{"id": "x"}]}, None, "ambiguous"),
    ({"j": "none", "c": []}, None, "none"),
    ({}, None, "none"),
]


@pytest.mark.parametrize(("recon", "name", "outcome"), ANSWERS)
def test_what_became_of_a_line_in_openrefine(recon: dict[str, object], name: str | None, outcome: str) -> None:
    row = {"Tên cơ sở": "Trường Cao đẳng Đà Nẵng"}
    assert script("openrefine").outcome(row, {"recon": recon, "fetched": {"name": name}}) == outcome


def test_overload_is_judged_by_goodput_by_refusals_and_by_recovery() -> None:
    module = script("overload")

    def answers(good: int, refused: int, stray: int = 0, late: int = 0) -> bool:
        loaded = [module.Answer(0, 0.01, 200, False, False)] * good
        loaded += [module.Answer(0, 0.01, 503, True, False)] * refused
        loaded += [module.Answer(0, 0.01, 503, False, False)] * stray
        after = [module.Answer(6, 0.01, 200, False, False)] * 10 + [module.Answer(6, 0.9, 200, True, False)] * late
        return bool(module.verdict(10.0, loaded, after, 10, usual_s=0.5))

    assert answers(90, 100)
    assert not answers(80, 100)
    assert not answers(90, 100, stray=1)
    assert not answers(90, 100, late=1)


def test_answers_in_a_row_are_told_apart() -> None:
    told = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n"
    told += b"HTTP/1.0 503 Away\r\n\r\nrest"
    assert script("hostile").statuses(told) == [200, 304, 503]
    assert script("hostile").statuses(b"noise") == []


def test_an_answer_for_somebody_else_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    hostile = script("hostile")
    said = {"nonce": "another"}
    monkeypatch.setattr(hostile, "send", lambda _port, _sent: b"HTTP/1.1 200 OK\r\n\r\n" + json.dumps(said).encode())
    assert hostile.in_order(1) == "somebody else's answer"
    monkeypatch.setattr(hostile, "send", lambda _port, sent: b"\r\n\r\n" + json.dumps({"nonce": number(sent)}).encode())
    assert hostile.in_order(1) == ""
    monkeypatch.setattr(hostile, "send", lambda _port, _sent: b"")
    assert hostile.in_order(1).startswith("no answer")


def number(sent: bytes) -> str:
    return sent.split(b"nonce=")[1].split()[0].decode()


def test_what_is_hostile_is_always_the_same() -> None:
    assert list(all_of_them()) == list(all_of_them())
    assert len({sent for _, sent in all_of_them()}) > 1_500
