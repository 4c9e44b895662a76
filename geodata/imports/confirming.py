"""Rows that change nothing confirm what the register says, where they say the whole of it.

A record is confirmed by a published row of the sheet of institutions that states name, type, ownership, province and a
commune or address, agrees with the register in all of them, and was read without a warning and without a note that its
name or code is another. Rows about institutions beyond the provinces of whoever publishes confirm nothing: others
answer for those (the same condition as of the policy `adds` of the table). Taking the import back leaves a confirmation
standing: the list did say so.
"""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.imports.checks import CHECKS, Severity
from geodata.models import ImportRun
from geodata.vocabulary import RowOutcome

WHOLE = ("name", "type", "ownership", "province")
"""What a row says of an institution at least, and one of `PLACE`."""

PLACE = ("commune", "address")
DIFFERING = frozenset({"spelled_differently", "former_identifier"})
"""Notes by which a row that changes nothing says another name or code than the register."""

SHEET = "institutions"
CONFIRM = """
    INSERT INTO record_confirmation (institution_id, confirmed_on, source, by_id)
    SELECT DISTINCT r.institution_id, (CAST(:on AS timestamptz) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
        CAST(:source AS text), acting_person()
    FROM import_row AS r
    WHERE r.run_id = :run AND r.sheet = ANY (:sheets) AND r.outcome = :unchanged AND r.institution_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM unnest(CAST(:whole AS text[])) AS field WHERE coalesce(r.raw->>field, '') = '')
        AND EXISTS (SELECT FROM unnest(CAST(:place AS text[])) AS field WHERE coalesce(r.raw->>field, '') <> '')
        AND NOT EXISTS (SELECT FROM jsonb_array_elements(r.findings) AS found (one)
            WHERE NOT found.one->>'code' = ANY (:notes))
        AND ((SELECT acting_person()) IS NULL
            OR institution_within(r.institution_id, (SELECT provinces_where('edit'))::text[])
            OR institution_within(r.institution_id, (SELECT writable_provinces())::text[]))
    ORDER BY 1
"""


def confirm_unchanged(session: Session, run: ImportRun, *, at: datetime) -> None:
    """Remember for the institutions of such rows that the list said the same, on the day of its publication."""
    sheets = [table["sheet"] for table in run.counts.get("tables", []) if table["kind"] == SHEET]
    given = {
        "run": run.id,
        "on": at,
        "source": run.file_name[:200],
        "sheets": sheets,
        "unchanged": RowOutcome.UNCHANGED.value,
        "whole": list(WHOLE),
        "place": list(PLACE),
        "notes": [code for code, check in CHECKS.items() if check.severity is Severity.NOTE and code not in DIFFERING],
    }
    session.execute(text(CONFIRM), given)
