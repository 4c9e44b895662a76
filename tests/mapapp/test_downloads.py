"""Downloads: the same rows in every format, sums that fit, files that never change, a catalogue that holds."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pyogrio
import pytest
from flask.testing import FlaskClient
from pyshacl import validate
from rdflib import Graph
from rdflib.compare import isomorphic
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from geodata.geometry import LonLat
from mapapp import create_app
from mapapp.settings import Settings
from tests.builders import an_institution, publish
from tests.mapapp.conftest import NOW

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated.*:DeprecationWarning")  # within rdflib

SHAPES = Path(__file__).parent / "dcat_shapes.ttl"


@pytest.fixture
def client(web_connection: Connection, tmp_path: Path) -> FlaskClient:
    """The application with a data directory of its own."""
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing", data=tmp_path)
    return create_app(settings, sessions, lambda: NOW).test_client()


@pytest.fixture
def published(register: Session) -> int:
    """A release with institutions that are placed, not placed, closed, and one whose name a spreadsheet could run."""
    closed = (("active", (None, date(2020, 1, 1))), ("closed", (date(2020, 1, 1), None)))
    release = publish(
        register,
        an_institution(
            "Trường Cao đẳng Minh họa Đà Nẵng",
            at=LonLat(108.2, 16.05),
            province="48",
            codes=(("CDT0401", (None, None)),),
            programmes=(("6510202", "college", (date(2020, 1, 1), None)),),
        ),
        an_institution("Trường Trung cấp Minh họa Huế", province="46"),
        an_institution("Trung tâm Minh họa Đã đóng", province="48", status=closed),
        an_institution("=HYPERLINK(1)", at=LonLat(105.8, 21.0), province="01"),
        data_status="illustrative",
    )
    return release.id


def got(client: FlaskClient, path: str) -> bytes:
    """The content of a file that must be there."""
    with client.get(path) as answer:
        assert answer.status_code == 200, path
        return bytes(answer.get_data())


Read = Callable[[bytes, Path], list[dict[str, Any]]]


def from_csv(content: bytes, _: Path) -> list[dict[str, Any]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def from_xlsx(content: bytes, _: Path) -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active.values  # type: ignore[union-attr]
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def from_geojson(content: bytes, _: Path) -> list[dict[str, Any]]:
    document = json.loads(content)
    assert document["data_status"] == "illustrative"
    rows = []
    for feature in document["features"]:
        place = feature["geometry"]["coordinates"] if feature["geometry"] else (None, None)
        rows.append({**feature["properties"], "longitude": place[0], "latitude": place[1]})
    return rows


def from_gpkg(content: bytes, folder: Path) -> list[dict[str, Any]]:
    file = folder / "read.gpkg"
    file.write_bytes(content)
    frame = pyogrio.read_dataframe(file, layer="institutions")
    assert frame.crs.to_epsg() == 4326
    assert list(frame.geometry.isna()) == list(frame["longitude"].isna())
    return list(frame.drop(columns="geometry").to_dict("records"))


def from_parquet(content: bytes, _: Path) -> list[dict[str, Any]]:
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["columns"][geo["primary_column"]]["encoding"] == "WKB"
    return list(table.to_pylist())


READERS: dict[str, Read] = {
    "csv": from_csv,
    "xlsx": from_xlsx,
    "geojson": from_geojson,
    "gpkg": from_gpkg,
    "parquet": from_parquet,
}


@pytest.mark.parametrize("format", list(READERS))
def test_every_format_holds_every_institution(client: FlaskClient, published: int, tmp_path: Path, format: str) -> None:
    rows = READERS[format](got(client, f"/data/files/r{published}/institutions.{format}"), tmp_path)
    assert len(rows) == 4
    named = {row["name"].lstrip("'"): row for row in rows}
    placed = named["Trường Cao đẳng Minh họa Đà Nẵng"]
    assert float(placed["longitude"]) == pytest.approx(108.2)
    assert placed["province"] == "Đà Nẵng"
    assert "CDT0401" in placed["identifiers"]
    assert "college" in placed["training_levels"]
    assert named["Trung tâm Minh họa Đã đóng"]["status"] == "closed"
    assert named["Trường Trung cấp Minh họa Huế"]["longitude"] in (None, "") or format == "gpkg"
    assert {row["data_status"] for row in rows} == {"illustrative"}


def test_no_cell_is_a_formula(client: FlaskClient, published: int) -> None:
    assert "'=HYPERLINK(1)" in got(client, f"/data/files/r{published}/institutions.csv").decode()


@pytest.mark.parametrize("format", list(READERS))
def test_provinces_hold_their_own(client: FlaskClient, published: int, tmp_path: Path, format: str) -> None:
    rows = READERS[format](got(client, f"/data/files/r{published}/institutions-48.{format}"), tmp_path)
    assert {row["province_code"] for row in rows} == {"48"}
    assert len(rows) == 2


def test_the_manifest_tells_the_sum_of_every_file(client: FlaskClient, published: int) -> None:
    manifest = client.get("/data/manifest.json").get_json()
    assert (manifest["release"], manifest["data_status"]) == (published, "illustrative")
    assert manifest["licence"]["name"] == "CC0-1.0"
    for file in manifest["files"]:
        content = got(client, file["url"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    assert len(manifest["provinces"]) == 34
    assert client.get(manifest["provinces"][0]).get_json()["files"]


@pytest.mark.parametrize("format", list(READERS))
def test_files_never_change(
    client: FlaskClient, register: Session, published: int, tmp_path: Path, format: str
) -> None:
    """Also when they are made again, after later publications."""
    address = f"/data/files/r{published}/institutions.{format}"
    with client.get(address) as first:
        content, etag = first.get_data(), first.headers["ETag"]
        assert "immutable" in first.headers["Cache-Control"]
    publish(register, an_institution("Mới"))
    for kept in (tmp_path / "downloads").rglob("institutions*"):
        kept.unlink()
    with client.get(address) as again:
        assert (again.get_data(), again.headers["ETag"]) == (content, etag)
    with client.get(address, headers={"If-None-Match": etag}) as unchanged:
        assert unchanged.status_code == 304


def test_parts_of_large_files_can_be_asked_for(client: FlaskClient, published: int) -> None:
    address = f"/data/files/r{published}/institutions.gpkg"
    with client.get(address, headers={"Range": "bytes=0-99"}) as part:
        assert (part.status_code, part.get_data()) == (206, got(client, address)[:100])


@pytest.mark.parametrize(
    "path",
    ["r99/institutions.csv", "r0/institutions.csv", "x/institutions.csv", "r1/institutions.exe", "r1/schools.csv"],
)
def test_files_that_do_not_exist(client: FlaskClient, published: int, path: str) -> None:
    assert client.get(f"/data/files/{path}").status_code == 404
    assert client.get(f"/data/files/r{published}/institutions-99.csv").status_code == 404
    assert client.get(f"/data/files/r{published}/../../secret-key").status_code == 404


def test_the_dictionary_explains_every_column_in_both_languages(client: FlaskClient, published: int) -> None:
    columns = client.get("/data/dictionary.json").get_json()["columns"]
    head = from_csv(got(client, f"/data/files/r{published}/institutions.csv"), Path())[0]
    assert {column["name"] for column in columns} | {"release"} == set(head)
    for column in columns:
        assert column["description"]["vi"] != column["description"]["en"]


def graph(client: FlaskClient, form: str) -> Graph:
    path, syntax = {"jsonld": ("/data/catalog.jsonld", "json-ld"), "ttl": ("/data/catalog.ttl", "turtle")}[form]
    return Graph().parse(data=client.get(path).text, format=syntax)


@pytest.mark.parametrize("data_status", ["illustrative", "official"])
def test_the_catalogue_fits_the_shapes_of_dcat_ap(client: FlaskClient, register: Session, data_status: str) -> None:
    publish(register, an_institution(), data_status=data_status)
    fits, _, why = validate(graph(client, "jsonld"), shacl_graph=str(SHAPES), shacl_graph_format="turtle")
    assert fits, why


def test_the_shapes_refuse_a_catalogue_without_its_dataset(client: FlaskClient, published: int) -> None:
    broken = graph(client, "ttl")
    broken.update("PREFIX dct: <http://purl.org/dc/terms/> DELETE WHERE { ?s dct:title ?o }")
    fits, *_ = validate(broken, shacl_graph=str(SHAPES), shacl_graph_format="turtle")
    assert not fits


LEFT_OUT = """
    PREFIX sh: <http://www.w3.org/ns/shacl#>
    SELECT DISTINCT ?class ?property WHERE {
        ?thing a ?class ; ?property ?value .
        FILTER (?property != rdf:type && ?class != <http://xmlns.com/foaf/0.1/Document>)
        FILTER NOT EXISTS { ?shape sh:targetClass ?class ; sh:property/sh:path ?property }
    }
"""


@pytest.mark.parametrize("data_status", ["illustrative", "official"])
def test_the_shapes_cover_every_property_of_the_catalogue(
    client: FlaskClient, register: Session, data_status: str
) -> None:
    publish(register, an_institution(), data_status=data_status)
    both = graph(client, "ttl").parse(str(SHAPES), format="turtle")
    ours = [row for row in both.query(LEFT_OUT) if "shacl" not in str(row)]
    assert ours == []


def test_both_forms_of_the_catalogue_say_the_same(client: FlaskClient, published: int) -> None:
    assert isomorphic(graph(client, "jsonld"), graph(client, "ttl"))


def test_the_page_offers_every_file_and_says_what_it_is(client: FlaskClient, published: int) -> None:
    for prefix, licence in (("", "CC0 1.0"), ("/en", "CC0 1.0")):
        page = client.get(f"{prefix}/data").text
        assert licence in page
        for name in ("institutions", "institutions-01", "institutions-96"):
            assert all(f"/data/files/r{published}/{name}.{format}" in page for format in READERS)
    text = client.get("/data").text
    found = json.loads(text.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert (found["@type"], len(found["distribution"])) == ("Dataset", 5)
    assert all(one["contentUrl"].startswith("http") for one in found["distribution"])


def test_an_empty_register_offers_nothing(client: FlaskClient, register: Session) -> None:
    assert client.get("/data").status_code == 200
    assert client.get("/data/manifest.json").status_code == 404
    assert client.get("/data/catalog.ttl").status_code == 200


def test_other_sites_may_read_the_files(client: FlaskClient, published: int) -> None:
    answer = client.get("/data/manifest.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert json.loads(gzip.decompress(answer.get_data()))["release"] == published
