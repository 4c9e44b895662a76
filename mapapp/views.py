"""What the pages show: finished values in the reader's language, so that templates only place them.

Every text here is already translated and formatted; `*_url` are paths of this site that keep the language. `None` and
empty tuples mean "say nothing", never "zero". Templates get one of these as `page`, and on every page `site`
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
class PlaceHit:
    """The words were (also) read as a place: `text` says what became of it, `url` lists the institutions there."""

    label: str
    text: str | None
    url: str


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
class Provenance:
    """Where one statement comes from."""

    source: str
    received_label: str | None
    data_status: str
    data_status_label: str
    decision: str | None = None


@dataclass(frozen=True)
class Dated:
    """A value with its days ("từ 01/07/2025", "đến 30/06/2025"), None when the days are not known."""

    value: str
    period: str | None
    provenance: Provenance | None


@dataclass(frozen=True)
class FactLine:
    """A line of the institution's sheet: what holds on the day asked, and what held before (newest first)."""

    key: str
    label: str
    value: str
    href: str | None
    period: str | None
    provenance: Provenance | None
    history: tuple[Dated, ...] = ()


@dataclass(frozen=True)
class Related:
    """A predecessor or successor, and where the register has it from."""

    url: str
    title: str
    kind_label: str
    period: str | None
    provenance: Provenance | None = None


@dataclass(frozen=True)
class CampusView:
    """`precision_label` says how well the place is known; `geo_url`/`map_url` only where a point is published."""

    id: str
    kind: str
    kind_label: str
    name: str | None
    address: str | None
    place_label: str | None
    former_place_label: str | None
    precision: str
    precision_label: str
    approximate: bool
    lon: float | None
    lat: float | None
    geo_url: str | None
    map_url: str | None
    provenance: Provenance | None


@dataclass(frozen=True)
class ProgrammeView:
    occupation_code: str
    occupation_name: str
    campus: str | None
    licence: str | None
    quota: str | None
    period: str | None
    admission_label: str | None
    provenance: Provenance | None


@dataclass(frozen=True)
class ProgrammeGroup:
    level: str
    label: str
    programmes: tuple[ProgrammeView, ...]


@dataclass(frozen=True)
class LicenceView:
    number: str
    issued_label: str | None
    issuer: str | None
    period: str | None
    in_force: bool
    provenance: Provenance | None


@dataclass(frozen=True)
class ReadinessRow:
    """A published figure; `value` is None when the report says it is missing (never shown as zero)."""

    indicator: str
    indicator_label: str
    period: str
    value: str | None
    parts_label: str | None
    provenance: Provenance | None


@dataclass(frozen=True)
class InstitutionPage:
    """One institution on one day. `status_text` states the plain consequence for a citizen; `status_tone` is `ok`,
    `warning` or `gone`. `json_ld` is ready for `tojson`."""

    title: str
    description: str
    id: str
    name: str
    name_en: str | None
    on_label: str
    asked_for_another_day: bool
    today_url: str | None
    type: str
    type_label: str
    status: str
    status_label: str
    status_text: str
    status_tone: str
    enrolment_text: str | None
    data_status: str
    data_status_label: str
    facts: tuple[FactLine, ...]
    names: tuple[FactLine, ...]
    identifiers: tuple[FactLine, ...]
    contact: tuple[FactLine, ...]
    campuses: tuple[CampusView, ...]
    programme_groups: tuple[ProgrammeGroup, ...]
    licences: tuple[LicenceView, ...]
    completeness: tuple[Dated, ...]
    predecessors: tuple[Related, ...]
    successors: tuple[Related, ...]
    readiness: tuple[ReadinessRow, ...]
    sources: tuple[Provenance, ...]
    updated_label: str | None
    nearby_url: str | None
    api_url: str
    json_ld: dict[str, Any]
    map: MapConfig | None


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
class Count:
    """One number of the register with its share of the whole ("397", "21 %")."""

    value: str
    label: str
    count: int
    share_label: str | None = None


@dataclass(frozen=True)
class SourceView:
    title: str
    kind_label: str
    received_label: str | None
    data_status: str
    data_status_label: str


@dataclass(frozen=True)
class AboutPage:
    """Counts are of today. `boundary_notes`: one sentence per level of unit on where its outlines come from."""

    title: str
    description: str
    total: int
    counts: tuple[tuple[str, tuple[Count, ...]], ...]
    sources: tuple[SourceView, ...]
    boundary_notes: tuple[str, ...]
    status_url: str


@dataclass(frozen=True)
class ApiParameter:
    name: str
    place: str
    description: str
    type: str
    required: bool


@dataclass(frozen=True)
class ApiOperation:
    method: str
    path: str
    anchor: str
    summary: str
    description: str
    parameters: tuple[ApiParameter, ...]
    answers: tuple[tuple[str, str], ...]
    example_url: str | None


@dataclass(frozen=True)
class ApiGroup:
    name: str
    description: str
    operations: tuple[ApiOperation, ...]


@dataclass(frozen=True)
class ApiProblem:
    """A kind of refusal; `anchor` ends its stable `type`."""

    anchor: str
    status: int
    title: str
    text: str


@dataclass(frozen=True)
class DocsPage:
    title: str
    description: str
    version: str
    openapi_url: str
    groups: tuple[ApiGroup, ...]
    problems: tuple[ApiProblem, ...]


@dataclass(frozen=True)
class ProblemPage:
    """An error for people: what happened, what to do. `details`: (field, message) of a refused question."""

    title: str
    description: str
    status: int
    text: str
    details: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] = field(default_factory=tuple)
