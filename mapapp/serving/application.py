"""The site as the server asks it (RSGI)."""

import asyncio
import logging
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from flask import Flask

from mapapp.at_once import ASIDE, NOW, ONLY_AT_ONCE, Later
from mapapp.db import LastLook, look_ahead
from mapapp.measuring import Measuring, kind_of
from mapapp.refusals import OVERLOADED, UNREADABLE, Refusal, told
from mapapp.serving.answers import Answer, ask
from mapapp.serving.bodies import Bodies, Refused
from mapapp.serving.environment import Unreadable, environment
from mapapp.serving.protocol import Exchange, Scope
from mapapp.serving.turns import URGENT, Turns
from mapapp.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

log = logging.getLogger(__name__)

SPARED_FIRST = "verify"
NEVER_WAITS = ("/healthz", "/readyz", "/metrics")
WATCHED = 2
"""Threads for the questions of those who watch,"""

MOST_WATCHERS = 16
"""and how many may be asked at once."""

RECORDING = 8
"""Threads for signatures, which wait for the disk, and for looks at the register."""


class Serving:
    """One worker's; begins when the worker's event loop does."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app, self.wsgi = app, app.wsgi_app
        self.last_look: LastLook = app.extensions["mapapp.last_look"]
        self._looking = False
        self.measuring: Measuring = app.extensions["mapapp.measuring"]
        bound = settings.most_waiting
        self.turns = Turns(bound, settings.longest_wait_ms / 1000) if bound else Turns(sys.maxsize, 0)
        self.bodies = Bodies(app.config["MAX_CONTENT_LENGTH"])
        self.most_recording = int(bound * URGENT) if bound else sys.maxsize
        self.recording = self.watched = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._working = ThreadPoolExecutor(1, thread_name_prefix="work")
        self._watched = ThreadPoolExecutor(WATCHED, thread_name_prefix="watched")
        self._aside = ThreadPoolExecutor(RECORDING, thread_name_prefix="aside")

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        for pool in (self._working, self._watched, self._aside):
            pool.shutdown(wait=False, cancel_futures=True)

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        began = time.perf_counter()
        try:
            environ = environment(scope)
        except Unreadable:
            refused(UNREADABLE, "pages").give(exchange)
            self.measuring.note("pages", scope.method, "400", time.perf_counter() - began)
            return
        kind = kind_of(environ["PATH_INFO"])
        status, was_refused = "500", False
        try:
            answer = await self._answer(kind, environ, exchange)
            answer.give(exchange)
            status, was_refused = str(answer.status), answer.refused
        finally:
            self.measuring.note(kind, scope.method, status, time.perf_counter() - began, refused=was_refused)

    async def _answer(self, kind: str, environ: "WSGIEnvironment", exchange: Exchange) -> Answer:
        if self.measuring.waited_too_long(kind, environ):
            return refused(OVERLOADED, kind)
        self._look_ahead()
        environ[ONLY_AT_ONCE] = NOW
        try:
            return ask(self.wsgi, environ)
        except Later as later:
            needs_turn = later.needs_turn
        if not needs_turn:
            answer = await self._recorded(kind, environ)
            if answer is not None:
                return answer
        del environ[ONLY_AT_ONCE]
        try:
            await self.bodies.take(environ, exchange)
        except Refused as error:
            return refused(error.refusal, kind)
        with environ["wsgi.input"]:
            watched = environ["PATH_INFO"] in NEVER_WAITS
            return await (self._of_watchers(kind, environ) if watched else self._in_turn(kind, environ))

    def _look_ahead(self) -> None:
        if self._looking or not self.last_look.ages:
            return
        self._looking = True
        look = asyncio.get_running_loop().run_in_executor(self._aside, look_ahead, self.app)
        look.add_done_callback(self._looked)

    def _looked(self, look: "asyncio.Future[None]") -> None:
        self._looking = False
        if not look.cancelled() and look.exception() is not None:
            log.error("the register could not be looked at", exc_info=look.exception())

    async def _in_turn(self, kind: str, environ: "WSGIEnvironment") -> Answer:
        if not await self.turns.enter(urgent=kind == SPARED_FIRST):
            return refused(OVERLOADED, kind)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._working, ask, self.wsgi, environ)
        finally:
            self.turns.leave()

    async def _of_watchers(self, kind: str, environ: "WSGIEnvironment") -> Answer:
        if self.watched >= MOST_WATCHERS:
            return refused(OVERLOADED, kind)
        self.watched += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._watched, ask, self.wsgi, environ)
        finally:
            self.watched -= 1

    async def _recorded(self, kind: str, environ: "WSGIEnvironment") -> Answer | None:
        """A kept answer that is signed and goes on record; None where it takes more after all."""
        if self.recording >= self.most_recording:
            return refused(OVERLOADED, kind)
        self.recording += 1
        environ[ONLY_AT_ONCE] = ASIDE
        try:
            return await asyncio.get_running_loop().run_in_executor(self._aside, ask, self.wsgi, environ)
        except Later:
            return None
        finally:
            self.recording -= 1


def refused(refusal: Refusal, kind: str) -> Answer:
    status, headers, body = told(refusal, kind)
    return Answer(int(status[:3]), headers, body, refused=refusal is OVERLOADED)
