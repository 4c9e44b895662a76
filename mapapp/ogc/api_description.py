"""`/ogc/api`: the description of the OGC APIs as OpenAPI 3.0, which every client reads (GDAL 3.6 refuses 3.1)."""

from typing import Any

from flask import Response

from geodata.collections import COLLECTIONS, SYSTEMS, Collection
from mapapp import __version__
from mapapp.field_words import PROPERTIES
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.ogc.blueprint import GEOJSON, JSON, SCHEMA, answer, bp, only
from mapapp.ogc.collection_documents import JSON_TYPES, title
from mapapp.ogc.landing import MVT, OPENAPI_3_0, description, trail
from mapapp.ogc.pages import Cell, DocumentPage, Section, Table
from mapapp.ogc.question import FIRST_PAGE, MOST_ITEMS, plain
from mapapp.ogc.tile_matrix_set import SET
from mapapp.questions import external

Described = dict[str, Any]


@bp.get("/ogc/api")
def api_description() -> Response:
    """The OpenAPI 3.0 document."""
    only()
    return answer(openapi(), api_page(), OPENAPI_3_0)


def openapi() -> Described:
    return {
        "openapi": "3.0.3",
        "info": {
            "title": _("Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp"),
            "description": description(),
            "version": __version__,
        },
        "servers": [{"url": external(page_url("ogc.landing"))}],
        "paths": {path: {"get": operation} for path, operation in operations().items()},
        "components": {
            "parameters": {**fixed_parameters(), "f": parameter("f", "", {"type": "string", "enum": ["json", "html"]})},
            "schemas": {"problem": PROBLEM, "any": {"type": "object"}},
        },
    }


PROBLEM: Described = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
FIXED = ("limit", "cursor", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs", "release")


def operations() -> dict[str, Described]:
    """Paths below `/ogc` and what a GET of them gives."""
    found = {
        "/": operation("landing", _("Trang đầu"), JSON),
        "/conformance": operation("conformance", _("Các lớp chuẩn được tuân thủ"), JSON),
        "/api": operation("api", _("Mô tả này"), OPENAPI_3_0),
        "/collections": operation("collections", _("Các tập dữ liệu"), JSON),
    }
    for one in COLLECTIONS.values():
        found |= operations_of(one)
    return {**found, **tile_operations()}


def tile_operations() -> dict[str, Described]:
    """The tiles of the institutions."""
    path = f"/collections/institutions/tiles/{SET}"
    address = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
        for name in ("tileMatrix", "tileRow", "tileCol")
    ]
    tile = operation("institutions_tile", _("Ô bản đồ vector"), MVT, address, missing=True)
    tile["parameters"] = address
    tile["responses"]["204"] = {"description": _("Không có gì trong ô")}
    return {
        "/tileMatrixSets": operation("tile_matrix_sets", _("Lưới ô bản đồ"), JSON),
        f"/tileMatrixSets/{SET}": operation("tile_matrix_set", SET, JSON),
        "/collections/institutions/tiles": operation("institutions_tilesets", _("Ô bản đồ vector"), JSON),
        path: operation("institutions_tileset", _("Ô bản đồ vector"), JSON),
        f"{path}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": tile,
    }


def operations_of(one: Collection) -> dict[str, Described]:
    path = f"/collections/{one.id}"
    item_id = {"name": "itemId", "in": "path", "required": True, "schema": {"type": "string"}}
    named = one.id.replace("-", "_")
    return {
        path: operation(f"{named}_collection", title(one), JSON, missing=True),
        f"{path}/queryables": operation(f"{named}_queryables", _("Thuộc tính lọc được"), SCHEMA, missing=True),
        f"{path}/schema": operation(f"{named}_schema", _("Cấu trúc"), SCHEMA, missing=True),
        f"{path}/items": operation(
            f"{named}_items", title(one), GEOJSON, [*map(reference, FIXED), *own_parameters(one)], missing=True
        ),
        f"{path}/items/{{itemId}}": operation(
            f"{named}_item",
            title(one),
            GEOJSON,
            [item_id, *map(reference, ("crs", "datetime", "release"))],
            missing=True,
        ),
    }


def operation(
    name: str, summary: str, media_type: str, parameters: list[Described] | None = None, *, missing: bool = False
) -> Described:
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}}
    content = {kind: {"schema": {"$ref": "#/components/schemas/any"}} for kind in (media_type,)}
    answers: Described = {
        "200": {"description": "OK", "content": {**content, "text/html": {"schema": {"type": "string"}}}},
        "400": {"description": _("Yêu cầu chưa đúng"), **problem},
        "503": {"description": _("Sổ đăng ký tạm thời chưa trả lời"), **problem},
    }
    if missing:
        answers["404"] = {"description": _("Không tìm thấy"), **problem}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": [reference("f"), *(parameters or [])],
        "responses": answers,
    }


def reference(name: str) -> Described:
    return {"$ref": f"#/components/parameters/{name}"}


def parameter(name: str, text: str, schema: Described) -> Described:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def fixed_parameters() -> dict[str, Described]:
    systems = {"type": "string", "enum": [system.uri for system in SYSTEMS]}
    text: Described = {"type": "string"}
    numbers = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    languages = {"type": "string", "enum": ["cql2-text", "cql2-json", "cql-text"], "default": "cql2-text"}
    found = (
        parameter("limit", "", {"type": "integer", "minimum": 1, "maximum": MOST_ITEMS, "default": FIRST_PAGE}),
        parameter("cursor", _("lấy từ liên kết next"), text),
        {**parameter("bbox", _("góc dưới, góc trên"), numbers), "style": "form", "explode": False},
        parameter("bbox-crs", "", systems),
        parameter("crs", "", systems),
        parameter("datetime", _("ngày, thời điểm hoặc khoảng RFC 3339"), text),
        parameter("filter", "CQL2", text),
        parameter("filter-lang", "", languages),
        parameter("filter-crs", "", systems),
        parameter("release", _("lần công bố"), {"type": "integer", "minimum": 1}),
    )
    return {str(one["name"]): one for one in found}


def own_parameters(one: Collection) -> list[Described]:
    """A parameter per queryable, and the collection's choices."""
    queryables = [
        parameter(
            each.name,
            _(PROPERTIES[each.name]),
            {"type": "string"} if "items" in JSON_TYPES[each.type] else dict(JSON_TYPES[each.type]),
        )
        for each in plain(one)
    ]
    return [*queryables, *(parameter(name, _(PROPERTIES[name]), {"type": "string"}) for name in one.choices)]


def api_page() -> DocumentPage:
    rows = tuple((Cell(f"/ogc{path}"), Cell(described["summary"])) for path, described in operations().items())
    return DocumentPage(
        title=_("Mô tả giao diện (OpenAPI 3.0)"),
        description=description(),
        trail=trail(),
        json_url=page_url("ogc.api_description", f="json"),
        sections=(Section(_("Các địa chỉ"), table=Table(_("Các địa chỉ"), (_("Địa chỉ"), _("Nội dung")), rows)),),
    )
