"""Who answers for a province's records, and whether the next review is overdue."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from geodata.models import Person as PersonRow
from geodata.people.rights import Person, Right
from geodata.proposals.refusals import Faulty, NotAllowed
from geodata.proposals.reviews import months_after, record_review, reviews_version, stewardship, stewardships
from geodata.unit_reads import unit
from geodata.vocabulary import Role

TODAY = date(2026, 11, 22)


def a_steward(session: Session, province: str) -> Person:
    row = PersonRow(login="lan", name="Lan", created_by="test")
    session.add(row)
    session.flush()
    return Person(row.id, "lan", "Lan", (Right(Role.PROVINCIAL_STEWARD, frozenset({province})),))


def test_a_province_without_a_review_is_overdue(places: Session) -> None:
    found = stewardships(places, on=TODAY)
    assert len(found) == 34
    assert all(one.overdue and one.reviewed_on is None for one in found)
    assert all(one.owner == f"Sở Giáo dục và Đào tạo {one.unit.full_name}" for one in found)


def test_a_review_holds_for_a_year(places: Session) -> None:
    hcmc, before = unit(places, "79", TODAY), reviews_version(places)
    record_review(places, a_steward(places, "79"), hcmc, owner="Sở GDĐT Thành phố", on=TODAY)
    assert reviews_version(places) > before
    told = [stewardship(places, hcmc, on=day) for day in (date(2027, 11, 22), date(2027, 11, 23))]
    assert [(one.owner, one.due_on, one.overdue) for one in told] == [
        ("Sở GDĐT Thành phố", date(2027, 11, 22), False),
        ("Sở GDĐT Thành phố", date(2027, 11, 22), True),
    ]


def test_only_who_is_in_charge_reviews_and_names_a_body(places: Session) -> None:
    steward = a_steward(places, "01")
    with pytest.raises(NotAllowed):
        record_review(places, steward, unit(places, "79", TODAY), owner="Sở", on=TODAY)
    with pytest.raises(Faulty):
        record_review(places, steward, unit(places, "01", TODAY), owner=" ", on=TODAY)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 11, 22), 12, date(2027, 11, 22)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 1, 1), 23, date(2027, 12, 1)),
    ],
)
def test_months_later_is_the_same_day_or_the_last(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later
