"""Where a campus is, as people type it: units by code or name, the point in degrees."""

from collections.abc import Mapping
from typing import Any

from geodata.geometry import LonLat
from geodata.imports.campus_columns import ewkt
from geodata.imports.facts import Fact
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.places import whereabouts
from geodata.proposals.book import Book
from geodata.proposals.columns import of_column
from geodata.proposals.entries import place
from geodata.proposals.forms import Given
from geodata.unit_reads import UnknownUnit, unit
from geodata.vocabulary import LocationPrecision

PRECISIONS = (LocationPrecision.SURVEYED, LocationPrecision.ADDRESS, LocationPrecision.COMMUNE)
"""How exactly a point may be said to be known; without a point the units say it."""

VIETNAM = (102.0, 7.0, 118.0, 24.0)
TYPED = ("province", "commune", "lat", "lon")


def place_columns(book: Book, given: Given, key: str, fact: Fact | None, columns: Mapping[str, str]) -> dict[str, Any]:
    """Columns of a campus from what was typed (`fact` None: a new one). Codes of the former world are kept only while
    province and commune stay."""
    known = {column: place(fact, column) if fact else "" for column in TYPED}
    told = known | {column: text for column, text in columns.items() if column in TYPED}
    new: dict[str, Any] = {column: columns[column] or None for column in ("name", "address") if column in columns}
    if fact is None or "province" in columns or "commune" in columns:
        new |= _units(book, given, key, told)
    if fact is None or {"lat", "lon", "location_precision"} & set(columns):
        precise = columns.get("location_precision") or (str(fact["location_precision"]) if fact else "")
        new |= _point(given, key, told, precise)
    return new


def code_to_name(book: Book, level: str, code: str) -> str:
    """The name of today's unit with this code; the code itself where there is none."""
    try:
        found = unit(book.session, code, book.on)
    except UnknownUnit:
        return code
    return found.full_name if found.level == level else code


def _units(book: Book, given: Given, key: str, told: Mapping[str, str]) -> dict[str, Any]:
    names = {
        level: code_to_name(book, level, told[level]) if told[level].isdecimal() else told[level]
        for level in ("province", "commune")
    }
    found = whereabouts(
        Gazetteer.load(book.session),
        province=names["province"] or None,
        district=None,
        commune=names["commune"] or None,
        address=None,
    )
    for _, field, candidates in found.doubts:
        listed = f" ({'; '.join(candidates)})" if candidates else ""
        given.fault(f"{key}.{field}", f"Không xác định được đơn vị{listed}.", f"No single unit is meant{listed}.")
    return {
        "province_code": found.province_code,
        "commune_code": found.commune_code,
        "former_province_code": found.former_province_code,
        "former_district_code": found.former_district_code,
        "former_commune_code": found.former_commune_code,
    }


def _point(given: Given, key: str, told: Mapping[str, str], precision: str) -> dict[str, Any]:
    """Point and precision; without coordinates the place is known by its units only."""
    if not told["lat"] and not told["lon"]:
        known = LocationPrecision.PROVINCE if told["province"] else LocationPrecision.NONE
        return {"geom": None, "location_precision": known.value}
    lat, lon = of_column("lat", told["lat"]), of_column("lon", told["lon"])
    west, south, east, north = VIETNAM
    if not isinstance(lat, float) or not isinstance(lon, float):
        given.fault(f"{key}.lat", "Cần cả vĩ độ và kinh độ.", "Latitude and longitude are needed together.")
        return {}
    if not (west <= lon <= east and south <= lat <= north):
        given.fault(f"{key}.lat", "Tọa độ nằm ngoài Việt Nam.", "The coordinates lie outside of Vietnam.")
        return {}
    chosen = precision if precision in PRECISIONS else LocationPrecision.ADDRESS.value
    return {"geom": ewkt(LonLat(lon, lat)), "location_precision": chosen}
