"""The distances as a drawing: a dot per commune in the colour of its band, the farthest on top; both archipelagos."""

from itertools import pairwise
from xml.sax.saxutils import escape

from geodata.access import Access, CommuneAccess
from geodata.administrative_units import boundaries_version
from mapapp.db import session
from mapapp.drawn_map import WIDTH, height, project
from mapapp.i18n import gettext as _
from mapapp.i18n import number
from mapapp.planner_drawing import province_paths, signs

FACTORS = (0.5, 1.0, 2.0, 4.0)
"""Upper ends of the bands, as multiples of the radius; the last band is beyond."""


def band(row: CommuneAccess, radius_km: float) -> str:
    """The class of a commune's dot: `d0` (near) to `d4` (far), `dx` where nobody with a known place qualifies."""
    if row.distance_km is None:
        return "dx"
    return f"d{sum(row.distance_km > factor * radius_km for factor in FACTORS)}"


def band_labels(radius_km: float) -> list[tuple[str, str]]:
    """(class, words) of every band, near to far."""
    ends = [number(factor * radius_km, digits=1) for factor in FACTORS]
    labels = [_("đến %(km)s km", km=ends[0])]
    labels += [_("trên %(low)s đến %(high)s km", low=low, high=high) for low, high in pairwise(ends)]
    labels += [_("trên %(km)s km", km=ends[-1]), _("không có cơ sở nào đạt điều kiện có vị trí")]
    return list(zip(("d0", "d1", "d2", "d3", "d4", "dx"), labels, strict=True))


def access_drawing(found: Access, radius_km: float) -> str:
    """SVG text; a band is one path of dots, so that thousands of communes stay light."""
    outlines = province_paths(boundaries_version(session()), found.question.on.isoformat())
    ground = "".join(f'<path class="ground" d="{path}"/>' for path in outlines.values())
    spots: dict[str, list[str]] = {}
    for row in found.rows:
        if row.unit.lon_lat is not None:
            x, y = project(row.unit.lon_lat.lon, row.unit.lon_lat.lat)
            spots.setdefault(band(row, radius_km), []).append(f"M{x:.1f} {y:.1f}h0")
    dots = "".join(f'<path class="dots {name}" d="{"".join(spots[name])}"/>' for name in sorted(spots))
    title = escape(_("Bản đồ khoảng cách từ mỗi xã đến cơ sở gần nhất"))
    return (
        f'<svg class="overlay-map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height()}" role="img"'
        f' aria-labelledby="access-map-title"><title id="access-map-title">{title}</title>'
        f'<rect class="sea" width="{WIDTH}" height="{height()}"/>{ground}{dots}{"".join(signs())}</svg>'
    )
