"""Institutions above an overlay as rows and Features: the same members in every format."""

from collections import Counter
from typing import Any

from geodata.overlays import Site
from mapapp import labels
from mapapp.exports.view import View
from mapapp.i18n import N_, day, number
from mapapp.i18n import gettext as _

SITE_COLUMNS = {
    "id": N_("Mã trong sổ đăng ký"),
    "codes": N_("Mã cơ sở"),
    "name": N_("Tên cơ sở"),
    "type": N_("Loại hình"),
    "ownership": N_("Sở hữu"),
    "status": N_("Tình trạng hoạt động"),
    "address": N_("Địa chỉ"),
    "commune": N_("Xã, phường, đặc khu"),
    "province": N_("Tỉnh, thành phố"),
    "location_precision": N_("Độ chính xác của vị trí"),
    "data_status": N_("Tình trạng dữ liệu"),
    "lon": N_("Kinh độ"),
    "lat": N_("Vĩ độ"),
}
"""Members of an institution in order, with what they are called."""

LAYER = "institutions"


def site_values(site: Site) -> dict[str, Any]:
    """The members of `SITE_COLUMNS`; `lon` and `lat` None where no point is known."""
    return {**{name: getattr(site, name) for name in SITE_COLUMNS}, "codes": list(site.codes)}


def site_feature(site: Site) -> dict[str, Any]:
    """A GeoJSON Feature that tells itself from a unit's by `layer`; no geometry where no point is known."""
    point = {"type": "Point", "coordinates": [site.lon, site.lat]} if site.is_placed else None
    return {"type": "Feature", "id": site.id, "geometry": point, "properties": {"layer": LAYER, **site_values(site)}}


def said_of(view: View) -> dict[str, Any]:
    """What a file says of its institutions: of which day and types, how many, how many of them without coordinates."""
    return {
        "on": view.overlay.vintage.on.isoformat(),
        "layers": list(view.layers),
        "number": len(view.sites),
        "without_coordinates": len(unplaced(view)),
        "scope_vi": "Cơ sở thuộc các loại hình đã chọn, vào ngày đã chọn, trừ cơ sở đã giải thể hoặc sáp nhập",
        "scope_en": "Institutions of the chosen types on the chosen day, except closed and merged ones",
    }


def unplaced(view: View) -> list[Site]:
    """Those that no map can show."""
    return [one for one in view.sites if not one.is_placed]


def legend_lines(view: View) -> list[tuple[str, str]]:
    """(type, what the legend says of it: name, number, how many of them have no point), in the order of the layers."""
    every = Counter(one.type for one in view.sites)
    missing = Counter(one.type for one in unplaced(view))
    return [(kind, legend_line(kind, every[kind], missing[kind])) for kind in view.layers]


def legend_line(kind: str, count: int, missing: int) -> str:
    told = f"{labels.label(labels.TYPE, kind)} ({number(count)})"
    return told if not missing else _("%(told)s, %(missing)s không có tọa độ", told=told, missing=number(missing))


def heading(view: View) -> str:
    return _("Cơ sở ngày %(on)s", on=day(view.overlay.vintage.on))


def place(site: Site) -> str:
    """Where it is in words: the address, which names its units, else these; empty where nothing is known."""
    return site.address or ", ".join(part for part in (site.commune, site.province) if part)
