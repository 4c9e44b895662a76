"""The columns of a campus as a row decides them, on top of what is known, and which cell tells where they differ."""

from typing import Any

from geodata.geometry import LonLat
from geodata.imports.facts import Fact
from geodata.imports.preview import point_of
from geodata.imports.statements import Site, Stated
from geodata.vocabulary import LocationPrecision

_FIELDS = {
    "province_code": "province",
    "former_province_code": "province",
    "former_district_code": "district",
    "commune_code": "commune",
    "former_commune_code": "commune",
    "address": "address",
}


def place_columns(site: Site, current: Fact | None) -> dict[str, Any]:
    """Columns of the campus that the row decides. A finer place known before stays unless the row contradicts it."""
    place = site.place
    codes = {
        "province_code": place.province_code,
        "commune_code": place.commune_code,
        "former_province_code": place.former_province_code,
        "former_district_code": place.former_district_code,
        "former_commune_code": place.former_commune_code,
    }
    wanted: dict[str, Any] = {key: code for key, code in codes.items() if code}
    contradicts = current is not None and any(current[key] not in (None, code) for key, code in wanted.items())
    if contradicts or current is None:
        wanted = dict(codes)
    if site.address:
        wanted["address"] = site.address
    elif contradicts:
        wanted["address"] = None
    unknown = {"location_precision": LocationPrecision.NONE.value} if current is None else {}
    return wanted | unknown | _location(site, current, moved=contradicts)


def _location(site: Site, current: Fact | None, *, moved: bool) -> dict[str, Any]:
    """Point and precision: the row's point, else the better of what the row's units give and what is known."""
    point, precision = site.point, site.place.precision
    if point:
        precision = LocationPrecision.ADDRESS
    else:
        point = site.place.point
    order = list(LocationPrecision)
    known = LocationPrecision(current["location_precision"]) if current and not moved else LocationPrecision.NONE
    if not site.point and order.index(known) <= order.index(precision):
        return {}
    if site.point and known == LocationPrecision.SURVEYED and current and current["geom"] == ewkt(site.point):
        return {}
    return {"location_precision": precision.value, "geom": ewkt(point) if point else None}


def ewkt(point: LonLat) -> str:
    """As PostGIS writes it, so that equal points are equal texts; seven decimals are a centimetre."""
    return f"SRID=4326;POINT({round(point.lon, 7):.15g} {round(point.lat, 7):.15g})"


def differing_field(stated: Stated, current: Fact, wanted: dict[str, Any]) -> tuple[str, str | None]:
    """The column of the file in which the row says otherwise, and what the register says there; the unit first, then
    address and point."""
    for column, field in _FIELDS.items():
        if column in wanted and wanted[column] != current[column] and field in stated.row.cells:
            return field, current[column]
    point = point_of(current["geom"] or "")
    if wanted.get("geom") == current["geom"] or "geom" not in wanted or point is None:
        return "province", None
    lon, lat = point
    field = next((name for name in ("coordinates", "lat") if name in stated.row.cells), "address")
    return field, f"{lat:.5f}, {lon:.5f}"
