"""Programs that people use read the network over HTTP: GDAL (by pyogrio and ogr2ogr) and OWSLib."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest
from owslib.ogcapi.features import Features
from sqlalchemy import Engine

from tests.conftest import ROOT

pytestmark = pytest.mark.operation


@pytest.fixture(scope="module")
def address(network_engine: Engine) -> Iterator[str]:
    """A server on the loopback address, in another process: GDAL keeps the interpreter while it reads."""
    url = network_engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.loopback", url]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield server.stdout.readline().strip() + "/ogc"
    server.kill()
    server.wait()
    server.stdout.close()


def matched(address: str, **parameters: object) -> int:
    """The number our own answer gives for the same question."""
    found = Features(address).collection_items("institutions", limit=1, **parameters)
    return int(found["numberMatched"])


def test_gdal_lists_the_collections(address: str) -> None:
    layers = {name for name, _ in pyogrio.list_layers(f"OAPIF:{address}")}
    assert layers == {"institutions", "campuses", "programmes", "administrative-units", "overlay-values"}


def test_gdal_reads_every_page(address: str) -> None:
    frame = pyogrio.read_dataframe(f"OAPIF:{address}", layer="institutions", PAGE_SIZE=50)
    assert len(frame) == frame["id"].nunique() == matched(address)
    assert {"name", "type", "status", "province"} <= set(frame.columns)
    assert frame.crs.to_authority() == ("OGC", "CRS84")


def test_gdal_sends_its_filter_to_the_server(address: str) -> None:
    frame = pyogrio.read_dataframe(
        f"OAPIF:{address}", layer="institutions", where="type = 'college' AND ownership = 'public'"
    )
    assert set(frame["type"]) == {"college"}
    assert len(frame) == matched(address, filter="type = 'college' AND ownership = 'public'")


def test_gdal_reads_a_box(address: str) -> None:
    box = (105.3, 20.5, 106.1, 21.5)
    frame = pyogrio.read_dataframe(f"OAPIF:{address}", layer="institutions", bbox=box)
    assert len(frame) == matched(address, bbox=list(box))


def test_gdal_reads_outlines(address: str) -> None:
    frame = pyogrio.read_dataframe(f"OAPIF:{address}", layer="administrative-units", where="level = 'province'")
    assert len(frame) == 34


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="ogr2ogr (gdal-bin) is not installed")
def test_ogr2ogr_copies_what_a_filter_finds(address: str, tmp_path: Path) -> None:
    copy = tmp_path / "colleges.geojson"
    command = ["ogr2ogr", "-f", "GeoJSON", str(copy), f"OAPIF:{address}", "institutions", "-where", "type = 'college'"]
    subprocess.run(command, check=True, timeout=60)
    found = json.loads(copy.read_text())["features"]
    assert len(found) == matched(address, filter="type = 'college'")


def test_owslib_knows_the_service(address: str) -> None:
    service = Features(address)
    assert service.api()["openapi"].startswith("3.0")
    assert service.conformance()["conformsTo"]
    assert "institutions" in service.feature_collections()
    assert "type" in service.collection_queryables("institutions")["properties"]


def test_owslib_reads_items_and_filters(address: str) -> None:
    service = Features(address)
    found = service.collection_items("institutions", bbox=[105.3, 20.5, 106.1, 21.5], limit=5)
    assert 0 < found["numberReturned"] <= 5
    colleges = service.collection_items("institutions", filter="type = 'college'", limit=3)
    assert {one["properties"]["type"] for one in colleges["features"]} == {"college"}
    one = service.collection_item("institutions", found["features"][0]["id"])
    assert one["properties"] == found["features"][0]["properties"]
