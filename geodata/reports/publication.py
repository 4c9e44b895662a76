"""What a published report needs beside its figures: the period, the report itself with the day it was sent, and the
source that the figures rest on."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata.models import IndicatorValue, Proposal, ProposalLog, RegisterHead, Release
from geodata.reporting import add_periods
from geodata.reports.figures import OF
from geodata.reports.subjects import COUNTRY, Subject, subject_named
from geodata.undoing import LaterChanges
from geodata.vocabulary import DataStatus, ProposalStep, SubjectKind

REPORT = """
    INSERT INTO report (period_id, subject_kind, institution_id, authority_id, territory_key, state, submitted_at)
    SELECT :period, :kind, :institution, :authority, :territory, 'published', :sent_at
    WHERE NOT EXISTS (SELECT FROM report WHERE period_id = :period AND {of})
"""
SENT = """
    UPDATE report SET submitted_at = :sent_at WHERE period_id = :period AND {of}
        AND NOT EXISTS (SELECT FROM indicator_value WHERE report_id = report.id AND release_to IS NULL)
"""
STATUSES = """
    SELECT DISTINCT source.data_status FROM report JOIN indicator_value AS figure ON figure.report_id = report.id
    JOIN source ON source.id = figure.source_id WHERE {of} AND figure.release_to IS NULL
"""


def prepare_report(session: Session, proposal: Proposal) -> None:
    """The period and the report that the figures of the proposal will belong to. A report that stands keeps the day it
    was first sent, also where that is unknown (imported figures): a correction makes nobody late."""
    subject = subject_named(session, proposal.reports_on or "")
    add_periods(session, [int(proposal.period or 0)])
    of = OF[subject.kind]
    given = {
        "period": proposal.period,
        "kind": subject.kind.value,
        "id": None if subject.id == COUNTRY else subject.id,
        "institution": subject.id if subject.institutions else None,
        "authority": subject.id if subject.kind is SubjectKind.AUTHORITY else None,
        "territory": subject.territory_key if subject.kind is SubjectKind.TERRITORY else None,
        "sent_at": _first_sent(session, proposal),
    }
    session.execute(text(REPORT.format(of=of)), given)
    session.execute(text(SENT.format(of=of)), given)


def status_of_others(session: Session, subject: Subject) -> DataStatus:
    """What figures of an authority or a territory rest on when two persons stand by them: official, but illustrative
    where all that it said before is, or where the register holds nothing else."""
    given = {"id": None if subject.id == COUNTRY else subject.id}
    before = set(session.scalars(text(STATUSES.format(of=OF[subject.kind])), given))
    known = before or set(_register(session))
    return DataStatus.ILLUSTRATIVE if known == {DataStatus.ILLUSTRATIVE} else DataStatus.OFFICIAL


def check_no_later(session: Session, proposal: Proposal) -> None:
    """Raises `LaterChanges` where a figure that the proposal published was corrected since. For authorities and
    territories only, of whom nothing else tells that: of institutions `revert` knows, and what was undone again."""
    value = IndicatorValue
    gone = select(func.count()).where(value.release_from == proposal.release_id, value.release_to.is_not(None))
    if session.scalar(gone):
        raise LaterChanges(proposal.release_id or 0, (proposal.reports_on or "",))


def _first_sent(session: Session, proposal: Proposal) -> object:
    log = ProposalLog
    sent = select(func.min(log.at)).where(log.proposal_id == proposal.id, log.step == ProposalStep.PROPOSED)
    return session.scalar(sent)


def _register(session: Session) -> dict[str, int]:
    release = session.scalar(select(Release).join(RegisterHead, RegisterHead.release_id == Release.id))
    return release.summary.get("by_data_status", {}) if release else {}
