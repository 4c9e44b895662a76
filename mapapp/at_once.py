"""Kept answers given before Flask looks at the question: for the same bytes asked again, most of the work is Flask's.

Only what `kept_answers` keeps is given, or what tells the time of asking and is written anew from what is remembered of
it (`retell`); and only while the register was looked at within the last second and is still the one the answer was made
from. Everything else goes the whole way.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, g, request

from geodata.errors import GeodataError
from mapapp.assets import COMPRESSIBLE, SMALLEST_GZIP, takes_gzip
from mapapp.db import Clock, LastLook, Register, day_in_vietnam, today
from mapapp.kept_answers import Kept, KeptAnswers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_QUESTIONS = 20_000
LONGEST_QUESTION = 2_000
QUESTION = "mapapp.question"
SHORTCUT = "mapapp.at_once"
"""Where the question as it came, and who remembers what was answered, are found in the environment of a request."""

ASKED_BY = (
    *("PATH_INFO", "QUERY_STRING", "HTTP_HOST", "wsgi.url_scheme", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING"),
    *("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST"),
)
"""All of a request that an answer may depend on; its path as text and not decoded any further."""

WITH_A_KEY = ("HTTP_AUTHORIZATION", "HTTP_X_API_KEY")
"""Who brings a key is counted, and goes the whole way."""

ONLY_FOR_ITS_CALLER = ("Cache-Control", "no-store")
ONLY_AT_ONCE = "mapapp.only_at_once"
"""Set in the environment of a request that is answered without work or not at all: `Later` is raised for what takes
work. NOW also for what waits for the disk, which is done ASIDE."""

NOW, ASIDE = "now", "aside"

PACKED = ("Content-Encoding", "gzip")
OF_ITS_MOMENT = ("etag", "content-length", "content-encoding")
ABOUT_THE_BODY = ("content-type", "content-length", "content-encoding", "content-disposition")


class Later(Exception):
    """The request cannot be answered at once. `needs_turn`: it takes work; otherwise it waits for the disk."""

    def __init__(self, *, needs_turn: bool = True) -> None:
        super().__init__()
        self.needs_turn = needs_turn


@dataclass(frozen=True, slots=True)
class Pointer:
    """Under which key an answer is kept, and of which edition and day of the register it is."""

    key: str
    edition: tuple[object, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Retold:
    """What an answer is written from at each asking: `write(now)` gives its text, compressed where its reader takes
    that and it is worth it. An answer for its caller only (it is signed, and has a number of its own) has no ETag."""

    write: Callable[[datetime], str]
    headers: tuple[tuple[str, str], ...]
    packs: bool
    edition: tuple[object, ...]
    day: date

    @property
    def signed(self) -> bool:
        return ONLY_FOR_ITS_CALLER in self.headers

    def at(self, now: datetime) -> Kept:
        text = self.write(now).encode()
        packs = self.packs and len(text) > SMALLEST_GZIP
        body = gzip.compress(text, 5, mtime=0) if packs else text
        headers = (*self.headers, *([PACKED] if packs else []), ("Content-Length", str(len(body))))
        if self.signed:
            return Kept(body, headers, "", 0)
        etag = weak_etag(text)
        return Kept(body, (*headers, ("ETag", etag)), etag, 0)


class AtOnce:
    """WSGI: the kept answer, a 304 where the reader has it, or the application. `allows(address)` counts an answer that
    is made for its caller only, and says whether there may be one more."""

    def __init__(
        self, app: "WSGIApplication", kept: KeptAnswers, look: LastLook, clock: Clock, allows: Callable[[str], bool]
    ) -> None:
        self.app, self.kept, self.look, self.clock, self.allows = app, kept, look, clock, allows
        self._pointers: OrderedDict[tuple[str, ...], Pointer | Retold] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET" and not any(name in environ for name in WITH_A_KEY):
            question = tuple([str(environ.get(name, "")) for name in ASKED_BY])
            if environ.get(ONLY_AT_ONCE) == NOW and self.signs(question):
                raise Later(needs_turn=False)
            found = self.answer(question, str(environ.get("REMOTE_ADDR", "")))
            if found is not None:
                return give(found, environ.get("HTTP_IF_NONE_MATCH", ""), start_response)
            environ.update({QUESTION: question, SHORTCUT: self})
        return self.app(environ, start_response)

    def answer(self, question: tuple[str, ...], address: str) -> Kept | None:
        state = self.look.recent()
        pointer = self.pointer(question)
        if isinstance(pointer, Retold):
            state = self.look.recent_at_source()  # a verdict is never told from what a replica shows
        if state is None or pointer is None:
            return None
        now = self.clock()
        if (pointer.edition, pointer.day) != (state.edition, day_in_vietnam(now)):
            return None
        if isinstance(pointer, Retold) and pointer.signed and not self.allows(address):
            return None
        try:
            return pointer.at(now) if isinstance(pointer, Retold) else self.kept.get(pointer.key)
        except GeodataError:  # it cannot be signed or recorded now: the whole way tells why
            return None

    def signs(self, question: tuple[str, ...]) -> bool:
        """Whether the answer is kept, and signed anew at each asking: it goes on record first."""
        pointer, state = self.pointer(question), self.look.recent_at_source()
        if not isinstance(pointer, Retold) or not pointer.signed or state is None:
            return False
        return (pointer.edition, pointer.day) == (state.edition, day_in_vietnam(self.clock()))

    def pointer(self, question: tuple[str, ...]) -> Pointer | Retold | None:
        return self._pointers.get(question)

    def keep(self, question: tuple[str, ...], key: str, answer: Kept, state: Register, day: date) -> None:
        """Give the answer from memory to whoever asks the same in this state of the register, on this day."""
        self.kept.put(key, answer)
        self.point(question, Pointer(key, state.edition, day))

    def point(self, question: tuple[str, ...], pointer: Pointer | Retold) -> None:
        """From now on the question leads to the kept answer."""
        if sum(map(len, question)) > LONGEST_QUESTION:
            return
        with self._lock:
            self._pointers[question] = pointer
            while len(self._pointers) > MOST_QUESTIONS:
                self._pointers.popitem(last=False)


def give(found: Kept, has: str, start_response: "StartResponse") -> Iterable[bytes]:
    if has and found.etag and found.etag in (one.strip() for one in has.split(",")):
        start_response("304 NOT MODIFIED", [pair for pair in found.headers if pair[0].lower() not in ABOUT_THE_BODY])
        return []
    start_response("200 OK", list(found.headers))
    return [found.body]  # a list: the server sends it in one piece


class Work:
    """WSGI: the application, for whoever can wait."""

    def __init__(self, app: "WSGIApplication") -> None:
        self.app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if ONLY_AT_ONCE in environ:
            raise Later
        return self.app(environ, start_response)


def begin(app: Flask) -> None:
    """Whatever is put before the application from now on may answer at once."""
    app.wsgi_app = Work(app.wsgi_app)  # type: ignore[method-assign]


def install(app: Flask) -> None:
    """Put the shortcut before the application, which must have its memory, its register and its clock."""
    given: dict[str, Any] = app.extensions
    parts = given["mapapp.kept"], given["mapapp.last_look"], given["mapapp.clock"], given["mapapp.doorkeeper"].allows
    shortcut = AtOnce(app.wsgi_app, *parts)
    app.extensions["mapapp.at_once"] = shortcut
    app.after_request_funcs.setdefault(None, []).insert(0, remember)  # runs last, when all headers are there
    app.wsgi_app = shortcut  # type: ignore[method-assign]


def from_now_on(key: str, state: Register) -> None:
    """The answer to this request is kept under the key, as of this state of the register."""
    question = request.environ.get(QUESTION)
    if question is not None:
        shortcut: AtOnce = current_app.extensions["mapapp.at_once"]
        shortcut.point(question, Pointer(key, state.edition, today()))


def weak_etag(text: bytes) -> str:
    return f'W/"{hashlib.sha256(text).hexdigest()[:24]}"'


def retell(write: Callable[[datetime], str], state: Register) -> None:
    """The answer being made may be written anew for whoever asks the same while the register stays in this state."""
    g.retold = (write, state)


def remember(response: Response) -> Response:
    """Keep what an answer marked with `retell` is written from."""
    question = request.environ.get(QUESTION)
    if "retold" in g and question is not None and response.status_code == 200:
        write, state = g.retold
        lasting = tuple(pair for pair in response.headers if pair[0].lower() not in OF_ITS_MOMENT)
        packs = takes_gzip() and (response.mimetype or "").startswith(COMPRESSIBLE)
        shortcut: AtOnce = current_app.extensions["mapapp.at_once"]
        shortcut.point(question, Retold(write, lasting, packs, state.edition, today()))
    return response
