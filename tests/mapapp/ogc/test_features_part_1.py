"""The abstract tests of OGC API – Features Part 1 (17-069r4, annex A), each named by its id."""

import json
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from geodata.collections import COLLECTIONS
from mapapp.ogc.landing import CONFORMANCE
from tests.mapapp.ogc.conftest import Ask

ITEMS = [f"/collections/{name}/items" for name in COLLECTIONS]
every_collection = pytest.mark.parametrize("name", list(COLLECTIONS))


def rels(document: dict[str, Any]) -> set[str]:
    return {link["rel"] for link in document["links"]}


def test_conf_core_http(client: FlaskClient) -> None:
    for path in ("/ogc", "/ogc/collections", "/ogc/collections/institutions/items"):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
        assert client.post(path).status_code == 405


def test_conf_core_root_op_and_success(ask: Ask) -> None:
    landing = ask("")
    assert landing["title"]
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= rels(landing)


def test_conf_core_api_definition_op(client: FlaskClient, ask: Ask) -> None:
    links = {link["rel"]: link for link in ask("")["links"]}
    for rel in ("service-desc", "service-doc"):
        answer = client.get(links[rel]["href"])
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].split(";")[0] == links[rel]["type"].split(";")[0]


def test_conf_core_api_definition_success(ask: Ask) -> None:
    document = ask("/api")
    assert document["openapi"].startswith("3.0")
    validate(document)


def test_conf_core_conformance_op_and_success(ask: Ask) -> None:
    declared = ask("/conformance")["conformsTo"]
    assert declared == list(CONFORMANCE)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in declared
    shape = r"http://www\.opengis\.net/spec/[a-z0-9-]+/[12]\.0/conf/[a-z0-9-]+"
    assert all(re.fullmatch(shape, one) for one in declared)


def test_conf_core_crs84(ask: Ask) -> None:
    for feature in ask("/collections/institutions/items", limit=500)["features"]:
        if feature["geometry"]:
            lon, lat = feature["geometry"]["coordinates"]
            assert 102 < lon < 118
            assert 6 < lat < 24


def test_conf_core_fc_md_op_and_success(ask: Ask) -> None:
    document = ask("/collections")
    assert {"self", "alternate"} <= rels(document)
    assert [one["id"] for one in document["collections"]] == list(COLLECTIONS)


@every_collection
def test_conf_core_fc_md_items_and_extent(ask: Ask, name: str) -> None:
    one = next(one for one in ask("/collections")["collections"] if one["id"] == name)
    types = {link["type"] for link in one["links"] if link["rel"] == "items"}
    assert types == {"application/geo+json", "text/html"}
    west, south, east, north = one["extent"]["spatial"]["bbox"][0]
    assert (west, south) < (east, north)
    assert one["extent"]["spatial"]["crs"].endswith("/CRS84")


@every_collection
def test_conf_core_sfc_md_op_and_success(ask: Ask, name: str) -> None:
    listed = next(one for one in ask("/collections")["collections"] if one["id"] == name)
    alone = ask(f"/collections/{name}")
    assert {"self", "alternate", "items"} <= rels(alone)
    assert {**listed, "links": None} == {**alone, "links": None}


def test_conf_core_sfc_md_op_unknown(client: FlaskClient) -> None:
    for path in ("", "/items", "/items/x", "/queryables", "/schema"):
        assert client.get(f"/ogc/collections/schools{path}").status_code == 404


@every_collection
def test_conf_core_fc_op_and_response(ask: Ask, name: str) -> None:
    page = ask(f"/collections/{name}/items", limit=7)
    assert page["type"] == "FeatureCollection"
    assert {"self", "alternate"} <= rels(page)
    assert page["numberReturned"] == len(page["features"]) <= 7
    assert page["numberMatched"] >= page["numberReturned"]
    assert len({feature["id"] for feature in page["features"]}) == len(page["features"])


@every_collection
def test_conf_core_fc_links_lead_through_everything_once(client: FlaskClient, ask: Ask, name: str) -> None:
    page = ask(f"/collections/{name}/items", limit=400)
    ids = [feature["id"] for feature in page["features"]]
    while more := [link["href"] for link in page["links"] if link["rel"] == "next"]:
        assert re.fullmatch(r"[!-~]+", more[0])
        page = json.loads(client.get(more[0]).text)
        ids += [feature["id"] for feature in page["features"]]
    assert len(ids) == len(set(ids)) == page["numberMatched"]


