"""Acts on imports that take longer than a request: queued as rows, done by a process of their own, watched as rows.

`enqueue` belongs to the request, `work` to the process. One job is done at a time; its progress and its heartbeat are
written beside its own transaction, so that a page can show them before anything is committed.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from geodata.errors import GeodataError
from geodata.imports import run as runs
from geodata.imports.progress import Progress, silent
from geodata.imports.refusals import Refused, UnknownRun
from geodata.imports.run import InputFile
from geodata.models import ImportJob, ImportRun, Proposal
from geodata.people.rights import Person
from geodata.proposals import publication, reading
from geodata.undoing import LaterChanges
from geodata.vocabulary import JobAct, JobState

ONE_AT_A_TIME = 7_400_223
BEAT_S = 2.0
SILENT_FOR = timedelta(seconds=30)
"""A job under way that was silent for so long has lost its process."""

logger = logging.getLogger(__name__)


def enqueue(
    session: Session,
    act: JobAct,
    *,
    actor: str,
    file: InputFile | None = None,
    run: ImportRun | None = None,
    choices: dict[str, Any] | None = None,
) -> ImportJob:
    """A job that waits for `work`: staging a file, or something done to a run."""
    if file is not None:
        runs.keep(session, file)
    job = ImportJob(
        act=act.value,
        state=JobState.WAITING.value,
        actor=actor,
        file_name=file.name if file else run.file_name if run else "?",
        file_hash=file.hash if file else None,
        run_id=run.id if run else None,
        choices=choices or {},
    )
    session.add(job)
    session.flush()
    return job


def find_job(session: Session, job_id: int) -> ImportJob:
    """The job with this number; raises `UnknownRun`."""
    job = session.get(ImportJob, job_id)
    if job is None:
        raise UnknownRun(f"Không có việc số {job_id}.", f"There is no job {job_id}.")
    return job


def under_way(session: Session) -> list[ImportJob]:
    """Jobs that wait or are worked on, oldest first."""
    active = ImportJob.state.in_([JobState.WAITING, JobState.WORKING])
    return list(session.scalars(select(ImportJob).where(active).order_by(ImportJob.id)))


def is_lost(job: ImportJob, *, at: datetime) -> bool:
    """Whether a job under way has no process any more."""
    return job.state in (JobState.WAITING, JobState.WORKING) and at - job.beat_at > SILENT_FOR


def work(sessions: sessionmaker[Session], job_id: int, *, watched: bool = True) -> None:
    """Do a waiting job; what it came to stands in its row. Nothing is raised but for a database that is away.

    `watched` writes progress and heartbeats on connections of their own.
    """
    with sessions() as session, _watching(sessions, job_id, watched=watched) as progress:
        refusal: tuple[JobState, str, str] | None = None
        try:
            _wait_for_turn(session)
            job = _claim(session, job_id)
            if job is None:
                return
            run = _ACTS[JobAct(job.act)](session, job, progress)
        except Refused as refused:
            refusal = (JobState.REFUSED, refused.vi, refused.en)
        except LaterChanges as later:
            refusal = (JobState.REFUSED, later.vi, str(later))
        except GeodataError as refused:
            refusal = (JobState.REFUSED, str(refused), str(refused))
        except Exception:
            logger.exception("job %s", job_id)
            refusal = (
                JobState.FAILED,
                "Có lỗi ngoài dự kiến; chưa có gì được ghi.",
                "Something unforeseen went wrong.",
            )
        if refusal:
            session.rollback()
            _end(session, job_id, *refusal)
        else:
            _end(session, job_id, JobState.DONE, None, None, run_id=run.id)
        session.commit()


def _stage(session: Session, job: ImportJob, progress: Progress) -> ImportRun:
    effective = job.choices.get("effective")
    return runs.stage(
        session,
        runs.kept(session, job.file_hash or "", job.file_name),
        actor=job.actor,
        decision=job.choices.get("decision"),
        effective=date.fromisoformat(effective) if effective else None,
        source_name=job.choices.get("source_name"),
        approval=True,
        progress=progress,
    )


def _recount(session: Session, job: ImportJob, progress: Progress) -> ImportRun:
    return runs.recount(session, runs.find(session, job.run_id or 0), approval=True, progress=progress)


def _publish(session: Session, job: ImportJob, progress: Progress) -> ImportRun:
    run = runs.find(session, job.run_id or 0)
    if "proposal" in job.choices:
        publication.carry_out(session, _proposal(session, job), _person(job), progress=progress)
        return run
    whole = bool(job.choices.get("all_or_nothing"))
    return runs.publish(session, run, actor=job.actor, all_or_nothing=whole, progress=progress)


def _undo(session: Session, job: ImportJob, progress: Progress) -> ImportRun:
    if "proposal" in job.choices:
        reason = str(job.choices.get("reason", ""))
        publication.take_back(session, _proposal(session, job), _person(job), reason=reason, progress=progress)
        return runs.find(session, job.run_id or 0)
    return runs.undo(session, runs.find(session, job.run_id or 0), actor=job.actor, progress=progress)


def _proposal(session: Session, job: ImportJob) -> Proposal:
    return reading.find(session, int(job.choices["proposal"]))


def _person(job: ImportJob) -> Person:
    """Who asked for the job; what they may was asked when it was queued."""
    told = job.choices["person"]
    return Person(int(told["id"]), str(told["login"]), str(told["name"]))


_ACTS = {JobAct.STAGE: _stage, JobAct.RECOUNT: _recount, JobAct.PUBLISH: _publish, JobAct.UNDO: _undo}


def _wait_for_turn(session: Session) -> None:
    session.execute(text("SET LOCAL lock_timeout = 0"))
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))


def _claim(session: Session, job_id: int) -> ImportJob | None:
    """The job, if nobody took it before; that it is being worked on is told by its progress."""
    job = session.get(ImportJob, job_id)
    return job if job is not None and job.state in (JobState.WAITING, JobState.WORKING) else None


def _end(
    session: Session, job_id: int, state: JobState, vi: str | None, en: str | None, run_id: int | None = None
) -> None:
    outcome: dict[str, Any] = {"state": state.value, "message_vi": vi, "message_en": en, "beat_at": func.now()}
    if run_id is not None:
        outcome["run_id"] = run_id
    session.execute(update(ImportJob).where(ImportJob.id == job_id).values(outcome))


@contextmanager
def _watching(sessions: sessionmaker[Session], job_id: int, *, watched: bool) -> Iterator[Progress]:
    """A progress that writes to the job's row at most twice a second, and a beat while nothing moves."""
    if not watched:
        yield silent
        return
    news: dict[str, Any] = {"state": JobState.WAITING.value}
    over, changed = threading.Event(), threading.Event()

    def told(step: str, done: int, total: int) -> None:
        news.update(state=JobState.WORKING.value, step=step, done=done, total=total)
        changed.set()

    def write() -> None:
        while not over.is_set():
            with sessions() as beside:
                row = update(ImportJob).where(ImportJob.id == job_id, ImportJob.state.in_(["waiting", "working"]))
                beside.execute(row.values(**news, beat_at=datetime.now(UTC)))
                beside.commit()
            changed.clear()
            changed.wait(BEAT_S)
            time.sleep(0 if over.is_set() else 0.4)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        changed.set()
        thread.join(10)
