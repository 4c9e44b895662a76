"""The files a map is made of: its script, composed with folium, and its drawing for pages without scripts and print."""

from functools import cache

from apiflask import APIBlueprint
from flask import Response, abort

from geodata.administrative_units import provinces_geojson
from mapapp.assets import Asset, asset, make_asset, respond
from mapapp.db import session
from mapapp.drawn_map import drawn_map
from mapapp.i18n import gettext, language
from mapapp.maps import MAPS, compose

SCRIPT_FRESH_FOR = "public, max-age=300, stale-while-revalidate=86400"
DRAWING_FRESH_FOR = "public, max-age=3600, stale-while-revalidate=86400"
DRAWING_ZOOM = 5

bp = APIBlueprint("maps", __name__, enable_openapi=False)


@bp.get("/maps/<name>.js")
def script(name: str) -> Response:
    """The ES module of a map; 404 for a map that does not exist."""
    if name not in MAPS:
        abort(404)
    leaflet, module = asset("vendor/leaflet/leaflet.js"), asset("js/map.js")
    return respond(composed(name, language(), leaflet, module), SCRIPT_FRESH_FOR)


@bp.get("/maps/viet-nam.svg")
def drawn() -> Response:
    """The country as a drawing: provinces, Hoàng Sa and Trường Sa."""
    svg = drawn_map(provinces_geojson(session(), zoom=DRAWING_ZOOM), gettext)
    return respond(make_asset(svg.encode(), "image/svg+xml"), DRAWING_FRESH_FOR)


@cache
def composed(name: str, _lang: str, leaflet_url: str, module_url: str) -> Asset:
    """The module's text, made once per language; the same input gives the same bytes."""
    made = compose(MAPS[name](gettext), leaflet_url=leaflet_url, module_url=module_url)
    return make_asset(made.script.encode(), "text/javascript")
