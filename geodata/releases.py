"""Releases: one publication each. Facts enter and leave with a release; what is derived from them switches with it.

A publication is `open_release`, then facts added and closed, then `finish_release`, in one transaction that the caller
commits: readers see all of it or nothing. The lock taken by `open_release` lets one publication run at a time.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from geodata.audit.log import append_releases
from geodata.days import vietnamese_day
from geodata.errors import GeodataError
from geodata.figures.stored import derive_figures
from geodata.models import FACTS, ChangeLog, IndicatorValue, InstitutionState, RegisterHead, Release, Report
from geodata.people import permits
from geodata.states import BULK, derive_states
from geodata.tiles.derived import derive_tiles
from geodata.vocabulary import ReleaseKind

PUBLICATION_LOCK = 7_400_222
PUBLISHED_FACTS: tuple[type[Any], ...] = (*FACTS, IndicatorValue)


class UnknownRelease(GeodataError):
    """A release that does not exist."""


@dataclass(frozen=True)
class Moment:
    """What is asked for: the day and the release; `is_current` lets queries use the indexes on open rows.

    `published_at` of the current release names, with the numbers, one state of one database for ever: answers may be
    remembered under the moment. None where nobody looked.
    """

    on: date
    release: int
    is_current: bool
    published_at: datetime | None = None


STAYS_IN = "release this session stays in"
RELEASE_ROW = "row of the release this session stays in"
"""Held, so that the session has it for whoever asks by its number."""


def stay_in(session: Session, release: Release) -> None:
    """Ask no more which release is the current one. For sessions of one repeatable-read transaction: it stays that."""
    session.info[STAYS_IN] = (release.id, release.published_at)
    session.info[RELEASE_ROW] = release


def read_head(session: Session) -> tuple[int, datetime | None]:
    """Number and time of the current release; 0 and None before the first publication."""
    head = select(Release.id, Release.published_at).join(RegisterHead, RegisterHead.release_id == Release.id)
    found = session.execute(head).one_or_none()
    return (found.id, found.published_at) if found else (0, None)


def moment(session: Session, on: date, release: int | None = None) -> Moment:
    """The day `on` in the given release (None: the current one; 0 stands for an empty register).

    Raises `UnknownRelease`. To keep a request's answers in one release, read in one repeatable-read transaction.
    """
    current, published_at = session.info.get(STAYS_IN) or read_head(session)
    if release is not None and release != current and not 0 < release < current:
        raise UnknownRelease(f"release {release} does not exist; the current one is {current}")
    asked = current if release is None else release
    return Moment(on, asked, asked == current, published_at)


def as_of(model: type[Any], moment: Moment) -> ColumnElement[bool]:
    """Rows of `model` that hold on the moment's day according to the register as published in its release."""
    return and_(holds_on(model, moment.on), said(model, moment))


def holds_on(model: type[Any], on: date) -> ColumnElement[bool]:
    """Rows whose validity includes the day; an unknown start counts as always."""
    return and_(
        or_(model.valid_from.is_(None), model.valid_from <= on), or_(model.valid_to.is_(None), model.valid_to > on)
    )


def said(model: type[Any], moment: Moment) -> ColumnElement[bool]:
    """Rows of `model` in the moment's release, whatever their days."""
    return model.release_to.is_(None) if moment.is_current else said_in(model, moment.release)


def said_in(model: type[Any], release: int) -> ColumnElement[bool]:
    """Rows that the register held when `release` was published."""
    return and_(model.release_from <= release, or_(model.release_to.is_(None), model.release_to > release))


def edition_facts(session: Session, release: int) -> tuple[datetime, dict[str, int]] | None:
    """When a release was published and how many institutions of each data status it held; None for one that does not
    exist or is not published yet."""
    head = select(RegisterHead.release_id).scalar_subquery()
    found = session.scalar(select(Release).where(Release.id == release, Release.id <= head))
    return (found.published_at, found.summary.get("by_data_status", {})) if found else None


def current_release(session: Session) -> Release | None:
    """The release readers see; None before the first publication."""
    return session.scalar(select(Release).join(RegisterHead, RegisterHead.release_id == Release.id))


