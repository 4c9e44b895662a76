"""How long files stay: as handed in they may name people, and nobody needs them once the report was sent back.

What stays of a run is its hash, its counts, each row as it was read, what was found in it and what it changed.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import CursorResult, select, text
from sqlalchemy.orm import Session

from geodata.models import ImportFile, ImportRun

JOBS = "DELETE FROM import_job WHERE beat_at < :before"

FILES = """
    DELETE FROM import_file AS file
    WHERE received_at < :before AND NOT EXISTS (SELECT FROM import_job WHERE file_hash = file.file_hash)
        AND NOT EXISTS (
            SELECT FROM import_run AS run LEFT JOIN release ON release.id IN (run.release_id, run.undo_release_id)
            WHERE run.file_hash = file.file_hash AND greatest(run.created_at, release.published_at) >= :before)
"""


class Forgotten(NamedTuple):
    """How many were deleted."""

    files: int
    jobs: int


def forget_files(session: Session, *, before: datetime) -> Forgotten:
    """Delete jobs that ended before then, and files that since then were neither handed in nor staged, published or
    undone. The caller commits."""
    jobs = _deleted(session, JOBS, before)
    return Forgotten(_deleted(session, FILES, before), jobs)


def is_kept(session: Session, run: ImportRun) -> bool:
    """Whether the run's file is still there to be sent back."""
    return session.scalar(select(ImportFile.file_hash).where(ImportFile.file_hash == run.file_hash)) is not None


def _deleted(session: Session, statement: str, before: datetime) -> int:
    done = session.execute(text(statement), {"before": before})
    return done.rowcount if isinstance(done, CursorResult) else 0
