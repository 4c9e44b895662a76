"""The home page: words and filters, the list, the map."""

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from geodata.administrative_units import Unit, boundaries_version, by_key
from geodata.administrative_units import today as successors_today
from geodata.filters import InstitutionFilter
from geodata.institutions import search
from geodata.places import places_meant
from geodata.previous import previous_cursor
from mapapp import filter_view
from mapapp.cards import PAGE_SIZE, result_list
from mapapp.counts import facets_of
from mapapp.db import now, session, today
from mapapp.embed_snippet import snippet
from mapapp.i18n import day, language, page_url
from mapapp.i18n import gettext as _
from mapapp.misses import note_search
from mapapp.params import HomeQuestion, InstitutionFilters, NearbyQuestion
from mapapp.questions import here_with, to_filter
from mapapp.views import Chip, FilterGroup, Hidden, Link, MapConfig, ResultList

EDITED = {"q", "type", "ownership", "training_level", "status", "unit", "occupation", "cursor", "page"}
"""Parameters that the form itself sets or that a new question starts afresh."""

NOT_FILTERS = ("cursor", "page", "place", "at", "view")
MOST_PLACE_HITS = 3
NATIONAL_ZOOM = 6


@dataclass(frozen=True)
class PlaceHit:
    """The words were (also) read as a place: `text` says what became of it, `url` lists the institutions there."""

    label: str
    text: str | None
    url: str


@dataclass(frozen=True)
class HomePage:
    """`relax`: when nothing was found, the same question with one restriction less each, with what is found then.
    `embed`: the HTML that shows the same in another page."""

    title: str
    description: str
    query: str
    form_url: str
    hidden: tuple[Hidden, ...]
    filters: tuple[FilterGroup, ...]
    chips: tuple[Chip, ...]
    clear_url: str | None
    results: ResultList
    place_hits: tuple[PlaceHit, ...]
    relax: tuple[Link, ...]
    nearby_url: str
    api_url: str
    map: MapConfig
    embed: str
    on_label: str | None = None


def home_page(asked: HomeQuestion) -> HomePage:
    wanted = to_filter(asked)
    page = search(session(), wanted, limit=PAGE_SIZE, cursor=asked.cursor)
    if not page.items:
        note_search(asked)
    restricted = bool(asked.q) or any(True for _one in filter_view.restrictions(asked))
    return HomePage(
        title=title(asked),
        description=_(
            "Tìm trường cao đẳng, trường trung cấp và trung tâm giáo dục nghề nghiệp trên cả nước: ở đâu, "
            "dạy nghề gì, còn hoạt động hay không."
        ),
        query=asked.q,
        form_url=page_url("citizen.home"),
        hidden=hidden(asked),
        filters=filter_view.groups(asked, facets_of(wanted)),
        chips=filter_view.chips(asked),
        clear_url=page_url("citizen.home", on=asked.on) if restricted else None,
        results=result_list(page, asked, part=asked.page, previous=previous(asked, wanted)),
        place_hits=place_hits(asked),
        relax=() if page.items else filter_view.relaxations(asked),
        nearby_url=page_url("citizen.nearby"),
        api_url=page_url("api.institutions", **api_values(asked)),
        embed=snippet(api_values(asked)),
        map=map_config(asked),
        on_label=_("Tình trạng vào ngày %(date)s", date=day(asked.on)) if asked.on and asked.on != today() else None,
    )


def previous(asked: HomeQuestion | NearbyQuestion, wanted: InstitutionFilter) -> str | None:
    """Where the part of the list before this one starts; None at the beginning."""
    return previous_cursor(session(), wanted, asked.cursor, limit=PAGE_SIZE) if asked.cursor else None


def title(asked: HomeQuestion) -> str:
    name = _("Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp")
    return f"{asked.q} – {name}" if asked.q else name


def hidden(asked: InstitutionFilters) -> tuple[Hidden, ...]:
    """The state that the form carries along without showing it."""
    return tuple(Hidden(name, text) for name, text in values(asked).items() if name not in EDITED)


def values(asked: InstitutionFilters) -> dict[str, str]:
    """The parameters in force, lists with commas."""
    given = asked.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in given.items()}


def api_values(asked: InstitutionFilters) -> dict[str, str]:
    return {name: value for name, value in values(asked).items() if name not in NOT_FILTERS}


def map_config(asked: InstitutionFilters) -> MapConfig:
    """The live map of the same question; its box is the browser's affair."""
    filters = {name: value.split(",") for name, value in api_values(asked).items() if name != "bbox"}
    if "q" in filters:
        filters["q"] = [asked.q]
    box, point = asked.box, asked.point
    return MapConfig(
        clusters_url=page_url("api.clusters"),
        boundaries_url=boundaries_url(),
        institution_url=page_url("citizen.institution", id_or_code="ID").replace("ID", "{id}"),
        filters=filters,
        bbox=(box.west, box.south, box.east, box.north) if box else None,
        origin=(point.lon, point.lat) if point else None,
        radius_m=asked.radius_m,
        lang=language(),
    )


def boundaries_url() -> str:
    """The provinces' outlines in their current version, which the browser may keep for ever."""
    minute = int(now().timestamp() // 60)
    return page_url("api.boundaries", level="province", zoom=NATIONAL_ZOOM, v=version_in(minute))


@lru_cache(maxsize=2)
def version_in(_minute: int) -> str:
    """The outlines' version, asked for once a minute: it takes milliseconds and pages are kept that long anyway."""
    return boundaries_version(session())


def place_hits(asked: HomeQuestion) -> tuple[PlaceHit, ...]:
    """What the words mean as a place, and what became of places that are no more."""
    if not asked.q or asked.unit:
        return ()
    meant = places_meant(session(), asked.q)
    found = by_key(session(), [place.key for place in meant])
    return tuple(place_hit(found[place.key]) for place in meant[:MOST_PLACE_HITS])


def place_hit(unit: Unit) -> PlaceHit:
    name = filter_view.unit_name(unit)
    return PlaceHit(
        label=_("Các cơ sở ở %(place)s", place=name),
        text=None if unit.in_force else became(unit),
        url=here_with(q=None, cursor=None, page=None, unit=reference(unit)),
    )


def reference(unit: Unit) -> str:
    """How the unit is written in an address: its code, with its last day when it is no more."""
    return unit.code if unit.valid_to is None else f"{unit.code}@{unit.valid_to - timedelta(days=1)}"


def became(unit: Unit) -> str:
    """Where the land of a former unit belongs today."""
    now = successors_today(session(), unit)
    names = ", ".join(filter_view.unit_name(link.unit) for link in now)
    if not names:
        return _("nay không còn")
    return _("nay thuộc %(places)s", places=names) if len(now) == 1 else _("nay chia về %(places)s", places=names)
