"""What makes the site an app: its manifest, and the service worker that keeps the shell and what was seen last.

The worker is one file at the root, so that it may serve every page; it carries the fingerprint of all static files, so
that a new version of any of them makes a new worker, which fetches them all and throws the old ones away.
"""

import json
from functools import cache
from pathlib import Path

from apiflask import APIBlueprint
from flask import Response, current_app

from mapapp.assets import asset, make_asset, respond
from mapapp.geojson import to_json
from mapapp.i18n import LANGUAGES, language, page_url
from mapapp.i18n import gettext as _

FRESH_FOR = "public, max-age=300"
ALWAYS_ASKED = "no-cache"
SHELL_PAGES = ("citizen.offline", "verify.offline")

bp = APIBlueprint("installable", __name__, enable_openapi=False)


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """The web app manifest in the language of its address."""
    icons = [
        {"src": asset("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": asset("img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": asset("img/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
    ]
    body = {
        "id": "/",
        "name": _("Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp"),
        "short_name": _("Bản đồ GDNN"),
        "lang": language(),
        "start_url": page_url("citizen.home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#0a5c5e",
        "icons": icons,
    }
    return respond(make_asset(to_json(body).encode(), "application/manifest+json"), FRESH_FOR)


@bp.get("/service-worker.js")
def service_worker() -> Response:
    """The worker with its version and the files of the shell; browsers ask for it anew each time."""
    folder: Path = current_app.config["ASSETS"]
    pages = [page_url(endpoint, lang=lang) for endpoint in SHELL_PAGES for lang in LANGUAGES]
    build = f"{current_app.config['ASSETS_FINGERPRINT']}-{current_app.config['BUILD_FINGERPRINT']}"
    settings = {"version": build, "files": [asset(path) for path in shell_files(folder)], "pages": pages}
    text = f"const SETTINGS = {json.dumps(settings)};\n" + (folder / "js" / "service-worker.js").read_text()
    return respond(make_asset(text.encode(), "text/javascript"), ALWAYS_ASKED)


@cache
def shell_files(folder: Path) -> tuple[str, ...]:
    """The styles, scripts and pictures of every page, by path inside the folder."""
    kinds = {".css", ".js", ".svg"}
    files = (file for file in folder.rglob("*") if file.suffix in kinds and file.name != "service-worker.js")
    return tuple(sorted(str(file.relative_to(folder)) for file in files))
