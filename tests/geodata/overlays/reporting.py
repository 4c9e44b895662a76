"""Reports for tests: who told what for a period."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata import releases
from geodata.indicators import indicators
from geodata.models import Indicator, IndicatorValue, Release, Report, ReportingPeriod, Source
from geodata.vocabulary import ReleaseKind

Told = tuple[int, int] | bool | None
"""A numerator and denominator, has or has not, or said to be missing."""


def add_period(session: Session, year: int) -> None:
    days = {"starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31), "due_on": date(year + 1, 3, 31)}
    session.execute(upsert(ReportingPeriod).values(id=str(year), **days).on_conflict_do_nothing())


def tell(session: Session, year: int, figures: Mapping[str, Mapping[str, Told]]) -> Release:
    """One release in which institutions (by id) report figures (by indicator) for a year."""
    release = releases.open_release(session, kind=ReleaseKind.EDIT, actor="tester", reason="test")
    add_period(session, year)
    source = session.scalar(select(Source.id).order_by(Source.id))
    for institution, told in figures.items():
        report = Report(period_id=str(year), subject_kind="institution", institution_id=institution, state="published")
        session.add(report)
        session.flush()
        for indicator, figure in told.items():
            add_indicator(session, indicator)
            session.add(a_value(report.id, indicator, figure, release.id, source or 0))
    releases.finish_release(session, release, institutions=list(figures))
    return release


def add_indicator(session: Session, indicator: str) -> None:
    row = {"subject_kind": indicators()[indicator].subject.value, "unit": indicators()[indicator].unit.value}
    session.execute(upsert(Indicator).values(id=indicator, definition={}, **row).on_conflict_do_nothing())


def a_value(report: int, indicator: str, told: Told, release: int, source: int) -> IndicatorValue:
    common = {"report_id": report, "indicator_id": indicator, "release_from": release, "source_id": source}
    if told is None:
        return IndicatorValue(missing_reason="Chưa thống kê", **common)
    part, whole = (int(told), 1) if isinstance(told, bool) else told
    value = Decimal(100 * part) / whole if whole else Decimal(0)
    return IndicatorValue(value=round(value, 2), numerator=part, denominator=whole, **common)
