"""What is near: the origin read from a position or a typed place, then institutions nearest first."""

from dataclasses import dataclass

from geodata.administrative_units import Found, Unit, by_key, province_of, resolve
from geodata.geometry import LonLat
from geodata.institutions import search
from geodata.vocabulary import MissedKind
from mapapp import filter_view
from mapapp.cards import PAGE_SIZE, result_list
from mapapp.db import session
from mapapp.home_view import api_values, became, map_config, previous
from mapapp.i18n import gettext as _
from mapapp.i18n import number, page_url
from mapapp.misses import note
from mapapp.params import NearbyQuestion
from mapapp.questions import here_with, to_filter
from mapapp.views import FilterGroup, Link, MapConfig, Option, ResultList

RADII_KM = (5, 10, 20, 50, 100)


@dataclass(frozen=True)
class NearbyPage:
    """`origin_label` says from where ("từ trung tâm phường …", "từ vị trí của bạn"); None: no origin yet, show the
    form. `candidates`: an ambiguous typed place, one link each. `radii`: the choices of the search circle."""

    title: str
    description: str
    place: str
    lat: str
    lon: str
    form_url: str
    radius_m: int
    radii: tuple[Option, ...]
    origin_label: str | None
    origin_note: str | None
    candidates: tuple[Link, ...]
    message: str | None
    filters: tuple[FilterGroup, ...]
    results: ResultList | None
    distance_note: str
    api_url: str | None
    map: MapConfig | None


@dataclass(frozen=True)
class Origin:
    """Where distances start: a point with its name; or why there is none, with what the words might mean."""

    point: LonLat | None = None
    label: str | None = None
    note: str | None = None
    message: str | None = None
    candidates: tuple[Unit, ...] = ()


def nearby_page(asked: NearbyQuestion) -> NearbyPage:
    origin = origin_of(asked)
    placed = located(asked, origin)
    page = search(session(), to_filter(placed), limit=PAGE_SIZE, cursor=asked.cursor) if origin.point else None
    back = previous(asked, to_filter(placed)) if page else None
    by_device = asked.point is not None and not asked.typed_place
    return NearbyPage(
        title=_("Cơ sở giáo dục nghề nghiệp gần tôi"),
        description=_("Tìm cơ sở giáo dục nghề nghiệp gần nhất từ vị trí của bạn hoặc từ một địa danh."),
        place=asked.place or (origin_name(asked) or ""),
        lat=f"{asked.lat:g}" if by_device else "",
        lon=f"{asked.lon:g}" if by_device else "",
        form_url=page_url("citizen.nearby"),
        radius_m=int(asked.radius_m or 0),
        radii=radii(asked),
        origin_label=origin.label,
        origin_note=origin.note,
        candidates=tuple(candidate(unit) for unit in origin.candidates),
        message=origin.message,
        filters=filter_view.groups(asked, {}),
        results=result_list(page, asked, part=asked.page, previous=back) if page else None,
        distance_note=_("Khoảng cách là đường chim bay từ điểm này, không phải quãng đường đi."),
        api_url=page_url("api.institutions", **api_values(placed)) if page else None,
        map=map_config(placed) if page else None,
    )


def located(asked: NearbyQuestion, origin: Origin) -> NearbyQuestion:
    """The question with the origin's point in it; what was typed wins over a position."""
    point = origin.point
    here = {"lon": point.lon, "lat": point.lat} if point else {"lon": None, "lat": None}
    return asked.model_copy(update=here)


def origin_of(asked: NearbyQuestion) -> Origin:
    if asked.at:
        return chosen(asked.at)
    if asked.place:
        return typed(asked.place)
    if asked.point:
        text = _("Từ vị trí của bạn (%(lat)s, %(lon)s)", lat=f"{asked.lat:.4f}", lon=f"{asked.lon:.4f}")
        return Origin(asked.point, text)
    return Origin()


def origin_name(asked: NearbyQuestion) -> str | None:
    unit = by_key(session(), [asked.at]).get(asked.at) if asked.at else None
    return filter_view.unit_name(unit) if unit else None


def chosen(key: str) -> Origin:
    """A candidate that was picked."""
    unit = by_key(session(), [key]).get(key)
    if unit is None:
        return Origin(message=_("Không có địa danh này. Hãy gõ lại."))
    return from_unit(unit)


def typed(place: str) -> Origin:
    """What the words name: one unit, several to choose from, or nothing."""
    reading = resolve(session(), place)
    if reading.unit:
        return from_unit(reading.unit)
    if reading.found is Found.AMBIGUOUS:
        text = _("Có nhiều nơi tên “%(place)s”. Hãy chọn một nơi:", place=place)
        return Origin(message=text, candidates=reading.candidates)
    note(MissedKind.PLACE, place)
    text = _("Không tìm thấy nơi nào tên “%(place)s”. Hãy gõ tên xã, phường, huyện cũ hoặc tỉnh.", place=place)
    return Origin(message=text)


def from_unit(unit: Unit) -> Origin:
    """The point that stands for a unit; a former one says what became of it."""
    name = full_name(unit)
    if unit.lon_lat is None:
        return Origin(message=_("Chưa có vị trí của %(place)s. Hãy gõ nơi khác.", place=name))
    note = None if unit.in_force else f"{name}: {became(unit)}."
    return Origin(unit.lon_lat, _("Từ trung tâm %(place)s", place=name), note)


def full_name(unit: Unit) -> str:
    """The unit's name with its province."""
    above = province_of(session(), unit)
    names = [filter_view.unit_name(one) for one in ([unit] if above.key == unit.key else [unit, above])]
    return ", ".join(names)


def candidate(unit: Unit) -> Link:
    former = "" if unit.in_force else f" ({became(unit)})"
    return Link(
        full_name(unit) + former, here_with(place=None, lat=None, lon=None, cursor=None, page=None, at=unit.key)
    )


def radii(asked: NearbyQuestion) -> tuple[Option, ...]:
    """Circles to choose from; a radius given in the address is among them."""
    given = asked.radius_m
    choices = sorted({*(km * 1000 for km in RADII_KM), *([given] if given else [])})
    unlimited = Option("", _("Không giới hạn"), None, given is None)
    return (
        unlimited,
        *(Option(f"{m:g}", f"{number(m / 1000, digits=1)} km", None, m == given) for m in choices),
    )
