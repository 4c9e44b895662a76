"""The maps, composed with folium: one function per map. The browser fetches the data and draws it.

folium gives the element and the script; our template owns the page. The script becomes a file of its own (an ES module
that imports Leaflet and `static/js/map.js`), so the same text with the same ETag serves every visitor under a strict
content security policy. No address of another server occurs in it: there is no background by a third party, because
one that leaves out Hoàng Sa or Trường Sa may not be shown (law 27/2018/QH14, article 18).
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import cast

from branca.element import Element, Figure

from mapapp.light_folium import Layer, Template, folium, tojavascript

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Archipelago:
    """A special zone that is drawn and named on every map, as a symbol: no outline of it is invented."""

    code: str
    name: str
    full_name: str
    province: str
    lon: float
    lat: float


ARCHIPELAGOS = (
    Archipelago("20333", "Hoàng Sa", "Quần đảo Hoàng Sa", "Đà Nẵng", 112.135, 16.568),
    Archipelago("22736", "Trường Sa", "Quần đảo Trường Sa", "Khánh Hòa", 114.45, 9.71),
)
"""At the points of the units 20333@2025-07-01 and 22736@2025-07-01; kept here so that no failed request hides them."""

NATION = ((102.0, 7.9), (116.4, 23.5))
"""South-west and north-east, lon/lat: the mainland and both archipelagos with room for their names."""

SEA_LABEL = (112.9, 13.0)
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


class OwnMap(folium.Map):
    """A folium map without the ten files that the stock one asks of four foreign servers."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  folium's own type
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


class ModuleLayer(Layer):
    """A layer that a function of `static/js/map.js` makes: `const <id> = <function>(<options>)`, added to its map."""

    function = ""
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "const {{ this.get_name() }} = {{ this.function }}({{ this.arguments() }});"
        "{% endmacro %}"
    )

    def __init__(self, **options: object) -> None:
        super().__init__(control=False)
        self._name = type(self).__name__
        self.options = options

    def arguments(self) -> str:
        """The options as JavaScript. branca renders each layer's text once more as a template, so braces inside of
        strings are written as escapes: a text with `{{ 7*7 }}` must not be computed."""
        return STRING.sub(
            lambda text: text[0].replace("{", r"\u007b").replace("}", r"\u007d"), tojavascript(self.options)
        )


class ProvinceLayer(ModuleLayer):
    """Outlines and names of the provinces, with the quality of the outlines said in the corner."""

    function = "provinces"


class CommuneLayer(ModuleLayer):
    """Outlines and names of the communes in view at large scales: approximate cells, only to find one's way."""

    function = "communes"


class ArchipelagoLayer(ModuleLayer):
    """Hoàng Sa and Trường Sa, drawn from what the script carries."""

    function = "archipelagos"


class ControlLayer(ModuleLayer):
    """Zoom buttons, scale, "search here", "whole country": all reachable by keyboard and named."""

    function = "controls"


class LiveLayer(ModuleLayer):
    """What the register has in the visible box; asks again on each move and drops the stale answer."""

    function = "live"


class PointLayer(ModuleLayer):
    """The campuses of one institution, from the page itself."""

    function = "points"


class PlacingLayer(ModuleLayer):
    """One place that a form of the page says and that can be put elsewhere, by a click or by the arrow keys."""

    function = "placing"


class OverlayLayer(ModuleLayer):
    """Readiness per unit: coloured provinces, or circles for smaller units; values and outlines come apart."""

    function = "overlay"


class InstitutionLayer(ModuleLayer):
    """Institutions of the chosen types above an overlay, live."""

    function = "institutions"


class DistanceLayer(ModuleLayer):
    """How far each commune is from the nearest institution that qualifies."""

    function = "distances"


@dataclass(frozen=True)
class MapScript:
    """A map ready to be placed: the element for the page, and the module that brings it to life."""

    html: str
    script: str


def national_map(gettext: Translate) -> OwnMap:
    """The country with every institution of a question, live."""
    chart = _chart("national", gettext)
    chart.add_child(LiveLayer(texts=_live_texts(gettext)))
    return _with_stable_ids(chart)


def institution_map(gettext: Translate) -> OwnMap:
    """The campuses of one institution; approximate places are drawn as such."""
    chart = _chart("institution", gettext)
    chart.add_child(PointLayer(texts=_live_texts(gettext)))
    return _with_stable_ids(chart)


def placing_map(gettext: Translate) -> OwnMap:
    """One campus to be placed by hand."""
    chart = _chart("placing", gettext)
    chart.add_child(PlacingLayer(texts={"label": gettext("Địa điểm đang đặt. Dời bằng các phím mũi tên.")}))
    return _with_stable_ids(chart)


def planner_map(gettext: Translate, name: str = "planner") -> OwnMap:
    """The country with one readiness overlay; on the planner's own page with institutions above it."""
    chart = _chart(name, gettext)
    chart.add_child(OverlayLayer())
    if name == "planner":
        chart.add_child(InstitutionLayer(texts=_live_texts(gettext)))
    return _with_stable_ids(chart)


def access_map(gettext: Translate) -> OwnMap:
    """The country with the distance of every commune."""
    chart = _chart("access", gettext)
    chart.add_child(DistanceLayer())
    return _with_stable_ids(chart)


