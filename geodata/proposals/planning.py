"""From what was asked to the exact change set, the same again whenever it is planned over the same register."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geodata import registry_ids
from geodata.models import ChangeLog, IndicatorValue, Institution, InstitutionState, Release
from geodata.proposals import splits as _splits  # noqa: F401  registers its plan
from geodata.proposals import successions as _mergers  # noqa: F401  registers its plan
from geodata.proposals.book import Book, Note
from geodata.proposals.change_sets import Change, facts_in, said
from geodata.proposals.edits import plan_edit
from geodata.proposals.forms import Given
from geodata.proposals.refusals import Moved
from geodata.proposals.wizards import PLANS
from geodata.releases import Moment, holds_on
from geodata.releases import said as said_now
from geodata.reports.planning import plan_report
from geodata.reports.subjects import territories_of
from geodata.vocabulary import ProposalKind, Status, Wizard

NEW_IDS = {Wizard.MERGE: ("new_id",), Wizard.SPLIT: ("new_id1", "new_id2", "new_id3")}
MOST_INSTITUTIONS = 2_000
UNKNOWN = "?"
"""What `institution_provinces` says of a place of no known province."""


@dataclass(frozen=True)
class Asked:
    """What a person asked for: an edit, an event or a report, its values, its day. `today` is the day it was asked."""

    kind: ProposalKind
    wizard: Wizard | None
    values: Mapping[str, Any]
    effective: date | None
    today: date


@dataclass(frozen=True)
class ChangePlan:
    """The change set, whom it is about, the provinces (codes of today) it touches (none: unknown), and what was asked
    for and is not done."""

    changes: list[Change]
    institutions: list[str]
    provinces: list[str]
    notes: tuple[Note, ...] = ()


def with_new_ids(wizard: Wizard | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with registry ids for institutions that the event founds, whatever the values say of them: planning it
    again gives the same ones."""
    return dict(values) | {field: registry_ids.issue() for field in NEW_IDS.get(wizard, ())} if wizard else dict(values)


def plan(session: Session, asked: Asked) -> ChangePlan:
    """The change set over the register as it is now; raises `Faulty`."""
    if asked.kind == ProposalKind.REPORT:
        return _plan_report(session, asked)
    book = Book(session, institutions_asked(asked.values), today=asked.today, effective=asked.effective)
    given = Given(asked.values)
    if asked.kind == ProposalKind.EDIT:
        plan_edit(book, given)
    elif asked.wizard is not None:
        if asked.effective is None:
            given.fault("effective", "Hãy ghi ngày hiệu lực.", "State the day of effect.")
        given.done()
        PLANS[asked.wizard](book, given)
    changes = book.changes
    touched = sorted({change["about"] for change in changes} | set(institutions_asked(asked.values)))
    return ChangePlan(changes, touched, provinces_of(session, touched, changes), tuple(book.notes))


def _plan_report(session: Session, asked: Asked) -> ChangePlan:
    subject, changes = plan_report(session, Given(asked.values), this_year=asked.today.year)
    told = subject.institutions
    provinces = provinces_of(session, told, []) if told else territories_of(session, subject, asked.today)
    return ChangePlan(changes, told, provinces)


def institutions_asked(values: Mapping[str, Any]) -> list[str]:
    """The institutions that a form names."""
    several = values.get("institutions") or []
    named = [values.get("institution"), values.get("into"), *(several if isinstance(several, list) else [several])]
    return list(dict.fromkeys(str(one) for one in named if one))[:MOST_INSTITUTIONS]


def provinces_of(session: Session, institutions: Sequence[str], changes: Iterable[Change]) -> list[str]:
    """Codes of today's provinces in which the institutions have their places, as the rows' own policies see it, and
    into which the changes move any; none where the register does not know the province of one of these places, which
    only the whole country covers."""
    placed = select(func.institution_provinces(Institution.id)).where(Institution.id == func.any(list(institutions)))
    known = [set(codes) or {UNKNOWN} for codes in session.scalars(placed)]
    added = {
        (change.get("after") or {}).get("province_code") or UNKNOWN
        for change in changes
        if change["table"] == "campus" and change["action"] == "add"
    }
    left = {(change.get("before") or {}).get("province_code") for change in changes if change["table"] == "campus"}
    found = set().union(*known, added, left - {None})
    return [] if UNKNOWN in found else sorted(map(str, found))


def of_province(session: Session, province: str, *, on: date) -> list[str]:
    """Institutions whose main place is in the province (code of today) and that stand on the day."""
    state = InstitutionState
    at = Moment(on, 0, True)
    rows = select(state.institution_id).where(
        state.province_code == province,
        state.is_main,
        said_now(state, at),
        holds_on(state, on),
        state.status.not_in([Status.CLOSED, Status.MERGED]),
    )
    return list(session.scalars(rows.order_by(state.institution_id)))


def moved_since(session: Session, institutions: Sequence[str], base: int) -> tuple[Moved, ...]:
    """What releases after `base` changed about the institutions, so that a person sees what moved: newest first."""
    log = ChangeLog
    rows = session.execute(
        select(log.institution_id, log.subject, log.release_id, log.action, log.before, log.after)
        .where(log.release_id > base, log.institution_id == func.any(list(institutions)))
        .order_by(log.id.desc())
        .limit(50)
    )
    return tuple(
        Moved(
            row.institution_id,
            row.subject,
            row.release_id,
            _told(row.subject, row.before),
            _told(row.subject, row.after),
        )
        for row in rows
    )


def touched_since(session: Session, institutions: Sequence[str], base: int) -> list[str]:
    """Those of the institutions, in their order, whose records releases after `base` changed; an event is about more
    than yearly figures, which are left out."""
    log = ChangeLog
    rows = session.scalars(
        select(log.institution_id)
        .where(
            log.release_id > base,
            log.institution_id == func.any(list(institutions)),
            log.subject != IndicatorValue.__tablename__,
        )
        .distinct()
    )
    touched = set(rows)
    return [one for one in institutions if one in touched]


def _told(table: str, fact: dict[str, Any] | None) -> str | None:
    try:
        return ", ".join(said(table, fact).values()) if fact else None
    except KeyError:
        return None


def current_number(session: Session) -> int:
    """The number of the newest release; 0 without one."""
    return session.scalar(select(func.max(Release.id))) or 0


def same_effect(one: Sequence[Change], other: Sequence[Change]) -> bool:
    """Whether two change sets do the same: the same facts leave, and facts equal in content come."""
    return list(one) == list(other) and [fact.identity for fact in facts_in(one)] == [
        fact.identity for fact in facts_in(other)
    ]
