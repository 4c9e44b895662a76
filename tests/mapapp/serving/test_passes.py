"""Which thread a request is answered on: at once, aside, for watchers, or in its turn."""

import asyncio
import threading
from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from mapapp import create_app, db
from mapapp.at_once import ASIDE, NOW, ONLY_AT_ONCE, Later
from mapapp.db import LastLook, look_ahead
from mapapp.quick_lists import Crowd, Nearest
from mapapp.serving.application import MOST_WATCHERS
from tests.builders import an_institution, publish
from tests.mapapp.conftest import NOW as TODAY
from tests.mapapp.conftest import NOWHERE
from tests.mapapp.serving.asking import application, asking, in_a_loop


class Signing:
    """A WSGI application whose answer waits for the disk, where `known` to be kept, or else takes work."""

    def __init__(self, known: bool) -> None:
        self.known, self.threads = known, list[str]()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.threads.append(threading.current_thread().name.partition("_")[0])
        way = environ.get(ONLY_AT_ONCE)
        if way == NOW or (way == ASIDE and not self.known):
            raise Later(needs_turn=way == ASIDE)
        start_response("204 NO CONTENT", [])
        return []


def asked(app: Flask, path: str, **settings: Any) -> int:
    async def run() -> int:
        async with asking(app, **settings) as site:
            return (await site.get(path)).status_code

    return in_a_loop(run())


@pytest.mark.parametrize(("known", "threads"), [(True, ["hears", "aside"]), (False, ["hears", "aside", "work"])])
def test_signatures_wait_for_the_disk_aside_and_work_for_its_turn(known: bool, threads: list[str]) -> None:
    app, site = application(None), Signing(known)
    app.wsgi_app = site  # type: ignore[method-assign]
    assert asked(app, "/api/v1/verify") == 204
    assert site.threads == threads


@pytest.mark.parametrize(
    ("path", "thread"), [("/healthz", "watched"), ("/metrics", "watched"), ("/healthz/x", "work"), ("/", "work")]
)
def test_only_the_watchers_own_addresses_need_no_turn(path: str, thread: str) -> None:
    names: list[str] = []

    def work(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        names.append(threading.current_thread().name.partition("_")[0])
        start_response("204 NO CONTENT", [])
        return []

    assert asked(application(work), path) == 204
    assert names == [thread]


def test_watchers_are_bounded_too() -> None:
    go = threading.Event()

    def waits(_environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        go.wait(20)
        start_response("204 NO CONTENT", [])
        return []

    async def run() -> list[int]:
        async with asking(application(waits)) as site:
            held = [site.soon("/readyz") for _ in range(MOST_WATCHERS)]
            await asyncio.sleep(0)
            refused = await site.get("/readyz")
            go.set()
            return [refused.status_code, *{(await one).status_code for one in held}]

    assert in_a_loop(run()) == [503, 204]


class Copy:
    """The copy of a release, whose arrays were read, or not yet."""

    def __init__(self, read: bool) -> None:
        self.atlas_is_read = read

    def opened(self) -> "Copy":
        return self


@pytest.mark.parametrize(
    ("query", "read", "near", "box"),
    [
        ("", True, (False, False), (False, True)),
        ("&limit=20", True, (False, False), (False, True)),
        ("&limit=100", True, (False, True), (False, True)),
        ("&limit=101", True, (True, True), (True, True)),
        ("&limit=1", False, (True, True), (True, True)),
    ],
)
def test_lists_that_take_longer_wait_for_their_turn(
    query: str, read: bool, near: tuple[bool, bool], box: tuple[bool, bool]
) -> None:
    copy: Any = Copy(read)
    nearest, crowd = Nearest(copy), Crowd(copy)
    assert tuple(nearest.takes_long(f"lat=21&lon=105{query}", packed=packed) for packed in (False, True)) == near
    assert tuple(crowd.takes_long(f"bbox=1,2,3,4{query}", packed=packed) for packed in (False, True)) == box


@pytest.fixture
def app(web_connection: Connection) -> Flask:
    """An application that believes for a minute what it saw of the register."""
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    app = create_app(NOWHERE, sessions, lambda: TODAY)
    app.extensions["mapapp.last_look"] = LastLook(trusted_for_s=60)
    app.extensions["mapapp.verifier"].look_again_s = 60
    return app


def test_a_look_ahead_sees_what_was_published(app: Flask, register: Session) -> None:
    publish(register, an_institution())
    look: LastLook = app.extensions["mapapp.last_look"]
    look_ahead(app)
    seen = look.recent_at_source()
    assert seen is not None
    edition = app.extensions["mapapp.verifier"].lately()
    assert edition is not None
    assert edition.release == seen.release > 0
    assert not look.ages


def test_a_look_ahead_leaves_everything_while_the_database_is_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise db.DatabaseUnavailable

    monkeypatch.setattr(db, "require_database", away)
    look_ahead(app)
    assert app.extensions["mapapp.last_look"].recent() is None
