"""In a crowded box of a large register everybody is listed once, page by page, as they lie."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata import boxes
from geodata.filters import InstitutionFilter
from geodata.geometry import VIETNAM, BBox, LonLat
from geodata.institutions import InvalidCursor, Page, search
from geodata.releases import moment
from tests.builders import an_institution, publish

TODAY = date(2026, 11, 22)
NORTH = BBox(102, 16, 110, 23.5)


@pytest.fixture
def network(network_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """The illustrative network, taken for a large one."""
    monkeypatch.setattr(boxes, "LARGE", 10)
    monkeypatch.setattr(boxes, "CROWD", 20)
    with network_engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        transaction.rollback()


def everyone(session: Session, wanted: InstitutionFilter, limit: int) -> list[Page]:
    pages = [search(session, wanted, limit=limit)]
    while pages[-1].next_cursor:
        pages.append(search(session, wanted, limit=limit, cursor=pages[-1].next_cursor))
    return pages


@pytest.mark.parametrize(
    "wanted",
    [
        {"bbox": VIETNAM},
        {"bbox": NORTH},
        {"bbox": VIETNAM, "types": ("college",)},
        {"bbox": VIETNAM, "statuses": ("closed",)},
    ],
    ids=["country", "north", "colleges", "closed"],
)
def test_pages_hold_those_that_are_listed_by_name(
    network: Session, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any]
) -> None:
    asked = InstitutionFilter(on=TODAY, **wanted)
    pages = everyone(network, asked, 40)
    assert {page.number_matched for page in pages} == ({None} if len(pages) > 1 else {len(pages[0].items)})
    lying = [item for page in pages for item in page.items]
    monkeypatch.setattr(boxes, "LARGE", 10_000)
    by_name = [item for page in everyone(network, asked, 900) for item in page.items]
    assert sorted(item.id for item in lying) == sorted(item.id for item in by_name)
    assert {item.id: item.feature for item in lying} == {item.id: item.feature for item in by_name}


def test_neighbours_follow_each_other(network: Session) -> None:
    at = moment(network, TODAY)
    found = boxes.as_they_lie(network, InstitutionFilter(on=TODAY, bbox=VIETNAM), at, limit=500, after=None)
    keys = [one.key for one in found]
    assert keys == sorted(keys)


def test_an_institution_with_several_campuses_in_the_box_is_listed_once(
    places: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the main one where that lies in the box, else at the first of the others that do."""
    monkeypatch.setattr(boxes, "LARGE", 0)
    monkeypatch.setattr(boxes, "crowded", lambda *_: True)
    monkeypatch.setattr("geodata.institutions.crowded", lambda *_: True)
    spread = an_institution(at=LonLat(105.8, 21.0), other_campuses=[LonLat(106.0, 21.0), LonLat(106.01, 21.0)])
    publish(places, spread)
    for box, campus in ((BBox(105, 20, 107, 22), f"{spread.id}.1"), (BBox(105.9, 20, 107, 22), f"{spread.id}.2")):
        (item,) = search(places, InstitutionFilter(on=TODAY, bbox=box)).items
        assert f'"{campus}"' in item.feature


def test_they_are_counted_where_that_is_asked_for(network: Session) -> None:
    asked = InstitutionFilter(on=TODAY, bbox=VIETNAM)
    page = search(network, asked, limit=5, count_exactly=True)
    assert page.number_matched == len([item for one in everyone(network, asked, 1_000) for item in one.items])


def test_few_are_listed_by_name_and_counted(network: Session) -> None:
    few = search(network, InstitutionFilter(on=TODAY, bbox=BBox(105.8, 21.0, 105.82, 21.02)), limit=5)
    assert few.number_matched is not None


def test_a_cursor_of_another_order_is_refused(network: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = InstitutionFilter(on=TODAY, bbox=VIETNAM)
    as_they_lie = search(network, asked, limit=5).next_cursor
    monkeypatch.setattr(boxes, "LARGE", 10_000)
    with pytest.raises(InvalidCursor, match="start again"):
        search(network, asked, limit=5, cursor=as_they_lie)
    by_name = search(network, asked, limit=5).next_cursor
    monkeypatch.setattr(boxes, "LARGE", 10)
    with pytest.raises(InvalidCursor, match="start again"):
        search(network, asked, limit=5, cursor=by_name)


def test_a_pinned_question_and_its_pages_stay_as_they_are(network: Session) -> None:
    """Also while the register is published anew, which moves a school and opens another."""
    asked = InstitutionFilter(on=TODAY, bbox=NORTH)
    first = search(network, asked, limit=30)
    pinned = asked.without(release=first.release)
    before = [item for page in everyone(network, pinned, 30) for item in page.items]
    publish(network, an_institution("Trường Mới mở", at=LonLat(105.0, 21.0)))
    after = [item for page in everyone(network, pinned, 30) for item in page.items]
    assert after == before
    second = search(network, asked, limit=30, cursor=first.next_cursor)
    assert (*first.items, *second.items) == tuple(before[:60])
