"""What the facts of a published proposal rest on: a source that names it, and the status of its data."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.models import InstitutionState, Proposal, Source
from geodata.reports.publication import status_of_others
from geodata.reports.subjects import subject_named
from geodata.vocabulary import DataStatus, ProposalKind, ReleaseKind


def source_for(session: Session, proposal: Proposal) -> Source:
    """What the facts of a publication rest on, which names the proposal."""
    report = f"Báo cáo năm {proposal.period}, đề" if proposal.kind == ProposalKind.REPORT else "Đề"
    source = Source(
        kind=ReleaseKind.EDIT.value,
        title=f"{report} xuất số {proposal.id}",
        data_status=_status(session, proposal).value,
        received_at=datetime.now(UTC),
    )
    session.add(source)
    session.flush()
    return source


def _status(session: Session, proposal: Proposal) -> DataStatus:
    """What two persons stand by is official; what is said of illustrative institutions stays illustrative."""
    if proposal.reports_on and not proposal.institutions:
        return status_of_others(session, subject_named(session, proposal.reports_on))
    state = InstitutionState
    illustrative = session.scalar(
        select(func.count()).where(
            state.institution_id == func.any(list(proposal.institutions)),
            state.release_to.is_(None),
            state.data_status == DataStatus.ILLUSTRATIVE,
        )
    )
    return DataStatus.ILLUSTRATIVE if illustrative else DataStatus.OFFICIAL