MAPS: Mapping[str, Callable[[Translate], OwnMap]] = {
    "national": national_map,
    "institution": institution_map,
    "placing": placing_map,
    "planner": planner_map,
    "access": access_map,
    "compare_one": partial(planner_map, name="compare_one"),
    "compare_two": partial(planner_map, name="compare_two"),
    "compare_change": partial(planner_map, name="compare_change"),
}


def standalone_map(gettext: Translate) -> OwnMap:
    """One overlay with everything in the page itself: `static/js/standalone.js` draws what the page carries."""
    chart = _frame("standalone")
    chart.add_child(OverlayLayer())
    _add_signs(chart, gettext)
    return _with_stable_ids(chart)


def compose(chart: OwnMap, *, leaflet_url: str, module_url: str) -> MapScript:
    """Element and module of a map; the addresses are those of the site's own files."""
    figure = cast(Figure, chart.get_root())
    figure.render()
    imported = ", ".join(sorted({layer.function for layer in _layers(chart)}))
    head = f"import {json.dumps(leaflet_url)};\nimport {{ {imported} }} from {json.dumps(module_url)};\n"
    return MapScript(html=str(figure.html.render()).strip(), script=head + _tidy(str(figure.script.render())))


def foreign_links(chart: OwnMap) -> tuple[str, ...]:
    """Every file that folium would load for this map; empty, or a layer brought a foreign link along."""
    elements: list[Element] = [chart, *chart._children.values()]
    return tuple(
        url for element in elements for kind in ("default_js", "default_css") for _, url in getattr(element, kind, ())
    )


def _chart(name: str, gettext: Translate) -> OwnMap:
    chart = _frame(name)
    chart.add_child(ProvinceLayer(texts=_province_texts(gettext)))
    chart.add_child(CommuneLayer())
    _add_signs(chart, gettext)
    return chart


def _add_signs(chart: OwnMap, gettext: Translate) -> None:
    """What no map is without: both archipelagos, and the controls."""
    chart.add_child(ArchipelagoLayer(places=[_symbol(place, gettext) for place in ARCHIPELAGOS], sea=_sea(gettext)))
    chart.add_child(ControlLayer(texts=_control_texts(gettext)))


def _frame(name: str) -> OwnMap:
    """An empty map of the country and its sea."""
    (west, south), (east, north) = NATION
    chart = OwnMap(
        location=((south + north) / 2, (west + east) / 2),  # Leaflet wants lat, lon
        zoom_start=5,
        tiles=None,
        zoom_control=False,
        control_scale=False,
        zoom_snap=0.25,
        max_bounds=True,
        min_lat=south - 8,
        max_lat=north + 6,
        min_lon=west - 12,
        max_lon=east + 10,
        max_bounds_viscosity=0.8,
        attribution_control=False,
    )
    chart._id = name
    chart.options |= {"min_zoom": 4, "max_zoom": 16, "nation": [[south, west], [north, east]]}
    return chart


def _with_stable_ids(chart: OwnMap) -> OwnMap:
    """Ids that do not change from run to run, so that the script is the same file with the same ETag."""
    for layer in _layers(chart):
        layer._id = str(chart._id)
    return chart


def _layers(chart: OwnMap) -> list[ModuleLayer]:
    return [child for child in chart._children.values() if isinstance(child, ModuleLayer)]


def _tidy(script: str) -> str:
    return "\n".join(line.strip() for line in script.splitlines() if line.strip()) + "\n"


def _symbol(place: Archipelago, gettext: Translate) -> dict[str, object]:
    full_name = gettext("Quần đảo Hoàng Sa") if place.name == "Hoàng Sa" else gettext("Quần đảo Trường Sa")
    return {"name": full_name, "province": f"({place.province})", "lon": place.lon, "lat": place.lat}


def _sea(gettext: Translate) -> dict[str, object]:
    return {"name": gettext("Biển Đông"), "lon": SEA_LABEL[0], "lat": SEA_LABEL[1]}


def _province_texts(gettext: Translate) -> dict[str, str]:
    return {
        "approximate": gettext("ranh giới xấp xỉ"),
        "source": gettext("Nguồn ranh giới"),
        "failed": gettext("Không tải được ranh giới."),
    }


def _control_texts(gettext: Translate) -> dict[str, str]:
    return {
        "zoom_in": gettext("Phóng to"),
        "zoom_out": gettext("Thu nhỏ bản đồ"),
        "whole": gettext("Cả nước"),
        "here": gettext("Tìm trong vùng này"),
    }


def _live_texts(gettext: Translate) -> dict[str, str]:
    """Texts with {n} and {place} for the script to fill in."""
    return {
        "cluster": gettext("{n} cơ sở, phóng to"),
        "same_spot": gettext("{n} cơ sở cùng một chỗ, xem danh sách"),
        "province": gettext("{n} cơ sở chỉ biết đến cấp tỉnh ({place}), xem danh sách"),
        "approximate": gettext("Vị trí gần đúng"),
        "province_note": gettext("Chỉ biết các cơ sở này nằm trong {place}; ký hiệu đặt ở giữa tỉnh."),
        "more": gettext("Xem tất cả trong danh sách"),
        "open": gettext("Xem trang của cơ sở"),
        "close": gettext("Đóng"),
        "loading": gettext("Đang tải…"),
        "failed": gettext("Không tải được bản đồ. Danh sách vẫn đầy đủ."),
        "origin": gettext("Điểm xuất phát"),
        "number": gettext("Số {n} trong danh sách"),
    }
