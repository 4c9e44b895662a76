"""The report of a run in parts that fit on a page: how often each thing was found, and the findings page by page."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.imports.checks import Severity
from geodata.models import ImportRun

RANK = "array_position(ARRAY['error', 'warning', 'note'], found->>'severity')"


@dataclass(frozen=True)
class FoundCount:
    """How many rows of a run have a finding of this kind; `example` is one of them."""

    code: str
    severity: str
    rows: int
    example: dict[str, Any]


@dataclass(frozen=True)
class Found:
    """A finding in its place; `position` continues a list behind it."""

    position: int
    sheet: str
    number: int
    outcome: str
    finding: dict[str, Any]


def finding_counts(session: Session, run: ImportRun) -> list[FoundCount]:
    """Kinds of findings, gravest first, then by how often."""
    rows = session.execute(
        text(
            "SELECT found->>'code', found->>'severity', count(DISTINCT row.id), (array_agg(found ORDER BY row.id))[1]"
            " FROM import_row AS row CROSS JOIN LATERAL jsonb_array_elements(row.findings) AS found"
            f" WHERE row.run_id = :run GROUP BY 1, 2 ORDER BY min({RANK}), 3 DESC, 1"
        ),
        {"run": run.id},
    )
    return [FoundCount(code, severity, count, example) for code, severity, count, example in rows]


def findings(
    session: Session,
    run: ImportRun,
    *,
    severity: Severity | None = None,
    code: str | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Found]:
    """Findings in the order of the file, behind `after`; of one severity, of one kind."""
    rows = session.execute(
        text(
            "SELECT row.id * 100 + least(at, 99), row.sheet, row.row_number, row.outcome, found"
            " FROM import_row AS row"
            " CROSS JOIN LATERAL jsonb_array_elements(row.findings) WITH ORDINALITY AS f (found, at)"
            " WHERE row.run_id = :run AND (CAST(:severity AS text) IS NULL OR found->>'severity' = :severity)"
            " AND (CAST(:code AS text) IS NULL OR found->>'code' = :code)"
            " AND row.id * 100 + least(at, 99) > :after ORDER BY 1 LIMIT :limit"
        ),
        {
            "run": run.id,
            "severity": severity.value if severity else None,
            "code": code,
            "after": after,
            "limit": limit,
        },
    )
    return [Found(*row) for row in rows]
