"""How far every reporting subject is with a year: states, deadlines, who is late.

An institution's state is that of its report under way, else whether the register holds figures of the year, and
whether they were corrected since. What is under way is seen by who may see the proposal; everything else is public.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.releases import moment
from geodata.reports.figures import OF
from geodata.reports.subjects import COUNTRY, Subject
from geodata.standard.duties import Duty
from geodata.standard.reporting import asked_of_unit
from geodata.unit_reads import Unit


class ReportStanding(StrEnum):
    """In the order in which somebody has to act: first those who have not begun."""

    NOT_STARTED = "not_started"
    DRAFT = "draft"
    SENT_BACK = "sent_back"
    PROPOSED = "proposed"
    APPROVED = "approved"
    PUBLISHED = "published"
    CORRECTED = "corrected"


SENT = (
    *(ReportStanding.PROPOSED, ReportStanding.APPROVED),
    *(ReportStanding.PUBLISHED, ReportStanding.CORRECTED),
)
"""What nobody has to be reminded of: it was handed in, and is not back."""

CORRECTED = """
    EXISTS (SELECT FROM report JOIN indicator_value AS old ON old.report_id = report.id
        JOIN indicator_value AS new ON new.report_id = report.id AND new.indicator_id = old.indicator_id
            AND new.release_from = old.release_to AND new.release_to IS NULL
        JOIN release ON release.id = new.release_from AND release.kind <> 'undo'
        WHERE {of} AND report.period_id = :period
            AND (old.value, old.numerator, old.denominator, old.missing_reason)
                IS DISTINCT FROM (new.value, new.numerator, new.denominator, new.missing_reason))
"""
UNDER_WAY = """
    LEFT JOIN proposal AS way ON way.reports_on = asked.id AND way.period = :period
        AND way.state IN ('draft', 'proposed', 'sent_back', 'approved')
"""
HANDED_IN = """
    (SELECT (min(at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM proposal_log
        WHERE proposal_id = way.id AND step = 'proposed')
"""
"""The day on which the report under way was first handed in: the same that it keeps once it is published."""

STANDINGS = f"""
    SELECT asked.id, asked.name, asked.type, asked.name_folded, asked.reported, asked.sent_on, way.id AS number,
        way.changed_at, {HANDED_IN} AS handed_in,
        CASE WHEN way.state IS NOT NULL THEN way.state WHEN NOT asked.reported THEN 'not_started'
            WHEN {CORRECTED.format(of="report.institution_id = asked.id")} THEN 'corrected'
            ELSE 'published' END AS state
    FROM ({{asked}}) AS asked {UNDER_WAY}
"""
COUNTS = "SELECT state, count(*) AS institutions FROM ({standings}) AS one GROUP BY state"
LISTED = """
    SELECT * FROM ({standings}) AS one WHERE (CAST(:states AS text[]) IS NULL OR state = ANY(:states))
        AND NOT (:silent AND reported)
    ORDER BY array_position(CAST(:order AS text[]), state), name_folded, id LIMIT :limit OFFSET :start
"""
OF_ONE = f"""
    SELECT way.id AS number, way.state, way.changed_at, {HANDED_IN} AS handed_in,
        EXISTS (SELECT FROM report JOIN indicator_value AS figure ON figure.report_id = report.id
            WHERE {{of}} AND report.period_id = :period AND figure.release_to IS NULL) AS reported,
        (SELECT (submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM report
            WHERE {{of}} AND report.period_id = :period) AS sent_on,
        {CORRECTED} AS corrected
    FROM (SELECT CAST(:key AS text) AS id) AS asked {UNDER_WAY}
"""


@dataclass(frozen=True)
class SubjectStanding:
    """`number`: the proposal under way. `published`: the register holds figures of the year, also while a correction
    is under way. `sent_on`: handed in, published or not. `late`: not in by the last day (of `sent_on` where it is
    known, else today)."""

    key: str
    name: str
    type: str | None
    state: ReportStanding
    number: int | None
    changed_at: datetime | None
    published: bool
    sent_on: date | None
    late: bool


def state_counts(session: Session, duty: Duty, year: int, place: Unit) -> dict[ReportStanding, int]:
    """How many institutions of the unit, whom the duty concerns, are in each state; every state is there."""
    sql, given = _standings(session, duty, year, place)
    rows = session.execute(text(COUNTS.format(standings=sql)), given)
    found = {ReportStanding(row.state): int(row.institutions) for row in rows}
    return {state: found.get(state, 0) for state in ReportStanding}


def standings_of(
    session: Session,
    duty: Duty,
    year: int,
    place: Unit,
    *,
    today: date,
    states: Sequence[ReportStanding] | None = None,
    silent: bool = False,
    limit: int = 100,
    start: int = 0,
) -> tuple[SubjectStanding, ...]:
    """The institutions of the unit in these states (None: all), those who have to act first, then by name. `silent`:
    only those of whom nothing of the year is published, without corrections under way."""
    sql, given = _standings(session, duty, year, place)
    wanted = {
        "states": None if states is None else [state.value for state in states],
        "silent": silent,
        "order": [state.value for state in ReportStanding],
        "limit": limit,
        "start": start,
    }
    rows = session.execute(text(LISTED.format(standings=sql)), {**given, **wanted})
    last = duty.last_day(year)
    return tuple(
        SubjectStanding(
            row.id,
            row.name,
            row.type,
            state := ReportStanding(row.state),
            row.number,
            row.changed_at,
            row.reported,
            sent_on := _sent_on(state, row),
            _late(state, row.reported, sent_on, last, today),
        )
        for row in rows
    )


def standing_of(session: Session, subject: Subject, year: int, *, last_day: date, today: date) -> SubjectStanding:
    """That of one subject, whoever it is."""
    given = {"key": subject.key, "id": None if subject.id == COUNTRY else subject.id, "period": str(year)}
    row: Any = session.execute(text(OF_ONE.format(of=OF[subject.kind])), given).one()
    published = ReportStanding.CORRECTED if row.corrected else ReportStanding.PUBLISHED
    state = ReportStanding(row.state) if row.state else published if row.reported else ReportStanding.NOT_STARTED
    sent_on = _sent_on(state, row)
    late = _late(state, row.reported, sent_on, last_day, today)
    return SubjectStanding(
        subject.key, subject.name, None, state, row.number, row.changed_at, row.reported, sent_on, late
    )


def _standings(session: Session, duty: Duty, year: int, place: Unit) -> tuple[str, dict[str, Any]]:
    asked, given = asked_of_unit(duty, year, place, moment(session, place.valid_from))
    return STANDINGS.format(asked=asked), given


def _sent_on(state: ReportStanding, row: Any) -> date | None:
    """The day the report was first sent, from the moment it is handed in; None where it is not in, or not known."""
    found: date | None = row.sent_on if row.reported else row.handed_in if state in SENT else None
    return found


def _late(state: ReportStanding, reported: bool, sent_on: date | None, last_day: date, today: date) -> bool:
    if reported or state in SENT:
        return sent_on is not None and sent_on > last_day
    return today > last_day
