"""What the live map of an overlay is told: where values and outlines are, and what its signs are called."""

from typing import Any

from flask import url_for

from geodata.administrative_units import boundaries_version
from geodata.overlays import Overlay
from geodata.vocabulary import UnitLevel
from mapapp.db import session
from mapapp.i18n import gettext as _
from mapapp.i18n import language


def live(overlay: Overlay, values_url: str, *, areas: bool = False) -> dict[str, Any]:
    """The configuration of the map's figure; `areas` draws smaller units by their outlines. Values and outlines have
    addresses of their own, so that outlines travel once however many overlays are looked at."""
    on = overlay.vintage.on.isoformat()
    version = boundaries_version(session())
    return {
        "boundaries": url_for("api.boundaries", level="province", on=on, v=version),
        "values": values_url,
        "units": None
        if overlay.vintage.level == UnitLevel.PROVINCE
        else url_for("api.units", level=overlay.vintage.level, on=on, limit=11_000),
        "areas": f"{values_url}&format=geojson" if areas and overlay.vintage.level != UnitLevel.PROVINCE else None,
        "level": overlay.vintage.level,
        "unit": overlay.indicator.unit.value,
        "lang": language(),
        "texts": {
            "nodata": _("chưa có số liệu"),
            "figure": _("{name}: {value}; {n}/{N} có số liệu"),
            "goal": _("chỉ tiêu {target}, chênh {gap}"),
            "failed": _("Không tải được số liệu của bản đồ. Bảng vẫn đầy đủ."),
        },
    }
