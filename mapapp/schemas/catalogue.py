"""The catalogue's rows and the state of the register."""

from datetime import datetime
from typing import Any

from mapapp.schemas.shared import AnswerFacts


class CatalogueList(AnswerFacts):
    """Rows of the catalogue with the document and clause each comes from."""

    numberReturned: int  # noqa: N815


class IndicatorList(CatalogueList):
    indicators: list[dict[str, Any]]


class TargetList(CatalogueList):
    targets: list[dict[str, Any]]


class RegisterStatus(AnswerFacts):
    """Counts are of the day asked about (`on`)."""

    published_at: datetime | None
    age_s: int | None
    institutions: int
    by_status: dict[str, int]
    by_data_status: dict[str, int]
    by_type: dict[str, int]
    without_location: int
    version: str
