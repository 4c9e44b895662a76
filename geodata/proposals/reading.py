"""Looking proposals up: one by its number, lists, its steps, what it changes and who had a hand in it."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.imports import run as runs
from geodata.models import Decision, ImportRun, Proposal, ProposalLog
from geodata.proposals.book import Note
from geodata.proposals.fields import Field, fields_of
from geodata.proposals.planning import Asked
from geodata.proposals.refusals import UnknownProposal
from geodata.proposals.runs import fields_of_run
from geodata.vocabulary import ProposalKind, ProposalState, ProposalStep, Wizard

OPEN = (ProposalState.DRAFT, ProposalState.PROPOSED, ProposalState.SENT_BACK, ProposalState.APPROVED)
"""States in which a proposal is under way."""

NOTES = "notes"
TYPED_ON = "typed_on"
"""The release over which a person filled the form in. Planning anew moves a proposal's base and leaves this."""


def asked_of(proposal: Proposal) -> Asked:
    """What was asked for, as it is planned."""
    return Asked(
        ProposalKind(proposal.kind),
        Wizard(proposal.act) if proposal.act else None,
        proposal.asked["values"],
        proposal.effective_on,
        date.fromisoformat(proposal.asked["today"]),
    )


def typed_on(proposal: Proposal) -> int:
    """The release that was current when the values were typed; 0: none was."""
    return int((proposal.asked or {}).get(TYPED_ON, proposal.base_release_id or 0))


def notes_of(proposal: Proposal) -> tuple[Note, ...]:
    """What was asked for and is not done, as it was told when the change set was planned."""
    return tuple(Note(*told) for told in (proposal.asked or {}).get(NOTES, ()))


def fields_in(session: Session, proposal: Proposal) -> tuple[Field, ...]:
    """The fields that the proposal changes."""
    if proposal.kind == ProposalKind.IMPORT:
        return fields_of_run(session, runs.find(session, proposal.run_id or 0))
    return fields_of(proposal.changes)


def find(session: Session, number: int) -> Proposal:
    """The proposal with this number; raises `UnknownProposal`."""
    found = session.get(Proposal, number)
    if found is None:
        raise UnknownProposal(f"Không có đề xuất số {number}.", f"There is no proposal {number}.")
    return found


def decision_of(session: Session, proposal: Proposal) -> str | None:
    """The number of the decision that the proposal rests on."""
    decision = session.get(Decision, proposal.decision_id) if proposal.decision_id is not None else None
    return decision.number if decision else None


def steps(session: Session, proposal: Proposal) -> list[ProposalLog]:
    """What was done to it, oldest first."""
    return list(
        session.scalars(select(ProposalLog).where(ProposalLog.proposal_id == proposal.id).order_by(ProposalLog.id))
    )


def last_step(session: Session, proposal: Proposal) -> int:
    """The number of what was done to it last: another one than before says that somebody had it meanwhile."""
    return session.scalar(select(func.max(ProposalLog.id)).where(ProposalLog.proposal_id == proposal.id)) or 0


def hands(session: Session, proposal: Proposal) -> set[int]:
    """Ids of those who drafted, revised or proposed it: they cannot approve it."""
    made = (ProposalStep.DRAFTED, ProposalStep.REVISED, ProposalStep.PROPOSED)
    return {step.by_id for step in steps(session, proposal) if step.step in made}


def of_run(session: Session, run: ImportRun) -> Proposal | None:
    """The proposal that holds an import run: an open one, else the one that published it."""
    states = [*OPEN, ProposalState.PUBLISHED, ProposalState.UNDONE]
    rows = select(Proposal).where(Proposal.run_id == run.id, Proposal.state.in_(states)).order_by(Proposal.id.desc())
    return session.scalars(rows.limit(1)).first()


def holds_rows(proposal: Proposal | None) -> bool:
    """Whether the rows of its run may not be altered now."""
    return proposal is not None and proposal.state in (ProposalState.PROPOSED, ProposalState.APPROVED)


def listed(
    session: Session,
    *,
    states: Collection[ProposalState] = OPEN,
    provinces: Collection[str] | None = None,
    institution: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Proposal]:
    """Proposals in these states, newest first; `provinces` None: of the whole country."""
    rows = select(Proposal).where(Proposal.state.in_(list(states))).order_by(Proposal.id.desc()).limit(limit)
    if provinces is not None:
        rows = rows.where(Proposal.provinces.overlap(list(provinces)))
    if institution is not None:
        rows = rows.where(Proposal.institutions.contains([institution]))
    return list(session.scalars(rows if before is None else rows.where(Proposal.id < before)))
