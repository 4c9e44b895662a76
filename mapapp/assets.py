"""Static files: addresses that carry a fingerprint of them all, cached for ever, compressed once.

`asset("css/site.css")` is `/static/<fingerprint>/css/site.css`. The fingerprint stands before the path so that a module
that imports its neighbour by a relative address gets the neighbour of the same version.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

from flask import Flask, Response, abort, current_app, request, url_for

SMALLEST_GZIP = 500
"""Bytes; below that compressing gains nothing."""

COMPRESSIBLE = ("text/", "application/json", "application/geo+json", "image/svg+xml", "application/manifest+json")
FOR_EVER = "public, max-age=31536000, immutable"
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("application/geo+json", ".geojson")


@dataclass(frozen=True)
class Asset:
    """A file ready to send; `packed` is its gzip form where that is worth it."""

    media_type: str
    etag: str
    plain: bytes
    packed: bytes | None


def install(app: Flask) -> None:
    """Serve `mapapp/static` and give templates `asset(path)`."""
    folder = Path(app.root_path) / "static"
    app.config["ASSETS"] = folder
    app.config["ASSETS_FINGERPRINT"] = fingerprint(folder)
    app.config["BUILD_FINGERPRINT"] = build_fingerprint()
    app.add_url_rule("/static/<path:path>", "static", serve, methods=["GET"])
    app.jinja_env.globals["asset"] = asset


@cache
def build_fingerprint() -> str:
    """Of everything that answers are put together with."""
    return fingerprint(Path(__file__).parent, "templates", "translations", "*.py", "static")


@cache
def fingerprint(folder: Path, *patterns: str) -> str:
    """Twelve hexadecimal digits for the files in the folder (or of the patterns below it) as the process found them."""
    files = {file for pattern in patterns or ("**",) for file in _files(folder, pattern)}
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(folder)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _files(folder: Path, pattern: str) -> list[Path]:
    found = [path for match in folder.glob(pattern) for path in (match.rglob("*") if match.is_dir() else [match])]
    return [path for path in found if path.is_file()]


def asset(path: str) -> str:
    """The address of a static file; raises FileNotFoundError for one that does not exist (a template's mistake)."""
    if not (current_app.config["ASSETS"] / path).is_file():
        raise FileNotFoundError(f"mapapp/static/{path}")
    return url_for("static", path=f"{current_app.config['ASSETS_FINGERPRINT']}/{path}")


def serve(path: str) -> Response:
    """A static file with or without its fingerprint; 404 for anything outside the folder."""
    version, _, rest = path.partition("/")
    versioned = version == current_app.config["ASSETS_FINGERPRINT"]
    found = find(current_app.config["ASSETS"], rest if versioned else path)
    if found is None:
        abort(404)
    return respond(found, FOR_EVER if versioned else "public, max-age=300")


def find(folder: Path, path: str) -> Asset | None:
    """The file at a path inside the folder."""
    if "\0" in path or len(path) > 200:
        return None
    file = (folder / path).resolve()
    if not file.is_relative_to(folder.resolve()) or not file.is_file():
        return None
    return load(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=256)
def load(file: Path, _changed_ns: int) -> Asset:
    """The file as it was when it last changed."""
    return make_asset(file.read_bytes(), mimetypes.guess_type(file.name)[0] or "application/octet-stream")


def make_asset(plain: bytes, media_type: str) -> Asset:
    worth_it = media_type.startswith(COMPRESSIBLE) and len(plain) > SMALLEST_GZIP
    packed = gzip.compress(plain, 9, mtime=0) if worth_it else None
    shorter = packed if packed is not None and len(packed) < len(plain) else None
    return Asset(media_type, hashlib.sha256(plain).hexdigest()[:20], plain, shorter)


def respond(found: Asset, cache_control: str) -> Response:
    """The file, compressed where the browser takes it; 304 where it already has it."""
    packed = found.packed if takes_gzip() else None
    response = Response(packed if packed is not None else found.plain, mimetype=found.media_type)
    if packed is not None:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = cache_control
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(found.etag, weak=True)
    return cast(Response, response.make_conditional(request))


def takes_gzip() -> bool:
    """Whether the reader understands gzip."""
    return request.accept_encodings.quality("gzip") > 0
