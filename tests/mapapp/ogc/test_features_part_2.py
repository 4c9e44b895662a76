"""The abstract tests of OGC API – Features Part 2 (18-058r1, annex A), each named by its id."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from pyproj import CRS, Transformer

from geodata.collections import COLLECTIONS, SYSTEMS, System
from tests.mapapp.ogc.conftest import Ask

CRS84 = SYSTEMS[0]
every_system = pytest.mark.parametrize("system", SYSTEMS, ids=[system.name for system in SYSTEMS])


def projected(lon: float, lat: float, system: System) -> tuple[float, float]:
    """The point by PROJ itself, axes in the order of the authority."""
    reference = CRS.from_user_input("OGC:CRS84" if system is CRS84 else system.srid)
    x, y = Transformer.from_crs("OGC:CRS84", reference, always_xy=True).transform(lon, lat)
    return (y, x) if system.north_first else (x, y)


@every_system
def test_axis_order_is_the_authoritys(system: System) -> None:
    reference = CRS.from_user_input("OGC:CRS84" if system is CRS84 else system.srid)
    assert system.north_first == (reference.axis_info[0].direction == "north")


def test_conf_crs_crs_uri(ask: Ask) -> None:
    for one in ask("/collections")["collections"]:
        assert all(uri.startswith("http://www.opengis.net/def/crs/") for uri in one["crs"])


@pytest.mark.parametrize("name", list(COLLECTIONS))
def test_conf_crs_fc_md_crs_list_and_storage_crs(ask: Ask, name: str) -> None:
    one = ask(f"/collections/{name}")
    assert one["crs"] == ask("/collections")["crs"] == [system.uri for system in SYSTEMS]
    assert one["storageCrs"] in one["crs"]


def test_conf_crs_fc_crs_and_bbox_crs_definition(ask: Ask) -> None:
    document = ask("/api")
    for name in ("crs", "bbox-crs", "filter-crs"):
        assert document["components"]["parameters"][name]["schema"]["enum"] == [system.uri for system in SYSTEMS]


def test_conf_crs_fc_crs_valid_value(client: FlaskClient) -> None:
    for name in ("crs", "bbox-crs", "filter-crs"):
        answer = client.get(f"/ogc/collections/campuses/items?{name}=http://www.opengis.net/def/crs/EPSG/0/9999")
        assert answer.status_code == 400
        assert answer.get_json()["errors"][0]["parameter"] == name


def test_conf_crs_fc_crs_default_value_and_header(client: FlaskClient) -> None:
    for path in ("items?limit=1", "items?limit=1&f=html"):
        assert client.get(f"/ogc/collections/campuses/{path}").headers["Content-Crs"] == f"<{CRS84.uri}>"


@every_system
def test_conf_crs_crs_action_and_header_value(client: FlaskClient, ask: Ask, system: System) -> None:
    near = {"bbox": "104,8,107.9,23", "limit": 20}
    plain = ask("/collections/campuses/items", **near)["features"]
    answer = client.get("/ogc/collections/campuses/items", query_string={**near, "crs": system.uri})
    assert answer.headers["Content-Crs"] == f"<{system.uri}>"
    turned = answer.get_json(force=True)["features"]
    assert [one["id"] for one in turned] == [one["id"] for one in plain]
    for one, other in zip(plain, turned, strict=True):
        expected = projected(*one["geometry"]["coordinates"], system)
        assert other["geometry"]["coordinates"] == pytest.approx(expected, abs=1.5 if abs(expected[0]) > 360 else 2e-5)


@every_system
def test_conf_crs_of_one_feature(client: FlaskClient, ask: Ask, system: System) -> None:
    feature = ask("/collections/campuses/items", limit=1, crs=system.uri, bbox="104,8,107,23")["features"][0]
    answer = client.get(f"/ogc/collections/campuses/items/{feature['id']}", query_string={"crs": system.uri})
    assert answer.headers["Content-Crs"] == f"<{system.uri}>"
    assert answer.get_json(force=True)["geometry"] == feature["geometry"]


@every_system
def test_conf_crs_fc_bbox_crs_action(ask: Ask, system: System) -> None:
    """The same box in every system holds the same features (its sides are nearly straight there at this size)."""
    west, south, east, north = 105.70, 20.90, 105.95, 21.15
    low, high = projected(west, south, system), projected(east, north, system)
    box = ",".join(f"{value:.7f}" for value in (*low, *high))
    found = ask("/collections/campuses/items", bbox=box, bbox__crs=system.uri, limit=500)["features"]
    plain = ask("/collections/campuses/items", bbox=f"{west},{south},{east},{north}", limit=500)["features"]
    assert {one["id"] for one in found} == {one["id"] for one in plain}
    assert len(plain) > 3


def test_conf_crs_fc_bbox_crs_default_value(ask: Ask) -> None:
    box = "105.70,20.90,105.95,21.15"
    told = ask("/collections/campuses/items", bbox=box, bbox__crs=CRS84.uri, limit=500)
    assert told["features"] == ask("/collections/campuses/items", bbox=box, limit=500)["features"]


def test_conf_crs_geometries_that_are_missing_stay_missing(ask: Ask) -> None:
    found = ask("/collections/institutions/items", limit=1000, crs=SYSTEMS[4].uri)["features"]
    assert any(one["geometry"] is None for one in found)


def test_curies_and_urns_name_systems_too(ask: Ask) -> None:
    expected: list[Any] = ask("/collections/campuses/items", limit=3, crs=SYSTEMS[1].uri)["features"]
    for name in ("[EPSG:4326]", "urn:ogc:def:crs:EPSG::4326", "https://www.opengis.net/def/crs/EPSG/0/4326"):
        assert ask("/collections/campuses/items", limit=3, crs=name)["features"] == expected
