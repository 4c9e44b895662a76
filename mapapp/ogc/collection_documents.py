"""`/ogc/collections`, one collection, its queryables and its schema."""

from typing import Any

from flask import Response

from geodata.collections import COLLECTIONS, CRS84, SYSTEMS, Collection, Property, Type
from geodata.geometry import VIETNAM
from mapapp.errors import NOT_FOUND, Problem
from mapapp.field_words import COLLECTIONS as TITLES
from mapapp.field_words import PROPERTIES
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.ogc.blueprint import GEOJSON, HTML, JSON, SCHEMA, answer, bp, link, only, own_links
from mapapp.ogc.landing import TILESETS, trail
from mapapp.ogc.pages import Cell, DocumentPage, Section, Table
from mapapp.questions import external
from mapapp.views import Link

QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SCHEMA_REL = "http://www.opengis.net/def/rel/ogc/1.0/schema"
TILED = ("institutions",)
"""Collections that have vector tiles."""

JSON_TYPES: dict[Type, dict[str, Any]] = {
    Type.STRING: {"type": "string"},
    Type.INTEGER: {"type": "integer"},
    Type.NUMBER: {"type": "number"},
    Type.BOOLEAN: {"type": "boolean"},
    Type.DATE: {"type": "string", "format": "date"},
    Type.STRINGS: {"type": "array", "items": {"type": "string"}},
}


def collection_named(collection_id: str) -> Collection:
    found = COLLECTIONS.get(collection_id)
    if found is None:
        raise Problem(NOT_FOUND, _("Không có tập dữ liệu này; dùng được: %(known)s", known=", ".join(COLLECTIONS)))
    return found


@bp.get("/ogc/collections")
def collections() -> Response:
    """All collections."""
    only()
    document = {
        "links": own_links(),
        "crs": [system.uri for system in SYSTEMS],
        "collections": [collection_json(one) for one in COLLECTIONS.values()],
    }
    rows = tuple((Cell(title(one), own_page(one)), Cell(_(TITLES[one.id][1]))) for one in COLLECTIONS.values())
    page = DocumentPage(
        title=_("Các tập dữ liệu"),
        description=_("Mỗi tập dữ liệu đọc được theo từng trang, lọc được và đổi được hệ tọa độ."),
        trail=trail(),
        json_url=page_url("ogc.collections", f="json"),
        sections=(Section(_("Danh sách"), table=Table(_("Các tập dữ liệu"), (_("Tập dữ liệu"), _("Nội dung")), rows)),),
    )
    return answer(document, page)


@bp.get("/ogc/collections/<collection_id>")
def collection(collection_id: str) -> Response:
    """One collection."""
    found = collection_named(collection_id)
    only()
    document = collection_json(found)
    document["links"] = [*own_links(), *document["links"][1:]]
    return answer(document, collection_page(found))


def collection_json(one: Collection) -> dict[str, Any]:
    values = {"collection_id": one.id}
    return {
        "id": one.id,
        "title": title(one),
        "description": _(TITLES[one.id][1]),
        "extent": {
            "spatial": {"bbox": [[VIETNAM.west, VIETNAM.south, VIETNAM.east, VIETNAM.north]], "crs": CRS84.uri},
            "temporal": {"interval": [[None, None]]},
        },
        "itemType": "feature",
        "crs": [system.uri for system in SYSTEMS],
        "storageCrs": CRS84.uri,
        "links": [
            link("self", page_url("ogc.collection", **values), JSON),
            link("items", page_url("ogc.items", **values), GEOJSON, title(one)),
            link("items", page_url("ogc.items", **values, f="html"), HTML, title(one)),
            link(QUERYABLES, page_url("ogc.queryables", **values), SCHEMA),
            link(SCHEMA_REL, page_url("ogc.schema", **values), SCHEMA),
            *link_tiles(one),
        ],
    }


