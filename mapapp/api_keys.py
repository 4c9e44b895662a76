"""Who asks the API, and whether not too often: a key's own quota, or a fair share for each address without one."""

import ipaddress
import math
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from flask import Flask, Response, current_app, request
from sqlalchemy.orm import Session

from geodata.api_clients import PREFIX, Client, by_key, key_hash, note_use
from geodata.engine import AWAY
from geodata.report_senders import network
from mapapp.db import now, session
from mapapp.errors import Kind, Problem, handle
from mapapp.i18n import N_
from mapapp.limits import Limits
from mapapp.settings import Settings
from mapapp.writing import writing

LOOK_AGAIN_S = 30.0
"""For so long a key is taken for what it was; a revoked one works no longer than this."""

USE_NOTED_EVERY_S = 300.0
VERIFICATION = "/api/v1/verify"
VERIFICATION_TIMES = 10
"""Verification may be asked so many times as often without a key: diplomas are checked where nobody has one."""

BODY_BYTES = 2_000
"""Each so many bytes of a body count as one more request: a batch of questions is many."""

MOST_KEYS = 10_000
JUDGED = "mapapp.judged"
"""In the environment of a request that was counted already."""

UNKNOWN_KEY = Kind(
    401,
    "unknown-key",
    N_("Khóa không dùng được"),
    N_("Khóa này không có, đã được thay hoặc đã bị thu hồi. Có thể hỏi không cần khóa, trong giới hạn chung."),
)
TOO_MANY = Kind(
    429,
    "too-many-requests",
    N_("Quá nhiều yêu cầu"),
    N_("Đã có quá nhiều yêu cầu từ địa chỉ hoặc khóa này. Hãy chờ số giây ghi trong Retry-After rồi hỏi tiếp."),
)


@dataclass
class Seen:
    """A key as it was looked up last."""

    client: Client | None
    at: float
    noted_at: float = float("-inf")


class Doorkeeper:
    """Judges requests of one process; the limits are shared by all of the host."""

    def __init__(self, limits: Limits, anonymous_per_minute: int) -> None:
        self.limits = limits
        self.anonymous_per_minute = anonymous_per_minute
        self._seen: dict[str, Seen] = {}

    def judge(self) -> None:
        """Raises `Problem` for an unknown key, `TooMany` beyond the limit, which those who try keys have as well."""
        key = given_key()
        try:
            client = self.client(key) if key else None
        except Problem:
            self.judge_nobody(request.remote_addr or "", request.path, cost=body_cost())
            raise
        if client is not None:
            self._count(f"client {client.id}", client.requests_per_minute, body_cost())
        else:
            self.judge_nobody(request.remote_addr or "", request.path, cost=body_cost())

    def judge_nobody(self, address: str, path: str, *, cost: int = 1) -> None:
        """Without a key: counts for the network of the address. Raises `TooMany`."""
        if not is_local(address):
            verifying = path == VERIFICATION
            allowed = self.anonymous_per_minute * (VERIFICATION_TIMES if verifying else 1)
            self._count(f"{verifying} {network(address)}", allowed, cost)

    def allows(self, address: str) -> bool:
        """Counts a verification without a key; whether it is within the limit."""
        try:
            self.judge_nobody(address, VERIFICATION)
        except TooMany:
            return False
        return True

    def client(self, key: str) -> Client | None:
        """Whose key it is. Raises `Problem` for nobody's, `TooMany`, without a look, for one that was not known where
        the network has tried too many already. While the database is away what was known before
        counts, and a key that was not known passes as none."""
        if not key.startswith(PREFIX):
            raise Problem(UNKNOWN_KEY)
        hashed = key_hash(key)
        seen = self._seen.get(hashed)
        if seen is None or time.monotonic() - seen.at >= LOOK_AGAIN_S:
            trying = seen is None or seen.client is None
            if trying:
                self._tried(count=False)
            try:
                seen = self._look_up(hashed, key, seen)
            except AWAY:
                return seen.client if seen else None
            if trying and seen.client is None:
                self._tried(count=True)
        if seen.client is None:
            raise Problem(UNKNOWN_KEY)
        self._note(seen)
        return seen.client

    def _tried(self, *, count: bool) -> None:
        """Whether the network may try one more key, counted or only asked. Raises `TooMany`."""
        address = request.remote_addr or ""
        if not is_local(address):
            self._count(f"keys {network(address)}", self.anonymous_per_minute, 1, count=count)

    def _look_up(self, hashed: str, key: str, before: Seen | None) -> Seen:
        found = Seen(by_key(session(), key, at=now()), time.monotonic())
        if before is not None:
            found.noted_at = before.noted_at
        if len(self._seen) >= MOST_KEYS:
            real = {one: seen for one, seen in list(self._seen.items()) if seen.client}
            self._seen = real if len(real) < MOST_KEYS else {}
        self._seen[hashed] = found
        return found

    def _note(self, seen: Seen) -> None:
        """Note the use now and then, never at the price of an answer."""
        if seen.client is None or time.monotonic() - seen.noted_at < USE_NOTED_EVERY_S:
            return
        seen.noted_at = time.monotonic()
        try:
            with writing() as writer:
                self._write(writer, seen.client)
        except AWAY:
            current_app.logger.warning("the use of a key was not noted")

    @staticmethod
    def _write(writer: Session, client: Client) -> None:
        note_use(writer, client.id, at=now())
        writer.commit()

    def _count(self, who: str, per_minute: int, cost: int, *, count: bool = True) -> None:
        wait_s = self.limits.wait_s(who, per_minute=per_minute, burst=per_minute, cost=cost, count=count)
        if wait_s > 0:
            raise TooMany(math.ceil(wait_s))


class TooMany(Exception):
    """A request beyond the limit, and after how many seconds it may come again."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


def install(app: Flask, settings: Settings) -> None:
    """Put the doorkeeper before the API; it opens nothing yet."""
    limits = Limits(settings.data / "limits")
    app.extensions["mapapp.doorkeeper"] = Doorkeeper(limits, settings.anonymous_per_minute)
    app.before_request(judge)


def judge() -> Response | None:
    """Before a request to the API: its answer where it is refused."""
    if not request.path.startswith("/api/") or request.method == "OPTIONS" or JUDGED in request.environ:
        return None
    try:
        cast(Doorkeeper, current_app.extensions["mapapp.doorkeeper"]).judge()
    except TooMany as refused:
        response = handle(Problem(TOO_MANY))
        response.headers["Retry-After"] = str(refused.wait_s)
        return response
    except Problem as refused:
        response = handle(refused)
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    return None


def body_cost() -> int:
    """What the request counts: one, and more for a large body."""
    return 1 + (request.content_length or 0) // BODY_BYTES


def given_key() -> str | None:
    """The key of the request: `Authorization: Bearer …` or `X-API-Key: …`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return (token.strip() if scheme.lower() == "bearer" else "") or request.headers.get("X-API-Key", "").strip() or None


@lru_cache(maxsize=4_096)
def is_local(address: str) -> bool:
    """Whether the machine itself asks: its own programs, or a proxy that does not say for whom."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
