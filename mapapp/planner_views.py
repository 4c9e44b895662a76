"""What the planner's pages show, as finished values; see `mapapp.views`."""

from dataclasses import dataclass
from typing import Any

from mapapp.exports.links import DownloadGroup
from mapapp.planner_layers import ShapesView
from mapapp.planner_projection import ProjectionView
from mapapp.review_words import ReviewView
from mapapp.views import FilterGroup, Hidden, Link, Option


@dataclass(frozen=True)
class OptionGroup:
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class FigureRow:
    """One unit of the ranked table. `tone` is the class of its colour on the map (`q0` to `q4`, `none`, `nodata`);
    `key` is the unit's; `exact` is the published value as the API gives it, "" where there is none; `bar` and `mark`
    are 0 to 100."""

    key: str
    rank: str
    label: str
    parent: str | None
    url: str | None
    exact: str
    value: str
    bar: float | None
    mark: float | None
    coverage: str
    thin: bool
    gap: str | None
    compared: str | None
    verdict: str | None
    tone: str


@dataclass(frozen=True)
class LegendItem:
    """A colour with what it means and how many units have it; `share` (0 to 100) draws the distribution."""

    tone: str
    label: str
    count: int
    count_label: str
    share: float


@dataclass(frozen=True)
class GoalView:
    """A target in words: what is asked, where it stands, over which territory, the document's own wording."""

    id: str
    text: str
    source: str
    place: str
    wording: str
    note: str | None


@dataclass(frozen=True)
class PeriodRow:
    period: str
    row: FigureRow


@dataclass(frozen=True)
class Course:
    """A figure over the years: rows, the drawing, and where the line would go on to (None: too few periods)."""

    rows: tuple[PeriodRow, ...]
    curve: str
    projection: ProjectionView | None


@dataclass(frozen=True)
class Shown:
    """The answered question: headline, map, legend, table, trend, exports."""

    heading: str
    whole: FigureRow
    reached_label: str | None
    goal: GoalView | None
    local_goals: tuple[GoalView, ...]
    silent_label: str | None
    drawing: str
    shapes: ShapesView
    legend: tuple[LegendItem, ...]
    rows: tuple[FigureRow, ...]
    rest: FigureRow | None
    unplaced: tuple[Link, ...]
    total_label: str
    sorts: tuple[Link, ...]
    previous_url: str | None
    next_url: str | None
    course: Course
    exports: tuple[DownloadGroup, ...]
    method: str
    live: dict[str, Any]


@dataclass(frozen=True)
class PlannerPage:
    """`shown` None: the question has no answer, `message` says why and what to ask instead."""

    title: str
    description: str
    form_url: str
    indicator: str
    indicator_label: str
    definition: str
    unofficial: bool
    indicators: tuple[OptionGroup, ...]
    units: tuple[Option, ...]
    periods: tuple[Option, ...]
    targets: tuple[Option, ...]
    filters: tuple[FilterGroup, ...]
    hidden: tuple[Hidden, ...]
    layers: tuple[Option, ...]
    occupation: str
    occupations: tuple[str, ...]
    suggest_url: str
    message: str | None
    shown: Shown | None
    targets_url: str


@dataclass(frozen=True)
class TargetRow:
    """A target with where it stands now: `tone` is `ok`, `warning` or `none` (nothing to compare)."""

    goal: GoalView
    indicator_label: str
    url: str | None
    value: str
    coverage: str | None
    state: str
    tone: str


@dataclass(frozen=True)
class TargetGroup:
    """The targets of one document."""

    anchor: str
    title: str
    subtitle: str
    context: bool
    rows: tuple[TargetRow, ...]


@dataclass(frozen=True)
class TargetsPage:
    title: str
    description: str
    groups: tuple[TargetGroup, ...]
    total_label: str
    planner_url: str


@dataclass(frozen=True)
class ProfileLine:
    """One indicator of a unit: the latest figure and the way there."""

    label: str
    url: str
    latest: FigureRow
    period: str
    goals: tuple[GoalView, ...]
    course: Course


@dataclass(frozen=True)
class ProfileGroup:
    label: str
    lines: tuple[ProfileLine, ...]


@dataclass(frozen=True)
class DutyLine:
    """A duty to report in a unit: how many of those asked have reported, and the way to the list."""

    label: str
    source: str
    last_day: str
    reported: str
    silent: str
    url: str


@dataclass(frozen=True)
class CoverLine:
    """A local document and the part of the unit it covers, with the way to that part's own figures."""

    document: str
    covers: str
    url: str


@dataclass(frozen=True)
class UnitProfilePage:
    """`review`: of a province of today, who answers for its records."""

    title: str
    description: str
    subtitle: str
    note: str | None
    parts: tuple[Link, ...]
    groups: tuple[ProfileGroup, ...]
    list_url: str | None
    planner_url: str
    duties: tuple[DutyLine, ...]
    api_url: str
    covers: tuple[CoverLine, ...]
    review: ReviewView | None
