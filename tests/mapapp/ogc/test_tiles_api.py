"""OGC API – Tiles over HTTP: the documents lead to the tiles, which are small, compressed and kept."""

import gzip
from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient

from mapapp.headers import FRESH_FOR
from tests.mapapp.ogc.conftest import Ask

TILES = "/ogc/collections/institutions/tiles/WebMercatorQuad"
MVT = "application/vnd.mapbox-vector-tile"


def test_the_landing_page_leads_to_a_tile(client: FlaskClient, ask: Ask) -> None:
    rel = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
    collection = ask("/collections/institutions")
    tilesets = client.get(next(link["href"] for link in collection["links"] if link["rel"] == rel)).get_json()
    own = next(link["href"] for link in tilesets["tilesets"][0]["links"] if link["rel"] == "self")
    tileset = client.get(own).get_json()
    item = next(link for link in tileset["links"] if link["rel"] == "item")
    assert item["templated"] is True
    address = item["href"].format(tileMatrix=0, tileRow=0, tileCol=0)
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, item["type"]) == (200, MVT)


def test_tilejson_names_every_layer_that_tiles_have(client: FlaskClient) -> None:
    document: dict[str, Any] = client.get(f"{TILES}?f=tilejson").get_json(force=True)
    address = document["tiles"][0].format(z=5, y=14, x=25)
    layers = mapbox_vector_tile.decode(client.get(address).get_data())
    told = {layer["id"]: set(layer["fields"]) for layer in document["vector_layers"]}
    for name, layer in layers.items():
        assert {key for feature in layer["features"] for key in feature["properties"]} <= told[name]
    assert "institutions" in layers


def test_counts_told_are_those_of_the_whole_register(client: FlaskClient, ask: Ask) -> None:
    told = client.get(TILES).get_json()
    everyone = ask("/collections/institutions/items", limit=1)["numberMatched"]
    assert told["numberPlaced"] + told["numberKnownByProvince"] + told["withoutLocation"] == everyone
    layers = mapbox_vector_tile.decode(client.get(f"{TILES}/0/0/0").get_data())
    shown = sum(
        one["properties"]["count"] for name in ("institutions", "unlocated") for one in layers[name]["features"]
    )
    assert shown == everyone - told["withoutLocation"]


def test_rows_come_before_columns(client: FlaskClient) -> None:
    """Vietnam lies in column 3, row 1 of zoom 2."""
    assert client.get(f"{TILES}/2/1/3").status_code == 200
    assert client.get(f"{TILES}/2/3/1").status_code == 204


def test_tiles_of_the_current_release_are_kept_for_ever(client: FlaskClient) -> None:
    release = client.get(TILES).get_json()["release"]
    answer = client.get(f"{TILES}/3/3/6?v={release}")
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(f"{TILES}/3/3/6?v=0").headers["Cache-Control"] == FRESH_FOR
    again = client.get(f"{TILES}/3/3/6?v={release}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


@pytest.mark.parametrize("path", ["3/3/6", "12/1802/3249"])
def test_tiles_travel_compressed_where_that_is_understood(client: FlaskClient, path: str) -> None:
    packed = client.get(f"{TILES}/{path}", headers={"Accept-Encoding": "gzip"})
    plain = client.get(f"{TILES}/{path}")
    assert packed.headers.get("Content-Encoding") == ("gzip" if packed.status_code == 200 else None)
    if packed.status_code == 200:
        assert gzip.decompress(packed.get_data()) == plain.get_data()
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("19/0/0", 404), ("0/1/0", 404), ("x/0/0", 404), ("1/-1/0", 404)),
        *(("0/0/0?f=png", 400), ("0/0/0?nonsense=1", 400)),
    ],
)
def test_places_and_parameters_that_do_not_exist(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(f"{TILES}/{path}").status_code == status


def test_other_sets_and_collections_have_no_tiles(client: FlaskClient) -> None:
    assert client.get("/ogc/collections/institutions/tiles/WorldCRS84Quad/0/0/0").status_code == 404
    assert client.get("/ogc/collections/programmes/tiles").status_code == 404
    assert client.get("/ogc/tileMatrixSets/WorldCRS84Quad").status_code == 404


def test_the_matrix_set_is_the_one_of_the_standard(ask: Ask) -> None:
    matrices = ask("/tileMatrixSets/WebMercatorQuad")["tileMatrices"]
    assert matrices[0]["scaleDenominator"] == pytest.approx(559082264.028717, rel=1e-12)
    assert [one["matrixWidth"] for one in matrices] == [2**z for z in range(19)]


@pytest.mark.parametrize(
    "path", ["/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad", "/collections/institutions/tiles"]
)
def test_tile_documents_are_pages_too(client: FlaskClient, path: str) -> None:
    assert "<h1>" in client.get(f"/ogc{path}?f=html").text
    assert client.get(f"/ogc{path}").get_json()
