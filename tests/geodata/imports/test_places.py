"""Places of both worlds as rows name them, and coordinates as people write them."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geodata.administrative_units import resolve
from geodata.geometry import LonLat
from geodata.imports import coordinates
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.places import Whereabouts, whereabouts
from geodata.models import AdministrativeUnit


@pytest.fixture
def units(session: Session) -> Gazetteer:
    return Gazetteer.load(session)


def found(units: Gazetteer, **texts: str) -> Whereabouts:
    return whereabouts(units, **{"province": None, "district": None, "commune": None, "address": None, **texts})


def test_provinces_resolve_as_everywhere_else(session: Session, units: Gazetteer) -> None:
    names = {"TP.HCM", "TP Hồ Chí Minh", "BR-VT", "Thừa Thiên Huế", "HN", "Đắc Lắc", "Hà Tây"}
    names |= set(session.scalars(select(AdministrativeUnit.full_name).where(AdministrativeUnit.level == "province")))
    for name in sorted(names):
        unit = resolve(session, name, level="province").unit
        place = found(units, province=name).province
        assert (place.key if place else None) == (unit.key if unit else None), name


def test_an_old_commune_lies_in_its_successor(units: Gazetteer) -> None:
    place = found(units, province="TP.HCM", district="Quận 1", commune="Bến Nghé")
    assert (place.commune_code, place.former_commune_code, place.former_district_code) == ("26740", "26740", "760")
    assert (place.province_code, place.former_province_code, place.precision) == ("79", "79", "commune")
    assert place.doubts == ()


def test_a_split_commune_names_its_candidates_and_decides_nothing(units: Gazetteer) -> None:
    place = found(units, province="Hà Nội", district="Quận Ba Đình", commune="Phường Cống Vị")
    assert place.commune_code is None
    assert place.former_commune_code is not None
    ((code, field, candidates),) = place.doubts
    assert (code, field) == ("split_commune", "commune")
    assert any("Ngọc Hà" in candidate for candidate in candidates)
    assert any("Giảng Võ" in candidate for candidate in candidates)


def test_a_commune_of_today_is_found_by_its_province_alone(units: Gazetteer) -> None:
    place = found(units, province="TP.HCM", commune="Phường Sài Gòn")
    assert (place.commune_code, place.former_commune_code) == ("26740", None)


def test_the_address_fills_what_the_columns_leave_open(units: Gazetteer) -> None:
    place = found(units, address="12 Lê Duẩn, Phường Bến Nghé, Quận 1, TP.HCM")
    assert (place.province_code, place.former_district_code, place.commune_code) == ("79", "760", "26740")


def test_a_street_named_like_a_commune_is_not_one(units: Gazetteer) -> None:
    place = found(units, province="Hà Nội", address="5 Hoàn Kiếm, Hà Nội")
    assert (place.precision, place.commune_code) == ("province", None)


@pytest.mark.parametrize(
    ("texts", "doubt"),
    [
        ({"province": "Atlantis"}, "unknown_province"),
        ({"province": "Hà Nội", "district": "Quận 99"}, "unknown_district"),
        ({"province": "Hà Nội", "commune": "Phường Không Tồn Tại"}, "unknown_commune"),
    ],
)
def test_what_is_not_found_is_said(units: Gazetteer, texts: dict[str, str], doubt: str) -> None:
    assert [code for code, _, _ in found(units, **texts).doubts] == [doubt]


HANOI = LonLat(105.834, 21.028)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("21.028", "105.834"),
        ("21,028", "105,834"),
        ("21.028 N", "105.834 E"),
        ("21°01'40.8\"", "105°50'02.4\""),
        ("21° 01′ 40,8″ N", "105° 50′ 02,4″ E"),
        ("N 21.028", "E 105.834"),
    ],
)
def test_degrees_read_however_they_are_written(lat: str, lon: str) -> None:
    place = coordinates.located(lat, lon, province=None)
    assert (round(place.point.lon, 4), round(place.point.lat, 4)) == (HANOI.lon, HANOI.lat)
    assert place.assumptions == ()


def test_swapped_coordinates_are_turned_and_told() -> None:
    assert coordinates.located("105.834", "21.028", province=None) == coordinates.Located(HANOI, ("swapped",))


@pytest.mark.parametrize(
    "text", ["21.028, 105.834", "21,028; 105,834", "21.028 105.834", "(21.028,105.834)", "21,028,105,834"]
)
def test_a_pair_in_one_cell_is_taken_apart(text: str) -> None:
    place = coordinates.located(*coordinates.pair(text), province=None)
    assert place.point == HANOI


@pytest.mark.parametrize(("lat", "lon"), [("0", "0"), ("51.5", "-0.1"), ("21.028", "21.028"), ("90", "180")])
def test_points_elsewhere_are_refused(lat: str, lon: str) -> None:
    with pytest.raises(coordinates.OutsideVietnam):
        coordinates.located(lat, lon, province=None)


@pytest.mark.parametrize("text", ["", "abc", "12..5", "1e5", "nan", "inf", "21.028.105", "=1+1", "9" * 400])
def test_nonsense_is_no_coordinate(text: str) -> None:
    with pytest.raises(coordinates.NotCoordinates):
        coordinates.located(text, "105", province=None)


@pytest.mark.parametrize(
    ("province", "meridian", "epsg"), [("Tỉnh Nam Định", 105.5, 9209), ("Thành phố Đà Nẵng", 107.75, 5899)]
)
def test_vn2000_metres_are_converted_in_the_zone_of_the_province(province: str, meridian: float, epsg: int) -> None:
    from pyproj import Transformer

    lon, lat = Transformer.from_crs(epsg, 4326, always_xy=True).transform(567_890.0, 2_250_000.0)
    for pair in (("2250000", "567890"), ("567.890,0", "2.250.000")):
        place = coordinates.located(*pair, province=province)
        assert place.assumptions == (f"vn2000:{meridian:g}",)
        assert abs(place.point.lon - lon) < 1e-5
        assert abs(place.point.lat - lat) < 1e-5


def test_vn2000_metres_without_a_known_zone_are_refused() -> None:
    with pytest.raises(coordinates.NotCoordinates):
        coordinates.located("2250000", "567890", province=None)


def test_every_former_province_has_a_central_meridian(session: Session) -> None:
    unit = AdministrativeUnit
    former = session.scalars(select(unit.full_name).where(unit.level == "province", unit.valid_to.is_not(None)))
    assert [name for name in former if coordinates.central_meridian(name) is None] == []


def test_units_are_read_again_once_they_were_written(session: Session, units: Gazetteer) -> None:
    assert Gazetteer.load(session) is units
    session.execute(text("UPDATE administrative_unit SET full_name = 'Tỉnh Khác' WHERE key = '52@2025-07-01'"))
    again = Gazetteer.load(session)
    assert again.by_key["52@2025-07-01"].full_name == "Tỉnh Khác"
    session.execute(text("DELETE FROM unit_succession WHERE predecessor_key LIKE '52%'"))
    assert Gazetteer.load(session) is not again