def parameters(ask: Ask, name: str) -> dict[str, Any]:
    document = ask("/api")
    found = document["paths"][f"/collections/{name}/items"]["get"]["parameters"]
    resolved = [
        document["components"]["parameters"][one["$ref"].split("/")[-1]] if "$ref" in one else one for one in found
    ]
    return {one["name"]: one for one in resolved}


@every_collection
def test_conf_core_fc_bbox_limit_and_time_definition(ask: Ask, name: str) -> None:
    told = parameters(ask, name)
    assert (told["bbox"]["style"], told["bbox"]["explode"]) == ("form", False)
    assert (told["bbox"]["schema"]["minItems"], told["bbox"]["schema"]["maxItems"]) == (4, 6)
    assert told["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 100}
    assert told["datetime"]["schema"] == {"type": "string"}
    assert "cql-text" in told["filter-lang"]["schema"]["enum"]  # else GDAL filters on its own side


def test_conf_core_fc_bbox_response(ask: Ask, everything: list[dict[str, Any]]) -> None:
    west, south, east, north = 105.3, 20.5, 106.1, 21.5
    expected = {
        one["id"]
        for one in everything
        if one["geometry"]
        and west <= one["geometry"]["coordinates"][0] <= east
        and south <= one["geometry"]["coordinates"][1] <= north
    }
    for box in (f"{west},{south},{east},{north}", f"{west},{south},-5,{east},{north},900"):
        found = ask("/collections/institutions/items", bbox=box, limit=1000)
        assert {one["id"] for one in found["features"]} == expected
    assert len(expected) > 5


def test_conf_core_fc_bbox_response_over_the_antimeridian(ask: Ask, everything: list[dict[str, Any]]) -> None:
    found = ask("/collections/institutions/items", bbox="110,-90,100,90", limit=1000)["features"]
    placed = [one for one in everything if one["geometry"]]
    assert {one["id"] for one in found} == {
        one["id"] for one in placed if not 100 < one["geometry"]["coordinates"][0] < 110
    }


def test_conf_core_fc_limit_response(ask: Ask) -> None:
    assert ask("/collections/institutions/items", limit=3)["numberReturned"] == 3
    assert ask("/collections/institutions/items", limit=999_999)["numberReturned"] > 100
    assert ask("/collections/institutions/items")["numberReturned"] == 100


@pytest.mark.parametrize("instant", ["2024-06-01", "2024-05-31T20:00:00Z", "2024-06-01T00:00:00+07:00"])
def test_conf_core_fc_time_response_of_an_instant(ask: Ask, instant: str) -> None:
    found = ask("/collections/institutions/items", datetime=instant, limit=1000, status="active")["features"]
    assert found
    assert all(held(one["properties"], date(2024, 6, 1), date(2024, 6, 1)) for one in found)


@pytest.mark.parametrize(
    ("interval", "first", "last"),
    [
        ("2023-01-01/2023-12-31", date(2023, 1, 1), date(2023, 12, 31)),
        ("../2020-12-31", date.min, date(2020, 12, 31)),
        ("/2020-12-31", date.min, date(2020, 12, 31)),
        ("2025-01-01/..", date(2025, 1, 1), date.max),
    ],
)
def test_conf_core_fc_time_response_of_an_interval(ask: Ask, interval: str, first: date, last: date) -> None:
    found = ask("/collections/campuses/items", datetime=interval, limit=5000)["features"]
    assert found
    assert all(held(one["properties"], first, last) for one in found)


def held(properties: dict[str, Any], first: date, last: date) -> bool:
    starts = date.fromisoformat(properties["valid_from"] or "0001-01-01")
    ends = date.fromisoformat(properties["valid_to"] or "9999-12-31")
    return starts <= last and ends > first


def test_conf_core_query_param_unknown(client: FlaskClient) -> None:
    for path in ("", "/conformance", "/collections", *ITEMS, "/collections/campuses/queryables"):
        answer = client.get(f"/ogc{path}?nonsense=1")
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), path


