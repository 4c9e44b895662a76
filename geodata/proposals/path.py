"""The way of a proposal: drafted and proposed by one person, approved by another, published as exactly one release.

Every function flushes and returns; the caller commits. The database refuses the same things by itself (constraints and
triggers on `proposal`): what is checked here is checked to say why.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geodata.imports import run as runs
from geodata.imports.progress import Progress, silent
from geodata.imports.publication import write_proposal
from geodata.imports.refusals import Refused, RegisterMovedOn
from geodata.models import (
    ImportRun,
    Proposal,
    ProposalLog,
)
from geodata.people.rights import Person
from geodata.proposals.fields import fields_of, require_approval, require_change
from geodata.proposals.permission import require_act
from geodata.proposals.planning import (
    current_number,
    moved_since,
    plan,
    same_effect,
    with_new_ids,
)
from geodata.proposals.reading import OPEN, asked_of, fields_in, hands, of_run
from geodata.proposals.refusals import AlreadyUnderWay, MovedOn, NotAllowed, WrongStep
from geodata.proposals.runs import fields_of_run, provinces_of_run, require_for_approval
from geodata.proposals.sources import source_for
from geodata.releases import finish_release, open_release
from geodata.reports.publication import check_no_later, prepare_report
from geodata.undoing import revert
from geodata.vocabulary import (
    PersonAct,
    ProposalKind,
    ProposalState,
    ProposalStep,
    ReleaseKind,
    RunState,
    Wizard,
)


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
        asked={"values": given, "today": today.isoformat()},
        reason=reason,
        effective_on=effective,
        decision_id=runs.decision_named(session, decision) if decision else None,
        drafted_by_id=person.id,
    )
    if kind == ProposalKind.REPORT:
        proposal.reports_on, proposal.period = str(given.get("subject")), str(given.get("period"))
    _plan(session, person, proposal)
    _begin(session, proposal)
    _log(session, proposal, person, ProposalStep.DRAFTED, reason)
    return proposal


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
    _log(session, proposal, person, ProposalStep.DRAFTED, reason)
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
) -> Proposal:
    """Plan a draft, or one that was sent back, anew over the register as it is now; without `values` what was asked
    stays. Raises `Faulty`, `NotAllowed`, `WrongStep`."""
    _lock(session, proposal)
    _must_be(proposal, ProposalState.DRAFT, ProposalState.SENT_BACK)
    if proposal.kind == ProposalKind.IMPORT:
        raise WrongStep(
            "Tệp được lập lại ở trang nhập dữ liệu, không phải ở đây.",
            "A file is planned anew on the page of its import, not here.",
        )
    if values is not None:
        kept = {key: value for key, value in proposal.asked["values"].items() if key.startswith("new_id")}
        proposal.asked = {"values": {**values, **kept}, "today": today.isoformat()}
        proposal.effective_on = effective
        proposal.decision_id = runs.decision_named(session, decision) if decision else None
    else:
        proposal.asked = {**proposal.asked, "today": today.isoformat()}
    if reason is not None:
        proposal.reason = reason
    _plan(session, person, proposal)
    _log(session, proposal, person, ProposalStep.REVISED, reason or "")
    _go(session, proposal, ProposalState.DRAFT)
    return proposal


def propose(session: Session, proposal: Proposal, person: Person) -> Proposal:
    """Hand a draft, or one that was sent back, to the second person. Raises `NotAllowed`, `WrongStep`, `MovedOn`."""
    _lock(session, proposal)
    _must_be(proposal, ProposalState.DRAFT, ProposalState.SENT_BACK)
    if proposal.run_id is not None:  # the run may have been counted again since
        proposal.provinces = provinces_of_run(session, runs.find(session, proposal.run_id))
    require_act(person, PersonAct.PROPOSE, proposal)
    require_change(person, fields_in(session, proposal), proposal.provinces, proposal.institutions)
    check_moved(session, proposal)
    _log(session, proposal, person, ProposalStep.PROPOSED, proposal.reason)
    _go(session, proposal, ProposalState.PROPOSED, proposed_by_id=person.id)
    return proposal


def send_back(session: Session, proposal: Proposal, person: Person, *, reason: str) -> Proposal:
    """Back to its proposer with a reason. Raises `NotAllowed`, `WrongStep`."""
    _lock(session, proposal)
    _must_be(proposal, ProposalState.PROPOSED, ProposalState.APPROVED)
    if not reason:
        raise WrongStep("Hãy nêu lý do trả lại.", "Give a reason for sending it back.")
    require_act(person, PersonAct.APPROVE, proposal)
    _log(session, proposal, person, ProposalStep.SENT_BACK, reason)
    _go(session, proposal, ProposalState.SENT_BACK, approved_by_id=None)
    return proposal


def approve(session: Session, proposal: Proposal, person: Person, *, reason: str = "") -> Proposal:
    """A second person, who had no hand in it, stands by the change set. Raises `NotAllowed`, `WrongStep`, `MovedOn`."""
    _lock(session, proposal)
    _must_be(proposal, ProposalState.PROPOSED)
    if person.id in hands(session, proposal):
        raise NotAllowed(
            "Người đề xuất không được tự phê duyệt. Cần một người khác.",
            "Nobody approves their own proposal. Another person is needed.",
        )
    require_act(person, PersonAct.APPROVE, proposal)
    require_approval(person, fields_in(session, proposal), proposal.provinces, proposal.institutions)
    check_moved(session, proposal)
    _log(session, proposal, person, ProposalStep.APPROVED, reason)
    _go(session, proposal, ProposalState.APPROVED, approved_by_id=person.id)
    return proposal


def publish(session: Session, proposal: Proposal, person: Person) -> Proposal:
    """Write the approved change set as one release. Raises `NotAllowed`, `WrongStep`, `MovedOn`."""
    require_publication(session, proposal, person)
    return carry_out(session, proposal, person)


def require_publication(session: Session, proposal: Proposal, person: Person) -> None:
    """Raises `NotAllowed`, `WrongStep` unless the person may publish the proposal now."""
    _lock(session, proposal)
    _must_be(proposal, ProposalState.APPROVED)
    require_act(person, PersonAct.PUBLISH, proposal)


def carry_out(session: Session, proposal: Proposal, person: Person, *, progress: Progress = silent) -> Proposal:
    """Publish what `require_publication` let through, perhaps later and in another process. Raises `MovedOn`."""
    _lock(session, proposal)
    _must_be(proposal, ProposalState.APPROVED)
    apply(session, proposal, actor=person.actor, progress=progress)
    _log(session, proposal, person, ProposalStep.PUBLISHED, "")
    _go(session, proposal, ProposalState.PUBLISHED)
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


def withdraw(session: Session, proposal: Proposal, person: Person, *, reason: str = "") -> Proposal:
    """Its proposer takes it back before it is published."""
    _lock(session, proposal)
    _must_be(proposal, *OPEN)
    if person.id not in hands(session, proposal):
        require_act(person, PersonAct.PROPOSE, proposal)
    _log(session, proposal, person, ProposalStep.WITHDRAWN, reason)
    _go(session, proposal, ProposalState.WITHDRAWN)
    return proposal


def undo(session: Session, proposal: Proposal, person: Person, *, reason: str) -> Proposal:
    """Take a published proposal back by another release. Raises `NotAllowed`, `WrongStep`, `LaterChanges`."""
    require_undoing(session, proposal, person)
    return take_back(session, proposal, person, reason=reason)


def require_undoing(session: Session, proposal: Proposal, person: Person) -> None:
    """Raises `NotAllowed`, `WrongStep` unless the person may undo the proposal now."""
    _lock(session, proposal)
    _must_be(proposal, ProposalState.PUBLISHED)
    require_act(person, PersonAct.PUBLISH, proposal)


def take_back(
    session: Session, proposal: Proposal, person: Person, *, reason: str, progress: Progress = silent
) -> Proposal:
    """Undo what `require_undoing` let through. Raises `LaterChanges`."""
    _lock(session, proposal)
    _must_be(proposal, ProposalState.PUBLISHED)
    if proposal.kind == ProposalKind.IMPORT:
        run = runs.undo(session, runs.find(session, proposal.run_id or 0), actor=person.actor, progress=progress)
        proposal.undo_release_id = run.undo_release_id
    elif proposal.release_id is not None:
        if proposal.kind == ProposalKind.REPORT and not proposal.institutions:
            check_no_later(session, proposal)
        told = f"Hoàn tác đề xuất số {proposal.id}"
        proposal.undo_release_id = revert(session, proposal.release_id, actor=person.actor, reason=told).id
    _log(session, proposal, person, ProposalStep.UNDONE, reason)
    _go(session, proposal, ProposalState.UNDONE)
    return proposal


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


def _plan(session: Session, person: Person, proposal: Proposal) -> None:
    planned = plan(session, asked_of(proposal))
    proposal.changes, proposal.institutions = planned.changes, planned.institutions
    proposal.provinces, proposal.base_release_id = planned.provinces, current_number(session) or None
    require_act(person, PersonAct.EDIT, proposal)
    require_change(person, fields_of(planned.changes), planned.provinces, planned.institutions)


def _publish_run(session: Session, proposal: Proposal, actor: str, progress: Progress) -> ImportRun:
    run = runs.find(session, proposal.run_id or 0)
    return runs.publish(session, run, actor=actor, approved=True, progress=progress)


def _lock(session: Session, proposal: Proposal) -> None:
    session.refresh(proposal, with_for_update=True)


def _must_be(proposal: Proposal, *states: ProposalState) -> None:
    if proposal.state not in states:
        raise WrongStep(
            f"Đề xuất số {proposal.id} không còn ở bước này. Hãy tải lại trang.",
            f"Proposal {proposal.id} is not at this step any more. Reload the page.",
        )


def _go(session: Session, proposal: Proposal, state: ProposalState, **people: int | None) -> None:
    """To the next state, after the step is logged: the database looks there for who had a hand in it."""
    for column, id in people.items():
        setattr(proposal, column, id)
    proposal.state, proposal.changed_at = state.value, datetime.now(UTC)
    session.flush()


def _log(session: Session, proposal: Proposal, person: Person, step: ProposalStep, reason: str) -> None:
    session.add(
        ProposalLog(proposal_id=proposal.id, by_id=person.id, by_name=person.name, step=step.value, reason=reason)
    )
    session.flush()
