"""The blueprint of the OGC APIs, and how its answers choose between JSON and a page."""

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Response, render_template, request
from werkzeug.datastructures import MIMEAccept

from mapapp.geojson import to_json
from mapapp.headers import answer_if_unchanged, mark_public
from mapapp.i18n import gettext as _
from mapapp.ogc.pages import DocumentPage
from mapapp.params import InvalidParameters
from mapapp.questions import external, here_with

JSON = "application/json"
GEOJSON = "application/geo+json"
SCHEMA = "application/schema+json"
HTML = "text/html"
FORMATS = ("json", "html")

bp = APIBlueprint("ogc", __name__, enable_openapi=False)
bp.before_request(answer_if_unchanged)
bp.after_request(mark_public)


def wants_page() -> bool:
    """Whether a person asks: `f` decides, else what the reader likes better (a browser names text/html)."""
    given = request.args.get("f")
    if given:
        if given not in FORMATS:
            raise InvalidParameters([("f", _("phải là một trong: %(values)s", values=", ".join(FORMATS)))])
        return given == "html"
    return prefers_page(request.accept_mimetypes)


def prefers_page(accepted: MIMEAccept) -> bool:
    return accepted.best_match([JSON, GEOJSON, SCHEMA, HTML], default=JSON) == HTML


def only(*names: str) -> None:
    """Refuses parameters other than these and `f`."""
    known = ("f", *names)
    text = _("không có tham số này; dùng được: %(known)s", known=", ".join(known))
    wrong = [(name[:80], text) for name in request.args if name not in known]
    if wrong:
        raise InvalidParameters(wrong)


def answer(document: Mapping[str, Any] | str, page: DocumentPage, media_type: str = JSON) -> Response:
    """The document as JSON, or as the page."""
    if wants_page():
        response = Response(render_template("ogc/document.html", page=page), mimetype=HTML)
    else:
        text = document if isinstance(document, str) else to_json(dict(document))
        response = Response(text, mimetype=media_type)
    response.vary.add("Accept")
    return response


def link(rel: str, path: str, media_type: str, title: str | None = None) -> dict[str, str]:
    """A link of an OGC document; the path may be an address already."""
    href = path if path.startswith("http") else external(path)
    found = {"rel": rel, "href": href, "type": media_type}
    return {**found, "title": title} if title else found


def own_links(media_type: str = JSON) -> list[dict[str, str]]:
    """`self` in the form that is sent, `alternate` in the other."""
    page = wants_page()
    as_json = link("alternate" if page else "self", here_with(f="json"), media_type)
    as_page = link("self" if page else "alternate", here_with(f="html"), HTML)
    return [as_page, as_json] if page else [as_json, as_page]
