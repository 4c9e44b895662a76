"""Importing official outlines: good files in every format, and each bad file refused with its reason."""

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, affinity, box
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata import administrative_units as au
from geodata.boundaries import BoundaryReport, boundary_sets, checks, import_boundaries, reading
from geodata.boundaries.reading import UnreadableBoundaries

NEW = date(2025, 7, 1)
Frame = gpd.GeoDataFrame
Change = Callable[[Frame], Frame]


@pytest.fixture
def provinces(places: Session) -> Frame:
    """The 34 provinces as a careful office would deliver them: code, full name, outline."""
    rows = places.execute(
        text(
            "SELECT code, full_name, ST_AsBinary(geom_mid) FROM administrative_unit u JOIN unit_boundary b "
            "ON b.unit_key = u.key WHERE level = 'province' AND valid_to IS NULL ORDER BY code"
        )
    ).all()
    columns = {"code": [row[0] for row in rows], "full_name": [row[1] for row in rows]}
    return gpd.GeoDataFrame(columns, geometry=shapely.from_wkb([bytes(row[2]) for row in rows]), crs=4326)


def imported(session: Session, file: Path, **more: Any) -> BoundaryReport:
    wanted = {"level": "province", "valid_from": NEW, "by": "a test"}
    return import_boundaries(session, file, **{**wanted, **more})


def written(frame: Frame, file: Path) -> Path:
    frame.to_file(file)
    return file


def told(report: BoundaryReport) -> str:
    return "\n".join(report.lines())


def fingerprint(session: Session) -> Any:
    return session.execute(text("SELECT md5(string_agg(b::text, '' ORDER BY unit_key)) FROM unit_boundary b")).scalar()


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "shp"])
def test_a_good_file_of_every_format_replaces_the_outlines(
    places: Session, provinces: Frame, tmp_path: Path, ending: str
) -> None:
    report = imported(places, written(provinces, tmp_path / f"official.{ending}"), source="Cục Đo đạc")
    assert report.accepted, told(report)
    assert report.counts == {"created": 0, "updated": 34, "unchanged": 0}
    newest = boundary_sets(places)[0]
    assert (newest.level, newest.quality, newest.source, newest.imported_by, newest.outlines) == (
        "province",
        "official",
        "Cục Đo đạc",
        "a test",
        34,
    )
    drawn = json.loads(au.provinces_geojson(places))["features"]
    assert {f["properties"]["quality"] for f in drawn if f["properties"]["symbol"] is None} == {"official"}


def test_a_zipped_shapefile_is_read(places: Session, provinces: Frame, tmp_path: Path) -> None:
    written(provinces, tmp_path / "official.shp")
    with zipfile.ZipFile(tmp_path / "official.zip", "w") as archive:
        for part in tmp_path.glob("official.[!z]*"):
            archive.write(part, f"tỉnh/{part.name}")
    assert imported(places, tmp_path / "official.zip").accepted


def test_the_same_file_again_changes_nothing(places: Session, provinces: Frame, tmp_path: Path) -> None:
    file = written(provinces, tmp_path / "official.geojson")
    imported(places, file)
    before = fingerprint(places)
    again = imported(places, file, by="someone else")
    assert again.counts == {"created": 0, "updated": 0, "unchanged": 34}
    assert fingerprint(places) == before


def test_a_dry_run_reports_and_writes_nothing(places: Session, provinces: Frame, tmp_path: Path) -> None:
    before = fingerprint(places)
    assert imported(places, written(provinces, tmp_path / "official.geojson"), dry_run=True).accepted
    assert fingerprint(places) == before


def test_projected_coordinates_with_their_crs_are_brought_to_wgs84(
    places: Session, provinces: Frame, tmp_path: Path
) -> None:
    report = imported(places, written(provinces.to_crs(3405), tmp_path / "vn2000.gpkg"))
    assert report.accepted, told(report)
    assert "brought from VN-2000" in told(report)
    now = au.containing(places, au.unit(places, "01").lon_lat, level="province")  # type: ignore[arg-type]
    assert now is not None
    assert (now.unit.code, now.quality) == ("01", "official")


