"""Suggestions for words that fit very many: the best at once, without looking at all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from geodata import suggestions
from geodata.text import expand
from tests.builders import an_institution, publish

TODAY = date(2026, 11, 22)
NAMES = (
    "Trung tâm Hướng nghiệp Cao đẳng Minh họa",
    "Cao đẳng Bách khoa Minh họa",
    "Trung tâm Đẳng cấp Cao Minh họa",
    "Trường Cao đẳng Minh họa",
    "Cao đẳng An Giang Minh họa",
)
BEGIN, AFTER_TRUONG, ANY = [NAMES[4], NAMES[1]], [NAMES[3]], [NAMES[2], NAMES[0]]


@pytest.fixture
def many(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(suggestions, "MOST_COMPARED", 3)
    publish(session, *(an_institution(name) for name in NAMES))
    return session


@contextmanager
def asked_meanwhile(session: Session) -> Iterator[list[tuple[str, Any]]]:
    asked: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, given: Any, *_others: Any) -> None:
        asked.append((statement, given))

    event.listen(session.get_bind(), "before_cursor_execute", listen)
    yield asked
    event.remove(session.get_bind(), "before_cursor_execute", listen)


def labels(session: Session, q: str, limit: int = 10) -> list[str]:
    return [one.label for one in suggestions.schools(session, q, TODAY, limit)]


def test_names_that_begin_so_come_first_then_those_that_do_after_truong_then_any(many: Session) -> None:
    assert labels(many, "cao đẳng") == [*BEGIN, *AFTER_TRUONG, *ANY]


def test_those_come_first_that_begin_with_the_words_that_were_looked_for(many: Session) -> None:
    assert labels(many, "tìm trường cao đẳng") == [*BEGIN, *AFTER_TRUONG, *ANY]


def test_short_forms_are_written_out(many: Session) -> None:
    assert labels(many, "CĐ") == [*BEGIN, *AFTER_TRUONG, *ANY]


@pytest.mark.parametrize("limit", range(1, 6))
def test_as_many_as_there_is_room_for_each_once(many: Session, limit: int) -> None:
    assert labels(many, "cao đẳng", limit) == [*BEGIN, *AFTER_TRUONG, *ANY][:limit]


def test_beginnings_of_words_are_found_so_too(many: Session) -> None:
    assert labels(many, "cao đẳ") == [*BEGIN, *AFTER_TRUONG, *ANY]


def test_no_more_is_counted_than_is_compared(many: Session) -> None:
    with asked_meanwhile(many) as asked:
        labels(many, "cao đẳng")
    counts = [given for statement, given in asked if "count(" in statement]
    assert counts
    assert all(4 in given.values() for given in counts), counts


def test_where_the_page_is_full_nothing_further_is_looked_for(many: Session) -> None:
    with asked_meanwhile(many) as asked:
        labels(many, "cao đẳng", limit=2)
    assert sum("institution_state.feature" in statement for statement, _ in asked) == 1


def test_few_are_ranked_as_search_ranks_them(session: Session) -> None:
    publish(session, *(an_institution(name) for name in NAMES[:3]))
    assert labels(session, "cao đẳng") == [NAMES[1], NAMES[0], NAMES[2]]


@pytest.mark.parametrize(("q", "name"), [("tc", "Tài chính Trung cấp"), ("kt cd", "Minh họa Kinh tế Cao đẳng")])
def test_every_form_of_the_words_is_a_range_of_its_own(many: Session, q: str, name: str) -> None:
    """That such a range is one of the index is shown by `test_plans`."""
    publish(many, *(an_institution(f"{name} {number}") for number in range(4)))
    with asked_meanwhile(many) as asked:
        assert f"{name} 3" in labels(many, q)
    *begin, _ = [one for one in asked if "institution_state.feature" in one[0]]
    ranges = [f"{before}{form}" for form in expand(q) for before in ("", "truong ")]
    assert all(statement.count("name_folded >=") == statement.count("name_folded <") == 1 for statement, _ in begin)
    assert [
        one for (_, given), one in zip(begin, ranges, strict=True) if {one, f"{one}{{"} <= {*given.values()}
    ] == ranges
    assert len(expand(q)) > 1


def test_a_database_of_another_order_lists_them_by_name(many: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions, "ordered_by_character", lambda _: False)
    assert labels(many, "cao đẳng") == [*BEGIN, *ANY, *AFTER_TRUONG]
