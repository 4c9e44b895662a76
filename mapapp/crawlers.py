"""`/robots.txt` and `/sitemap.xml`: what search engines may read, in both languages, with the day it last changed."""

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from apiflask import APIBlueprint
from flask import Response, abort, current_app

from geodata import sitemap
from mapapp.db import VIETNAM, register, session
from mapapp.headers import answer_if_unchanged, mark_public
from mapapp.i18n import DEFAULT, LANGUAGES, page_url
from mapapp.questions import external

PAGES = (
    *("citizen.home", "citizen.nearby", "planner.planner", "verify.page"),
    *("citizen.about", "citizen.docs", "data.downloads"),
)
CLOSED = ("/reports/", "/*/report$", "/*/report?", "/embed", "/steward", "/account", "/sign-in")
NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
LANGUAGE_NAMESPACE = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'

bp = APIBlueprint("crawlers", __name__, enable_openapi=False)
bp.before_request(answer_if_unchanged)
bp.after_request(mark_public)


@bp.get("/robots.txt")
def robots() -> Response:
    """Everything may be read but forms, tickets, embedded copies and what is behind the door."""
    closed = [path for way in CLOSED for path in (way, f"/en{way}")]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {external('/sitemap.xml')}"]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@bp.get("/sitemap.xml")
def index() -> Response:
    """The parts of the list of pages."""
    names = ["pages", *sitemap.parts(session())]
    published = register().published_at
    changed = f"<lastmod>{moment(published)}</lastmod>" if published else ""
    parts = (f"<sitemap><loc>{external(f'/sitemaps/{name}.xml')}</loc>{changed}</sitemap>" for name in names)
    return xml(f"<sitemapindex {NAMESPACES}>{''.join(parts)}</sitemapindex>")


@bp.get("/sitemaps/pages.xml")
def pages() -> Response:
    """The pages that are no institution's."""
    there = [endpoint for endpoint in PAGES if endpoint in current_app.view_functions]
    return url_set(entry for endpoint in there for entry in entries(endpoint, register().published_at))


@bp.get("/sitemaps/<part>.xml")
def institutions(part: str) -> Response:
    """The institutions whose ids begin so; 404 for what no id begins with."""
    if not sitemap.is_part(part):
        abort(404)
    found = sitemap.last_changes(session(), part)
    return url_set(entry for id_, at in found for entry in entries("citizen.institution", at, id_or_code=id_))


def entries(endpoint: str, changed: datetime | None, **values: str) -> Iterator[str]:
    """A page's entry in each language; every one names all of them."""
    addresses = {lang: external(page_url(endpoint, lang=lang, **values)) for lang in LANGUAGES}
    named = {**addresses, "x-default": addresses[DEFAULT]}
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{lang}" href={quoteattr(address)}/>' for lang, address in named.items()
    )
    at = f"<lastmod>{moment(changed)}</lastmod>" if changed else ""
    for address in addresses.values():
        yield f"<url><loc>{escape(address)}</loc>{at}{others}</url>"


def moment(at: datetime) -> str:
    return at.astimezone(VIETNAM).isoformat(timespec="seconds")


def url_set(found: Iterator[str]) -> Response:
    return xml(f"<urlset {NAMESPACES} {LANGUAGE_NAMESPACE}>{''.join(found)}</urlset>")


def xml(body: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{body}', mimetype="application/xml")
