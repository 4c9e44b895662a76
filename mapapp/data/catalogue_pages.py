"""`/data/catalog.jsonld` and `.ttl`: the catalogue by DCAT-AP 3, for portals that harvest."""

from datetime import UTC

from flask import Response, request

from geodata.downloads import FORMATS, MEDIA_TYPES, Edition, Scope
from geodata.geometry import VIETNAM
from mapapp.data.blueprint import bp, current_edition
from mapapp.data.files import address
from mapapp.data.linked import Iri, Literal, Node, as_json_ld, as_turtle, in_both
from mapapp.exports.licence import UNDECLARED, data_licence
from mapapp.labels import DATA_STATUS
from mapapp.params import CatalogueQuestion, read
from mapapp.questions import external

EU = "http://publications.europa.eu/resource/authority"
FILE_TYPES = {"csv": "CSV", "xlsx": "XLSX", "geojson": "GEOJSON", "gpkg": "GPKG", "parquet": "PARQUET"}
TITLE_VI = "Mạng lưới cơ sở giáo dục nghề nghiệp Việt Nam"
TITLE_EN = "Network of vocational-education institutions in Vietnam"
TEXT_VI = (
    "Sổ đăng ký cơ sở giáo dục nghề nghiệp của bản đồ số: tên, mã, loại, trạng thái, địa điểm, trình độ, ngành nghề."
)
TEXT_EN = (
    "Register of vocational-education institutions behind the digital map: names, codes, types, status, places, "
    "levels, occupations."
)
KEYWORDS = (("giáo dục nghề nghiệp", "vocational education"), ("cơ sở đào tạo", "training institutions"))


@bp.get("/data/catalog.jsonld")
def json_ld() -> Response:
    """The catalogue as JSON-LD."""
    read(CatalogueQuestion, request.args)
    return Response(as_json_ld(catalogue_nodes()), mimetype="application/ld+json")


@bp.get("/data/catalog.ttl")
def turtle() -> Response:
    """The catalogue as Turtle."""
    read(CatalogueQuestion, request.args)
    return Response(as_turtle(catalogue_nodes()), mimetype="text/turtle")


def catalogue_nodes() -> list[Node]:
    """The catalogue, who publishes it, its dataset and services, and a distribution per format."""
    edition = current_edition()
    own = external("/data")
    publisher = Node(
        f"{own}#publisher",
        "foaf:Agent",
        {"foaf:name": in_both("Đơn vị vận hành bản đồ số", "Operator of the digital map")},
    )
    catalogue = Node(
        f"{own}#catalog",
        "dcat:Catalog",
        {
            "dct:title": in_both("Dữ liệu mở của bản đồ số giáo dục nghề nghiệp", "Open data of the digital map"),
            "dct:description": in_both(TEXT_VI, TEXT_EN),
            "dct:publisher": [Iri(publisher.iri)],
            "dct:language": [Iri(f"{EU}/language/VIE"), Iri(f"{EU}/language/ENG")],
            "foaf:homepage": [Iri(own)],
            "dcat:dataset": [Iri(f"{own}#institutions")] if edition else [],
            "dcat:service": [Iri(f"{own}#ogc-api"), Iri(f"{own}#api")],
        },
    )
    document = Node(own, "foaf:Document")
    found = [catalogue, document, publisher, *services(own)]
    return [*found, dataset(own, edition), *distributions(own, edition)] if edition else found


def dataset(own: str, edition: Edition) -> Node:
    stamp = edition.published_at.astimezone(UTC).isoformat(timespec="seconds")
    status_vi = DATA_STATUS[edition.data_status]
    return Node(
        f"{own}#institutions",
        "dcat:Dataset",
        {
            "dct:title": in_both(TITLE_VI, TITLE_EN),
            "dct:description": in_both(f"{TEXT_VI} {status_vi}.", f"{TEXT_EN} Data status: {edition.data_status}."),
            "dct:identifier": [Literal(f"{own}#institutions")],
            "dct:publisher": [Iri(f"{own}#publisher")],
            "dct:modified": [Literal(stamp, datatype="xsd:dateTime")],
            "dcat:version": [Literal(str(edition.release))],
            "dcat:keyword": [word for pair in KEYWORDS for word in in_both(*pair)],
            "dcat:theme": [Iri(f"{EU}/data-theme/EDUC")],
            "dct:accrualPeriodicity": [Iri(f"{EU}/frequency/IRREG")],
            "dct:language": [Iri(f"{EU}/language/VIE")],
            "dct:accessRights": [Iri(f"{EU}/access-right/PUBLIC")],
            "dct:spatial": [Iri(f"{own}#viet-nam")],
            "dcat:landingPage": [Iri(own)],
            "dcat:distribution": [Iri(distribution_iri(own, format)) for format in FORMATS],
        },
    )


def distribution_iri(own: str, format: str) -> str:
    return f"{own}#institutions-{format}"


def distributions(own: str, edition: Edition) -> list[Node]:
    """One per format, and the place that the dataset is about."""
    licence = data_licence(edition.data_status)
    box = ", ".join(
        f"{lon} {lat}"
        for lon, lat in (
            (VIETNAM.west, VIETNAM.south),
            (VIETNAM.east, VIETNAM.south),
            (VIETNAM.east, VIETNAM.north),
            (VIETNAM.west, VIETNAM.north),
            (VIETNAM.west, VIETNAM.south),
        )
    )
    place = Node(
        f"{own}#viet-nam",
        "dct:Location",
        {"dcat:bbox": [Literal(f"POLYGON(({box}))", datatype="gsp:wktLiteral")]},
    )
    found = [place]
    for format in FORMATS:
        url = address(edition, f"{Scope().stem}.{format}")
        rights: list[Iri | Literal] = [Iri(licence.url)] if licence.url else []
        said: dict[str, list[Iri | Literal]] = {
            "dct:title": in_both(f"{TITLE_VI} ({format})", f"{TITLE_EN} ({format})"),
            "dcat:accessURL": [Iri(own)],
            "dcat:downloadURL": [Iri(url)],
            "dcat:mediaType": [Iri(f"http://www.iana.org/assignments/media-types/{MEDIA_TYPES[format].split(';')[0]}")],
            "dct:format": [Iri(f"{EU}/file-type/{FILE_TYPES[format]}")],
            "dct:license": rights,
            "dct:rights": [] if rights else [Iri(f"{own}#rights")],
        }
        found.append(Node(distribution_iri(own, format), "dcat:Distribution", {k: v for k, v in said.items() if v}))
    if licence.url is None:
        told = in_both("Chưa công bố giấy phép dữ liệu", "No licence has been declared")
        name: list[Iri | Literal] = [Literal(licence.name)] if licence.name != UNDECLARED else []
        found.append(Node(f"{own}#rights", "dct:RightsStatement", {"dct:description": name or told}))
    return found


def services(own: str) -> list[Node]:
    """The two ways programs read the same data."""
    serves: list[Iri | Literal] = [Iri(f"{own}#institutions")] if current_edition() else []
    told = {
        "ogc-api": ("OGC API – Features, Tiles", external("/ogc"), external("/ogc/api")),
        "api": ("API", external("/api/v1"), external("/api/v1/openapi.json")),
    }
    return [
        Node(
            f"{own}#{name}",
            "dcat:DataService",
            {
                "dct:title": [Literal(title, "en")],
                "dcat:endpointURL": [Iri(root)],
                "dcat:endpointDescription": [Iri(description)],
                **({"dcat:servesDataset": serves} if serves else {}),
            },
        )
        for name, (title, root, description) in told.items()
    ]
