"""The beginning of a proposal: an exact change set, planned over the register as it is now, by one person.

Every function flushes and returns; the caller commits.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geodata.imports import run as runs
from geodata.models import ImportRun, Proposal
from geodata.people.rights import Person
from geodata.proposals.fields import fields_of, require_change
from geodata.proposals.permission import require_act
from geodata.proposals.planning import current_number, plan, with_new_ids
from geodata.proposals.reading import NOTES, TYPED_ON, asked_of, of_run, typed_on
from geodata.proposals.refusals import AlreadyUnderWay, WrongStep
from geodata.proposals.runs import fields_of_run, provinces_of_run, require_for_approval
from geodata.proposals.steps import go, lock, log, must_be, must_be_as_seen
from geodata.vocabulary import PersonAct, ProposalKind, ProposalState, ProposalStep, RunState, Wizard


def draft(
    session: Session,
    person: Person,
    kind: ProposalKind,
    values: Mapping[str, Any],
    *,
    today: date,
    wizard: Wizard | None = None,
    effective: date | None = None,
    decision: str | None = None,
    reason: str = "",
) -> Proposal:
    """A draft of an edit, an event or a report, planned over the register as it is now. Raises `Faulty`, `NotAllowed`;
    `AlreadyUnderWay` where another report on the same subject and year is."""
    given = with_new_ids(wizard, values)
    proposal = Proposal(
        kind=kind.value,
        act=wizard.value if wizard else None,
        state=ProposalState.DRAFT.value,
        asked={"values": given, "today": today.isoformat(), TYPED_ON: current_number(session)},
        reason=reason,
        effective_on=effective,
        decision_id=runs.decision_named(session, decision) if decision else None,
        drafted_by_id=person.id,
    )
    if kind == ProposalKind.REPORT:
        proposal.reports_on, proposal.period = str(given.get("subject")), str(given.get("period"))
    _plan(session, person, proposal)
    _begin(session, proposal)
    log(session, proposal, person, ProposalStep.DRAFTED, reason)
    return proposal


def draft_import(session: Session, person: Person, run: ImportRun, *, reason: str = "") -> Proposal:
    """A draft that publishes a staged run. Raises `NotAllowed`, `WrongStep` where another proposal holds the run."""
    session.refresh(run, with_for_update=True)
    if run.state != RunState.STAGED or of_run(session, run):
        raise WrongStep(
            f"Lần nhập {run.id} đã được đề xuất hoặc không còn ở bước xem trước.",
            f"Import run {run.id} is proposed already or not staged any more.",
        )
    require_for_approval(run)
    provinces = provinces_of_run(session, run)
    proposal = Proposal(
        kind=ProposalKind.IMPORT.value,
        state=ProposalState.DRAFT.value,
        run_id=run.id,
        reason=reason,
        effective_on=run.effective_on,
        decision_id=run.decision_id,
        provinces=provinces,
        base_release_id=run.base_release_id,
        drafted_by_id=person.id,
    )
    require_act(person, PersonAct.PROPOSE, proposal)
    require_change(person, fields_of_run(session, run), provinces, ())
    session.add(proposal)
    session.flush()
    log(session, proposal, person, ProposalStep.DRAFTED, reason)
    return proposal


def revise(
    session: Session,
    proposal: Proposal,
    person: Person,
    *,
    today: date,
    values: Mapping[str, Any] | None = None,
    effective: date | None = None,
    decision: str | None = None,
    reason: str | None = None,
    seen: int | None = None,
) -> Proposal:
    """Plan a draft, or one that was sent back, anew over the register as it is now; without `values` what was asked
    stays, and with it the release that it was typed on: whoever opens its form later is told what was published since
    then. `seen` is the last step that whoever asks knew of. Raises `Faulty`, `NotAllowed`, `WrongStep`, also where
    somebody took another step since `seen`."""
    lock(session, proposal)
    must_be(proposal, ProposalState.DRAFT, ProposalState.SENT_BACK)
    if seen is not None:
        must_be_as_seen(session, proposal, seen)
    if proposal.kind == ProposalKind.IMPORT:
        raise WrongStep(
            "Tệp được lập lại ở trang nhập dữ liệu, không phải ở đây.",
            "A file is planned anew on the page of its import, not here.",
        )
    if values is not None:
        kept = {key: value for key, value in proposal.asked["values"].items() if key.startswith("new_id")}
        told = {"values": {**values, **kept}, "today": today.isoformat(), TYPED_ON: current_number(session)}
        proposal.asked = told
        proposal.effective_on = effective
        proposal.decision_id = runs.decision_named(session, decision) if decision else None
    else:
        proposal.asked = {**proposal.asked, "today": today.isoformat(), TYPED_ON: typed_on(proposal)}
    if reason is not None:
        proposal.reason = reason
    _plan(session, person, proposal)
    log(session, proposal, person, ProposalStep.REVISED, reason or "")
    go(session, proposal, ProposalState.DRAFT)
    return proposal


def _plan(session: Session, person: Person, proposal: Proposal) -> None:
    base = current_number(session) or None  # before planning: what comes meanwhile has moved the register
    planned = plan(session, asked_of(proposal))
    proposal.asked = {**proposal.asked, NOTES: [[note.vi, note.en] for note in planned.notes]}
    proposal.changes, proposal.institutions = planned.changes, planned.institutions
    proposal.provinces, proposal.base_release_id = planned.provinces, base
    require_act(person, PersonAct.EDIT, proposal)
    require_change(person, fields_of(planned.changes), planned.provinces, planned.institutions)


def _begin(session: Session, proposal: Proposal) -> None:
    try:
        with session.begin_nested():
            session.add(proposal)
    except IntegrityError as error:
        if "uq_proposal_report_open" not in str(error.orig):
            raise
        raise AlreadyUnderWay(
            "Báo cáo năm này của nơi này đang được người khác soạn hoặc chờ duyệt. Hãy tải lại trang.",
            "Somebody else is writing this report already, or it waits for approval. Reload the page.",
        ) from error
