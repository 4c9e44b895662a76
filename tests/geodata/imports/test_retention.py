"""Files as they were handed in go when their time is over; what a run did stays."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata.imports import jobs
from geodata.imports.refusals import UnknownRun
from geodata.imports.retention import Forgotten, forget_files, is_kept
from geodata.imports.run import kept, publish, recount, rows_of, undo
from geodata.models import ImportFile, ImportJob
from geodata.vocabulary import JobAct
from tests.geodata.imports.conftest import TODAY, Stager, a_csv, register_hash

SCHOOL = ("Trường Cao đẳng Thử nghiệm", "Trường cao đẳng", "công lập", "Nam Định", "CDT2599")
NOW = datetime.now(UTC)
LONG_AGO = "now() - interval '100 days'"


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def age(session: Session, *, run: bool = True, released: bool = True) -> None:
    """As if all of it had happened a hundred days ago."""
    session.execute(text(f"UPDATE import_file SET received_at = {LONG_AGO}"))
    session.execute(text(f"UPDATE import_job SET beat_at = {LONG_AGO}"))
    if run:
        session.execute(text(f"UPDATE import_run SET created_at = {LONG_AGO}"))
    if released:
        session.execute(text(f"UPDATE release SET published_at = {LONG_AGO}"))
    session.expire_all()


def test_old_file_goes_and_the_run_keeps_its_report_and_its_hash(session: Session, staged: Stager) -> None:
    run = publish(session, staged(a_csv(SCHOOL)), actor="officer")
    before, rows, told = register_hash(session), len(rows_of(session, run)), (run.file_hash, run.counts)
    age(session)
    assert forget_files(session, before=ago(90)) == Forgotten(files=1, jobs=0)
    assert not is_kept(session, run)
    with pytest.raises(UnknownRun):
        kept(session, run.file_hash, run.file_name)
    assert (register_hash(session), len(rows_of(session, run)), (run.file_hash, run.counts)) == (before, rows, told)
    undo(session, run, actor="officer")


@pytest.mark.parametrize(("run", "released"), [(False, True), (True, False)])
def test_file_that_was_used_lately_stays(session: Session, staged: Stager, run: bool, released: bool) -> None:
    found = publish(session, staged(a_csv(SCHOOL)), actor="officer")
    age(session, run=run, released=released)
    assert forget_files(session, before=ago(90)) == Forgotten(files=0, jobs=0)
    assert is_kept(session, found)


def test_file_handed_in_again_starts_anew(session: Session, staged: Stager) -> None:
    staged(a_csv(SCHOOL))
    age(session)
    staged(a_csv(SCHOOL))
    assert forget_files(session, before=ago(90)).files == 0


def test_jobs_go_with_their_time_and_hold_their_file_until_then(session: Session) -> None:
    jobs.enqueue(session, JobAct.STAGE, actor="officer", file=a_csv(SCHOOL))
    session.execute(text(f"UPDATE import_file SET received_at = {LONG_AGO}"))
    assert forget_files(session, before=ago(90)) == Forgotten(files=0, jobs=0)
    age(session)
    assert forget_files(session, before=ago(90)) == Forgotten(files=1, jobs=1)
    assert session.scalar(select(func.count()).select_from(ImportFile)) == 0
    assert session.scalar(select(func.count()).select_from(ImportJob)) == 0


def test_run_whose_file_is_gone_can_still_be_counted_again_and_published(session: Session, staged: Stager) -> None:
    run = staged(a_csv(SCHOOL))
    age(session)
    assert forget_files(session, before=ago(90)).files == 1
    publish(session, recount(session, run, today=TODAY), actor="officer")
    assert run.release_id is not None
