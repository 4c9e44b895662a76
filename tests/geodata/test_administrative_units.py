"""Every name and code of both worlds resolves; vintages, succession, outlines and containing units."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata import administrative_units as au
from geodata.administrative_units import Found
from geodata.geometry import BBox, LonLat
from geodata.unit_load import BUILT
from geodata.unit_names import english_name, expand, spellings, split_kind, squeeze
from geodata.unit_resolution import names_nothing

OLD = date(2025, 6, 30)
NEW = date(2025, 7, 1)
QUERIES = Path(__file__).parents[1] / "search" / "queries.csv"


@pytest.mark.parametrize(
    ("written", "full_name", "today"),
    [
        ("Nam Định", "Tỉnh Nam Định", ["Tỉnh Ninh Bình"]),
        ("nam dinh", "Tỉnh Nam Định", ["Tỉnh Ninh Bình"]),
        ("TP.HCM", "Thành phố Hồ Chí Minh", ["Thành phố Hồ Chí Minh"]),
        ("Sài Gòn", "Thành phố Hồ Chí Minh", ["Thành phố Hồ Chí Minh"]),
        ("BR-VT", "Tỉnh Bà Rịa - Vũng Tàu", ["Thành phố Hồ Chí Minh"]),
        ("Bà Rịa – Vũng Tàu", "Tỉnh Bà Rịa - Vũng Tàu", ["Thành phố Hồ Chí Minh"]),
        ("Thừa Thiên Huế", "Thành phố Huế", ["Thành phố Huế"]),
        ("tỉnh Thừa Thiên – Huế", "Thành phố Huế", ["Thành phố Huế"]),
        ("Bình Định", "Tỉnh Bình Định", ["Tỉnh Gia Lai"]),
        ("Hoà Bình", "Tỉnh Hòa Bình", ["Tỉnh Phú Thọ"]),
        ("Đắc Lắc", "Tỉnh Đắk Lắk", ["Tỉnh Đắk Lắk"]),
        ("52", "Tỉnh Gia Lai", ["Tỉnh Gia Lai"]),
        ("52@2025-06-30", "Tỉnh Bình Định", ["Tỉnh Gia Lai"]),
        ("26740", "Phường Sài Gòn", ["Phường Sài Gòn"]),
        ("26740@2025-06-30", "Phường Bến Nghé", ["Phường Sài Gòn"]),
        ("Phường Bến Nghé, Quận 1, TP.HCM", "Phường Bến Nghé", ["Phường Sài Gòn"]),
        ("P.5, TP Vũng Tàu, Việt Nam", "Phường 5", ["Phường Vũng Tàu"]),
        ("Qui Nhơn", "Phường Quy Nhơn", ["Phường Quy Nhơn"]),
        ("TP. Quy Nhơn", "Thành phố Quy Nhơn", None),
        ("Huyện Phú Quốc", "Đặc khu Phú Quốc", ["Đặc khu Phú Quốc"]),
        ("Hoàng Sa", "Đặc khu Hoàng Sa", ["Đặc khu Hoàng Sa"]),
        ("huyện Trường Sa", "Huyện Trường Sa", ["Đặc khu Trường Sa"]),
    ],
)
def test_a_name_or_code_means_one_unit(places: Session, written: str, full_name: str, today: list[str] | None) -> None:
    found = au.resolve(places, written)
    assert found.found == Found.EXACT
    assert found.unit is not None
    assert found.unit.full_name == full_name
    if today is not None:
        assert [link.unit.full_name for link in found.today] == today


def test_codes_were_reused_so_the_day_decides(places: Session) -> None:
    reused = {
        "15": "Yên Bái",
        "24": "Bắc Giang",
        "44": "Quảng Bình",
        "80": "Long An",
        "82": "Tiền Giang",
        "91": "Kiên Giang",
    }
    now = {"15": "Lào Cai", "24": "Bắc Ninh", "44": "Quảng Trị", "80": "Tây Ninh", "82": "Đồng Tháp", "91": "An Giang"}
    assert {code: au.unit(places, code, OLD).name for code in reused} == reused
    assert {code: au.unit(places, f"{code}@2025-07-01").name for code in now} == now
    assert {code: au.unit(places, code).name for code in now} == now


def test_a_district_resolves_to_the_communes_that_took_its_land(places: Session) -> None:
    found = au.resolve(places, "q.1")
    assert found.unit is not None
    assert found.unit.full_name == "Quận 1"
    assert found.split
    assert "Phường Sài Gòn" in [link.unit.full_name for link in found.today]
    assert not any(link.is_default for link in found.today)


def test_a_split_commune_gives_its_candidates(places: Session) -> None:
    found = au.resolve(places, "xa cam linh, huyen ba vi, ha noi")
    assert found.unit is not None
    assert found.split
    assert {(link.unit.full_name, link.part, link.is_default) for link in found.today} == {
        ("Xã Bất Bạt", "part", True),
        ("Xã Suối Hai", "part", False),
    }


def test_a_name_that_several_bear_is_not_guessed(places: Session) -> None:
    found = au.resolve(places, "Xã Tân Thành")
    assert found.found == Found.AMBIGUOUS
    assert found.unit is None
    assert len(found.candidates) > 3
    assert {unit.full_name for unit in found.candidates} == {"Xã Tân Thành"}
    assert all(unit.in_force for unit in found.candidates)


def test_within_narrows_to_what_lies_or_lay_there(places: Session) -> None:
    ca_mau = au.resolve(places, "Xã Tân Thành", within="96@2025-07-01")
    assert {au.province_of(places, unit).name for unit in ca_mau.candidates} <= {"Cà Mau", "Bạc Liêu"}
    assert au.resolve(places, "Xã Tân Thành", within="01@2025-07-01").found == Found.UNKNOWN
    old = au.resolve(places, "Phường Bến Nghé", within="79@2025-07-01", on=OLD)
    assert [unit.key for unit in old.candidates] == ["26740@2008-08-01"]


def test_marks_tell_namesakes_apart(places: Session) -> None:
    with_marks = au.resolve(places, "Xã Minh Quán", level="commune", on=OLD)
    assert [unit.full_name for unit in with_marks.candidates] == ["Xã Minh Quán"]
    without = au.resolve(places, "xa minh quan", level="commune", on=OLD, within="15@2008-08-01")
    assert {unit.full_name for unit in without.candidates} == {"Xã Minh Quán", "Xã Minh Quân"}


def test_a_name_of_another_day_is_offered_and_not_taken(places: Session) -> None:
    found = au.resolve(places, "Quận 1", on=NEW)
    assert found.found == Found.UNKNOWN
    assert [unit.key for unit in found.alternatives] == ["760@2008-08-01"]


def test_lost_zeros_come_back_where_the_level_is_known(places: Session) -> None:
    assert [unit.code for unit in au.resolve(places, "1", level="province").candidates] == ["01"]
    assert [unit.code for unit in au.resolve(places, "4", level="commune").candidates] == ["00004"]


@pytest.mark.parametrize(
    "nonsense", ["", " ", "\x00", "Atlantis", ",,,", "99", "52@2025-13-45", "'; DROP TABLE x", "x" * 10**6]
)
def test_nonsense_is_unknown(places: Session, nonsense: str) -> None:
    found = au.resolve(places, nonsense)
    assert (found.found, found.unit, found.candidates, found.today) == (Found.UNKNOWN, None, (), ())


def test_the_short_way_to_nothing_is_right(places: Session) -> None:
    with QUERIES.open(encoding="utf-8", newline="") as lines:
        asked = [row["query"] for row in csv.DictReader(lines)]
    skipped = [query for query in asked if names_nothing(places, [query])]
    assert len(skipped) > len(asked) / 4
    assert [query for query in skipped if au.resolve(places, query).found != Found.UNKNOWN] == []


def test_every_name_of_both_worlds_is_among_the_spellings_its_unit_answers_to(places: Session) -> None:
    rows = places.execute(text("SELECT full_name, name, aliases FROM administrative_unit")).all()
    assert len(rows) == 14_149
    for full_name, name, aliases in rows:
        assert {squeeze(full_name), squeeze(name)} <= set(aliases)
        assert "" not in aliases


@pytest.mark.parametrize(("level", "day", "step"), [("province", OLD, 1), ("district", OLD, 12), ("commune", OLD, 250)])
def test_full_names_resolve_to_their_unit_in_its_place(places: Session, level: str, day: date, step: int) -> None:
    for unit in au.units(places, level=level, on=day)[::step]:
        found = au.resolve(places, unit.full_name, level=level, on=day, within=unit.parent_key)
        assert unit in found.candidates
        assert found.today
        assert all(link.unit.in_force for link in found.today)
        assert au.resolve(places, f"{unit.code}@{day}").unit == unit


@pytest.mark.parametrize(("level", "old", "new"), [("province", 63, 34), ("commune", 10_035, 3_321)])
def test_units_of_a_vintage(places: Session, level: str, old: int, new: int) -> None:
    assert len(au.units(places, level=level, on=OLD)) == old
    assert len(au.units(places, level=level, on=NEW)) == len(au.units(places, level=level)) == new


def test_districts_belong_to_the_old_vintage(places: Session) -> None:
    assert len(au.units(places, level="district", on=OLD)) == 696
    with pytest.raises(au.LevelNotInVintage, match="2025-06-30") as refused:
        au.units(places, level="district", on=NEW)
    assert refused.value.nearest_day == OLD
    with pytest.raises(au.LevelNotInVintage, match="2008-08-01"):
        au.units(places, level="province", on=date(1990, 1, 1))


def test_unknown_codes_are_refused(places: Session) -> None:
    with pytest.raises(au.UnknownUnit):
        au.unit(places, "99")
    with pytest.raises(au.UnknownUnit):
        au.unit(places, "760")
    with pytest.raises(au.InvalidReference):
        au.unit(places, "Hà Nội")
    with pytest.raises(au.InvalidReference):
        au.unit(places, "52@yesterday")


def test_ancestors_come_nearest_first(places: Session) -> None:
    assert [unit.full_name for unit in au.ancestors(places, "26740@2008-08-01")] == ["Quận 1", "Thành phố Hồ Chí Minh"]
    assert [unit.full_name for unit in au.ancestors(places, "26740@2025-07-01")] == ["Thành phố Hồ Chí Minh"]


def test_succession_reads_both_ways(places: Session) -> None:
    assert [link.unit.name for link in au.predecessors(places, "37@2025-07-01")] == ["Hà Nam", "Nam Định", "Ninh Bình"]
    assert [link.unit.name for link in au.predecessors(places, "26740@2025-07-01")] == [
        "Đa Kao",
        "Bến Nghé",
        "Nguyễn Thái Bình",
    ]
    assert [link.unit.key for link in au.successors(places, "498@2008-08-01")] == ["20333@2025-07-01"]


def test_a_point_lies_in_a_unit_of_every_vintage(places: Session) -> None:
    spot = LonLat(106.704, 10.7805)
    now = au.containing(places, spot, level="province")
    assert now is not None
    assert (now.unit.name, now.quality) == ("Hồ Chí Minh", "approximate")
    then = au.containing(places, LonLat(108.9, 14.2), level="province", on=OLD)
    assert then is not None
    assert then.unit.name == "Bình Định"
    assert au.containing(places, LonLat(0, 0), level="province") is None


def test_every_map_names_hoang_sa_and_truong_sa(places: Session) -> None:
    for level, day in (("province", None), ("province", OLD), ("district", OLD), ("commune", None)):
        for zoom in (4, 8, 12):
            drawn = json.loads(
                au.boundaries_geojson(places, level=level, on=day, zoom=zoom, bbox=BBox(105, 20, 106, 21))
            )
            symbols = {f["properties"]["name"]: f["geometry"] for f in drawn["features"] if f["properties"]["symbol"]}
            assert set(symbols) == {"Hoàng Sa", "Trường Sa"}
            assert symbols["Hoàng Sa"] == {"type": "Point", "coordinates": [112.135, 16.568]}
            assert symbols["Trường Sa"] == {"type": "Point", "coordinates": [114.45, 9.71]}


def test_outlines_come_with_their_quality_and_fit_the_zoom(places: Session) -> None:
    sizes = []
    for zoom in (5, 8, 11):
        content = au.provinces_geojson(places, zoom=zoom)
        sizes.append(len(content))
        shapes = [f for f in json.loads(content)["features"] if f["properties"]["symbol"] is None]
        assert len(shapes) == 34
        assert {f["properties"]["quality"] for f in shapes} == {"approximate"}
        assert len({f["id"] for f in shapes}) == 34
    assert sizes == sorted(sizes)
    assert sizes[0] < 70_000


def test_a_unit_without_an_outline_is_drawn_as_its_point(places: Session) -> None:
    drawn = json.loads(au.boundaries_geojson(places, level="commune", parent_key="31@2025-07-01"))
    bach_long_vi = next(f for f in drawn["features"] if f["properties"]["code"] == "11948")
    assert bach_long_vi["geometry"]["type"] == "Point"
    assert bach_long_vi["properties"]["quality"] is None


def test_loading_again_changes_nothing_and_keeps_imported_outlines(places: Session) -> None:
    assert au.load_units(places) is False
    places.execute(
        text("UPDATE unit_boundary SET imported_by = 'someone', source = 'survey' WHERE unit_key = '52@2025-07-01'")
    )
    places.execute(text("UPDATE administrative_unit SET name = 'Sai' WHERE key = '52@2025-07-01'"))
    places.execute(text("COMMENT ON INDEX ix_administrative_unit_folded IS 'an older build'"))
    assert au.load_units(places) is True
    assert au.unit(places, "52").name == "Gia Lai"
    assert places.scalar(text("SELECT source FROM unit_boundary WHERE unit_key = '52@2025-07-01'")) == "survey"


def test_missing_or_damaged_files_are_named(session: Session, tmp_path: Path) -> None:
    with pytest.raises(au.UnitsNotBuilt, match="scripts/build_units"):
        au.load_units(session, tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "administrative_unit.csv.gz").write_bytes((BUILT / "administrative_unit.csv.gz").read_bytes()[:1000])
    with pytest.raises(au.UnitsNotBuilt, match="administrative_unit"):
        au.load_units(session, tmp_path)


@pytest.mark.parametrize(
    ("written", "full"),
    [("Q.1", "Quận 1"), ("q1", "Quận 1"), ("P. Bến Nghé", "Phường Bến Nghé"), ("TP Vinh", "Thành phố Vinh"),
     ("TX. Gò Công", "Thị xã Gò Công"), ("TT Cát Bà", "Thị trấn Cát Bà"), ("H. Củ Chi", "Huyện Củ Chi"),
     ("X. Tân Thành", "Xã Tân Thành"), ("Hà Nội", "Hà Nội"), ("Phú Thọ", "Phú Thọ"), ("Quảng Trị", "Quảng Trị")],
)  # fmt: skip
def test_abbreviated_kinds_are_written_out(written: str, full: str) -> None:
    assert expand(written) == full


def test_kinds_are_split_with_and_without_marks() -> None:
    assert split_kind("Thành phố Hồ Chí Minh") == ("thanh_pho", "Hồ Chí Minh")
    assert split_kind("thi xa Go Cong") == ("thi_xa", "Go Cong")
    assert split_kind("Xanh") == (None, "Xanh")


def test_english_names_are_those_of_maps() -> None:
    names = ["Hà Nội", "Đắk Lắk", "Quận 1", "Phường 12", "Hồ Chí Minh"]
    assert [english_name(name) for name in names] == ["Hanoi", "Dak Lak", "District 1", "Ward 12", "Ho Chi Minh City"]


@given(st.text(max_size=60))
def test_squeezing_twice_is_no_change(written: str) -> None:
    assert squeeze(squeeze(written)) == squeeze(written)
    assert all(spelling.isascii() for spelling in spellings(written))


@pytest.mark.parametrize(
    ("text", "key"),
    [("q1 hcm", "760@2008-08-01"), ("phuong hai chau da nang", "20242@2025-07-01"), ("hoa sen hue", None)],
)
def test_a_province_may_follow_without_a_comma(places: Session, text: str, key: str | None) -> None:
    found = au.resolve(places, text)
    assert (found.unit.key if found.unit else None) == key
