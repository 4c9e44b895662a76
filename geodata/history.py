"""What happened to one institution in the register: every release that changed it, with its source and decision.

Public: no person is named, neither who proposed nor who approved.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.imports.facts import TABLES
from geodata.imports.preview import SHOWN
from geodata.proposals.change_sets import ChangedFact, facts_in

OWNER = {
    "relation": "fact.predecessor_id = :institution OR fact.successor_id = :institution",
    "indicator_value": "report.institution_id = :institution",
}
ROWS = """
    SELECT '{table}' AS subject, to_jsonb(fact) {point} {more} AS fact, fact.release_from, fact.release_to,
        fact.row_id, fact.source_id, fact.decision_id
    FROM {table} AS fact {join} WHERE {whose}
"""
TOLD = """
    SELECT told.subject, told.fact::text, told.release_from, told.release_to, source.title, source.data_status,
        decision.number
    FROM ({rows}) AS told
    JOIN source ON source.id = told.source_id LEFT JOIN decision ON decision.id = told.decision_id
    WHERE told.release_from <= :release
    ORDER BY told.release_from, told.row_id
"""
RELEASES = """
    SELECT release.id, published_at, kind, undoes_id, decision.number, decision.issued_on
    FROM release LEFT JOIN decision ON decision.id = release.decision_id WHERE release.id = ANY(:ids)
"""


@dataclass(frozen=True)
class Step:
    """One release that changed the institution. `effective_on` is the one day from which all of it holds, where there
    is one; `sources` are titles with their data status; `undoes` names the release that it took back."""

    release: int
    published_at: datetime
    kind: str
    decision: str | None
    decided_on: date | None
    effective_on: date | None
    undoes: int | None
    sources: tuple[tuple[str, str], ...]
    facts: tuple[ChangedFact, ...]


def history(session: Session, institution: str, *, release: int) -> tuple[Step, ...]:
    """The steps up to a release, newest first. Facts that a release closed and said again with nothing shown changed
    (another source) are told as facts whose versions are equal."""
    rows = session.execute(text(QUERY), {"institution": institution, "release": release}).all()
    numbers = {row.release_from for row in rows} | {row.release_to for row in rows if row.release_to}
    numbers = {number for number in numbers if number <= release}
    releases = session.execute(text(RELEASES), {"ids": sorted(numbers)}).all()
    return tuple(
        _step(found, rows, institution) for found in sorted(releases, key=lambda found: int(found.id), reverse=True)
    )


def _step(found: Any, rows: Iterable[Any], institution: str) -> Step:
    changes: list[dict[str, Any]] = []
    sources: dict[tuple[str, str], None] = {}
    for row in rows:
        if row.release_to == found.id:
            changes.append(_change(row, "close", "before", institution))
        if row.release_from == found.id:
            changes.append(_change(row, "add", "after", institution))
            sources[row.title, row.data_status] = None
    decisions = {row.number for row in rows if row.release_from == found.id and row.number}
    starts = {change["after"].get("valid_from") for change in changes if change["action"] == "add"}
    fresh = {day for day in starts if day and day not in _starts_before(changes)}
    return Step(
        release=found.id,
        published_at=found.published_at,
        kind=found.kind,
        decision=found.number or (next(iter(decisions)) if len(decisions) == 1 else None),
        decided_on=found.issued_on,
        effective_on=date.fromisoformat(next(iter(fresh))) if len(fresh) == 1 else None,
        undoes=found.undoes_id,
        sources=tuple(fresh_sources(sources, rows, found.id)),
        facts=facts_in(changes),
    )


def fresh_sources(sources: Iterable[tuple[str, str]], rows: Iterable[Any], release: int) -> list[tuple[str, str]]:
    """Sources that came with the release: those of facts that only got an end are left out where there are others."""
    before = {(row.title, row.data_status) for row in rows if row.release_to == release}
    told = list(sources)
    return [source for source in told if source not in before] or told


def _starts_before(changes: list[dict[str, Any]]) -> set[str | None]:
    return {change["before"].get("valid_from") for change in changes if change["action"] == "close"}


def _change(row: Any, action: str, side: str, institution: str) -> dict[str, Any]:
    fact = json.loads(row.fact)
    shown = {*SHOWN[row.subject], "valid_from", "valid_to", "kind", "scheme", "campus_id", "licence_id"}
    more = ("occupation_code", "training_level", "predecessor_id", "successor_id", "indicator_id", "period_id")
    kept = {key: value for key, value in fact.items() if key in shown or key in (*more, "institution_id")}
    return {"about": institution, "table": row.subject, "action": action, side: kept}


def _rows(table: str) -> str:
    reported = table == "indicator_value"
    return ROWS.format(
        table=table,
        point="|| jsonb_build_object('geom', ST_AsEWKT(fact.geom))" if table == "campus" else "",
        more="|| jsonb_build_object('period_id', report.period_id)" if reported else "",
        join="JOIN report ON report.id = fact.report_id" if reported else "",
        whose=OWNER.get(table, "fact.institution_id = :institution"),
    )


QUERY = TOLD.format(rows=" UNION ALL ".join(_rows(table) for table in TABLES))
