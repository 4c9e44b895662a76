"""Institutions that a planner switched on above the overlay are in every format, those without coordinates too."""

import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.overlays import Site, sites
from mapapp import overlay_question
from tests.mapapp.exports.conftest import INDICATOR, OVERLAY, Export

LAYERS = ("college", "vocational_centre")
ASKED = {"level": "province", "on": "2026-07-01", "layer": ",".join(LAYERS)}


@pytest.fixture
def above(network: Session) -> tuple[Site, ...]:
    """What the register says, one of them without coordinates."""
    chosen = sites(network, LAYERS, on=date(2026, 7, 1))
    hidden = {"id": chosen[0].id}
    network.execute(text("UPDATE institution_state SET geom = NULL WHERE institution_id = :id"), hidden)
    found = sites(network, LAYERS, on=date(2026, 7, 1))
    assert not found[0].is_placed
    assert sum(one.is_placed for one in found) > 10
    assert {one.type for one in found} == set(LAYERS)
    return found


@pytest.fixture
def files(above: tuple[Site, ...], export: Export, tmp_path: Path) -> dict[str, Path]:
    with zipfile.ZipFile(io.BytesIO(export("zip", **ASKED).data)) as archive:
        archive.extractall(tmp_path)
    return {path.name.rsplit(".", 2 if "manifest" in path.name else 1)[-1]: path for path in tmp_path.iterdir()} | {
        "manifest": next(tmp_path.glob("*.manifest.json"))
    }


def names(above: tuple[Site, ...]) -> list[str]:
    return [one.name for one in above]


def test_every_format_holds_them_all(above: tuple[Site, ...], files: dict[str, Path]) -> None:
    figures = next(path for path in files["manifest"].parent.glob("*.json") if "manifest" not in path.name)
    assert [one["name"] for one in json.loads(figures.read_text())["institutions"]] == names(above)
    assert in_geojson(files["geojson"]) == [(one.name, one.lon) for one in above]
    sheet = load_workbook(io.BytesIO(files["xlsx"].read_bytes()), read_only=True)["Cơ sở"]
    heading, *lines = sheet.iter_rows(values_only=True)
    assert [(line[heading.index("name")], line[heading.index("lon")]) for line in lines] == in_geojson(files["geojson"])
    layer = geopandas.read_file(files["gpkg"], layer="institutions")
    assert list(layer.name) == names(above)
    assert list(layer.geometry.isna()) == [not one.is_placed for one in above]
    placed = layer[layer.geometry.notna()]
    assert list(placed.geometry.x.round(6)) == [one.lon for one in above if one.is_placed]


def in_geojson(path: Path) -> list[tuple[str, float | None]]:
    """(name, longitude of the point) of the Features of the layer."""
    shown = [one for one in json.loads(path.read_text())["features"] if one["properties"].get("layer")]
    return [
        (one["properties"]["name"], (one["geometry"] or {"coordinates": [None]})["coordinates"][0]) for one in shown
    ]


def test_the_map_to_keep_draws_lists_and_switches(above: tuple[Site, ...], files: dict[str, Path]) -> None:
    page = files["html"].read_text()
    found = re.search(r'<script type="application/json" id="overlay-data">(.*?)</script>', page, re.S)
    assert found is not None
    carried: dict[str, Any] = json.loads(found[1])
    placed = [one for one in above if one.is_placed]
    assert [one["point"] for one in carried["sites"]] == [[one.lon, one.lat] for one in placed]
    assert page.count("checked data-layer=") == len(LAYERS)
    assert page.count('<path class="site ') == len(placed) + len(LAYERS)  # the drawing, and the legend
    assert page.count("<tr data-site=") == len(placed)
    assert page.count("không có tọa độ, không vẽ được") == len(above) - len(placed)


def test_the_sheet_draws_them_and_names_those_it_cannot_draw(above: tuple[Site, ...], files: dict[str, Path]) -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(files["pdf"].read_bytes())).pages]
    missing = [one for one in above if not one.is_placed]
    assert "Cơ sở ngày 01/07/2026" in pages[0]
    for kind in LAYERS:
        every, unseen = (sum(one.type == kind for one in group) for group in (above, missing))
        assert f"({every}), {unseen} không có tọa độ" in " ".join(pages[0].split())
    assert all(one.name[:30] in " ".join(pages[-1].split()) for one in missing)
    assert f"{len(missing)} cơ sở không có tọa độ" in pages[-1]


def test_the_manifest_counts_them_and_its_address_gives_them_again(
    above: tuple[Site, ...], files: dict[str, Path]
) -> None:
    said = json.loads(files["manifest"].read_text())
    assert said["institutions"]["number"] == len(above)
    assert said["institutions"]["without_coordinates"] == sum(not one.is_placed for one in above)
    assert said["query"]["layer"] == ",".join(LAYERS)
    assert all("layer=college,vocational_centre" in said[name].replace("%2C", ",") for name in ("url", "page"))
    assert all("with-institutions" in one["name"] for one in said["files"])


def test_the_figures_stay_as_they_are(export: Export, above: tuple[Site, ...]) -> None:
    alone = {name: value for name, value in ASKED.items() if name != "layer"}
    with_them, without = export("json", **ASKED).get_json(), export("json", **alone).get_json()
    assert with_them["rows"] == without["rows"]
    assert "institutions" not in without
    assert len(with_them["institutions"]) == len(above)


def test_the_page_offers_the_layers_it_shows(planner: FlaskClient) -> None:
    page = planner.get(f"/planner?indicator={INDICATOR}&layer=college&layer=vocational_centre").text
    links = re.findall(r'<a class="button quiet" href="(/api/v1/overlays/[^"]*)"', page)
    assert len(links) == 10
    assert all("layer=college,vocational_centre" in link.replace("%2C", ",") for link in links)


def test_the_live_map_shows_the_day_of_the_units(planner: FlaskClient) -> None:
    def moment(units: str) -> str:
        page = planner.get(f"/planner?indicator={INDICATOR}&layer=college&units={units}").text.replace("&#34;", '"')
        return re.findall(r'"moment": ?(\{[^}]*\})', page)[0]

    assert json.loads(moment("district@2025-06-30")) == {"on": ["2025-06-30"]}
    assert json.loads(moment("province")) == {}


@pytest.mark.parametrize(("form", "limit"), [("pdf", "MOST_DRAWN"), ("html", "MOST_DRAWN"), ("gpkg", "MOST_LISTED")])
def test_too_many_are_refused_with_a_way_out(
    exporter: FlaskClient, above: tuple[Site, ...], monkeypatch: pytest.MonkeyPatch, form: str, limit: str
) -> None:
    monkeypatch.setattr(overlay_question, limit, len(above) - 1)
    answer = exporter.get(OVERLAY, query_string={**ASKED, "period": "2024", "format": form})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    error = answer.get_json()["errors"][0]
    assert error["parameter"] == "layer"
    assert str(len(above) - 1) in error["message"]


def test_a_layer_that_does_not_exist_is_refused(planner: FlaskClient) -> None:
    answer = planner.get(OVERLAY, query_string={"layer": "university", "format": "pdf"})
    assert (answer.status_code, answer.get_json()["errors"][0]["parameter"]) == (400, "layer")
