"""What the pages about distances and scenarios show, as finished values; see `mapapp.views`."""

from dataclasses import dataclass
from typing import Any

from mapapp.planner_views import OptionGroup
from mapapp.views import FilterGroup, Option


@dataclass(frozen=True)
class Band:
    """A band of distance: its class, words, how many communes, and the share (0 to 100) that draws the bar."""

    tone: str
    label: str
    count: str
    share: float


@dataclass(frozen=True)
class ProvinceRow:
    name: str
    url: str
    communes: str
    reached: str
    share: float
    share_label: str
    people: str | None
    median: str


@dataclass(frozen=True)
class CommuneRow:
    name: str
    url: str
    tone: str
    distance: str
    institution: str | None
    institution_url: str | None
    people: str | None


@dataclass(frozen=True)
class ReachView:
    """The numbers of one state of the network."""

    communes: str
    people: str | None
    median: str
    institutions: str


@dataclass(frozen=True)
class Found:
    """The answered question."""

    heading: str
    reach: ReachView
    unplaced: str | None
    population: str
    drawing: str
    bands: tuple[Band, ...]
    provinces: tuple[ProvinceRow, ...]
    communes: tuple[CommuneRow, ...]
    previous_url: str | None
    next_url: str | None
    live: dict[str, Any]
    method: str
    api_url: str


@dataclass(frozen=True)
class ChangeRow:
    name: str
    before: str
    after: str
    change: str
    tone: str


@dataclass(frozen=True)
class FigureChange:
    name: str
    before: str
    after: str
    coverage_before: str
    coverage_after: str


@dataclass(frozen=True)
class Outcome:
    """Before and after a scenario."""

    before: ReachView
    after: ReachView
    summary: str
    changes: tuple[ChangeRow, ...]
    more: str | None
    indicator: str | None
    figures: tuple[FigureChange, ...]
    unmeasured: tuple[str, ...]


@dataclass(frozen=True)
class AccessPage:
    """`found` None: the question has no answer and `message` says why. `outcome` None: no scenario was given."""

    title: str
    description: str
    form_url: str
    other_url: str
    occupation: str
    occupations: tuple[str, ...]
    suggest_url: str
    levels: tuple[Option, ...]
    types: tuple[FilterGroup, ...]
    indicators: tuple[OptionGroup, ...]
    periods: tuple[Option, ...]
    at_least: str
    radius: str
    close: str
    upgrade: str
    merge: str
    message: str | None
    found: Found | None
    outcome: Outcome | None
