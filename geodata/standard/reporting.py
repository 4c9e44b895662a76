"""Who has reported for a period and who has not: counts per unit of any vintage, and the institutions behind them.

Counted are those that existed on the period's last day (active or suspended) and that the duty concerns. An institution
has reported when the release holds at least one figure, or a stated gap, of the duty's indicators for the period; what
still waits for approval is not public and does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.figures.contributions import HOLDS, SAID, SAID_NOW
from geodata.overlays.question import Vintage
from geodata.overlays.sums import unit_column
from geodata.releases import Moment, moment
from geodata.remembered import Remembered
from geodata.standard.duties import Duty
from geodata.unit_reads import Unit, units

ASKED = """
    SELECT state.institution_id AS id, state.name, state.name_folded, state.type, {column} AS code,
        told.institution_id IS NOT NULL AS reported,
        (told.submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS sent_on
    FROM institution_state AS state
    LEFT JOIN (
        SELECT report.institution_id, report.submitted_at FROM report
        WHERE report.period_id = :period AND report.institution_id IS NOT NULL AND EXISTS (
            SELECT FROM indicator_value AS figure
            WHERE figure.report_id = report.id AND figure.indicator_id = ANY(:indicators) AND {said_figure})
    ) AS told ON told.institution_id = state.institution_id
    WHERE state.is_main AND state.status IN ('active', 'suspended') AND {said_state} AND {holds}
        AND (CAST(:levels AS text[]) = '{{}}' OR state.training_levels && CAST(:levels AS text[]))
        AND (CAST(:former_province AS text) IS NULL OR state.former_province_code = :former_province)
        AND {place}
"""

COUNTED = """
    SELECT code, count(*) AS asked, count(*) FILTER (WHERE reported) AS reported,
        count(*) FILTER (WHERE reported AND sent_on > :last_day) AS late
    FROM ({asked}) AS asked GROUP BY code
"""

LISTED = """
    SELECT *, count(*) OVER () AS matched FROM ({asked}) AS asked
    WHERE CAST(:reported AS boolean) IS NULL OR reported = :reported
    ORDER BY name_folded, id LIMIT :limit OFFSET :start
"""


@dataclass(frozen=True)
class Counts:
    """Of those whom a duty concerns (`asked`): how many reported, and of these how many after the deadline."""

    asked: int = 0
    reported: int = 0
    late: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.asked + other.asked, self.reported + other.reported, self.late + other.late)

    @property
    def silent(self) -> int:
        """How many have not reported."""
        return self.asked - self.reported


@dataclass(frozen=True)
class UnitReporting:
    """The counts of one unit; `unit` None: those that no unit of the level can be given."""

    unit: Unit | None
    counts: Counts


@dataclass(frozen=True)
class Reporting:
    """`rows`: one per unit of the level by code, then `unit` None where anyone is left; they sum to `whole`."""

    duty: Duty
    period: int
    vintage: Vintage
    release: int
    rows: tuple[UnitReporting, ...]
    whole: Counts


@dataclass(frozen=True)
class Reporter:
    """An institution that has to report. `sent_on` None: not sent, or the day is not known; `late` None with it."""

    id: str
    name: str
    type: str
    reported: bool
    sent_on: date | None
    late: bool | None


def reporting(
    session: Session, duty: Duty, period: int, *, level: str, on: date, release: int | None = None
) -> Reporting:
    """Who reported on a duty for a period, per unit of a level on the day `on`.

    Raises `LevelNotInVintage`, `UnknownRelease`.
    """
    vintage, found = Vintage(level, on), units(session, level=level, on=on)
    at = moment(session, on, release)
    by_code = counts_by_code(session, duty, period, vintage, at)
    known = {unit.code for unit in found}
    rest = sum((counts for code, counts in by_code.items() if code not in known), Counts())
    told = [UnitReporting(unit, by_code.get(unit.code, Counts())) for unit in found]
    nowhere = [UnitReporting(None, rest)] if rest.asked else []
    return Reporting(duty, period, vintage, at.release, (*told, *nowhere), sum(by_code.values(), Counts()))


BY_CODE: Remembered[dict[str | None, Counts]] = Remembered(most=32)
PATIENCE = "30s"
"""Counting passes over every institution and its reports: once for a publication, not for each reader of a page. At
100,000 it takes 0.6 s (1.7 s from a cold disk), growing evenly: a million may need more than requests usually may."""


def counts_by_code(session: Session, duty: Duty, period: int, vintage: Vintage, at: Moment) -> dict[str | None, Counts]:
    """The counts by stored code of the vintage's level, None for those without one; the same for every day of a
    world of units."""
    column = unit_column(vintage).replace("cell.", "state.")

    def count() -> dict[str | None, Counts]:
        session.execute(text(f"SET LOCAL statement_timeout = '{PATIENCE}'"))
        asked = _asked(at, column, "true")
        rows = session.execute(text(COUNTED.format(asked=asked)), _values(duty, period, at))
        return {row.code: Counts(row.asked, row.reported, row.late) for row in rows}

    if at.published_at is None:
        return count()
    return BY_CODE.get((at.published_at, at.release, duty.id, period, column), count)


def reporting_of(session: Session, duty: Duty, period: int, unit: Unit, *, release: int | None = None) -> Counts:
    """The counts of one unit alone, found by its index."""
    at = moment(session, unit.valid_from, release)
    rows = session.execute(
        text(COUNTED.format(asked=_asked(at, "'here'", _place(unit)))), _values(duty, period, at, unit)
    )
    return sum((Counts(row.asked, row.reported, row.late) for row in rows), Counts())


def reporters(
    session: Session,
    duty: Duty,
    period: int,
    *,
    unit: Unit | None = None,
    reported: bool | None = None,
    release: int | None = None,
    limit: int = 100,
    start: int = 0,
) -> tuple[Sequence[Reporter], int]:
    """(the institutions by name from number `start` on, how many there are): those of a unit (None: of the country)
    that reported (True), did not (False), or both (None)."""
    at = moment(session, unit.valid_from if unit else duty.data_day(period), release)
    sql = LISTED.format(asked=_asked(at, "NULL::text", _place(unit) if unit else "true"))
    values = {**_values(duty, period, at, unit), "reported": reported, "limit": limit, "start": start}
    rows = session.execute(text(sql), values).all()
    found = [_reporter(row, duty.last_day(period)) for row in rows]
    return found, rows[0].matched if rows else 0


def asked_of_unit(duty: Duty, period: int, unit: Unit, at: Moment) -> tuple[str, dict[str, Any]]:
    """(a query of the unit's institutions whom the duty concerns, its parameters): who they are, whether they reported
    and when that was sent."""
    return _asked(at, "NULL::text", _place(unit)), _values(duty, period, at, unit)


def _asked(at: Moment, column: str, place: str) -> str:
    said = SAID_NOW if at.is_current else SAID
    return ASKED.format(
        column=column,
        place=place,
        said_figure=said.format(row="figure"),
        said_state=said.format(row="state"),
        holds=HOLDS.format(row="state", day=":data_day"),
    )


def _place(unit: Unit) -> str:
    column = unit_column(Vintage(unit.level, unit.valid_from)).replace("cell.", "state.")
    return f"{column} = :code"


def _values(duty: Duty, period: int, at: Moment, unit: Unit | None = None) -> dict[str, Any]:
    return {
        "period": str(period),
        "release": at.release,
        "data_day": duty.data_day(period),
        "last_day": duty.last_day(period),
        "indicators": list(duty.indicator_ids()),
        "levels": [level.value for level in duty.training_levels],
        "former_province": duty.former_province,
        "code": unit.code if unit else None,
    }


def _reporter(row: Any, last_day: date) -> Reporter:
    late = None if row.sent_on is None or not row.reported else row.sent_on > last_day
    return Reporter(row.id, row.name, row.type, row.reported, row.sent_on if row.reported else None, late)
