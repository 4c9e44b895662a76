"""The maps as Python composes them: no foreign server, the same bytes every time, both archipelagos always there."""

import json
import re
import xml.etree.ElementTree as ET

import folium
import pytest
from sqlalchemy.orm import Session

from geodata.administrative_units import load_units, provinces_geojson, unit
from mapapp.drawn_map import WIDTH, drawn_map, height, project
from mapapp.i18n import catalogue
from mapapp.maps import ARCHIPELAGOS, MAPS, NATION, Archipelago, LiveLayer, MapScript, OwnMap, compose, foreign_links

URLS = {"leaflet_url": "/static/1/leaflet.js", "module_url": "/static/1/js/map.js"}
SVG = "{http://www.w3.org/2000/svg}"

by_map = pytest.mark.parametrize("name", MAPS)
by_place = pytest.mark.parametrize("place", ARCHIPELAGOS, ids=lambda place: place.code)


def composed(name: str) -> MapScript:
    return compose(MAPS[name](str), **URLS)


@by_map
def test_a_map_asks_no_other_server_for_anything(name: str) -> None:
    chart = MAPS[name](str)
    made = compose(chart, **URLS)
    assert foreign_links(chart) == ()
    assert not re.search(r"https?:|//cdn|tile", made.html + made.script)


def test_a_layer_that_brings_a_foreign_link_is_noticed() -> None:
    chart = MAPS["national"](str)
    chart.add_child(WithForeignScript())
    assert foreign_links(chart) == ("https://example.org/foreign.js",)


class WithForeignScript(LiveLayer):
    default_js = [("foreign", "https://example.org/foreign.js")]  # noqa: RUF012


@by_map
def test_a_map_is_the_same_bytes_every_time(name: str) -> None:
    assert composed(name) == composed(name)


@by_map
def test_the_element_carries_no_script_style_or_data(name: str) -> None:
    assert composed(name).html == f'<div class="folium-map" id="map_{name}" ></div>'


@by_map
def test_the_stock_map_of_the_process_keeps_its_own_links(name: str) -> None:
    composed(name)
    assert folium.Map.default_js
    assert OwnMap.default_js == []


@by_map
def test_the_script_imports_what_it_calls(name: str) -> None:
    script = composed(name).script
    imported = re.search(r"import \{ (.*) \} from", script)
    assert imported is not None
    called = set(re.findall(r"^const \w+ = (\w+)\(", script, re.MULTILINE))
    assert set(imported[1].split(", ")) == called


@by_map
@by_place
def test_every_map_carries_the_archipelagos_in_itself(name: str, place: Archipelago) -> None:
    script = composed(name).script
    assert json.dumps(place.full_name) in script
    assert f'"lon": {place.lon}' in script
    assert f'"lat": {place.lat}' in script


@by_map
def test_hostile_texts_stay_texts_in_the_script(name: str) -> None:
    hostile = "</script><script>alert(1)</script>${alert(1)}`'{{ 7*7 }}\u2028"
    script = compose(MAPS[name](lambda _: hostile), **URLS).script
    assert "</script>" not in script
    assert "<" not in script
    texts = re.findall(r'"(?:name|close|whole)": ("[^"]*(?:\\"[^"]*)*")', script)
    assert texts
    assert all(json.loads(text) == hostile for text in texts)


@by_place
def test_the_first_view_holds_the_archipelagos_with_room_for_their_names(place: Archipelago) -> None:
    (west, south), (east, north) = NATION
    assert west < place.lon < east - 1
    assert south + 1 < place.lat < north


@by_place
def test_the_symbols_stand_where_the_units_of_2025_have_their_points(session: Session, place: Archipelago) -> None:
    load_units(session)
    today = unit(session, f"{place.code}@2025-07-01")
    assert today.lon_lat is not None
    assert (place.lon, place.lat) == pytest.approx((today.lon_lat.lon, today.lon_lat.lat), abs=1e-6)
    assert today.name == place.name


@pytest.fixture
def drawing(session: Session) -> ET.Element:
    load_units(session)
    return ET.fromstring(drawn_map(provinces_geojson(session, zoom=5), str))  # noqa: S314  our own text


def texts(drawing: ET.Element) -> list[str]:
    return [element.text or "" for element in drawing.iter(f"{SVG}text")]


def test_the_drawing_shows_34_provinces_and_both_archipelagos(drawing: ET.Element) -> None:
    outlines = [path for path in drawing.iter(f"{SVG}path") if path.get("class") == "land"]
    assert len(outlines) == 34
    assert all((path.get("d") or "").startswith("M") for path in outlines)
    assert {"Quần đảo Hoàng Sa", "(Đà Nẵng)", "Quần đảo Trường Sa", "(Khánh Hòa)", "Biển Đông"} <= set(texts(drawing))


@by_place
def test_the_drawn_symbols_lie_inside_the_sheet(place: Archipelago) -> None:
    x, y = project(place.lon, place.lat)
    assert 60 < x < WIDTH - 60
    assert 20 < y < height() - 50


def test_the_drawing_is_small_enough_for_a_weak_network(session: Session) -> None:
    load_units(session)
    assert len(drawn_map(provinces_geojson(session, zoom=5), str).encode()) < 120_000


def test_the_drawing_speaks_english_too(session: Session) -> None:
    load_units(session)
    svg = drawn_map(provinces_geojson(session, zoom=5), catalogue("en").gettext)
    assert "East Sea" in svg
    assert "Hoàng Sa Archipelago" in svg


def test_names_of_units_are_escaped_in_the_drawing() -> None:
    square = {"type": "Polygon", "coordinates": [[[105, 20], [106, 20], [106, 21], [105, 20]]]}
    named = {"code": "01", "name": "<script>&", "name_en": "x", "symbol": None}
    collection = {"type": "FeatureCollection", "features": [{"geometry": square, "properties": named}]}
    svg = drawn_map(json.dumps(collection), str)
    assert "&lt;script&gt;&amp;" in svg
    assert "<script>" not in svg