def link_tiles(one: Collection) -> list[dict[str, str]]:
    """What a collection says of its tiles."""
    if one.id not in TILED:
        return []
    path = page_url("ogc.tilesets", collection_id=one.id)
    return [link(TILESETS, path, JSON), link(TILESETS, f"{path}?f=html", HTML)]


def title(one: Collection) -> str:
    return _(TITLES[one.id][0])


def own_page(one: Collection) -> str:
    return page_url("ogc.collection", collection_id=one.id, f="html")


def collection_page(one: Collection) -> DocumentPage:
    values = {"collection_id": one.id}
    links = (
        Link(_("Xem dữ liệu"), page_url("ogc.items", **values, f="html")),
        Link(_("Thuộc tính lọc được"), page_url("ogc.queryables", **values, f="html")),
        Link(_("Cấu trúc"), page_url("ogc.schema", **values, f="html")),
        *([Link(_("Ô bản đồ vector"), page_url("ogc.tilesets", **values, f="html"))] if one.id in TILED else []),
    )
    systems = tuple((Cell(system.name), Cell(system.uri)) for system in SYSTEMS)
    return DocumentPage(
        title=title(one),
        description=_(TITLES[one.id][1]),
        trail=trail(),
        json_url=page_url("ogc.collection", **values, f="json"),
        sections=(
            Section(_("Đọc"), links=links),
            Section(_("Ví dụ về bộ lọc"), code=one.example),
            Section(
                _("Hệ tọa độ"), table=Table(_("Hệ tọa độ đọc được"), (_("Hệ tọa độ"), _("Định danh (crs)")), systems)
            ),
        ),
    )


@bp.get("/ogc/collections/<collection_id>/queryables")
def queryables(collection_id: str) -> Response:
    """What filters may ask about (JSON Schema)."""
    one = collection_named(collection_id)
    only()
    document = schema_json(one, one.queryables, "ogc.queryables")
    return answer(document, schema_page(one, one.queryables, _("Thuộc tính lọc được"), "ogc.queryables"), SCHEMA)


@bp.get("/ogc/collections/<collection_id>/schema")
def schema(collection_id: str) -> Response:
    """What features hold (JSON Schema)."""
    one = collection_named(collection_id)
    only()
    document = schema_json(one, one.properties, "ogc.schema")
    return answer(document, schema_page(one, one.properties, _("Cấu trúc"), "ogc.schema"), SCHEMA)


def schema_json(one: Collection, properties: tuple[Property, ...], endpoint: str) -> dict[str, Any]:
    geometry = {"title": _(PROPERTIES["geometry"]), "format": f"geometry-{one.geometry.lower()}"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": external(page_url(endpoint, collection_id=one.id)),
        "type": "object",
        "title": title(one),
        "properties": {
            **{each.name: property_json(each) for each in properties},
            "geometry": {**geometry, "x-ogc-role": "primary-geometry"},
        },
        "additionalProperties": False,
    }


def property_json(one: Property) -> dict[str, Any]:
    shape = dict(JSON_TYPES[one.type])
    if one.values and one.type is Type.STRINGS:
        shape["items"] = {"type": "string", "enum": list(one.values)}
    elif one.values:
        shape["enum"] = list(one.values)
    return {"title": _(PROPERTIES[one.name]), **shape}


def schema_page(one: Collection, properties: tuple[Property, ...], named: str, endpoint: str) -> DocumentPage:
    rows = tuple(
        (Cell(each.name), Cell(each.type.value), Cell(_(PROPERTIES[each.name])), Cell(", ".join(each.values) or "–"))
        for each in properties
    )
    heads = (_("Tên"), _("Kiểu"), _("Ý nghĩa"), _("Giá trị"))
    return DocumentPage(
        title=named,
        description=title(one),
        trail=trail(Link(title(one), own_page(one))),
        json_url=page_url(endpoint, collection_id=one.id, f="json"),
        sections=(Section(named, table=Table(named, heads, rows)),),
    )
