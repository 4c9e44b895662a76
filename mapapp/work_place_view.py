"""The form that places a campus: a click, fields, or the commune that its address names; it becomes a proposal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geodata.geometry import LonLat
from geodata.proposals.planning import current_number
from geodata.proposals.refusals import Fault
from geodata.vocabulary import LocationPrecision
from geodata.work.lists import Waiting
from geodata.work.placing import Candidate, Moved, Site
from mapapp import labels
from mapapp.db import session
from mapapp.home_view import boundaries_url
from mapapp.i18n import gettext as _
from mapapp.i18n import language, page_url
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame, frame
from mapapp.views import Link, MapConfig, Option
from mapapp.work_view import list_label

PRECISIONS = (LocationPrecision.ADDRESS, LocationPrecision.SURVEYED, LocationPrecision.COMMUNE)
AROUND_DEG = 0.7
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class CandidateView:
    """A commune whose point may stand for the campus."""

    name: str
    lat: str
    lon: str
    url: str


@dataclass(frozen=True)
class PlacePage:
    """A campus, what its record says of its place, and the form. `base`: the release that whoever fills it in knows of;
    `moved`: where the campus was when they opened it and is now, where somebody else put it elsewhere."""

    frame: Frame
    name: str
    url: str
    form_url: str
    facts: tuple[tuple[str, str], ...]
    candidates: tuple[CandidateView, ...]
    precisions: tuple[Option, ...]
    given: Mapping[str, str]
    faults: tuple[tuple[str, str], ...]
    map: MapConfig
    base: int
    moved: tuple[tuple[str, str], ...] = ()

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)

    def fault(self, name: str) -> str | None:
        return dict(self.faults).get(name)


def place_page(
    visitor: Visitor,
    id: str,
    name: str,
    site: Site,
    *,
    given: Mapping[str, str] = NOTHING,
    faults: Sequence[Fault] = (),
    moved: Moved | None = None,
) -> PlacePage:
    told = given or {"lat": site.told["lat"], "lon": site.told["lon"], "precision": precision_of(site)}
    kind = Waiting.APPROXIMATE if site.told["lat"] else Waiting.UNPLACED
    back = Link(list_label(kind), page_url("work.records", kind=kind))
    title = _("Đặt vị trí: %(name)s", name=name)
    return PlacePage(
        frame=frame(title, visitor, back, Link(name, "")),
        name=name,
        url=page_url("citizen.institution", id_or_code=id),
        form_url=page_url("work.place", id=id, campus=site.campus_id),
        facts=tuple(facts(site)),
        candidates=tuple(candidate(one, id, site.campus_id) for one in site.candidates),
        precisions=tuple(
            Option(one, labels.label(labels.LOCATION_PRECISION, one), None, checked=one == told.get("precision"))
            for one in PRECISIONS
        ),
        given=told,
        faults=tuple((named(site, fault.field), fault.vi if language() == "vi" else fault.en) for fault in faults),
        map=map_config(site),
        base=current_number(session()),
        moved=((_("Khi bạn mở"), place_words(moved.was)), (_("Nay"), place_words(moved.now))) if moved else (),
    )


def place_words(told: Mapping[str, str]) -> str:
    """ "10.776, 106.7 · theo địa chỉ"; a dash where nothing was recorded."""
    known = labels.label(labels.LOCATION_PRECISION, told["location_precision"]) if told["location_precision"] else ""
    point = f"{told['lat']}, {told['lon']}" if told["lat"] else ""
    return " · ".join(filter(None, (point, known))) or "–"


def precision_of(site: Site) -> str:
    """As the record says; a place put by hand is usually that of the address."""
    told = site.told["location_precision"]
    return told if told in list(PRECISIONS) else LocationPrecision.ADDRESS.value


def named(site: Site, key: str) -> str:
    """The field of this form behind a key of the record's."""
    columns = {key: column for column, key in site.keys.items()}
    return columns.get(key, key).replace("location_precision", "precision")


def facts(site: Site) -> list[tuple[str, str]]:
    known = labels.label(labels.LOCATION_PRECISION, site.told["location_precision"])
    told = [
        (_("Địa chỉ"), site.told["address"]),
        (_("Xã, phường"), site.commune.full_name if site.commune else ""),
        (_("Tỉnh, thành phố"), site.province.full_name if site.province else ""),
        (_("Nay"), known),
    ]
    return [pair for pair in told if pair[1]]


def candidate(one: Candidate, id: str, campus: str) -> CandidateView:
    url = page_url("work.place", id=id, campus=campus, candidate=one.code)
    return CandidateView(one.name, degrees(one.point.lat), degrees(one.point.lon), url)


def degrees(value: float) -> str:
    """To about a tenth of a metre."""
    return f"{value:.6f}"


def map_config(site: Site) -> MapConfig:
    """The map about the candidate, or about the province."""
    near = site.candidates[0].point if site.candidates else None
    around = site.province.lon_lat if site.province else None
    return MapConfig(
        clusters_url=page_url("api.clusters"),
        boundaries_url=boundaries_url(),
        institution_url=page_url("citizen.institution", id_or_code="ID").replace("ID", "{id}"),
        filters={},
        bbox=None if near or not around else box_about(around),
        points=({"lat": near.lat, "lon": near.lon},) if near else (),
        lang=language(),
    )


def box_about(point: LonLat) -> tuple[float, float, float, float]:
    """West, south, east, north of about a province around the point."""
    return point.lon - AROUND_DEG, point.lat - AROUND_DEG, point.lon + AROUND_DEG, point.lat + AROUND_DEG
