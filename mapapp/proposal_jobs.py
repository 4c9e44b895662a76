"""Publishing or undoing an import may take longer than a request: a job does it in the person's name."""

from typing import cast

from flask import Response, redirect
from sqlalchemy.orm import Session

from geodata.imports import jobs, run
from geodata.models import Proposal
from geodata.people.rights import Person
from geodata.proposals import publication
from geodata.vocabulary import JobAct, ProposalKind
from mapapp.i18n import page_url
from mapapp.steward_jobs import launch

IN_BACKGROUND = {"publish": JobAct.PUBLISH, "undo": JobAct.UNDO}


def goes_to_background(found: Proposal, act: str) -> bool:
    """Whether a job does this; an edit or an event is published within the request."""
    return found.kind == ProposalKind.IMPORT and act in IN_BACKGROUND


def in_background(writer: Session, found: Proposal, act: str, person: Person, *, reason: str) -> Response:
    """Queue the act and lead to the job's page. Raises `NotAllowed`, `WrongStep` before anything is queued."""
    check = publication.require_publication if act == "publish" else publication.require_undoing
    check(writer, found, person)
    job = jobs.enqueue(
        writer,
        IN_BACKGROUND[act],
        actor=person.actor,
        run=run.find(writer, found.run_id or 0),
        choices={
            "proposal": found.id,
            "person": {"id": person.id, "login": person.login, "name": person.name},
            "reason": reason,
        },
    )
    writer.commit()
    launch(job.id, publishes=True)
    return cast(Response, redirect(page_url("steward.job", number=job.id), 303))
