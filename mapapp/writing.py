"""Sessions that write what the public leaves behind (words not found, reports of errors), not those that read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from geodata.engine import make_sessions
from geodata.roles import Role
from mapapp.db import Sessions, acting
from mapapp.settings import Settings


def install(app: Flask, settings: Settings, sessions: Sessions | None) -> None:
    """Give the application its writing sessions: those given, or some of its own that connect when first used."""
    way = settings.way(Role.WEB)
    app.extensions["mapapp.writing_sessions"] = sessions or make_sessions(
        way.url,
        role=way.role,
        statement_timeout_ms=settings.statement_timeout_ms,
        application_name="mapapp-web-writing",
        pool_size=1,
    )


@contextmanager
def writing() -> Iterator[Session]:
    """A session that writes; the caller commits. The request's reading ends first: no snapshot stays open meanwhile."""
    reading = g.pop("session", None)
    if reading is not None:
        reading.close()
    with cast(Sessions, current_app.extensions["mapapp.writing_sessions"])() as session:
        yield acting(session)
