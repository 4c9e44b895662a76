"""Import runs as proposals: the provinces a staged run touches and the fields it changes."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.imports.staging import needs_approval
from geodata.models import ImportRun
from geodata.proposals.fields import Field, field_of, fields
from geodata.proposals.refusals import WrongStep

PROVINCES = """
    SELECT DISTINCT code FROM (
        SELECT state.province_code AS code FROM import_row AS row
        JOIN institution_state AS state ON state.institution_id = row.institution_id AND state.release_to IS NULL
            AND state.valid_to IS NULL
        WHERE row.run_id = :run AND row.changes <> '[]'
        UNION ALL
        SELECT change->'after'->>'province_code' FROM import_row AS row
        CROSS JOIN LATERAL jsonb_array_elements(row.changes) AS c (change)
        WHERE row.run_id = :run AND change->>'table' = 'campus'
    ) AS touched WHERE code IS NOT NULL ORDER BY code
"""
PLACELESS = """
    WITH changed AS (SELECT DISTINCT institution_id FROM import_row WHERE run_id = :run AND changes <> '[]')
    SELECT EXISTS (
        SELECT institution_id FROM changed
        EXCEPT SELECT institution_id FROM institution_state JOIN changed USING (institution_id)
            WHERE release_to IS NULL AND province_code IS NOT NULL
        EXCEPT SELECT institution_id FROM import_row CROSS JOIN LATERAL jsonb_array_elements(changes) AS c (change)
            WHERE run_id = :run AND change->'after'->>'province_code' IS NOT NULL)
"""
TOUCHED = """
    SELECT DISTINCT change->>'table' AS subject,
        coalesce(change->'after'->>'kind', change->'after'->>'scheme', change->'before'->>'kind',
            change->'before'->>'scheme') AS kind
    FROM import_row AS row CROSS JOIN LATERAL jsonb_array_elements(row.changes) AS c (change)
    WHERE row.run_id = :run
"""


def require_for_approval(run: ImportRun) -> None:
    """Raises `WrongStep` where the preview was made for publication without a second person: it would do otherwise."""
    if not needs_approval(run):
        raise WrongStep(
            f"Bản xem trước của lần nhập {run.id} được tính cho việc công bố bằng lệnh; hãy tính lại rồi gửi đề xuất.",
            f"The preview of import run {run.id} was made for publication by a command; preview again, then propose.",
        )


def provinces_of_run(session: Session, run: ImportRun) -> list[str]:
    """Codes of today's provinces that publication would touch; empty where an institution has no known province."""
    if session.scalar(text(PLACELESS), {"run": run.id}):
        return []
    return list(session.scalars(text(PROVINCES), {"run": run.id}))


def fields_of_run(session: Session, run: ImportRun) -> tuple[Field, ...]:
    """The fields that the rows of the run change, in the order of the configuration."""
    rows = session.execute(text(TOUCHED), {"run": run.id})
    touched = {field_of(row.subject, row.kind).id for row in rows}
    return tuple(field for field in fields().values() if field.id in touched)


def institutions_of_run(session: Session, run: int) -> list[str]:
    """Institutions that the rows of the run change, in an order by lot that stays the same."""
    rows = text(
        "SELECT institution_id FROM import_row WHERE run_id = :run AND changes <> '[]'"
        " GROUP BY institution_id ORDER BY md5(institution_id)"
    )
    return list(session.scalars(rows, {"run": run}))


def rows_of_run(session: Session, run: int) -> int:
    """How many rows of the run change something."""
    counted = text("SELECT count(*) FROM import_row WHERE run_id = :run AND changes <> '[]'")
    return session.scalar(counted, {"run": run}) or 0
