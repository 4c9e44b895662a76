"""Who answers for a province's records, when they were last looked through, and whether that is overdue."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from geodata.models import ProvinceReview
from geodata.people.rights import Person, may
from geodata.proposals.fields import review_months
from geodata.proposals.planning import current_number
from geodata.proposals.refusals import Fault, Faulty, NotAllowed
from geodata.text import clean
from geodata.unit_reads import Unit, units
from geodata.vocabulary import PersonAct

DEPARTMENT = "Sở Giáo dục và Đào tạo"
"""Provinces' departments answer for vocational education since March 2025, until a review names another body."""


@dataclass(frozen=True)
class Stewardship:
    """The owner of a province's records and their last review; `reviewed_on` None: none is recorded yet."""

    unit: Unit
    owner: str
    reviewed_on: date | None
    due_on: date | None
    overdue: bool


def stewardships(session: Session, *, on: date) -> tuple[Stewardship, ...]:
    """One per province of today, by code."""
    latest = {row.province_code: row for row in session.scalars(_latest())}
    return tuple(_stewardship(unit, latest.get(unit.code), on) for unit in units(session, level="province"))


def stewardship(session: Session, unit: Unit, *, on: date) -> Stewardship:
    """That of one province of today."""
    row = session.scalars(_latest().where(ProvinceReview.province_code == unit.code)).first()
    return _stewardship(unit, row, on)


def record_review(session: Session, person: Person, unit: Unit, *, owner: str, on: date) -> None:
    """The person, for the owner, looked through the province's records. Raises `NotAllowed`, `Faulty`."""
    if not may(person, PersonAct.PROPOSE, province=unit.code):
        raise NotAllowed(
            "Bạn không phụ trách tỉnh, thành phố này.", "You are not in charge of this province's records."
        )
    body = clean(owner)
    if not body or len(body) > 200:
        raise Faulty(Fault("owner", "Hãy ghi tên cơ quan phụ trách.", "Name the body in charge."))
    session.add(
        ProvinceReview(
            province_code=unit.code,
            owner=body,
            reviewed_on=on,
            release_id=current_number(session) or None,
            by_id=person.id,
        )
    )
    session.flush()


def reviews_version(session: Session) -> int:
    """A number that grows with every review: answers that show reviews are kept no longer than it stands."""
    return session.scalar(select(func.max(ProvinceReview.id))) or 0


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def _latest() -> Select[ProvinceReview]:
    row = ProvinceReview
    newest = select(row).order_by(row.province_code, row.reviewed_on.desc(), row.id.desc())
    return newest.ext(distinct_on(row.province_code))


def _stewardship(unit: Unit, row: ProvinceReview | None, on: date) -> Stewardship:
    if row is None:
        return Stewardship(unit, f"{DEPARTMENT} {unit.full_name}", None, None, True)
    due = months_after(row.reviewed_on, review_months())
    return Stewardship(unit, row.owner, row.reviewed_on, due, due < on)
