"""What the dataset's rows point to: source, decisions, reporting periods, indicators."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata.demo.authorities import authority_indicators
from geodata.demo.cohort import MERGER_WAVE
from geodata.demo.readiness import YEARS
from geodata.demo.rows import NULL
from geodata.indicators import Indicator as CatalogueIndicator
from geodata.indicators import readiness_indicators
from geodata.models import Decision, Indicator, ReportingPeriod, Source
from geodata.vocabulary import DataStatus, ReleaseKind

TITLE = "Bộ dữ liệu minh họa (không phải số liệu thật) / Illustrative dataset (not real data)"


def add_source(session: Session, file_name: str) -> int:
    """The source of everything illustrative; its id."""
    kind, status = ReleaseKind.DEMO.value, DataStatus.ILLUSTRATIVE.value
    source = Source(kind=kind, title=TITLE, file_name=file_name, data_status=status)
    session.add(source)
    session.flush()
    return source.id


def decisions(session: Session) -> dict[str, str]:
    """Illustrative decisions behind the mergers: day of effect (and NULL) to the decision's id, as texts."""
    found = {NULL: NULL}
    for order, on in enumerate(MERGER_WAVE, start=1):
        number, issued_on = f"MH-{order:02d}/QĐ-MINHHOA", (on - np.timedelta64(20, "D")).item()
        values = {"number": number, "issued_on": issued_on, "issuer": "Cơ quan minh họa", "title": f"Sáp nhập {TITLE}"}
        session.execute(upsert(Decision).values(values).on_conflict_do_nothing())
        found[str(on)] = str(session.scalars(select(Decision.id).filter_by(number=number, issued_on=issued_on)).one())
    return found


def add_periods(session: Session) -> None:
    """The reporting years, due on 31 March of the next one."""
    for year in YEARS:
        days = {"starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31), "due_on": date(year + 1, 3, 31)}
        session.execute(upsert(ReportingPeriod).values(id=str(year), **days).on_conflict_do_nothing())


def add_indicators(session: Session) -> None:
    """The catalogue's indicators that institutions and authorities report on, where they are not there yet."""
    for indicator in (*readiness_indicators(), *authority_indicators()):
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
