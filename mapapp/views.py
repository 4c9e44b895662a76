"""What several pages show: finished values in the reader's language, so that templates only place them. What one page
alone shows stands beside what makes it.

Every text here is already translated and formatted; `*_url` are paths of this site that keep the language. `None` and
empty tuples mean "say nothing", never "zero". Templates get a page's values as `page`, and on every page `site`
(`mapapp.i18n` adds `lang`, `_`, `ngettext`, `url`, `asset`).
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool = False


@dataclass(frozen=True)
class Site:
    """What every page says about the whole register. `data_status` is `official`, `illustrative`, `unverified`,
    `mixed` or `unknown` (the register cannot be read); `warning` is the banner's text, None when all is official."""

    data_status: str
    data_status_label: str
    warning: str | None
    release_id: int | None
    release_date: str | None
    release_label: str | None
    other_language: Link
    alternates: tuple[tuple[str, str], ...]
    canonical: str
    navigation: tuple[Link, ...]


@dataclass(frozen=True)
class Option:
    """One choice of a filter; `count` is how many results it has under the other filters, None when not counted."""

    value: str
    label: str
    count: int | None
    checked: bool
    url: str | None = None


@dataclass(frozen=True)
class FilterGroup:
    """One filter; `name` is its query parameter. `multiple`: checkboxes, otherwise one choice of a select."""

    name: str
    label: str
    options: tuple[Option, ...]
    multiple: bool = True

    @property
    def active(self) -> bool:
        return any(option.checked for option in self.options)


@dataclass(frozen=True)
class Chip:
    """A filter in force, with the page without it."""

    label: str
    remove_url: str
    remove_label: str


@dataclass(frozen=True)
class ResultCard:
    """One institution of a list. `number` is the same on the map; `approximate_label` is None for exact places."""

    number: int
    id: str
    url: str
    title: str
    subtitle: str | None
    type: str
    type_label: str
    ownership_label: str
    status: str
    status_label: str
    status_notable: bool
    address: str | None
    place_label: str | None
    former_place_label: str | None
    distance_m: float | None
    distance_label: str | None
    approximate_label: str | None
    matched_label: str | None
    levels_label: str | None
    codes: tuple[str, ...]
    data_status: str
    data_status_label: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True)
class Hidden:
    """A hidden field of a form that keeps the state it does not edit itself."""

    name: str
    value: str


@dataclass(frozen=True)
class MapConfig:
    """All that a map needs, ready for JSON (`as_json`): addresses of the live data, filters, marked points."""

    clusters_url: str
    boundaries_url: str
    institution_url: str
    filters: dict[str, list[str]]
    bbox: tuple[float, float, float, float] | None = None
    origin: tuple[float, float] | None = None
    radius_m: float | None = None
    points: tuple[dict[str, Any], ...] = ()
    lang: str = "vi"

    def as_json(self) -> dict[str, Any]:
        return {
            "clusters": self.clusters_url,
            "boundaries": self.boundaries_url,
            "institution": self.institution_url,
            "filters": self.filters,
            "bbox": self.bbox,
            "origin": self.origin,
            "radius_m": self.radius_m,
            "points": list(self.points),
            "lang": self.lang,
        }


@dataclass(frozen=True)
class ResultList:
    """A counted, numbered list with its next part and the one before. `first_url` leads back to the beginning from a
    later part."""

    cards: tuple[ResultCard, ...]
    total: int | None
    total_label: str
    without_location: int
    without_location_label: str | None
    first_number: int
    next_url: str | None
    first_url: str | None
    previous_url: str | None = None


@dataclass(frozen=True)
class Choice:
    url: str
    title: str
    detail: str | None


@dataclass(frozen=True)
class ChoicesPage:
    """One identifier, several institutions (HTTP 300)."""

    title: str
    description: str
    identifier: str
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class ProblemPage:
    """An error for people: what happened, what to do. `details`: (field, message) of a refused question. `waiting`: no
    error, but a file that is not ready yet; the browser asks again by itself."""

    title: str
    description: str
    status: int
    text: str
    details: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = field(default_factory=tuple)
    waiting: bool = False