def _names_only(frame: Frame) -> Frame:
    return frame.rename(columns={"full_name": "Tên tỉnh"}).drop(columns="code")


def _numbers(frame: Frame) -> Frame:
    return frame.assign(ma_tinh=[int(code) for code in frame["code"]]).drop(columns=["code", "full_name"])


def _former_name(frame: Frame) -> Frame:
    return frame.replace({"Thành phố Huế": "Tỉnh Thừa Thiên Huế"})


def _other_tone_marks(frame: Frame) -> Frame:
    return frame.replace({"Tỉnh Thanh Hóa": "TỈNH THANH HOÁ"})


@pytest.mark.parametrize("change", [_names_only, _numbers, _former_name, _other_tone_marks])
def test_units_are_matched_by_code_or_name(places: Session, provinces: Frame, tmp_path: Path, change: Change) -> None:
    report = imported(places, written(change(provinces), tmp_path / "official.geojson"))
    assert report.accepted, told(report)
    assert report.counts["updated"] == 34


def test_another_kind_of_the_same_unit_is_only_told(places: Session, provinces: Frame, tmp_path: Path) -> None:
    frame = provinces.replace({"Tỉnh Đồng Nai": "Thành phố Đồng Nai"})
    report = imported(places, written(frame, tmp_path / "official.geojson"))
    assert report.accepted
    assert "the register calls this unit Tỉnh Đồng Nai" in told(report)


def _with(frame: Frame, at: str, **values: Any) -> Frame:
    changed = frame.copy()
    for column, value in values.items():
        changed.loc[frame["code"] == at, column] = value
    return changed


def _shape(frame: Frame, code: str, change: Callable[[Any], Any]) -> Frame:
    return frame.assign(
        geometry=[
            change(shape) if at == code else shape for at, shape in zip(frame["code"], frame.geometry, strict=True)
        ]
    )


def _bow_tie(shape: Any) -> Any:
    west, south, east, north = shape.bounds
    return Polygon([(west, south), (east, north), (east, south), (west, north)])


def _swap(shape: Any) -> Any:
    return shapely.transform(shape, lambda at: at[:, ::-1])


def _far_away(shape: Any) -> Any:
    return affinity.translate(shape, 20, 20)


