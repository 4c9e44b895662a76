"""OGC API – Tiles: tilesets of the institutions, TileJSON and the tiles themselves (WebMercatorQuad, MVT)."""

import gzip
from typing import Any

from flask import Response, g, request

from geodata.collections import Collection
from geodata.geometry import VIETNAM
from geodata.tiles import LAST_STORED, LAST_ZOOM, Tile, TileFacts, UnknownTile, tile, tile_facts
from mapapp.assets import FOR_EVER, SMALLEST_GZIP, takes_gzip
from mapapp.db import session
from mapapp.errors import NOT_FOUND, Problem
from mapapp.geojson import to_json
from mapapp.headers import FRESH_FOR
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.ogc.blueprint import JSON, answer, bp, link, only, own_links
from mapapp.ogc.collection_documents import TILED, collection_named, own_page, title
from mapapp.ogc.landing import MVT, trail
from mapapp.ogc.pages import Cell, DocumentPage, Section, Table
from mapapp.ogc.tile_matrix_set import SET, SET_URI, definition, limits
from mapapp.params import InvalidParameters
from mapapp.questions import external
from mapapp.views import Link

TILEJSON = "application/vnd.mapbox.tile+json"
FIELDS = {
    "institutions": {
        **{"id": "String", "name": "String", "type": "String", "ownership": "String", "status": "String"},
        **{"precise": "Boolean", "count": "Number", "public": "Number", "share_pct": "Number"},
    },
    "unlocated": {"count": "Number", "unit": "String", "name": "String", "approximate": "String"},
    "places": {"code": "String", "name": "String", "name_en": "String", "province": "String", "symbol": "String"},
}


def tiled(collection_id: str) -> Collection:
    """The collection, which must have tiles."""
    found = collection_named(collection_id)
    if found.id not in TILED:
        raise Problem(NOT_FOUND, _("Tập dữ liệu này không có ô bản đồ."))
    return found


@bp.get("/ogc/tileMatrixSets")
def tile_matrix_sets() -> Response:
    """The tile matrix sets: one."""
    only()
    own = link("self", page_url("ogc.tile_matrix_set", set_id=SET), JSON)
    document = {"tileMatrixSets": [{"id": SET, "uri": SET_URI, "links": [own]}], "links": own_links()}
    page = set_page(_("Lưới ô bản đồ"), page_url("ogc.tile_matrix_sets", f="json"))
    return answer(document, page)


@bp.get("/ogc/tileMatrixSets/<set_id>")
def tile_matrix_set(set_id: str) -> Response:
    """Its definition."""
    check_set(set_id)
    only()
    return answer(definition(), set_page(SET, page_url("ogc.tile_matrix_set", set_id=SET, f="json")))


def set_page(named: str, json_url: str) -> DocumentPage:
    rows = tuple((Cell(one["id"]), Cell(f"{one['cellSize']:g} m")) for one in definition()["tileMatrices"])
    table = Table(SET, (_("Mức thu phóng"), _("Cỡ điểm ảnh")), rows)
    return DocumentPage(named, SET_URI, trail(), json_url, (Section(SET, table=table),))


def check_set(set_id: str) -> None:
    if set_id != SET:
        raise Problem(NOT_FOUND, _("Chỉ có lưới ô %(known)s.", known=SET))


@bp.get("/ogc/collections/<collection_id>/tiles")
def tilesets(collection_id: str) -> Response:
    """The tilesets of a collection."""
    found = tiled(collection_id)
    only()
    document = {"tilesets": [tileset_json(found)], "links": own_links()}
    return answer(document, tileset_page(found, page_url("ogc.tilesets", collection_id=found.id, f="json")))


@bp.get("/ogc/collections/<collection_id>/tiles/<set_id>")
def tileset(collection_id: str, set_id: str) -> Response:
    """One tileset, also as TileJSON."""
    found = tiled(collection_id)
    check_set(set_id)
    if request.args.get("f") == "tilejson" and len(request.args) == 1:
        return Response(to_json(tilejson(found)), mimetype=TILEJSON)
    only()
    document = {**tileset_json(found), "tileMatrixSetLimits": limits(LAST_ZOOM)}
    document["links"] = [*own_links(), *document["links"][1:]]
    json_url = page_url("ogc.tileset", collection_id=found.id, set_id=SET, f="json")
    return answer(document, tileset_page(found, json_url))


