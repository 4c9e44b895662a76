"""The end of a proposal: published as exactly one release, and perhaps taken back by another.

Every function flushes and returns; the caller commits.
"""

from sqlalchemy.orm import Session

from geodata.imports import run as runs
from geodata.imports.progress import Progress, silent
from geodata.imports.publication import write_proposal
from geodata.imports.refusals import RegisterMovedOn
from geodata.models import ImportRun, Proposal
from geodata.people.rights import Person
from geodata.proposals.permission import require_act
from geodata.proposals.refusals import MovedOn
from geodata.proposals.sources import source_for
from geodata.proposals.steps import check_moved, go, lock, log, must_be
from geodata.releases import finish_release, open_release
from geodata.reports.publication import check_no_later, prepare_report
from geodata.undoing import revert
from geodata.vocabulary import PersonAct, ProposalKind, ProposalState, ProposalStep, ReleaseKind


def publish(session: Session, proposal: Proposal, person: Person) -> Proposal:
    """Write the approved change set as one release. Raises `NotAllowed`, `WrongStep`, `MovedOn`."""
    require_publication(session, proposal, person)
    return carry_out(session, proposal, person)


def require_publication(session: Session, proposal: Proposal, person: Person) -> None:
    """Raises `NotAllowed`, `WrongStep` unless the person may publish the proposal now."""
    lock(session, proposal)
    must_be(proposal, ProposalState.APPROVED)
    require_act(person, PersonAct.PUBLISH, proposal)


def carry_out(session: Session, proposal: Proposal, person: Person, *, progress: Progress = silent) -> Proposal:
    """Publish what `require_publication` let through, perhaps later and in another process. Raises `MovedOn`."""
    lock(session, proposal)
    must_be(proposal, ProposalState.APPROVED)
    apply(session, proposal, actor=person.actor, progress=progress)
    log(session, proposal, person, ProposalStep.PUBLISHED, "")
    go(session, proposal, ProposalState.PUBLISHED)
    return proposal


def apply(session: Session, proposal: Proposal, *, actor: str, progress: Progress = silent) -> None:
    """The publication itself, without its step: also what a preview does and takes back. Raises `MovedOn`; of a file
    `RegisterMovedOn`, which names its rows."""
    if proposal.kind == ProposalKind.IMPORT:
        proposal.release_id = _publish_run(session, proposal, actor, progress).release_id
        return
    release = open_release(
        session,
        kind=ReleaseKind.EDIT,
        actor=actor,
        reason=f"Đề xuất số {proposal.id}",
        decision_id=proposal.decision_id,
    )
    check_moved(session, proposal)  # under the lock that `open_release` took
    source = source_for(session, proposal)
    if proposal.kind == ProposalKind.REPORT:
        prepare_report(session, proposal)
    try:
        touched = write_proposal(session, proposal, release, source)
    except RegisterMovedOn as error:
        raise MovedOn(()) from error
    finish_release(session, release, institutions=touched)
    proposal.release_id = release.id


def undo(session: Session, proposal: Proposal, person: Person, *, reason: str) -> Proposal:
    """Take a published proposal back by another release. Raises `NotAllowed`, `WrongStep`, `LaterChanges`."""
    require_undoing(session, proposal, person)
    return take_back(session, proposal, person, reason=reason)


def require_undoing(session: Session, proposal: Proposal, person: Person) -> None:
    """Raises `NotAllowed`, `WrongStep` unless the person may undo the proposal now."""
    lock(session, proposal)
    must_be(proposal, ProposalState.PUBLISHED)
    require_act(person, PersonAct.PUBLISH, proposal)


def take_back(
    session: Session, proposal: Proposal, person: Person, *, reason: str, progress: Progress = silent
) -> Proposal:
    """Undo what `require_undoing` let through. Raises `LaterChanges`."""
    lock(session, proposal)
    must_be(proposal, ProposalState.PUBLISHED)
    if proposal.kind == ProposalKind.IMPORT:
        run = runs.undo(session, runs.find(session, proposal.run_id or 0), actor=person.actor, progress=progress)
        proposal.undo_release_id = run.undo_release_id
    elif proposal.release_id is not None:
        if proposal.kind == ProposalKind.REPORT and not proposal.institutions:
            check_no_later(session, proposal)
        told = f"Hoàn tác đề xuất số {proposal.id}"
        proposal.undo_release_id = revert(session, proposal.release_id, actor=person.actor, reason=told).id
    log(session, proposal, person, ProposalStep.UNDONE, reason)
    go(session, proposal, ProposalState.UNDONE)
    return proposal


def _publish_run(session: Session, proposal: Proposal, actor: str, progress: Progress) -> ImportRun:
    run = runs.find(session, proposal.run_id or 0)
    return runs.publish(session, run, actor=actor, approved=True, progress=progress)
