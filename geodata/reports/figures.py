"""Figures that the register holds of a reporting subject: what it says now, and everything it ever said of a year."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.imports.facts import Fact, plain
from geodata.reports.subjects import COUNTRY, Subject
from geodata.vocabulary import SubjectKind

NUMBERS = ("value", "numerator", "denominator")
OF = {
    SubjectKind.INSTITUTION: "report.institution_id = :id",
    SubjectKind.AUTHORITY: "report.authority_id = :id",
    SubjectKind.TERRITORY: "report.subject_kind = 'territory' AND report.territory_key IS NOT DISTINCT FROM :id",
}
SAID_NOW = """
    SELECT figure.row_id, report.period_id, figure.indicator_id, figure.value, figure.numerator, figure.denominator,
        figure.missing_reason, figure.valid_from, figure.valid_to, figure.source_id, figure.decision_id,
        source.data_status = 'official' AS is_official
    FROM report JOIN indicator_value AS figure ON figure.report_id = report.id
    JOIN source ON source.id = figure.source_id
    WHERE {of} AND report.period_id = ANY(:periods) AND figure.release_to IS NULL
    ORDER BY figure.row_id
"""
EVER_SAID = """
    SELECT figure.indicator_id, figure.value, figure.numerator, figure.denominator, figure.missing_reason,
        source.title AS source, since.published_at AS since, until.published_at AS until,
        proposal.id AS proposal, proposal.reason
    FROM report JOIN indicator_value AS figure ON figure.report_id = report.id
    JOIN source ON source.id = figure.source_id
    JOIN release AS since ON since.id = figure.release_from
    LEFT JOIN release AS until ON until.id = figure.release_to
    LEFT JOIN proposal ON proposal.release_id = figure.release_from
    WHERE {of} AND report.period_id = :period
    ORDER BY figure.indicator_id, figure.release_from DESC, figure.row_id DESC
"""

LAST_TOLD = """
    SELECT max(greatest(figure.release_from, figure.release_to))
    FROM report JOIN indicator_value AS figure ON figure.report_id = report.id
    WHERE {of} AND report.period_id = :period
"""


@dataclass(frozen=True)
class Version:
    """A figure as the register said it from one publication to another (`until` None: still). `proposal` and `reason`
    tell where it came from, as far as whoever asks may see that."""

    indicator: str
    value: str | None
    numerator: str | None
    denominator: str | None
    missing_reason: str | None
    source: str
    since: datetime
    until: datetime | None
    proposal: int | None
    reason: str | None


def said_now(session: Session, subject: Subject, periods: list[str]) -> dict[str, dict[str, Fact]]:
    """{period: {indicator: figure}} as change sets hold facts."""
    found: dict[str, dict[str, Fact]] = {period: {} for period in periods}
    rows = session.execute(text(SAID_NOW.format(of=OF[subject.kind])), {"id": _id(subject), "periods": periods})
    for row in rows.mappings():
        fact: dict[str, Any] = {**row, **{name: plain(row[name]) for name in NUMBERS}}
        if subject.kind is SubjectKind.INSTITUTION:
            fact["institution_id"] = subject.id
        found[row["period_id"]][row["indicator_id"]] = fact
    return found


def last_told(session: Session, subject: Subject, year: int) -> int | None:
    """The last release that changed the subject's figures of the year; None where there never was any."""
    given = {"id": _id(subject), "period": str(year)}
    release: int | None = session.scalar(text(LAST_TOLD.format(of=OF[subject.kind])), given)
    return release


def corrected(session: Session, subject: Subject, year: int) -> dict[str, tuple[Version, ...]]:
    """{indicator: its versions, newest first} of figures that the register said otherwise before."""
    versions: dict[str, list[Version]] = {}
    given = {"id": _id(subject), "period": str(year)}
    for row in session.execute(text(EVER_SAID.format(of=OF[subject.kind])), given).mappings():
        told = {**row, **{name: plain(row[name]) for name in NUMBERS}}
        one = Version(told.pop("indicator_id"), **told)
        known = versions.setdefault(one.indicator, [])
        if not known or _figures(known[-1]) != _figures(one):
            known.append(one)
    return {indicator: tuple(found) for indicator, found in versions.items() if len(found) > 1}


def _figures(one: Version) -> tuple[str | None, ...]:
    return one.value, one.numerator, one.denominator, one.missing_reason


def _id(subject: Subject) -> str | None:
    return None if subject.kind is SubjectKind.TERRITORY and subject.id == COUNTRY else subject.id
