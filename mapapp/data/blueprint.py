"""The blueprint of the downloads, and the edition they are of."""

import atexit
import secrets
import shutil
import tempfile
from functools import partial
from pathlib import Path

from apiflask import APIBlueprint
from flask import Flask

from geodata.downloads import Edition, Shelf
from mapapp.data import making
from mapapp.db import Sessions, reading_sessions, register
from mapapp.headers import answer_if_unchanged, mark_public
from mapapp.settings import Settings

bp = APIBlueprint("data", __name__, enable_openapi=False)
bp.before_request(answer_if_unchanged)
bp.after_request(mark_public)


def install(app: Flask, settings: Settings, sessions: Sessions | None) -> None:
    """Keep finished files in the data directory; where there is none, in a folder that goes with the process. Whoever
    brings sessions reads through them; otherwise files are made apart, each through a connection of its own."""
    making.install(app, Shelf(folder_of(settings)), None if sessions else partial(reading_sessions, settings))


def folder_of(settings: Settings) -> Path:
    if settings.data.is_dir():
        return settings.data / "downloads"
    folder = Path(tempfile.gettempdir()) / f"mapapp-downloads-{secrets.token_hex(8)}"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def current_edition() -> Edition | None:
    """The current release; None before the first publication."""
    state = register()
    if state.published_at is None:
        return None
    return Edition(state.release, state.published_at, state.data_status)
