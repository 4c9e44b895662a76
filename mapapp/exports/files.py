"""From a question to its file: kept ones at once, light ones written here, heavy ones drawn apart."""

import atexit
import contextlib
import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import cast

from flask import Flask, current_app, g

import geodata
from geodata.administrative_units import boundaries_geojson, provinces_geojson
from geodata.overlays import Overlay
from geodata.unit_reads import by_key
from mapapp.assets import fingerprint
from mapapp.db import Sessions, reading_sessions, register, session
from mapapp.exports.formats import BUNDLES, FORMATS, file_name, written
from mapapp.exports.rendering import Make, Renderer
from mapapp.exports.store import File, Store
from mapapp.exports.view import Paper, View
from mapapp.i18n import language
from mapapp.overlay_rows import table
from mapapp.planner_drawing import drawing
from mapapp.settings import Settings

OUTLINE_ZOOM = 6
SHAPED = {"geojson", "gpkg", *BUNDLES}
"""Formats that hold the outlines of the level."""
DRAWN = {"html", "pdf", *BUNDLES}
"""Formats that hold a map."""


PARENTS: list[object] = []
"""Holds on to the session that a drawing inherited, so that it is never closed: its farewell would reach the parent's
database."""


def install(app: Flask, settings: Settings, sessions: Sessions | None) -> None:
    """Keep files in the data directory; where there is none, in a folder that goes with the process. Whoever brings
    sessions reads through them; otherwise each drawing opens its own."""
    app.extensions["mapapp.exports"] = Renderer(Store(folder_of(settings)))
    app.extensions["mapapp.exports.connect"] = None if sessions else partial(reading_sessions, settings)
    app.config["FIGURES_FINGERPRINT"] = fingerprint(Path(geodata.__file__).parent, "**/*.py", "**/*.yaml")


def folder_of(settings: Settings) -> Path:
    if settings.data.is_dir():
        return settings.data / "exports"
    folder = Path(tempfile.gettempdir()) / f"mapapp-exports-{secrets.token_hex(8)}"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def answer(form: str, lang: str, paper: Paper, question: str, overlay: Callable[[], Overlay]) -> File:
    """The file of a question in a format. `question` is all that was asked, as text; `overlay` answers it where no
    file is kept. Raises `Busy`, `RenderingFailed`."""
    renderer = cast(Renderer, current_app.extensions["mapapp.exports"])
    key = key_of(question, lang, paper)

    if FORMATS[form].heavy:
        return renderer.file(f"{key}.{form}", lambda: apart(key, form, lang, paper, overlay()))
    found = renderer.store.get(f"{key}.{form}")
    return found or kept(renderer.store, files_of(key, view_of(form, lang, paper, overlay()), form), f"{key}.{form}")


def apart(key: str, form: str, lang: str, paper: Paper, overlay: Overlay) -> Make:
    """What the drawing process does: it reads the outlines through a connection of its own (both halves of a fork must
    not use one), and writes. Where sessions were brought along, the outlines are read before."""
    connect = current_app.extensions["mapapp.exports.connect"]
    if connect is None:
        view = view_of(form, lang, paper, overlay)
        return lambda: files_of(key, view, form)

    def make() -> Mapping[str, File]:
        PARENTS.append(g.pop("session", None))
        g.session = connect()()
        return files_of(key, view_of(form, lang, paper, overlay), form)

    return make


def key_of(question: str, lang: str, paper: str) -> str:
    """Names everything a file depends on: the question, the publication, the outlines, the code, the installation."""
    state, config = register(), current_app.config
    parts = (
        *(config["BUILD_FINGERPRINT"], config["FIGURES_FINGERPRINT"]),
        *map(str, state.edition),
        *(str(config[name]) for name in ("PUBLIC_URL", "DATA_LICENCE", "DATA_LICENCE_URL")),
        *(question, lang, paper),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def view_of(form: str, lang: str, paper: Paper, overlay: Overlay) -> View:
    """The overlay with the shapes that the format needs."""
    level, on = overlay.vintage.level, overlay.vintage.on
    return View(
        overlay=overlay,
        table=table(overlay),
        lang=lang,
        paper=paper,
        outlines=boundaries_geojson(session(), level=level, on=on, zoom=OUTLINE_ZOOM) if form in SHAPED else "",
        ground=provinces_geojson(session(), on=on, zoom=OUTLINE_ZOOM) if form in DRAWN else "",
        drawing=drawing(overlay) if form in DRAWN else "",
        above=names_above(overlay) if form in DRAWN else {},
    )


def names_above(overlay: Overlay) -> dict[str, str]:
    """What the units above are called, by key; communes of several provinces bear the same name."""
    keys = {row.unit.parent_key for row in overlay.rows if row.unit and row.N and row.unit.parent_key}
    return {key: unit.name if language() == "vi" else unit.name_en for key, unit in by_key(session(), keys).items()}


def files_of(key: str, view: View, form: str) -> Mapping[str, File]:
    """Every file that comes of writing a format, by its key in the store."""
    return {f"{key}.{name}": File(file_name(view, name), content) for name, content in written(view, form).items()}


def kept(store: Store, files: Mapping[str, File], key: str) -> File:
    """The file of a key, with all of them in the store; where the disk takes none, it is given without."""
    with contextlib.suppress(OSError):
        for name, file in files.items():
            store.put(name, file)
    return files[key]