def tileset_json(found: Collection) -> dict[str, Any]:
    own = {"collection_id": found.id, "set_id": SET}
    template = {**link("item", template_of(found), MVT), "templated": True}
    return {
        "title": title(found),
        "dataType": "vector",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
        "tileMatrixSetURI": SET_URI,
        "boundingBox": {"lowerLeft": [VIETNAM.west, VIETNAM.south], "upperRight": [VIETNAM.east, VIETNAM.north]},
        "links": [
            link("self", page_url("ogc.tileset", **own), JSON),
            link(
                "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
                page_url("ogc.tile_matrix_set", set_id=SET),
                JSON,
            ),
            link("describedby", page_url("ogc.tileset", **own, f="tilejson"), TILEJSON),
            template,
        ],
        **facts(),
    }


def template_of(found: Collection) -> str:
    """The address of a tile with {tileMatrix}, {tileRow}, {tileCol}; with the release, so that it is kept for ever."""
    path = page_url("ogc.tilesets", collection_id=found.id)
    shown = tile_facts(session())
    version = f"?v={shown.release}" if shown else ""
    return f"{external(path)}/{SET}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}{version}"


def facts() -> dict[str, Any]:
    """What the tiles show: their release and day, and how many institutions of each kind there are."""
    shown = tile_facts(session())
    if shown is None:
        return {}
    return {
        "release": shown.release,
        "on": shown.day,
        "numberPlaced": shown.placed,
        "numberKnownByProvince": shown.by_province,
        "withoutLocation": shown.nowhere,
    }


def tilejson(found: Collection) -> dict[str, Any]:
    """TileJSON 3.0: its templates say {z}/{y}/{x} here, because OGC addresses give the row first."""
    address = template_of(found).replace("{tileMatrix}", "{z}").replace("{tileRow}", "{y}").replace("{tileCol}", "{x}")
    layers = [{"id": name, "fields": fields, "minzoom": 0, "maxzoom": LAST_ZOOM} for name, fields in FIELDS.items()]
    return {
        "tilejson": "3.0.0",
        "name": title(found),
        "tiles": [address],
        "minzoom": 0,
        "maxzoom": LAST_ZOOM,
        "bounds": [VIETNAM.west, VIETNAM.south, VIETNAM.east, VIETNAM.north],
        "vector_layers": layers,
        **facts(),
    }


def tileset_page(found: Collection, json_url: str) -> DocumentPage:
    rows = tuple((Cell(layer), Cell(", ".join(fields))) for layer, fields in FIELDS.items())
    text = _(
        "Đến mức %(last)s là các ô gộp có số đếm chính xác; gần hơn là từng cơ sở. Không bỏ bớt cơ sở nào: tổng các số "
        "đếm của một mức bằng số cơ sở. Hoàng Sa và Trường Sa có tên ở mọi mức.",
        last=LAST_STORED,
    )
    return DocumentPage(
        title=_("Ô bản đồ vector"),
        description=text,
        trail=trail(Link(title(found), own_page(found))),
        json_url=json_url,
        sections=(
            Section(_("Địa chỉ của ô"), code=template_of(found)),
            Section(_("Các lớp trong ô"), table=Table(_("Các lớp trong ô"), (_("Tên"), _("Thuộc tính")), rows)),
        ),
    )


@bp.get("/ogc/collections/<collection_id>/tiles/<set_id>/<z>/<row>/<column>")
def vector_tile(collection_id: str, set_id: str, z: str, row: str, column: str) -> Response:
    """A tile; 204 where nothing lies in it. With the current release as `v` it may be kept for ever."""
    tiled(collection_id)
    check_set(set_id)
    check_tile_question()
    try:
        wanted = Tile.parse(z, row, column)
    except UnknownTile:
        raise Problem(NOT_FOUND, _("Ô này nằm ngoài lưới.")) from None
    packed = tile(session(), wanted)
    return sent(packed, tile_facts(session()))


def unpacked_bytes(packed: bytes) -> int:
    """How long what was compressed is: gzip says so at its end (RFC 1952, 2.3.1)."""
    return int.from_bytes(packed[-4:], "little")


def check_tile_question() -> None:
    known = ("f", "v")
    text = _("không có tham số này; dùng được: %(known)s", known=", ".join(known))
    wrong = [(name[:80], text) for name in request.args if name not in known]
    if request.args.get("f", "mvt") not in ("mvt", "pbf"):
        wrong.append(("f", _("phải là một trong: %(values)s", values="mvt")))
    if wrong:
        raise InvalidParameters(wrong)


def sent(packed: bytes, shown: TileFacts | None) -> Response:
    """The tile, compressed where the reader takes that and it is worth it."""
    packs = takes_gzip() and unpacked_bytes(packed) > SMALLEST_GZIP
    body = packed if packs or not packed else gzip.decompress(packed)
    response = Response(body, 200 if packed else 204, mimetype=MVT)
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    current = shown is not None and request.args.get("v") == str(shown.release)
    response.headers["Cache-Control"] = FOR_EVER if current else FRESH_FOR
    if packed:
        response.set_etag(g.etag, weak=True)
    return response
