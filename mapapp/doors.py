"""The door's own way to the database, its secrets, and how often somebody may knock.

Only the door's role can read and write accounts and sessions; the role that pages write with cannot (see
`geodata.roles`).
"""

import hmac
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from flask import Flask, current_app, request
from sqlalchemy.orm import Session

from geodata.engine import make_sessions
from geodata.people import permits
from geodata.people.accounts import spelled
from geodata.people.second_factor import Vault
from geodata.report_senders import network
from geodata.roles import Role, is_guarded
from mapapp.db import Sessions, now
from mapapp.errors import Kind, Problem
from mapapp.i18n import N_
from mapapp.limits import Limits
from mapapp.settings import Settings

KNOCKS_PER_MINUTE = 20
"""From one address; and for one login, from wherever."""

WHOLE_HOUSE = 300
"""From this machine itself: perhaps everybody, behind a proxy that nobody was told of."""


UNGUARDED = Kind(
    503,
    "sign-in-unavailable",
    N_("Chưa đăng nhập được ở máy chủ này"),
    N_("Cơ sở dữ liệu chưa có vai trò riêng cho trang web. Người quản trị hãy xem lệnh “mapapp db migrate” cần gì."),
)


@dataclass
class Door:
    """What signing in needs of the installation."""

    sessions: Sessions
    read_secret: Callable[[], str]
    limits: Limits
    guarded: bool = False
    requires_second_factor: bool = False

    @cached_property
    def secret(self) -> str:
        return self.read_secret()

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.secret)


def install(app: Flask, settings: Settings, sessions: Sessions | None) -> None:
    """Give the application its door; opens no connection and reads no secret yet."""
    way = settings.way(Role.DOOR)
    own = sessions or make_sessions(
        way.url,
        role=way.role,
        statement_timeout_ms=settings.statement_timeout_ms,
        application_name="mapapp-web-door",
        pool_size=1,
    )
    limits = Limits(settings.data / "knocks")
    app.extensions["mapapp.door"] = Door(
        *(own, settings.signing_secret, limits),
        guarded=sessions is not None,
        requires_second_factor=settings.require_second_factor,
    )


def the_door() -> Door:
    return cast(Door, current_app.extensions["mapapp.door"])


@contextmanager
def door() -> Iterator[Session]:
    """A session that may read and write accounts; the caller commits. 503 while the web works as a role that the
    policies of the database do not hold for."""
    with the_door().sessions() as session:
        the_door().guarded = the_door().guarded or is_guarded(session)
        if not the_door().guarded:
            raise Problem(UNGUARDED)
        yield session


def permit(person_id: int) -> str:
    """A permit to publish for the person: what a publication of theirs shows the database."""
    with door() as session:
        issued = permits.issue(session, person_id, at=now())
        session.commit()
    return issued


def vault() -> Vault:
    return the_door().vault


def signed(purpose: str, text: str) -> str:
    """A signature (64 hexadecimal digits) that only this installation can make."""
    return hmac.new(the_door().secret.encode(), f"door\0{purpose}\0{text}".encode(), "sha256").hexdigest()


def wait_s(login: str) -> int:
    """0 when an attempt may be made now (and is counted), else the seconds after which one may."""
    address = network(request.remote_addr or "")
    house = address.startswith("127.") or address.startswith("::1")
    waits = (
        _wait(f"address {address}", WHOLE_HOUSE if house else KNOCKS_PER_MINUTE),
        _wait(f"login {spelled(login)[:64]}", WHOLE_HOUSE if house else KNOCKS_PER_MINUTE) if login else 0.0,
    )
    return math.ceil(max(waits))


def _wait(who: str, per_minute: int) -> float:
    return the_door().limits.wait_s(who, per_minute=per_minute, burst=per_minute)