INVALID = [
    *("limit=0", "limit=-1", "limit=ten", "limit=1.5"),
    *("bbox=1,2,3", "bbox=a,b,c,d", "bbox=105,22,106,21", "bbox=105,-91,106,21", "bbox=nan,1,2,3", "bbox=1,2,3,4,5"),
    *("datetime=yesterday", "datetime=2025-13-01", "datetime=..", "datetime=2025-01-02/2025-01-01", "datetime=1/2/3"),
    *("crs=EPSG:9999", "bbox-crs=x&bbox=1,2,3,4", "filter-crs=nonsense&filter=name%20IS%20NULL"),
    *("filter-lang=sql&filter=1", "filter=name%20=", "cursor=nonsense", "cursor=WzEsMl0", "release=0", "release=99999"),
    *("type=school", "f=xml", "limit=1&limit=2", "valid_from=31/12/2020"),
]


@pytest.mark.parametrize("question", INVALID)
def test_conf_core_query_param_invalid(client: FlaskClient, question: str) -> None:
    answer = client.get(f"/ogc/collections/institutions/items?{question}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), answer.text
    named = question.split("=")[0]
    assert named in {fault["parameter"] for fault in answer.get_json()["errors"]}
    assert all(len(fault["message"]) > 10 for fault in answer.get_json()["errors"])


@every_collection
def test_conf_core_f_op_and_success(client: FlaskClient, ask: Ask, name: str) -> None:
    for feature in ask(f"/collections/{name}/items", limit=3)["features"]:
        alone = ask(f"/collections/{name}/items/{feature['id']}")
        assert {"self", "alternate", "collection"} <= rels(alone)
        assert {**alone, "links": None} == {**feature, "links": None}
    for nobody in ("nothing", "1e9", "99999999999999999999", "%00", "a/b"):
        assert client.get(f"/ogc/collections/{name}/items/{nobody}").status_code == 404


def test_conf_core_links_can_be_followed(client: FlaskClient, ask: Ask) -> None:
    documents = [ask(path) for path in ("", "/collections", "/collections/institutions", "/collections/campuses/items")]
    for link in [link for document in documents for link in document["links"]]:
        if "{" not in link["href"]:
            answer = client.get(link["href"])
            assert answer.status_code == 200, link
            assert answer.mimetype == link["type"].split(";")[0], link


@every_collection
def test_conf_geojson_content(ask: Ask, name: str) -> None:
    schema = ask(f"/collections/{name}/schema")
    schema["properties"].pop("geometry")
    nullable = {
        **schema,
        "properties": {key: {"anyOf": [one, {"type": "null"}]} for key, one in schema["properties"].items()},
    }
    validator = Draft202012Validator(nullable)
    for feature in ask(f"/collections/{name}/items", limit=200)["features"]:
        assert feature["type"] == "Feature"
        assert feature["geometry"] is None or feature["geometry"]["coordinates"]
        assert [error.message for error in validator.iter_errors(feature["properties"])] == []


PAGES = ["", "/conformance", "/api", "/collections", "/collections/institutions", "/collections/institutions/items"]


@pytest.mark.parametrize("path", [*PAGES, "/collections/programmes/queryables", "/collections/campuses/schema"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_conf_html_content(client: FlaskClient, path: str, language: str) -> None:
    """Browsers get pages, in the language of the address."""
    answer = client.get(("/en" if language == "en" else "") + f"/ogc{path}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert f'<html lang="{language}">' in answer.text
    assert "Accept" in answer.headers["Vary"]


def test_conf_html_content_of_a_feature(client: FlaskClient, ask: Ask) -> None:
    feature = ask("/collections/institutions/items", limit=1)["features"][0]
    page = client.get(f"/ogc/collections/institutions/items/{feature['id']}?f=html").text
    assert feature["properties"]["name"] in page
    assert feature["properties"]["province"] in page


def test_conf_oas30_completeness_and_definition(ask: Ask) -> None:
    document = ask("/api")
    for name in COLLECTIONS:
        for path in ("", "/items", "/items/{itemId}", "/queryables", "/schema"):
            assert "get" in document["paths"][f"/collections/{name}{path}"]
    for item in document["paths"].values():
        assert {"200", "400"} <= set(item["get"]["responses"])


def test_conf_oas30_exceptions_codes(client: FlaskClient, ask: Ask) -> None:
    answers = ask("/api")["paths"]["/collections/institutions/items"]["get"]["responses"]
    for question in ("limit=0", "limit=1", "filter=x=1"):
        assert str(client.get(f"/ogc/collections/institutions/items?{question}").status_code) in answers