BAD: dict[str, tuple[Change, str]] = {
    "invalid geometry": (
        lambda f: _shape(f, "14", _bow_tie),
        r"feature \d+ \(14 Tỉnh Sơn La\): invalid geometry: Self-intersection\[",
    ),
    "unknown code": (
        lambda f: _with(f, "14", code="99", full_name="Tỉnh Tây Bắc"),
        "99 Tỉnh Tây Bắc.*no unit of level province",
    ),
    "a code that was reused": (
        lambda f: _with(f, "52", full_name="Tỉnh Bình Định"),
        "52 is Tỉnh Gia Lai on this day, but the file says Tỉnh Bình Định",
    ),
    "a unit twice": (
        lambda f: gpd.GeoDataFrame(pd.concat([f, f.tail(1)]), crs=4326),
        "96 Tỉnh Cà Mau.*is also feature 34",
    ),
    "a unit missing": (
        lambda f: f[f["code"] != "38"],
        "1 of 34 units are missing: 38 Tỉnh Thanh Hóa.*--partial",
    ),
    "no outline": (lambda f: _shape(f, "14", lambda _: None), "no readable geometry"),
    "a point": (lambda f: _shape(f, "14", lambda shape: shape.centroid), "the geometry is a Point"),
    "an outline elsewhere": (
        lambda f: _shape(f, "14", lambda _: box(109, 12, 109.2, 12.2)),
        r"the outline lies \d+ km from Tỉnh Sơn La",
    ),
    "overlapping neighbours": (lambda f: _shape(f, "14", lambda shape: shape.buffer(0.1)), "overlaps Tỉnh .* km²"),
    "swapped axes": (
        lambda f: f.assign(geometry=[_swap(shape) for shape in f.geometry]),
        "latitude and longitude are swapped",
    ),
    "metres without a CRS": (
        lambda f: f.to_crs(3405).set_crs(4326, allow_override=True),
        "coordinates are not degrees",
    ),
    "another country": (
        lambda f: f.assign(geometry=[_far_away(shape) for shape in f.geometry]),
        "the outline leaves Vietnam",
    ),
    "no codes and no names": (
        lambda f: f.rename(columns={"code": "x1", "full_name": "x2"}),
        "no attribute with codes or names.*x1, x2",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_refused_with_its_reason_and_changes_nothing(
    places: Session, provinces: Frame, tmp_path: Path, kind: str
) -> None:
    change, reason = BAD[kind]
    before = fingerprint(places)
    report = imported(places, written(change(provinces), tmp_path / "bad.gpkg"))
    assert not report.accepted
    assert_told(report, reason)
    assert "refused" in told(report).splitlines()[-1]
    assert fingerprint(places) == before


def assert_told(report: BoundaryReport, reason: str) -> None:
    assert any(re.search(reason, line) for line in report.lines()), told(report)


def test_every_bad_feature_is_reported_at_once(places: Session, provinces: Frame, tmp_path: Path) -> None:
    frame = _shape(_shape(provinces, "14", _bow_tie), "38", lambda shape: shape.centroid)
    frame = _with(frame, "52", full_name="Tỉnh Bình Định")
    report = imported(places, written(frame, tmp_path / "bad.gpkg"))
    for reason in ("14 Tỉnh Sơn La", "38 Tỉnh Thanh Hóa", "52 Tỉnh Bình Định"):
        assert_told(report, reason)


def test_a_partial_file_replaces_only_what_it_holds(places: Session, provinces: Frame, tmp_path: Path) -> None:
    file = written(provinces[provinces["code"].isin(["01", "38"])], tmp_path / "two.geojson")
    report = imported(places, file, partial=True)
    assert report.counts["updated"] == 2
    assert {
        found.outlines for found in boundary_sets(places) if found.valid_from == NEW and found.level == "province"
    } == {2, 32}


def test_too_many_vertices_are_refused(
    places: Session, provinces: Frame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "MAX_VERTICES", 50)
    assert_told(imported(places, written(provinces, tmp_path / "big.gpkg")), "vertices, more than 50")
    monkeypatch.setattr(checks, "MAX_VERTICES", 10_000)
    monkeypatch.setattr(checks, "MAX_FILE_VERTICES", 500)
    assert_told(imported(places, written(provinces, tmp_path / "big.gpkg")), "file: .* vertices, more than 500")


def test_coordinates_that_are_not_numbers_are_refused(places: Session, provinces: Frame, tmp_path: Path) -> None:
    infinite = Polygon([(105, 20), (float("inf"), 20), (105, 21), (105, 20)])
    report = imported(places, written(_shape(provinces, "14", lambda _: infinite), tmp_path / "bad.gpkg"))
    assert_told(report, "not a finite number|no readable geometry")


def test_districts_have_no_outlines_in_the_new_vintage(places: Session, provinces: Frame, tmp_path: Path) -> None:
    with pytest.raises(au.LevelNotInVintage):
        imported(places, written(provinces, tmp_path / "x.geojson"), level="district")


def _text(content: str) -> Callable[[Path], None]:
    return lambda file: file.write_text(content) and None


def _two_shapefiles(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.shp", b"")
        archive.writestr("b.shp", b"")


UNREADABLE: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "another kind of file": ("a.pdf", _text("%PDF"), "outlines come as"),
    "a disguised file": ("a.geojson", _text("<OGRVRTDataSource></OGRVRTDataSource>"), "not what its ending"),
    "a disguised shapefile": ("a.shp", _text("{}"), "not what its ending"),
    "broken JSON": ("a.geojson", _text('{"type":"FeatureCollection","features":['), "cannot be read"),
    "no features": ("a.geojson", _text('{"type":"FeatureCollection","features":[]}'), "no features|cannot be read"),
    "a zip that is none": ("a.zip", _text("PK nothing"), "not a readable zip"),
    "a zip with two": ("a.zip", _two_shapefiles, "exactly one .shp"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_an_unreadable_file_is_told_by_name(places: Session, tmp_path: Path, kind: str) -> None:
    name, write, reason = UNREADABLE[kind]
    write(tmp_path / name)
    with pytest.raises(UnreadableBoundaries, match=reason) as refused:
        imported(places, tmp_path / name)
    assert name in str(refused.value)


def test_a_shapefile_without_its_crs_is_refused(places: Session, provinces: Frame, tmp_path: Path) -> None:
    file = written(provinces, tmp_path / "official.shp")
    file.with_suffix(".prj").unlink()
    with pytest.raises(UnreadableBoundaries, match=r"\.prj"):
        imported(places, file)


def test_a_zip_that_unfolds_too_far_is_refused(
    places: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_UNPACKED_BYTES", 1_000_000)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shp", b"\0" * 2_000_000)
    with pytest.raises(UnreadableBoundaries, match="unfolds"):
        imported(places, tmp_path / "a.zip")


def test_too_many_features_are_refused(
    places: Session, provinces: Frame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_FEATURES", 10)
    with pytest.raises(UnreadableBoundaries, match="more than 10 features"):
        imported(places, written(provinces, tmp_path / "a.gpkg"))


def test_one_of_several_layers_is_named(places: Session, provinces: Frame, tmp_path: Path) -> None:
    file = tmp_path / "both.gpkg"
    provinces.to_file(file, layer="tinh")
    provinces.head(3).to_file(file, layer="khac")
    with pytest.raises(UnreadableBoundaries, match="--layer: "):
        imported(places, file)
    assert imported(places, file, layer="tinh").accepted


def test_an_unknown_code_is_taken_by_its_name_within_the_province(places: Session, tmp_path: Path) -> None:
    ba_che = au.unit(places, "06970")
    assert ba_che.lon_lat is not None
    around = Point(ba_che.lon_lat.lon, ba_che.lon_lat.lat).buffer(0.05)
    columns = {"code": ["06978"], "full_name": ["Xã Ba Chẽ"], "province_code": ["22"]}
    file = written(gpd.GeoDataFrame(columns, geometry=[MultiPolygon([around])], crs=4326), tmp_path / "one.geojson")
    report = imported(places, file, level="commune", partial=True)
    assert report.accepted, told(report)
    assert "the code 06978 is unknown; taken by its name as 06970 Xã Ba Chẽ" in told(report)


def test_the_34_provinces_of_2025_are_taken(places: Session, shared: Path) -> None:
    report = imported(places, shared / "boundaries" / "provinces-34-2025-07-01.geojson")
    assert report.accepted, told(report)
    assert report.counts["updated"] == 34


def test_the_3321_communes_of_2025_are_taken(places: Session, shared: Path) -> None:
    report = imported(places, shared / "boundaries" / "communes-3321-2025-07-01.geojson", level="commune")
    assert report.accepted, told(report)
    assert report.counts == {"created": 7, "updated": 3_314, "unchanged": 0}
    valid = "SELECT bool_and(ST_IsValid(geom) AND ST_IsValid(geom_low) AND ST_IsValid(geom_mid)) FROM unit_boundary"
    assert places.scalar(text(valid)) is True


def test_the_new_provinces_are_not_taken_for_the_old(places: Session, shared: Path) -> None:
    file = shared / "boundaries" / "provinces-34-2025-07-01.geojson"
    report = imported(places, file, valid_from=date(2025, 6, 30))
    assert_told(report, "the code 52 is Tỉnh Bình Định on this day")
    assert_told(report, "36 of 63 units are missing")
