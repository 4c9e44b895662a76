"""Asks one worker's `Serving` as the server does."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from flask import Flask
from werkzeug.wrappers import Response

from mapapp import at_once, db, measuring
from mapapp.serving.application import Serving
from mapapp.serving.protocol import Headers
from mapapp.settings import Settings
from tests.mapapp.conftest import NOWHERE

Found = TypeVar("Found")


@dataclass
class HeadersAsTheServerHasThem:
    """Values are the bytes that came; those that are not ASCII cannot be read (tried with the server itself in
    `test_serve`)."""

    pairs: list[tuple[str, bytes]]

    def __contains__(self, key: str) -> bool:
        return any(name == key for name, _ in self.pairs)

    def items(self) -> list[tuple[str, str]]:
        return [(name, value.decode()) for name, value in self.pairs if value.isascii()]

    def get(self, key: str, default: str | None = None) -> str | None:
        value = next((value for name, value in self.pairs if name == key), None)
        return value.decode() if value is not None and value.isascii() else default


@dataclass
class Question:
    """A request: `path` decoded, `headers` as bytes."""

    method: str = "GET"
    path: str = "/"
    query_string: str = ""
    headers: HeadersAsTheServerHasThem = field(default_factory=lambda: HeadersAsTheServerHasThem([]))
    client: str = "127.0.0.1:50000"
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    scheme: str = "http"


def question(path: str = "/", *, method: str = "GET", **headers: str | bytes) -> Question:
    """`headers` by their names in small letters with `_` for `-`."""
    pairs = [
        (name.replace("_", "-"), value.encode() if isinstance(value, str) else value) for name, value in headers.items()
    ]
    return Question(method, path, headers=HeadersAsTheServerHasThem([("host", b"localhost"), *pairs]))


@dataclass
class Heard:
    """An exchange: the pieces of a body, with a pause of `every_s` before each, and what was answered."""

    pieces: Iterable[bytes] = ()
    every_s: float = 0.0
    came: int = 0
    answered: list[tuple[Any, ...]] = field(default_factory=list)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            await asyncio.sleep(self.every_s)
            self.came += len(piece)
            yield piece

    def response_empty(self, status: int, headers: Headers) -> None:
        self.answered.append((status, headers, b""))

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        self.answered.append((status, headers, body))

    def response_file(self, status: int, headers: Headers, file: str) -> None:
        self.answered.append((status, headers, b"", file))

    def response_file_range(self, status: int, headers: Headers, file: str, start: int, end: int) -> None:
        self.answered.append((status, headers, b"", file, start, end))

    @property
    def answer(self) -> Response:
        ((status, headers, body, *_file),) = self.answered
        return Response(body, status, headers)


class Asking:
    """`site` asked within its event loop."""

    def __init__(self, site: Serving) -> None:
        self.site = site

    async def hear(self, asked: Question, heard: Heard | None = None) -> Heard:
        exchange = heard or Heard()
        await self.site.__rsgi__(asked, exchange)
        return exchange

    async def get(self, path: str, **headers: str | bytes) -> Response:
        return (await self.hear(question(path, **headers))).answer

    def soon(self, path: str, **headers: str | bytes) -> "asyncio.Task[Response]":
        return asyncio.create_task(self.get(path, **headers))


@asynccontextmanager
async def asking(app: Flask, settings: Settings = NOWHERE, **changed: Any) -> AsyncIterator[Asking]:
    site, loop = Serving(app, replace(settings, **changed)), asyncio.get_running_loop()
    site.__rsgi_init__(loop)
    try:
        yield Asking(site)
    finally:
        site.__rsgi_del__(loop)


def in_a_loop(asked: Coroutine[Any, Any, Found]) -> Found:
    """What comes of it, in a thread of its own: in that of the tests the event loop of a browser may be running."""
    with ThreadPoolExecutor(1, thread_name_prefix="hears") as threads:
        return threads.submit(asyncio.run, asked).result()


def application(wsgi: Any) -> Flask:
    """An application that answers as `wsgi` does, all of which takes work."""
    app = Flask("stand-in")
    app.config["MAX_CONTENT_LENGTH"] = 1_000
    app.extensions["mapapp.last_look"] = db.LastLook(trusted_for_s=0)
    measuring.install(app, NOWHERE)
    app.wsgi_app = wsgi  # type: ignore[method-assign]
    at_once.begin(app)
    return app
