"""The site as the server asks it (RSGI)."""

import asyncio
import logging
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from flask import Flask

from mapapp.at_once import ONLY_AT_ONCE, Later
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
NEVER_WAITS = ("health",)
ASIDE = 8
"""Threads for what needs no turn: the questions of those who watch, and signatures that wait for the disk."""


class Serving:
    """One worker's; begins when the worker's event loop does."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app, self.wsgi = app, app.wsgi_app
        self.last_look: LastLook = app.extensions["mapapp.last_look"]
        self._looking = False
        self.measuring: Measuring = app.extensions["mapapp.measuring"]
        bound = settings.most_waiting
        self.turns = Turns(bound, settings.longest_wait_ms / 1000) if bound else Turns(sys.maxsize, 0)
        self.bodies = Bodies(app.config["MAX_CONTENT_LENGTH"], proxies=settings.trusted_proxies)
        self.most_aside = int(bound * URGENT) if bound else sys.maxsize
        self.aside = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._working = ThreadPoolExecutor(1, thread_name_prefix="work")
        self._beside = ThreadPoolExecutor(ASIDE, thread_name_prefix="aside")

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        for pool in (self._working, self._beside):
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
        environ[ONLY_AT_ONCE] = True
        try:
            return ask(self.wsgi, environ)
        except Later as later:
            del environ[ONLY_AT_ONCE]
            needs_turn = later.needs_turn and kind not in NEVER_WAITS
        try:
            await self.bodies.take(environ, exchange)
        except Refused as error:
            return refused(error.refusal, kind)
        with environ["wsgi.input"]:
            return await (self._in_turn(kind, environ) if needs_turn else self._out_of_turn(kind, environ))

    def _look_ahead(self) -> None:
        if self._looking or not self.last_look.ages:
            return
        self._looking = True
        look = asyncio.get_running_loop().run_in_executor(self._beside, look_ahead, self.app)
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

    async def _out_of_turn(self, kind: str, environ: "WSGIEnvironment") -> Answer:
        if self.aside >= self.most_aside:
            return refused(OVERLOADED, kind)
        self.aside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._beside, ask, self.wsgi, environ)
        finally:
            self.aside -= 1


def refused(refusal: Refusal, kind: str) -> Answer:
    status, headers, body = told(refusal, kind)
    return Answer(int(status[:3]), headers, body, refused=refusal is OVERLOADED)
