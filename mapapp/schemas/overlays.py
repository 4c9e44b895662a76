"""Figures per administrative unit: of a period, between two periods, beside each other."""

from typing import Any

from geodata.vocabulary import UnitLevel
from mapapp.schemas.shared import AnswerFacts, Shape


class OverlayRow(Shape):
    """`unit` is the key code@valid_from, null for those that no unit can be given; `value` null: no data, not zero."""

    unit: str | None
    code: str | None
    name: str | None
    name_en: str | None
    value: float | None
    n: int
    N: int
    coverage: float | None
    no_data: bool
    target: float | None
    gap: float | None
    met: bool | None
    target_value: float | None
    target_n: int
    target_N: int  # noqa: N815


class OverlayAnswer(AnswerFacts):
    """The rows sum to `whole`; with `format=geojson` each row is the properties of a Feature."""

    indicator: str
    level: UnitLevel
    period: str
    target: dict[str, Any] | None
    local_targets: list[dict[str, Any]]
    rows: list[OverlayRow]
    whole: OverlayRow
    numberReturned: int  # noqa: N815


class ChangeRow(Shape):
    """`difference` null: one of the periods has no data."""

    unit: str | None
    code: str | None
    name: str | None
    name_en: str | None
    earlier: float | None
    later: float | None
    difference: float | None
    earlier_n: int
    earlier_N: int  # noqa: N815
    n: int
    N: int


class ChangeAnswer(AnswerFacts):
    indicator: str
    level: UnitLevel
    since: str
    period: str
    rows: list[ChangeRow]
    whole: ChangeRow
    numberReturned: int  # noqa: N815


class ComparisonRow(Shape):
    """`difference` (two less one) null: a side has no data, or the sides are measured in different units."""

    unit: str | None
    code: str | None
    name: str | None
    name_en: str | None
    one_value: float | None
    one_n: int
    one_N: int  # noqa: N815
    two_value: float | None
    two_n: int
    two_N: int  # noqa: N815
    difference: float | None


class ComparisonAnswer(AnswerFacts):
    """`one` and `two` say of each side what its own overlay says."""

    level: UnitLevel
    published_at: str | None
    licence: str
    licence_url: str | None
    query: dict[str, str]
    url: str
    page: str
    method_vi: str
    method_en: str
    one: dict[str, Any]
    two: dict[str, Any]
    rows: list[ComparisonRow]
    whole: ComparisonRow
    numberReturned: int  # noqa: N815
