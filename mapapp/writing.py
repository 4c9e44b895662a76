"""Sessions that write what the public leaves behind (words not found, reports of errors), not those that read."""

from typing import cast

from flask import Flask, current_app

from geodata.engine import make_sessions
from mapapp.db import Sessions
from mapapp.settings import Settings


def install(app: Flask, settings: Settings, sessions: Sessions | None) -> None:
    """Give the application its writing sessions: those given, or some of its own that connect when first used."""
    app.extensions["mapapp.writing_sessions"] = sessions or make_sessions(
        settings.url,
        statement_timeout_ms=settings.statement_timeout_ms,
        application_name="mapapp-web-writing",
        pool_size=1,
    )


def writing_sessions() -> Sessions:
    return cast(Sessions, current_app.extensions["mapapp.writing_sessions"])