def take_turn(session: Session) -> None:
    """Wait for any publication under way to end; until this transaction ends there is no other."""
    session.execute(select(func.pg_advisory_xact_lock(PUBLICATION_LOCK)))


def open_release(
    session: Session, *, kind: ReleaseKind, actor: str, reason: str, decision_id: int | None = None
) -> Release:
    """Start a publication: waits for any other to end, then takes the next number."""
    take_turn(session)
    permits.show(session)
    latest = session.scalar(select(func.max(Release.id))) or 0
    release = Release(
        id=latest + 1,
        kind=kind.value,
        published_by=actor,
        reason=reason,
        decision_id=decision_id,
        published_at=datetime.now(UTC),
        summary={},
    )
    session.add(release)
    session.flush()
    return release


def finish_release(session: Session, release: Release, *, institutions: Collection[str] | None) -> None:
    """Derive states and figures of the touched institutions (None: of all), sum up, make the release current, and enter
    it in the transparency log: nothing of it may change afterwards."""
    session.flush()
    large = institutions is None or len(institutions) >= BULK
    if large:
        refresh_statistics(session, *_written(session, release, everything=institutions is None))
    derive_states(session, release.id, institutions)
    if large:
        refresh_statistics(session, InstitutionState.__tablename__)
    derive_figures(session, release.id, institutions)
    derive_tiles(session, release, institutions)
    at = Moment(vietnamese_day(release.published_at), release.id, True)
    release.summary = {**release.summary, **summary(session, at)}
    head = upsert(RegisterHead).values(id=1, release_id=release.id)
    session.execute(head.on_conflict_do_update(index_elements=["id"], set_={"release_id": release.id}))
    session.flush()
    append_releases(session)
    permits.hide(session)


def _written(session: Session, release: Release, *, everything: bool) -> list[str]:
    """The tables of facts, and of reports, that the release wrote to according to its change log."""
    every = [*(model.__tablename__ for model in PUBLISHED_FACTS), Report.__tablename__]
    if everything:
        return every
    changed = set(session.scalars(select(ChangeLog.subject).where(ChangeLog.release_id == release.id).distinct()))
    if IndicatorValue.__tablename__ in changed:
        changed.add(Report.__tablename__)
    return [table for table in every if table in changed]


def refresh_statistics(session: Session, *tables: str) -> None:
    """Statistics on the tables as this transaction sees them: planned without any, the figures of 100,000 institutions
    took more than a quarter of an hour."""
    session.execute(text("SELECT refresh_statistics(:tables)"), {"tables": list(tables)})


def summary(session: Session, at: Moment) -> dict[str, Any]:
    """Institutions per status and per data status on a day, and how many have no point."""
    state = InstitutionState
    rows = session.execute(
        select(
            state.status, state.data_status, func.count(), func.count().filter(state.geom.is_(None)).label("unplaced")
        )
        .where(state.is_main, as_of(state, at))
        .group_by(state.status, state.data_status)
    ).all()
    by_status: dict[str, int] = {}
    by_data_status: dict[str, int] = {}
    for status, data_status, count, _ in rows:
        by_status[status] = by_status.get(status, 0) + count
        by_data_status[data_status] = by_data_status.get(data_status, 0) + count
    return {
        "institutions": sum(by_status.values()),
        "by_status": by_status,
        "by_data_status": by_data_status,
        "without_location": sum(row.unplaced for row in rows),
    }


def log_change(
    session: Session,
    release: Release,
    *,
    subject: str,
    action: str,
    institution_id: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one row of the append-only log under the release's actor and reason."""
    session.execute(insert(ChangeLog).values(**change(release, subject, action, institution_id, before, after)))


def change(
    release: Release,
    subject: str,
    action: str,
    institution_id: str | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A change-log row as values, for those who insert many at once."""
    return {
        "actor": release.published_by,
        "reason": release.reason,
        "release_id": release.id,
        "decision_id": release.decision_id,
        "institution_id": institution_id,
        "subject": subject,
        "action": action,
        "before": before,
        "after": after,
    }
