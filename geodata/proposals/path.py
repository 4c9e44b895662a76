"""The way of a proposal: handed over by one person, approved or sent back by another, or withdrawn.

It begins in `geodata.proposals.drafting` and ends in `geodata.proposals.publication`, as exactly one release. Every
function flushes and returns; the caller commits. The database refuses the same things by itself (constraints and
triggers on `proposal`): what is checked here is checked to say why.
"""

from sqlalchemy.orm import Session

from geodata.imports import run as runs
from geodata.models import Proposal
from geodata.people.rights import Person
from geodata.proposals.fields import require_approval, require_change
from geodata.proposals.permission import require_act
from geodata.proposals.reading import OPEN, fields_in, hands
from geodata.proposals.refusals import NotAllowed, WrongStep
from geodata.proposals.runs import provinces_of_run
from geodata.proposals.steps import check_moved, go, lock, log, must_be
from geodata.vocabulary import PersonAct, ProposalState, ProposalStep


def propose(session: Session, proposal: Proposal, person: Person) -> Proposal:
    """Hand a draft, or one that was sent back, to the second person. Raises `NotAllowed`, `WrongStep`, `MovedOn`."""
    lock(session, proposal)
    must_be(proposal, ProposalState.DRAFT, ProposalState.SENT_BACK)
    if proposal.run_id is not None:  # the run may have been counted again since
        proposal.provinces = provinces_of_run(session, runs.find(session, proposal.run_id))
    require_act(person, PersonAct.PROPOSE, proposal)
    require_change(person, fields_in(session, proposal), proposal.provinces, proposal.institutions)
    check_moved(session, proposal)
    log(session, proposal, person, ProposalStep.PROPOSED, proposal.reason)
    go(session, proposal, ProposalState.PROPOSED, proposed_by_id=person.id)
    return proposal


def approve(session: Session, proposal: Proposal, person: Person, *, reason: str = "") -> Proposal:
    """A second person, who had no hand in it, stands by the change set. Raises `NotAllowed`, `WrongStep`, `MovedOn`."""
    lock(session, proposal)
    must_be(proposal, ProposalState.PROPOSED)
    if person.id in hands(session, proposal):
        raise NotAllowed(
            "Người đề xuất không được tự phê duyệt. Cần một người khác.",
            "Nobody approves their own proposal. Another person is needed.",
        )
    require_act(person, PersonAct.APPROVE, proposal)
    require_approval(person, fields_in(session, proposal), proposal.provinces, proposal.institutions)
    check_moved(session, proposal)
    log(session, proposal, person, ProposalStep.APPROVED, reason)
    go(session, proposal, ProposalState.APPROVED, approved_by_id=person.id)
    return proposal


def send_back(session: Session, proposal: Proposal, person: Person, *, reason: str) -> Proposal:
    """Back to its proposer with a reason. Raises `NotAllowed`, `WrongStep`."""
    lock(session, proposal)
    must_be(proposal, ProposalState.PROPOSED, ProposalState.APPROVED)
    if not reason:
        raise WrongStep("Hãy nêu lý do trả lại.", "Give a reason for sending it back.")
    require_act(person, PersonAct.APPROVE, proposal)
    log(session, proposal, person, ProposalStep.SENT_BACK, reason)
    go(session, proposal, ProposalState.SENT_BACK, approved_by_id=None)
    return proposal


def withdraw(session: Session, proposal: Proposal, person: Person, *, reason: str = "") -> Proposal:
    """Its proposer takes it back before it is published."""
    lock(session, proposal)
    must_be(proposal, *OPEN)
    if person.id not in hands(session, proposal):
        require_act(person, PersonAct.PROPOSE, proposal)
    log(session, proposal, person, ProposalStep.WITHDRAWN, reason)
    go(session, proposal, ProposalState.WITHDRAWN)
    return proposal
