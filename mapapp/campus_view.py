"""Campuses on an institution's page: where they are, how well that is known, how to get there."""

from datetime import date

from geodata.records import CampusRecord, InstitutionRecord
from mapapp import labels, wording
from mapapp.filter_view import unit_name
from mapapp.i18n import gettext as _
from mapapp.institution_parts import CampusView
from mapapp.places import FORMER, Places

EXACT = ("surveyed", "address")


def campus_views(found: InstitutionRecord, places: Places) -> tuple[CampusView, ...]:
    """The campuses of the day, main one first; all known ones where the register names none for that day."""
    on = found.at.on
    shown = [campus for campus in found.campuses if in_use(campus, on)] or list(found.campuses)
    return tuple(campus_view(campus, places) for campus in shown)


def in_use(campus: CampusRecord, on: date) -> bool:
    return (campus.valid_from is None or campus.valid_from <= on) and (campus.valid_to is None or on < campus.valid_to)


def campus_view(campus: CampusRecord, places: Places) -> CampusView:
    exact = campus.location_precision in EXACT
    return CampusView(
        id=campus.id,
        kind=campus.kind,
        kind_label=labels.label(labels.CAMPUS_KIND, campus.kind),
        name=campus.name,
        address=campus.address,
        place_label=place_label(campus, places),
        former_place_label=former_place_label(campus, places),
        precision=campus.location_precision,
        precision_label=labels.label(labels.LOCATION_PRECISION, campus.location_precision),
        approximate=not exact,
        lon=campus.lon,
        lat=campus.lat,
        geo_url=f"geo:{campus.lat},{campus.lon}?q={campus.lat},{campus.lon}" if exact else None,
        map_url=directions(campus) if exact else None,
        provenance=wording.provenance(campus.provenance),
    )


def directions(campus: CampusRecord) -> str:
    """A page on the web that shows the way; opened only by the reader's own click."""
    return f"https://www.google.com/maps/dir/?api=1&destination={campus.lat},{campus.lon}"


def place_label(campus: CampusRecord, places: Places) -> str | None:
    """Commune and province of today with their kinds."""
    units = [places.unit(code) for code in (campus.commune_code, campus.province_code)]
    return wording.joined(unit_name(unit) for unit in units if unit)


def former_place_label(campus: CampusRecord, places: Places) -> str | None:
    """The place as it was called until 30/06/2025."""
    codes = (campus.former_commune_code, campus.former_district_code, campus.former_province_code)
    units = [places.unit(code, FORMER) for code in codes]
    place = wording.joined(unit_name(unit) for unit in units if unit)
    return _("Đến 30/06/2025: %(place)s", place=place) if place else None


def point_of(campuses: tuple[CampusView, ...]) -> tuple[float, float] | None:
    """lon, lat of the first campus that has a point."""
    for campus in campuses:
        if campus.lon is not None and campus.lat is not None:
            return campus.lon, campus.lat
    return None
