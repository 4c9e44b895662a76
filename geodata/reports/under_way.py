"""Reports on their way through approval, as far as whoever asks may see them."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata.models import Identifier, Proposal, ProposalLog
from geodata.proposals.reading import OPEN
from geodata.reports.figures import last_told
from geodata.reports.subjects import Subject
from geodata.vocabulary import ProposalKind, ProposalState, ProposalStep


def report_under_way(session: Session, subject: Subject, year: int, *, lock: bool = False) -> Proposal | None:
    """The report that somebody writes or that waits for approval; there is one at most. `lock`: nobody else changes it
    until the transaction ends, so that its stamp is compared with what is there."""
    own = Proposal.reports_on == subject.key, Proposal.period == str(year)
    rows = select(Proposal).where(*own, Proposal.state.in_(list(OPEN)))
    return session.scalars(rows.with_for_update() if lock else rows).first()


def stamp(session: Session, subject: Subject, year: int, found: Proposal | None) -> str:
    """What changes with every step of the report under way, and without one with every publication of its figures: a
    form that was opened under another stamp is an old one."""
    if found is None:
        released = last_told(session, subject, year)
        return f"r{released}" if released else ""
    log = select(func.max(ProposalLog.id)).where(ProposalLog.proposal_id == found.id)
    return f"{found.id}.{session.scalar(log)}"


def sent_back_with(session: Session, found: Proposal) -> str | None:
    """Why it came back; None unless it is back."""
    if found.state != ProposalState.SENT_BACK:
        return None
    log = ProposalLog
    told = select(log.reason).where(log.proposal_id == found.id, log.step == ProposalStep.SENT_BACK)
    return session.scalar(told.order_by(log.id.desc()).limit(1))


def figures_asked(found: Proposal) -> Mapping[str, Mapping[str, str]]:
    """{indicator: {cell: text}} as its writer filled them in, with the links to evidence."""
    told: Mapping[str, Mapping[str, str]] = found.asked["values"].get("figures") or {}
    return told


def waiting_by_province(session: Session, year: int) -> dict[str, Counter[str]]:
    """{code of a province of today: reports per state} of what is under way for a year."""
    code = func.unnest(Proposal.provinces).label("code")
    rows = session.execute(
        select(code, Proposal.state, func.count())
        .where(Proposal.kind == ProposalKind.REPORT, Proposal.period == str(year), Proposal.state.in_(list(OPEN)))
        .group_by(code, Proposal.state)
    )
    found: dict[str, Counter[str]] = {}
    for province, state, count in rows:
        found.setdefault(province, Counter())[state] = count
    return found


def codes_of(session: Session, subject: Subject) -> list[str]:
    """Identifiers by which a sheet may name an institution."""
    row = Identifier
    return list(session.scalars(select(row.value).where(row.institution_id == subject.id, row.release_to.is_(None))))
