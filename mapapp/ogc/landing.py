"""`/ogc` and `/ogc/conformance`."""

from typing import Any

from flask import Response

from geodata.collections import COLLECTIONS
from mapapp.field_words import COLLECTIONS as TITLES
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.ogc.blueprint import HTML, JSON, answer, bp, link, only, own_links
from mapapp.ogc.pages import DocumentPage, Section
from mapapp.views import Link

OPENAPI_3_0 = "application/vnd.oai.openapi+json;version=3.0"
MVT = "application/vnd.mapbox-vector-tile"
TILING_SCHEMES = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
TILESETS = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
DATA = "http://www.opengis.net/def/rel/ogc/1.0/data"

CONFORMANCE = (
    *(f"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/{name}" for name in ("core", "html", "json", "oas30")),
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    *(
        f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
        for name in ("core", "oas30", "html", "geojson")
    ),
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    *(
        f"http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/{name}"
        for name in ("queryables", "queryables-query-parameters", "filter", "features-filter")
    ),
    *(
        f"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{name}"
        for name in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt")
    ),
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    *(
        f"http://www.opengis.net/spec/cql2/1.0/conf/{name}"
        for name in (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
            *("case-insensitive-comparison", "accent-insensitive-comparison", "basic-spatial-functions"),
            *("basic-spatial-functions-plus", "spatial-functions", "temporal-functions", "array-functions"),
            *("property-property", "arithmetic"),
        )
    ),
)


@bp.get("/ogc", strict_slashes=False)
def landing() -> Response:
    """The way into everything."""
    only()
    document = {
        "title": _("Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp"),
        "description": description(),
        "links": [
            *own_links(),
            link("service-desc", page_url("ogc.api_description"), OPENAPI_3_0, "OpenAPI 3.0"),
            link("service-doc", page_url("ogc.api_description", f="html"), HTML),
            link("conformance", page_url("ogc.conformance"), JSON),
            link("data", page_url("ogc.collections"), JSON),
            link(DATA, page_url("ogc.collections"), JSON),
            link(TILING_SCHEMES, page_url("ogc.tile_matrix_sets"), JSON),
        ],
    }
    return answer(document, landing_page())


def description() -> str:
    return _("Dữ liệu công khai của bản đồ số cho phần mềm GIS, theo chuẩn OGC API – Features và OGC API – Tiles.")


def landing_page() -> DocumentPage:
    collections = tuple(
        Link(_(TITLES[name][0]), page_url("ogc.collection", collection_id=name, f="html")) for name in COLLECTIONS
    )
    more = (
        Link(_("Các lớp chuẩn được tuân thủ"), page_url("ogc.conformance", f="html")),
        Link(_("Mô tả giao diện (OpenAPI 3.0)"), page_url("ogc.api_description", f="html")),
    )
    return DocumentPage(
        title=_("Dữ liệu cho phần mềm GIS (OGC API)"),
        description=description(),
        trail=(),
        json_url=page_url("ogc.landing", f="json"),
        sections=(
            Section(
                _("Dùng trong QGIS"),
                _("Lớp → Thêm lớp → Thêm lớp WFS / OGC API – Features: tạo kết nối mới với địa chỉ của trang này."),
            ),
            Section(_("Các tập dữ liệu"), links=collections),
            Section(_("Thêm cho người lập trình"), links=more),
        ),
    )


@bp.get("/ogc/conformance")
def conformance() -> Response:
    """The conformance classes that hold."""
    only()
    document: dict[str, Any] = {"conformsTo": list(CONFORMANCE), "links": own_links()}
    page = DocumentPage(
        title=_("Các lớp chuẩn được tuân thủ"),
        description=_("Mỗi địa chỉ là một lớp tuân thủ của chuẩn OGC mà dịch vụ này đáp ứng."),
        trail=trail(),
        json_url=page_url("ogc.conformance", f="json"),
        sections=(Section(_("Các lớp"), code="\n".join(CONFORMANCE)),),
    )
    return answer(document, page)


def trail(*further: Link) -> tuple[Link, ...]:
    return (Link("OGC API", page_url("ogc.landing", f="html")), *further)
