"""A draft, or a proposal that was sent back, taken up again in the form that it came from."""

from collections.abc import Mapping

from flask import request

from geodata.models import Proposal
from geodata.proposals import reading
from geodata.proposals.refusals import UnknownProposal
from geodata.proposals.splits import CHOSEN, KIND_OF, PARTS
from geodata.vocabulary import ProposalKind, ProposalState, Wizard
from mapapp.db import session
from mapapp.i18n import page_url

REVISE = "revise"
"""Under this name a form says which proposal it takes up again."""

OPEN = (ProposalState.DRAFT, ProposalState.SENT_BACK)


def revise_url(found: Proposal) -> str | None:
    """The form with what was asked; None where the proposal is not open, or did not come from one about a record."""
    institution = about(found)
    if found.state not in OPEN or institution is None:
        return None
    if found.act:
        return page_url("proposals.wizard", id=institution, wizard=found.act, **{REVISE: str(found.id)})
    return page_url("proposals.record", id=institution, **{REVISE: str(found.id)})


def about(found: Proposal) -> str | None:
    """The institution whose form the proposal came from; None for files, reports and declarations of a province."""
    if found.kind not in (ProposalKind.EDIT, ProposalKind.ACT):
        return None
    values = found.asked["values"]
    listed = values.get("institutions", [])
    if found.act == Wizard.MERGE:
        return str(listed[0]) if listed else None
    return str(values.get("institution") or "") or (str(listed[0]) if len(listed) == 1 else None)


def taken_up(institution: str, wizard: Wizard | None) -> Proposal | None:
    """The proposal that the form or the address names, where it came from this very form and may be written anew."""
    number = request.form.get(REVISE) or request.args.get(REVISE, "")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    try:
        found = reading.find(session(), int(number))
    except UnknownProposal:
        return None
    fits = (about(found), found.act, found.state in OPEN) == (institution, wizard.value if wizard else None, True)
    return found if fits else None


def asked_before(found: Proposal) -> dict[str, object]:
    """What the form said, as it fills it in again."""
    why = {
        "effective": found.effective_on.isoformat() if found.effective_on else "",
        "decision": reading.decision_of(session(), found) or "",
        "reason": found.reason,
        REVISE: str(found.id),
    }
    values = found.asked["values"]
    if found.kind == ProposalKind.EDIT:
        return {**values["values"], **why}
    return {**values, **shares(values), **why}


def shares(values: Mapping[str, object]) -> dict[str, str]:
    """Where each thing of a split goes, as its form asks: {`goes.campus.<id>`: part}."""
    found: dict[str, str] = {}
    for kind in CHOSEN:
        for part in PARTS:
            chosen = values.get(f"{kind}{part}", [])
            found |= {f"goes.{KIND_OF[kind]}.{key}": str(part) for key in (chosen if isinstance(chosen, list) else [])}
    return found
