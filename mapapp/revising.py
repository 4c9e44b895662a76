"""A draft, or a proposal that was sent back, taken up again in the form that it came from."""

from collections.abc import Mapping

from flask import request

from geodata.models import Proposal
from geodata.proposals import reading
from geodata.proposals.refusals import UnknownProposal, WrongStep
from geodata.proposals.splits import CHOSEN, KIND_OF, PARTS
from geodata.vocabulary import ProposalKind, ProposalState, Wizard
from mapapp.db import session
from mapapp.i18n import page_url

REVISE = "revise"
"""Under this name a form says which proposal it takes up again."""

STEP = "revise_step"
"""Under this name it says the last step that was taken with the proposal when the form was opened."""

AGAIN = (REVISE, STEP)

BASE = "base"
"""Under this name a form says which release it was opened at."""

SEEN = "seen"
"""Under this name the buttons on a proposal's page say the last step that the page showed."""

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
    """The proposal that the form or the address names, where it came from this very form and may be written anew.
    Otherwise an address leads to a fresh form, and what a form sends raises `WrongStep`: it is no second proposal."""
    number = request.form.get(REVISE) or request.args.get(REVISE, "")
    found = numbered(number)
    if found and (about(found), found.act) == (institution, wizard.value if wizard else None) and found.state in OPEN:
        return found
    if number and request.method == "POST":
        raise WrongStep(
            "Đề xuất mà biểu mẫu này sửa lại không còn là bản nháp. Hãy mở lại trang của đề xuất.",
            "The proposal that this form takes up again is no draft any more. Open its page again.",
        )
    return None


def numbered(number: str) -> Proposal | None:
    """The proposal with the number that these words are; None for other words."""
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    try:
        return reading.find(session(), int(number))
    except UnknownProposal:
        return None


def step_seen(name: str = STEP) -> int:
    """The step after which the form was opened; 0, before all of them, where it says none."""
    words = request.form.get(name, "")
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 19 else 0


def opened_on() -> int | None:
    """The release that the form says it was opened at: 0, before all of them, where its words are no such number; None
    where it says none."""
    words = request.form.get(BASE)
    if words is None:
        return None
    return int(words) if words.isascii() and words.isdecimal() and len(words) < 10 else 0


def asked_before(found: Proposal) -> dict[str, object]:
    """What the form said, as it fills it in again."""
    why = {
        "effective": found.effective_on.isoformat() if found.effective_on else "",
        "decision": reading.decision_of(session(), found) or "",
        "reason": found.reason,
        REVISE: str(found.id),
        STEP: str(reading.last_step(session(), found)),
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
