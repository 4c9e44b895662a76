"""Administrative units, their outlines, and what is suggested while somebody types."""

from datetime import date
from typing import Any, Literal

from geodata.vocabulary import UnitLevel
from mapapp.schemas.shared import AnswerFacts, Shape


class UnitItem(Shape):
    key: str
    code: str
    level: UnitLevel
    name: str
    full_name: str
    name_en: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    lon: float | None
    lat: float | None
    area_km2: float | None


class UnitList(AnswerFacts):
    units: list[UnitItem]
    numberReturned: int  # noqa: N815


class UnitLink(Shape):
    """`part`: whether the whole predecessor went there; `is_default` marks the main successor."""

    unit: UnitItem
    part: Literal["whole", "part"]
    is_default: bool


class UnitDetail(AnswerFacts):
    unit: UnitItem
    ancestors: list[UnitItem]
    predecessors: list[UnitLink]
    successors: list[UnitLink]


class BoundaryCollection(Shape):
    """Outlines with `properties.key`, `code`, `name` and `quality` (approximate or official)."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


class SuggestionItem(Shape):
    """`value` is an institution's id, a unit's key (code@day) or an occupation code."""

    kind: Literal["institution", "place", "occupation"]
    value: str
    label: str
    label_en: str | None
    detail: str | None
    matched: str | None
    href: str


class Suggestions(AnswerFacts):
    suggestions: list[SuggestionItem]
