"""The parts of an institution's page as finished values: facts with their days and origin, campuses, programmes."""

from dataclasses import dataclass
from typing import Any

from mapapp.views import MapConfig


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
    period_label: str
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
