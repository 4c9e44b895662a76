"""Whose provinces a file touches: rows about others' are refused when it is staged, and the run says what is left."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.imports.checks import Finding, Severity, declare_plainly
from geodata.imports.examination import Planned
from geodata.models import ImportRun
from geodata.vocabulary import RowOutcome

CODE = "other_province"
EVERYWHERE = "*"

declare_plainly(
    CODE,
    Severity.ERROR,
    "Cơ sở thuộc tỉnh, thành phố ngoài phạm vi quyền của bạn ({provinces})",
    "The institution lies in a province beyond your rights ({provinces})",
    "Để dòng này cho cán bộ của tỉnh, thành phố đó.",
    "Leave this row to the steward of that province.",
)

Territory = list[str] | None
"""Codes of provinces; None: no limit (the operator, or a right over the whole country)."""

PROVINCES_OF = """
    SELECT id, institution_provinces(id) FROM unnest(CAST(:ids AS text[])) AS asked (id)
"""
TOUCHED = """
    SELECT coalesce(array_agg(DISTINCT code ORDER BY code), '{}') FROM (
        SELECT unnest(institution_provinces(institution_id)) AS code
        FROM (SELECT DISTINCT institution_id FROM import_row WHERE run_id = :run AND changes <> '[]') AS one
        UNION ALL
        SELECT coalesce(change->'after'->>'province_code', '?') FROM import_row
        CROSS JOIN LATERAL jsonb_array_elements(changes) AS c (change)
        WHERE run_id = :run AND change->>'table' = 'campus' AND change->>'action' = 'add'
    ) AS touched
"""


def at_work(session: Session) -> Territory:
    """Where whoever the session acts for may stage; None without a limit, as for the operator's commands."""
    asked = text("SELECT CASE WHEN acting_person() IS NOT NULL THEN provinces_where('stage') END")
    codes = session.scalar(asked)
    return None if codes is None or EVERYWHERE in codes else list(codes)


def only_within(session: Session, planned: list[Planned], territory: Territory) -> list[Planned]:
    """The plan without what touches other provinces: such rows are refused, with a finding that says whose they are.

    A refused row of a new school takes the others about it along.
    """
    if territory is None:
        return planned
    known = _provinces_of(session, {row.institution_id for row in planned if row.changes and row.institution_id})
    strangers = {id(row): _others(row, known, territory) for row in planned}
    new = {row.institution_id for row in planned if row.outcome is RowOutcome.CREATED and strangers[id(row)]}
    return [_judged(row, strangers[id(row)] or ({"?"} if row.institution_id in new else set())) for row in planned]


def touched(session: Session, run: ImportRun) -> list[str]:
    """Codes of the provinces that publishing the stored rows would touch; `?` among them where one cannot be told."""
    return list(session.scalar(text(TOUCHED), {"run": run.id}) or [])


def _provinces_of(session: Session, ids: Iterable[str | None]) -> dict[str, list[str]]:
    rows = session.execute(text(PROVINCES_OF), {"ids": sorted(id for id in ids if id)})
    return {id: list(codes) for id, codes in rows}


def _others(row: Planned, known: Mapping[str, list[str]], territory: list[str]) -> set[str]:
    """Provinces of the row that are none of the territory."""
    if not row.changes:
        return set()
    codes = set(known.get(row.institution_id or "", ()))
    for change in row.changes:
        if change["table"] == "campus" and change["action"] == "add":
            codes.add(change["after"].get("province_code") or "?")
    return codes - set(territory)


def _judged(row: Planned, others: set[str]) -> Planned:
    if not others or not row.changes:
        return row
    found = Finding(CODE, Severity.ERROR.value, None, None, {"provinces": ", ".join(sorted(others))})
    return replace(row, outcome=RowOutcome.REJECTED, findings=(*row.findings, found), changes=())
