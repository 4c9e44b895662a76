"""The periodic report of a province for a year: published figures with their targets, and who reported by when.

Read from the same functions as overlays and the reports page, so that no number can be another one here. A figure that
nobody reported is None, never zero.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.indicators import Indicator, IndicatorRole, indicators
from geodata.models import Release
from geodata.overlays import NoFigures, Overlay, UnitFigure, by_unit
from geodata.releases import moment
from geodata.standard.duties import Duty, duties_in
from geodata.standard.reporting import Counts, reporting_of
from geodata.targets import Target
from geodata.unit_reads import Unit

VERSION: Final = "1.0"
"""Of the published schema: the first number changes when a reader of the old one could go wrong."""

REPORTED = (IndicatorRole.TARGET, IndicatorRole.MONITORED, IndicatorRole.LEGAL)
SOURCES = """
    SELECT source.title, source.data_status, count(*) AS figures
    FROM report JOIN indicator_value AS figure ON figure.report_id = report.id
    JOIN source ON source.id = figure.source_id
    JOIN institution_state AS state ON state.institution_id = report.institution_id AND state.is_main
        AND state.province_code = :province AND {said_state}
        AND (state.valid_from IS NULL OR state.valid_from <= :day) AND (state.valid_to IS NULL OR state.valid_to > :day)
    WHERE report.period_id = :period AND {said_figure}
    GROUP BY source.id ORDER BY figures DESC, source.id LIMIT 50
"""
SAID = "{row}.release_from <= :release AND ({row}.release_to IS NULL OR {row}.release_to > :release)"


@dataclass(frozen=True)
class TargetFigure:
    """What one target asks and how far it is: `figure` is that of those whom it covers."""

    target: Target
    figure: UnitFigure


@dataclass(frozen=True)
class IndicatorFigure:
    """An indicator's figure in the province; None: no report of the year holds it at all, so that nobody was counted.
    `targets`: the national one first, then those of local documents that cover a part of the province."""

    indicator: Indicator
    figure: UnitFigure | None
    targets: tuple[TargetFigure, ...]


@dataclass(frozen=True)
class DutyFigure:
    duty: Duty
    last_day: date
    counts: Counts


@dataclass(frozen=True)
class SourceFigure:
    """A source of institutions' figures, the status of its data, and how many of the figures rest on it."""

    title: str
    data_status: str
    figures: int


@dataclass(frozen=True)
class PeriodicReport:
    """`published_at` None: nothing was published yet."""

    province: Unit
    year: int
    release: int
    published_at: datetime | None
    duties: tuple[DutyFigure, ...]
    indicators: tuple[IndicatorFigure, ...]
    sources: tuple[SourceFigure, ...]


def periodic_report(
    session: Session, province: Unit, year: int, *, on: date, release: int | None = None
) -> PeriodicReport:
    """The report of a province of the day `on`, from the release asked (None: the current one). Raises
    `UnknownRelease`."""
    at = moment(session, on, release)
    asked = [one for one in indicators().values() if one.role in REPORTED and one.has_period(year)]
    published = session.get(Release, at.release)
    return PeriodicReport(
        province=province,
        year=year,
        release=at.release,
        published_at=published.published_at if published else None,
        duties=tuple(
            DutyFigure(duty, duty.last_day(year), reporting_of(session, duty, year, province, release=release))
            for duty in duties_in(year)
        ),
        indicators=tuple(_indicator(session, one, province, year, on, release) for one in asked),
        sources=_sources(session, province, year, at.release),
    )


def _indicator(
    session: Session, indicator: Indicator, province: Unit, year: int, on: date, release: int | None
) -> IndicatorFigure:
    try:
        told = _overlay(session, indicator, year, on, release)
    except NoFigures:
        return IndicatorFigure(indicator, None, ())
    national = [(told.target, told)] if told.target else []
    local = [(target, _overlay(session, indicator, year, on, release, target)) for target in told.also]
    figures = [(target, _row(overlay, province)) for target, overlay in (*national, *local)]
    covering = [TargetFigure(target, row) for target, row in figures if row is not None and row.target is not None]
    return IndicatorFigure(indicator, _row(told, province), tuple(covering))


def _overlay(
    session: Session, indicator: Indicator, year: int, on: date, release: int | None, target: Target | None = None
) -> Overlay:
    named = target.id if target else None
    return by_unit(session, indicator.id, level="province", on=on, period=str(year), target=named, release=release)


def _row(overlay: Overlay, province: Unit) -> UnitFigure | None:
    return next((row for row in overlay.rows if row.unit is not None and row.unit.key == province.key), None)


def _sources(session: Session, province: Unit, year: int, release: int) -> tuple[SourceFigure, ...]:
    sql = SOURCES.format(said_state=SAID.format(row="state"), said_figure=SAID.format(row="figure"))
    given = {"province": province.code, "period": str(year), "day": date(year, 12, 31), "release": release}
    return tuple(SourceFigure(*row) for row in session.execute(text(sql), given))
