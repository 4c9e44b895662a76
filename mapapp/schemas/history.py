"""The shapes of an institution's history."""

from datetime import date, datetime
from typing import Any

from mapapp.schemas.shared import Shape, WholeDataStatus


class HistorySource(Shape):
    """What a release rested on."""

    title: str
    data_status: str


class HistoryFact(Shape):
    """One fact: its versions before and after the release, each with its days; `identity` tells it from others."""

    table: str
    identity: list[str]
    before: list[dict[str, Any]]
    after: list[dict[str, Any]]


class HistoryStep(Shape):
    """What one release changed; `effective_on` where all of it holds from one day, `undoes` the release taken back."""

    release: int
    published_at: datetime
    by: str
    decision: str | None
    decided_on: date | None
    effective_on: date | None
    undoes: int | None
    sources: list[HistorySource]
    changes: list[HistoryFact]


class InstitutionHistory(Shape):
    """The steps, newest first."""

    id: str
    steps: list[HistoryStep]
    release: int
    data_status: WholeDataStatus
