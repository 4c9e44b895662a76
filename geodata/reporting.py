"""What reported figures point to: reporting periods and the catalogue's indicators as rows of the database."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata.indicators import Indicator as CatalogueIndicator
from geodata.models import Indicator, ReportingPeriod


def add_periods(session: Session, years: Iterable[int]) -> None:
    """The reporting years that are not there yet, due on 31 March of the next one."""
    for year in years:
        days = {"starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31), "due_on": date(year + 1, 3, 31)}
        session.execute(upsert(ReportingPeriod).values(id=str(year), **days).on_conflict_do_nothing())


def add_indicators(session: Session, indicators: Iterable[CatalogueIndicator]) -> None:
    """The catalogue's entries of the indicators, where they are not there yet."""
    for indicator in indicators:
        values = {"subject_kind": indicator.subject.value, "unit": indicator.unit.value}
        row = upsert(Indicator).values(id=indicator.id, definition=_definition(indicator), **values)
        session.execute(row.on_conflict_do_nothing())


def _definition(indicator: CatalogueIndicator) -> dict[str, Any]:
    """The catalogue's entry as JSON."""
    return {name: _plain(value) for name, value in asdict(indicator).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)
