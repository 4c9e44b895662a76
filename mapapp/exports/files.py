"""From a question to its file: kept ones at once, light ones written here, heavy ones drawn apart."""

import atexit
import contextlib
import hashlib
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from flask import Flask, current_app, g

import geodata
from geodata.administrative_units import boundaries_geojson, provinces_geojson
from geodata.overlays import Overlay, Site, sites
from geodata.unit_reads import by_key
from mapapp.assets import fingerprint
from mapapp.db import Sessions, reading_sessions, register, session
from mapapp.exports.comparison import Comparison
from mapapp.exports.comparison import file_name as file_name_of_comparison
from mapapp.exports.comparison import written as comparison_written
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
PLAIN_TEXT = {"json", "csv"}
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


@dataclass(frozen=True)
class Wanted:
    """How a view is to be written; `layers` are the types of institutions above the overlay."""

    form: str
    lang: str
    paper: Paper = "a4"
    layers: tuple[str, ...] = ()


def answer(wanted: Wanted, question: str, overlay: Callable[[], Overlay]) -> File:
    """The file of a question in a format. `question` is all that was asked, as text; `overlay` answers it where no
    file is kept. Raises `Busy`, `RenderingFailed`."""
    renderer = cast(Renderer, current_app.extensions["mapapp.exports"])
    key, form = key_of(question, wanted.lang, wanted.paper), wanted.form
    if FORMATS[form].heavy:
        return renderer.file(f"{key}.{form}", lambda: apart(key, wanted, overlay()))
    found = renderer.store.get(f"{key}.{form}")
    return found or kept(renderer.store, files_of(key, view_of(wanted, overlay()), form), f"{key}.{form}")


def apart(key: str, wanted: Wanted, overlay: Overlay) -> Make:
    """What the drawing process does: it reads the outlines through a connection of its own (both halves of a fork must
    not use one), and writes. Where sessions were brought along, the outlines are read before."""
    connect = current_app.extensions["mapapp.exports.connect"]
    if connect is None:
        view = view_of(wanted, overlay)
        return lambda: files_of(key, view, wanted.form)

    def make() -> Mapping[str, File]:
        PARENTS.append(g.pop("session", None))
        g.session = connect()()
        return files_of(key, view_of(wanted, overlay), wanted.form)

    return make


def comparison(form: str, question: str, compared: Callable[[], Comparison]) -> File:
    """The file of two overlays side by side; written apart unless it is plain text. Raises as `answer` does."""
    renderer = cast(Renderer, current_app.extensions["mapapp.exports"])
    key = f"{key_of(question, '', '')}.{form}"

    def make(found: Comparison) -> Mapping[str, File]:
        return {key: File(file_name_of_comparison(found, form), comparison_written(found, form))}

    if form in PLAIN_TEXT:
        return renderer.store.get(key) or kept(renderer.store, make(compared()), key)
    return renderer.file(key, lambda: partial(make, compared()))


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


def view_of(wanted: Wanted, overlay: Overlay) -> View:
    """The overlay with the shapes and the institutions that the format needs."""
    level, on, form = overlay.vintage.level, overlay.vintage.on, wanted.form
    return View(
        overlay=overlay,
        table=table(overlay, wanted.layers),
        lang=wanted.lang,
        paper=wanted.paper,
        layers=wanted.layers,
        sites=() if form == "csv" else sites_above(overlay, wanted.layers),
        outlines=boundaries_geojson(session(), level=level, on=on, zoom=OUTLINE_ZOOM) if form in SHAPED else "",
        ground=provinces_geojson(session(), on=on, zoom=OUTLINE_ZOOM) if form in DRAWN else "",
        drawing=drawing(overlay) if form in DRAWN else "",
        above=names_above(overlay) if form in DRAWN else {},
    )


def sites_above(overlay: Overlay, layers: tuple[str, ...]) -> tuple[Site, ...]:
    """The institutions of the types on the vintage's day, in the overlay's release."""
    return sites(session(), layers, on=overlay.vintage.on, release=overlay.release or None)


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
