"""Where an import changes the map: the live map's first places, and the drawing with all of them."""

from geodata.administrative_units import provinces_geojson
from geodata.imports import preview
from geodata.imports.preview import ChangedPoint
from geodata.models import ImportRun
from mapapp.db import session
from mapapp.drawn_map import drawn_map, project
from mapapp.home_view import boundaries_url
from mapapp.i18n import gettext, language, page_url
from mapapp.i18n import gettext as _
from mapapp.maps import NATION
from mapapp.views import MapConfig

LIVE_POINTS = 300
DRAWING_ZOOM = 5
SPREAD_DEG = 2
"""Degrees of latitude from which on the live map shows the whole country."""


def map_config(points: list[ChangedPoint]) -> MapConfig:
    """The first places for the live map; the drawing beside it has all of them."""
    how = {"new": _("mới"), "moved": _("chuyển chỗ")}
    return MapConfig(
        clusters_url=page_url("api.clusters"),
        boundaries_url=boundaries_url(),
        institution_url=page_url("citizen.institution", id_or_code="ID").replace("ID", "{id}"),
        filters={},
        bbox=box_of(points),
        points=tuple(
            {
                "lon": point.lon,
                "lat": point.lat,
                "label": f"{point.name} ({how[point.how]})",
                "approximate": point.approximate,
                "type": "college" if point.how == "new" else "vocational_centre",
                "number": "",
            }
            for point in points[:LIVE_POINTS]
        ),
        lang=language(),
    )


def box_of(points: list[ChangedPoint]) -> tuple[float, float, float, float] | None:
    """The whole country where the places are spread over it; None: the map fits them."""
    spread = max(point.lat for point in points) - min(point.lat for point in points)
    if spread < SPREAD_DEG:
        return None
    (west, south), (east, north) = NATION
    return west, south, east, north


def drawn_changes(found: ImportRun) -> str:
    """The drawn map with a sign for every place of the run: full for new ones, a ring for moved ones."""
    drawing = drawn_map(provinces_geojson(session(), zoom=DRAWING_ZOOM), gettext)
    signs = "".join(sign(point) for point in preview.changed_points(session(), found))
    style = (
        "<style>.new{fill:#0b4f9e;fill-opacity:.75;stroke:#fff;stroke-width:.8}"
        ".moved{fill:none;stroke:#a8410f;stroke-width:2.5}</style>"
    )
    return drawing.replace("</svg>", f"{style}{signs}</svg>")


def sign(point: ChangedPoint) -> str:
    x, y = project(point.lon, point.lat)
    return f'<circle class="{point.how}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
