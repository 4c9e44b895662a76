"""A step of a proposal: locked, taken from the state before it, still doing what was foreseen, and logged."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from geodata.imports.refusals import Refused
from geodata.models import Proposal, ProposalLog
from geodata.people.rights import Person
from geodata.proposals.planning import current_number, moved_since, plan, same_effect
from geodata.proposals.reading import asked_of, last_step
from geodata.proposals.refusals import MovedOn, WrongStep
from geodata.vocabulary import ProposalKind, ProposalState, ProposalStep


def lock(session: Session, proposal: Proposal) -> None:
    """Read it anew and keep it from others until the end of the transaction."""
    session.refresh(proposal, with_for_update=True)


def must_be(proposal: Proposal, *states: ProposalState) -> None:
    """Raises `WrongStep` unless it is in one of the states."""
    if proposal.state not in states:
        raise WrongStep(
            f"Đề xuất số {proposal.id} không còn ở bước này. Hãy tải lại trang.",
            f"Proposal {proposal.id} is not at this step any more. Reload the page.",
        )


def must_be_as_seen(session: Session, proposal: Proposal, seen: int) -> None:
    """Raises `WrongStep` where somebody took a step since `seen`, the last one that whoever acts knows of. Call it with
    the proposal locked."""
    if seen != last_step(session, proposal):
        raise WrongStep(
            f"Đề xuất số {proposal.id} đã được sửa lại từ khi bạn mở biểu mẫu. Hãy mở lại trang của đề xuất.",
            f"Proposal {proposal.id} was revised since you opened the form. Open its page again.",
        )


def go(session: Session, proposal: Proposal, state: ProposalState, **people: int | None) -> None:
    """To the next state, after the step is logged: the database looks there for who had a hand in it."""
    for column, id in people.items():
        setattr(proposal, column, id)
    proposal.state, proposal.changed_at = state.value, datetime.now(UTC)
    session.flush()


def log(session: Session, proposal: Proposal, person: Person, step: ProposalStep, reason: str) -> None:
    """Who took which step, and why: an entry that is never changed."""
    session.add(
        ProposalLog(proposal_id=proposal.id, by_id=person.id, by_name=person.name, step=step.value, reason=reason)
    )
    session.flush()


def check_moved(session: Session, proposal: Proposal) -> None:
    """Raises `MovedOn` when the same request planned now would do something else. A report, which comes from outside of
    the department, is planned again in any case, and has to be about the provinces that it says."""
    unmoved = proposal.base_release_id == (current_number(session) or None)
    if proposal.kind == ProposalKind.IMPORT or (unmoved and proposal.kind != ProposalKind.REPORT):
        return
    asked = asked_of(proposal)
    moved = moved_since(session, proposal.institutions, proposal.base_release_id or 0)
    try:
        again = plan(session, asked)
    except Refused as error:
        if moved:
            raise MovedOn(moved) from error
        raise
    elsewhere = proposal.kind == ProposalKind.REPORT and again.provinces != list(proposal.provinces)
    if elsewhere or not same_effect(again.changes, proposal.changes):
        raise MovedOn(moved)
