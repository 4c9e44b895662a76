"""`/data`: what can be downloaded, in which form, under which licence."""

from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request

from geodata.downloads import FIELDS, FORMATS, MEDIA_TYPES, Edition, Scope
from mapapp.data.blueprint import bp, current_edition
from mapapp.data.catalogue_pages import KEYWORDS, TEXT_EN, TEXT_VI, TITLE_EN, TITLE_VI
from mapapp.data.files import address
from mapapp.data.scopes import provinces
from mapapp.exports.licence import Licence, data_licence
from mapapp.field_words import PROPERTIES
from mapapp.i18n import gettext as _
from mapapp.i18n import language, page_url
from mapapp.params import CatalogueQuestion, read
from mapapp.questions import external
from mapapp.views import Link

FORMAT_NAMES = {"csv": "CSV", "xlsx": "Excel", "geojson": "GeoJSON", "gpkg": "GeoPackage", "parquet": "GeoParquet"}


@dataclass(frozen=True)
class Part:
    """The whole register or a province, and its file in each format."""

    name: str
    files: tuple[Link, ...]


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    text: str
    values: str | None


@dataclass(frozen=True)
class DataPage:
    """`whole` and `parts` are empty before the first publication; `json_ld` is the schema.org Dataset."""

    title: str
    description: str
    whole: Part | None
    parts: tuple[Part, ...]
    licence: Licence
    columns: tuple[Column, ...]
    machines: tuple[Link, ...]
    json_ld: dict[str, Any] | None


@bp.get("/data")
def downloads() -> Response:
    """The page of all downloads."""
    read(CatalogueQuestion, request.args)
    edition = current_edition()
    licence = data_licence(edition.data_status if edition else "empty")
    page = DataPage(
        title=_("Tải dữ liệu"),
        description=_("Toàn bộ sổ đăng ký hoặc từng tỉnh, thành phố; mỗi tệp giữ nguyên theo lần công bố."),
        whole=part(edition, Scope(), _("Cả nước")) if edition else None,
        parts=tuple(part(edition, Scope(code), name) for code, name in provinces()) if edition else (),
        licence=licence,
        columns=tuple(
            Column(field.name, field.type.value, _(PROPERTIES[field.name]), ", ".join(field.values) or None)
            for field in FIELDS
        ),
        machines=machines(),
        json_ld=dataset(edition, licence) if edition else None,
    )
    return Response(render_template("data/downloads.html", page=page), mimetype="text/html")


def part(edition: Edition, scope: Scope, name: str) -> Part:
    files = (Link(FORMAT_NAMES[format], address(edition, f"{scope.stem}.{format}")) for format in FORMATS)
    return Part(name, tuple(files))


def machines() -> tuple[Link, ...]:
    """The ways programs read the same."""
    return (
        Link(_("Danh sách tệp với mã kiểm SHA-256"), "/data/manifest.json"),
        Link(_("Từ điển dữ liệu (JSON)"), "/data/dictionary.json"),
        Link("DCAT-AP (JSON-LD)", "/data/catalog.jsonld"),
        Link("DCAT-AP (Turtle)", "/data/catalog.ttl"),
        Link(_("Dữ liệu cho phần mềm GIS (OGC API)"), page_url("ogc.landing", f="html")),
        Link(_("Đối chiếu danh sách (OpenRefine)"), page_url("reconciliation.reconcile")),
        Link(_("Những thay đổi theo thứ tự (JSON)"), "/api/v1/changes"),
        Link(_("Những thay đổi mới nhất (Atom)"), "/api/v1/changes.atom"),
    )


def dataset(edition: Edition, licence: Licence) -> dict[str, Any]:
    """The dataset as schema.org reads it (https://schema.org/Dataset)."""
    vietnamese = language() == "vi"
    members = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": external("/data") + "#institutions",
        "name": TITLE_VI if vietnamese else TITLE_EN,
        "description": TEXT_VI if vietnamese else TEXT_EN,
        "url": external(page_url("data.downloads")),
        "version": str(edition.release),
        "dateModified": edition.published_at.isoformat(timespec="seconds"),
        "isAccessibleForFree": True,
        "inLanguage": "vi",
        "keywords": [pair[0 if vietnamese else 1] for pair in KEYWORDS],
        "license": licence.url,
        "spatialCoverage": {"@type": "Place", "name": "Việt Nam"},
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": MEDIA_TYPES[format].split(";")[0],
                "contentUrl": address(edition, f"{Scope().stem}.{format}"),
            }
            for format in FORMATS
        ],
    }
    return {name: value for name, value in members.items() if value is not None}
