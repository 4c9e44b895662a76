"""An institution as schema.org reads it (https://schema.org/EducationalOrganization)."""

from typing import Any

from geodata.records import InstitutionRecord
from mapapp.contact import web_address
from mapapp.institution_parts import CampusView


def organisation(
    found: InstitutionRecord, campuses: tuple[CampusView, ...], name_en: str | None, address: str
) -> dict[str, Any]:
    """The JSON-LD of one institution; members that are not known are left out."""
    on = found.at.on
    website = found.current("website")
    members = {
        "@context": "https://schema.org",
        "@type": "EducationalOrganization",
        "@id": address,
        "url": (web_address(website.value) if website else None) or address,
        "name": found.name,
        "alternateName": [name_en] if name_en else None,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": one.kind, "value": one.value}
            for one in found.identifiers
            if one.holds(on)
        ],
        "address": postal_address(campuses[0]) if campuses else None,
        "geo": coordinates(campuses[0]) if campuses else None,
    }
    return {name: value for name, value in members.items() if value}


def postal_address(campus: CampusView) -> dict[str, str]:
    known = {"streetAddress": campus.address, "addressLocality": campus.place_label, "addressCountry": "VN"}
    return {"@type": "PostalAddress", **{name: text for name, text in known.items() if text}}


def coordinates(campus: CampusView) -> dict[str, Any] | None:
    """The point, only where it is not an approximation."""
    if campus.approximate or campus.lon is None:
        return None
    return {"@type": "GeoCoordinates", "latitude": campus.lat, "longitude": campus.lon}
