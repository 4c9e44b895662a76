"""Who may take a step with a proposal: a right over its provinces or, for reports, also the reporter's over its own
institution."""

from geodata.models import Proposal
from geodata.people.rights import Person, may, may_everywhere
from geodata.proposals.refusals import NotAllowed
from geodata.vocabulary import PersonAct, ProposalKind

OF_REPORTS = {PersonAct.APPROVE: PersonAct.APPROVE_REPORT}
WRITES = (PersonAct.EDIT, PersonAct.PROPOSE)


def may_act(person: Person, act: PersonAct, proposal: Proposal) -> bool:
    """Whether the person may do this with the proposal as far as places go; fields and own hands are asked apart."""
    if proposal.kind != ProposalKind.REPORT:
        return may_everywhere(person, act, proposal.provinces)
    if act in WRITES and any(may(person, PersonAct.REPORT, institution=one) for one in proposal.institutions):
        return True
    return may_everywhere(person, OF_REPORTS.get(act, act), proposal.provinces)


def require_act(person: Person, act: PersonAct, proposal: Proposal) -> None:
    """Raises `NotAllowed`."""
    if not may_act(person, act, proposal):
        raise NotAllowed(
            "Bạn không có quyền này đối với các tỉnh, thành phố liên quan.",
            "You have no right to do this in the provinces concerned.",
        )
