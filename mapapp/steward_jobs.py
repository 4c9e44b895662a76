"""Work that outlasts a request: each job gets a process of its own, so that the site goes on whatever the file is."""

import json
import logging
import os
import subprocess  # our own interpreter and module, see `_process`
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from flask import Flask, current_app

from geodata.engine import make_sessions
from geodata.imports import jobs
from geodata.imports.room import require_room
from geodata.people import permits
from geodata.people.acting import act_under, end_own_session
from geodata.people.sessions import open_session
from geodata.roles import Role, Way
from geodata.vocabulary import SessionKind
from mapapp.db import Sessions, now
from mapapp.doors import door
from mapapp.settings import Settings
from mapapp.sign_in import require_person


@dataclass(frozen=True)
class Keys:
    """What a job acts with: the token of a session of its own and, where it publishes, a permit."""

    token: str
    permit: str | None = None


Launch = Callable[[int, Keys], None]
NICENESS = 10


def install(app: Flask, settings: Settings, sessions: Sessions | None) -> None:
    """Give the application its way to start jobs: a process each, or at once where the caller brings the sessions."""
    given = sessions
    app.extensions["mapapp.database_disk"] = settings.data if given is None and settings.cluster else None
    if given is not None:
        app.extensions["mapapp.launch"] = lambda job, _: jobs.work(given, job, watched=False)
    else:
        way = settings.way(Role.WEB)
        app.extensions["mapapp.launch"] = lambda job, keys: _process(way, job, keys)


def launch(job_id: int, *, publishes: bool = False) -> None:
    """Start a job whose row is committed; it acts for who is signed in, in a session of its own that ends with it."""
    person = require_person().id
    with door() as writer:
        token = open_session(writer, person, at=now(), kind=SessionKind.JOB, method=f"job {job_id}")
        permit = permits.issue(writer, person, at=now()) if publishes else None
        writer.commit()
    cast(Launch, current_app.extensions["mapapp.launch"])(job_id, Keys(token, permit))


def require_disk() -> None:
    """Raises `NoRoom` when the private database's disk is too full for an import."""
    disk = cast(Path | None, current_app.extensions["mapapp.database_disk"])
    if disk is not None:
        require_room(disk)


def _process(way: Way, job_id: int, keys: Keys) -> None:
    """The way to the database and the keys go in by standard input: a command line may be read by anybody."""
    given = {"url": way.url, "role": way.role, "job": job_id, "token": keys.token, "permit": keys.permit}
    process = subprocess.Popen(  # noqa: S603  our own interpreter and module
        [sys.executable, "-c", _START, str(Path(__file__).parents[1])],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    if process.stdin:
        process.stdin.write(json.dumps(given).encode())
        process.stdin.close()
    threading.Thread(target=process.wait, daemon=True).start()  # so that it does not stay as a zombie


_START = "import sys; sys.path.insert(0, sys.argv[1]); from mapapp.steward_jobs import main; main()"


def main() -> None:
    """The process of a job: gives way to the site, works without time limit, ends."""
    os.nice(NICENESS)
    logging.basicConfig(level=logging.INFO)
    given = json.load(sys.stdin)
    sessions = make_sessions(
        given["url"], statement_timeout_ms=0, application_name="mapapp-job", pool_size=2, role=given["role"]
    )
    act_under(sessions, given["token"])
    if given["permit"]:
        permits.carry(sessions, given["permit"])
    try:
        jobs.work(sessions, given["job"])
    finally:
        end_own_session(sessions)
