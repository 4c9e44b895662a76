"""Verdicts before Flask: whoever checks diplomas asks the same way about ever other institutions, and for a decision
from the copy of the release most of the work would be Flask's.

The first question of a way of asking (host, form of the answer, encoding) goes through the application, whose headers
are then those of all that follow. Whatever is not plain goes the whole way: a parameter given twice or unknown, a
fault, a release or nonce asked for, a caller beyond the limit, a register not looked at within the last second.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from flask import Flask
from sqlalchemy.orm import Session

from geodata.errors import GeodataError
from geodata.verification import MalformedQuestion, parse
from mapapp.answers import Told, Verifier, Writing
from mapapp.api_keys import VERIFICATION, Doorkeeper, TooMany
from mapapp.at_once import ASKED_BY, ONLY_AT_ONCE, QUESTION, SHORTCUT, AtOnce, Retold, give
from mapapp.db import Register, day_in_vietnam
from mapapp.verify_request import ASKS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_WAYS = 256
PATH, QUERY = ASKED_BY.index("PATH_INFO"), ASKED_BY.index("QUERY_STRING")
Way = tuple[str, ...]


class NotPlain(Exception):
    """The question goes the whole way."""


class Quick:
    """WSGI: the verdict on a plain question, or the application."""

    def __init__(self, app: "WSGIApplication", verifier: Verifier, doorkeeper: Doorkeeper) -> None:
        self.app, self.verifier, self.doorkeeper = app, verifier, doorkeeper
        self._taught: dict[Way, Retold] = {}
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        question = environ.get(QUESTION)
        if question is None or question[PATH] != VERIFICATION:
            return self.app(environ, start_response)
        try:
            given = plain(question[QUERY])
        except (NotPlain, UnicodeError):  # nor does it teach: it may say in what form it wants its answer
            return self.app(environ, start_response)
        shortcut: AtOnce = environ[SHORTCUT]
        way = (*question[:QUERY], *question[QUERY + 1 :])
        taught = self._taught.get(way)
        if taught is None:
            answer = self.app(environ, start_response)
            self._learn(way, shortcut.pointer(question))
            return answer
        if ONLY_AT_ONCE in environ and (taught.signed or "name" in given):  # goes on record; many may bear the name
            return self.app(environ, start_response)
        try:
            now = shortcut.clock()
            retold = self._retold(taught, given, shortcut.look.recent_at_source(), day_in_vietnam(now))
            self.doorkeeper.judge_nobody(environ.get("REMOTE_ADDR", ""), VERIFICATION)
            found = retold.at(now)
        except (NotPlain, MalformedQuestion, TooMany, GeodataError):
            return self.app(environ, start_response)
        shortcut.point(question, retold)
        return give(found, environ.get("HTTP_IF_NONE_MATCH", ""), start_response)

    def _learn(self, way: Way, made: object) -> None:
        """Keep the way, in place of the one known longest where there are very many."""
        if isinstance(made, Retold) and isinstance(made.write, Writing):
            with self._lock:
                self._taught[way] = made
                while len(self._taught) > MOST_WAYS:
                    del self._taught[next(iter(self._taught))]

    def _retold(self, taught: Retold, given: dict[str, str], state: Register | None, day: date) -> Retold:
        """The answer to another question in the same way. Raises `NotPlain`, `MalformedQuestion`."""
        edition = self.verifier.lately()
        if state is None or edition is None or state.release != edition.release:
            raise NotPlain
        (answer,) = self.verifier.tell(no_session, [parse(given, today=day)], edition)
        return replace(taught, write=self._writing(taught, answer), edition=state.edition, day=day)

    @staticmethod
    def _writing(taught: Retold, answer: Told) -> Writing:
        assert isinstance(taught.write, Writing)  # noqa: S101  nothing else is learned
        return replace(taught.write, answer=answer)


def plain(query: str) -> dict[str, str]:
    """The parameters of a query as WSGI hands it over, a letter for each byte. Raises `NotPlain`, `UnicodeError`."""
    given = parse_qsl(query.encode("latin-1").decode(), keep_blank_values=True, errors="strict")
    named = dict(given)
    if len(named) < len(given) or not named.keys() <= set(ASKS):
        raise NotPlain
    return named


def no_session() -> Session:
    """In place of the database."""
    raise NotPlain


def install(app: Flask) -> None:
    """Put it next to the application: what takes no more than a moment waits for no turn."""
    given: dict[str, Any] = app.extensions
    quick = Quick(app.wsgi_app, given["mapapp.verifier"], given["mapapp.doorkeeper"])
    app.wsgi_app = quick  # type: ignore[method-assign]
