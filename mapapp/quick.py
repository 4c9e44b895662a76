"""Plain questions to the API answered before Flask: for an answer that lies ready, most of the work would be Flask's.

The first question of a way of asking (host, form of the answer, encoding) goes through the application, whose headers
are then those of all that follow; the ETag is the one that the application would give. Whatever is not plain goes the
whole way, and so does everything while the register was not looked at within the last second.
"""

import gzip
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from flask import Flask
from werkzeug.http import parse_accept_header
from werkzeug.urls import iri_to_uri
from werkzeug.wsgi import get_current_url

from mapapp.api_keys import JUDGED, Doorkeeper, TooMany
from mapapp.assets import SMALLEST_GZIP
from mapapp.at_once import ABOUT_THE_BODY, ASKED_BY, ONLY_AT_ONCE, PACKED, QUESTION, SHORTCUT, AtOnce, give
from mapapp.db import Register, day_in_vietnam
from mapapp.headers import etag_of
from mapapp.kept_answers import Kept

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_WAYS = 256
PATH, QUERY = ASKED_BY.index("PATH_INFO"), ASKED_BY.index("QUERY_STRING")
ACCEPT, ENCODINGS = "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING"
NOT_PLAIN = "mapapp.not_plain"
OF_ITS_QUESTION = ("etag", *ABOUT_THE_BODY[1:])
Way = tuple[str, ...]


class NotPlain(Exception):
    """The question goes the whole way."""


@dataclass(frozen=True)
class Asked:
    """A plain question: its path and query as WSGI hands them over, the site's address, the register and the day."""

    path: str
    query: str
    base: str
    state: Register
    day: date

    @property
    def of_the_register(self) -> dict[str, Any]:
        """As `questions.facts`."""
        return {"release": self.state.release, "data_status": self.state.data_status, "on": self.day}


class Answerer(Protocol):
    """Answers one kind of question."""

    def takes(self, path: str, query: str) -> bool:
        """Whether the question is of this kind, and plain."""

    def takes_long(self, query: str, *, packed: bool) -> bool:
        """Whether the answer to such a question, compressed or not, takes more than a moment, or may wait."""

    def answer(self, asked: Asked) -> bytes:
        """The text that the application would give. Raises `NotPlain`."""


@dataclass(frozen=True)
class Taught:
    """A way of asking as the application answers it: the site's address, the lasting headers, whether it packs."""

    base: str
    host_url: str
    accept: str
    headers: tuple[tuple[str, str], ...]
    packs: bool

    def key(self, asked: Asked) -> str:
        """Names the answer, as the application would."""
        return etag_of(asked.state, asked.day, self.host_url, f"{asked.path}?{asked.query}", self.accept)

    def whole(self, body: bytes, key: str) -> Kept:
        etag = f'W/"{key}"'
        packs = self.packs and len(body) > SMALLEST_GZIP
        body = gzip.compress(body, 5, mtime=0) if packs else body
        headers = (*self.headers, *([PACKED] if packs else []), ("Content-Length", str(len(body))), ("ETag", etag))
        return Kept(body, headers, etag, time.monotonic())


class Quick:
    """WSGI: the answer to a plain question, or the application."""

    def __init__(
        self, app: "WSGIApplication", answerers: Sequence[Answerer], doorkeeper: Doorkeeper, public_url: str | None
    ) -> None:
        self.app, self.answerers, self.doorkeeper, self.public_url = app, answerers, doorkeeper, public_url
        self._taught: dict[Way, Taught] = {}
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        question = environ.get(QUESTION)
        answerer = self._answerer(question) if question else None
        if question is None or answerer is None or NOT_PLAIN in environ:
            return self.app(environ, start_response)
        way = (type(answerer).__name__, *question[QUERY + 1 :])
        taught = self._taught.get(way)
        if taught is None:
            return self.app(environ, self._learning(way, answerer, environ, start_response))
        if ONLY_AT_ONCE in environ and answerer.takes_long(question[QUERY], packed=taught.packs):
            return self.app(environ, start_response)
        try:
            found = self._answer(environ, answerer, taught)
        except (NotPlain, TooMany):
            environ[NOT_PLAIN] = True  # nor is it tried again in its turn
            return self.app(environ, start_response)
        return give(found, environ.get("HTTP_IF_NONE_MATCH", ""), start_response)

    def _answerer(self, question: tuple[str, ...]) -> Answerer | None:
        return next((one for one in self.answerers if one.takes(question[PATH], question[QUERY])), None)

    def _answer(self, environ: "WSGIEnvironment", answerer: Answerer, taught: Taught) -> Kept:
        """Raises `NotPlain`, `TooMany`."""
        asked = plainly(environ, taught.base)
        self.doorkeeper.judge_nobody(environ.get("REMOTE_ADDR", ""), asked.path)
        environ[JUDGED] = True  # and is not counted again on the whole way
        body = answerer.answer(asked)
        key = taught.key(asked)
        found = taught.whole(body, key)
        shortcut: AtOnce = environ[SHORTCUT]
        shortcut.keep(environ[QUESTION], f"{key}+gzip" if taught.packs else key, found, asked.state, asked.day)
        return found

    def _learning(
        self, way: Way, answerer: Answerer, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Callable[..., Callable[[bytes], object]]:
        """Passes on how the application begins its answer, and learns from it."""

        def started(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            names = {name.lower() for name, _ in headers}
            if status.startswith("200") and "etag" in names and "set-cookie" not in names:
                self._learn(way, answerer, environ, headers)
            return start_response(status, headers, *rest)

        return started

    def _learn(self, way: Way, answerer: Answerer, environ: "WSGIEnvironment", headers: list[tuple[str, str]]) -> None:
        """Keep the way, in place of the one known longest where there are very many; only from an answer that the
        answerer would give too: others may have other headers."""
        host_url = get_current_url(environ, root_only=False, strip_querystring=True, host_only=True)
        taught = Taught(
            iri_to_uri(self.public_url or host_url.rstrip("/")),
            host_url,
            environ.get(ACCEPT, ""),
            tuple(pair for pair in headers if pair[0].lower() not in OF_ITS_QUESTION),
            parse_accept_header(environ.get(ENCODINGS, ""))["gzip"] > 0,
        )
        if not gives(answerer, taught, environ, headers):
            return
        with self._lock:
            self._taught[way] = taught
            while len(self._taught) > MOST_WAYS:
                del self._taught[next(iter(self._taught))]


def plainly(environ: "WSGIEnvironment", base: str) -> Asked:
    """The question, in the register as it was looked at within the last second. Raises `NotPlain`."""
    shortcut: AtOnce = environ[SHORTCUT]
    question, state = environ[QUESTION], shortcut.look.recent()
    if state is None:
        raise NotPlain
    return Asked(question[PATH], question[QUERY], base, state, day_in_vietnam(shortcut.clock()))


def gives(answerer: Answerer, taught: Taught, environ: "WSGIEnvironment", headers: Sequence[tuple[str, str]]) -> bool:
    """Whether the answerer answers the question, in the state of the register in which the application did."""
    try:
        asked = plainly(environ, taught.base)
        answerer.answer(asked)
    except NotPlain:
        return False
    return ("ETag", f'W/"{taught.key(asked)}"') in headers


def install(app: Flask, answerers: Sequence[Answerer]) -> None:
    """Put it next to the application: what takes no more than a moment waits for no turn."""
    quick = Quick(app.wsgi_app, answerers, app.extensions["mapapp.doorkeeper"], app.config["PUBLIC_URL"])
    app.wsgi_app = quick  # type: ignore[method-assign]
