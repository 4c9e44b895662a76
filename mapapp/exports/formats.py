"""The formats of an export: what each is called, which files of a view it needs, and who writes it."""

from collections.abc import Callable
from dataclasses import dataclass

from mapapp.exports.geopackage import as_gpkg
from mapapp.exports.html_map import as_html
from mapapp.exports.manifest import as_manifest, as_zip
from mapapp.exports.plain_files import as_csv, as_geojson, as_json
from mapapp.exports.sheet import as_pdf
from mapapp.exports.view import View
from mapapp.exports.workbook import MEDIA_TYPE as XLSX
from mapapp.exports.workbook import as_xlsx
from mapapp.geojson import GEOJSON
from mapapp.overlay_rows import title


@dataclass(frozen=True)
class Format:
    """`heavy`: drawn apart from the worker that answers. `in_language`: the file is in the reader's language."""

    media_type: str
    ending: str
    write: Callable[[View], bytes]
    heavy: bool = False
    in_language: bool = False
    on_paper: bool = False


FILES = {
    "json": Format("application/json", "json", as_json),
    "csv": Format("text/csv", "csv", as_csv),
    "geojson": Format(GEOJSON, "geojson", as_geojson),
    "xlsx": Format(XLSX, "xlsx", as_xlsx, heavy=True),
    "gpkg": Format("application/geopackage+sqlite3", "gpkg", as_gpkg, heavy=True),
    "html": Format("text/html", "html", as_html, heavy=True, in_language=True),
    "pdf": Format("application/pdf", "pdf", as_pdf, heavy=True, in_language=True, on_paper=True),
}
"""Formats of the figures themselves."""


def written(view: View, form: str) -> dict[str, bytes]:
    """The file of a format; for the manifest and the archive also every file they speak of."""
    if form in FILES:
        return {form: FILES[form].write(view)}
    contents = {name: made.write(view) for name, made in FILES.items()}
    names = {name: file_name(view, name) for name in FILES}
    manifest = as_manifest(view, {names[form]: (FILES[form].media_type, contents[form]) for form in FILES})
    files = {names[form]: contents[form] for form in FILES} | {file_name(view, "manifest"): manifest}
    return {**contents, "manifest": manifest, "zip": as_zip(view, files)}


BUNDLES = {
    "manifest": Format("application/json", "manifest.json", lambda view: written(view, "manifest")["manifest"], True),
    "zip": Format("application/zip", "zip", lambda view: written(view, "zip")["zip"], True),
}
"""What speaks of, or holds, all of them."""

FORMATS = {**FILES, **BUNDLES}


def file_name(view: View, form: str) -> str:
    """Indicator, period, level, vintage, release, whether with institutions; language and paper where they matter."""
    made = FORMATS[form]
    further = ["with-institutions"] if view.layers else []
    further += [view.lang] if made.in_language else []
    further += [view.paper] if made.on_paper else []
    return f"{'_'.join([title(view.overlay), f'r{view.overlay.release}', *further])}.{made.ending}"
