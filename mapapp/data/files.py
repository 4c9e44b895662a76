"""`/data/files/r<release>/<name>`: the files themselves, their manifest with sums, the data dictionary."""

from collections.abc import Collection
from typing import Any

from flask import Response, request, send_file

from geodata.downloads import FORMATS, MEDIA_TYPES, Edition, MadeFile, Scope
from geodata.releases import edition_facts
from mapapp.assets import FOR_EVER
from mapapp.data.blueprint import bp, current_edition
from mapapp.data.making import maker
from mapapp.data.manifests import about, described, dictionary_text
from mapapp.data.scopes import provinces, scope_of
from mapapp.db import data_status, session
from mapapp.errors import EXPORT_BUSY, NOT_FOUND, Problem
from mapapp.exports.apart import Busy
from mapapp.exports.licence import data_licence
from mapapp.geojson import to_json
from mapapp.headers import FRESH_FOR
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.params import CatalogueQuestion, read
from mapapp.questions import external


def edition_of(name: str) -> Edition:
    """The release an address names (r12). Raises `Problem` for one that does not exist."""
    number = name.removeprefix("r")
    if not (name.startswith("r") and number.isascii() and number.isdecimal() and len(number) < 10):
        raise Problem(NOT_FOUND)
    found = edition_facts(session(), int(number))
    if found is None:
        raise Problem(NOT_FOUND, _("không có lần công bố này"))
    published_at, counts = found
    return Edition(int(number), published_at, data_status(counts))


@bp.get("/data/files/<edition>/<name>")
def file(edition: str, name: str) -> Response:
    """A file; it never changes, because its address names the release. Manifests are `<scope>.manifest.json`."""
    read(CatalogueQuestion, request.args)
    wanted = edition_of(edition)
    if name.endswith(".manifest.json"):
        response = Response(to_json(manifest(wanted, scope_of(name.removesuffix(".manifest.json")))), mimetype=JSON)
        response.headers["Cache-Control"] = FOR_EVER
        return response
    stem, _dot, format = name.rpartition(".")
    if format not in FORMATS:
        raise Problem(NOT_FOUND)
    (made,) = ready(wanted, scope_of(stem), [format])
    return sent(made, wanted, format)


def ready(edition: Edition, scope: Scope, formats: Collection[str]) -> list[MadeFile]:
    """The files of a scope; raises `Problem` while one of them is being made."""
    try:
        return maker().files(edition, scope, formats)
    except Busy as error:
        raise Problem(EXPORT_BUSY) from error


JSON = "application/json"


def sent(made: MadeFile, edition: Edition, format: str) -> Response:
    """The file as a download whose name says the release."""
    stem = made.name.removesuffix(f".{format}")
    response = send_file(
        made.path,
        mimetype=MEDIA_TYPES[format].split(";")[0],
        as_attachment=True,
        download_name=f"{stem}_r{edition.release}.{format}",
        etag=made.sha256,
        conditional=True,
    )
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["Content-Type"] = MEDIA_TYPES[format]
    response.headers["X-Data-Status"] = edition.data_status
    return response


def manifest(edition: Edition, scope: Scope) -> dict[str, Any]:
    """All files of a scope with their sums; makes those that are not there yet."""
    licence = data_licence(edition.data_status)
    made = ready(edition, scope, FORMATS)
    return {
        **about(edition, licence),
        "dictionary": external("/data/dictionary.json"),
        "files": [{**described(one), "url": address(edition, one.name)} for one in made],
    }


def address(edition: Edition, name: str) -> str:
    return external(page_url("data.file", lang="vi", edition=f"r{edition.release}", name=name))


@bp.get("/data/manifest.json")
def current_manifest() -> Response:
    """The manifest of the current release; of a province beside its files (`institutions-<code>.manifest.json`)."""
    read(CatalogueQuestion, request.args)
    edition = current_edition()
    if edition is None:
        raise Problem(NOT_FOUND)
    parts = [f"institutions-{code}.manifest.json" for code, _name in provinces()]
    body = {**manifest(edition, Scope()), "provinces": [address(edition, part) for part in parts]}
    response = Response(to_json(body), mimetype=JSON)
    response.headers["Cache-Control"] = FRESH_FOR
    return response


@bp.get("/data/dictionary.json")
def dictionary() -> Response:
    """Every column with its type, its meaning in both languages, and its values."""
    read(CatalogueQuestion, request.args)
    return Response(dictionary_text(), mimetype=JSON)
