"""Suggestions for words that fit very many: the best at once, without looking at all of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from geodata import suggestions
from geodata.filters import InstitutionFilter, conditions
from geodata.models import InstitutionState
from geodata.releases import moment
from geodata.search import beginning
from tests.builders import an_institution, publish

TODAY = date(2026, 11, 22)
NAMES = (
    "Trung tâm Hướng nghiệp Cao đẳng Minh họa",
    "Cao đẳng Bách khoa Minh họa",
    "Trung tâm Đẳng cấp Cao Minh họa",
    "Trường Cao đẳng Minh họa",
    "Cao đẳng An Giang Minh họa",
)
BEGIN, SIDE_BY_SIDE, ANY = [NAMES[4], NAMES[1]], [NAMES[0], NAMES[3]], [NAMES[2]]


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


def test_names_that_begin_so_come_first_then_the_words_side_by_side_then_any(many: Session) -> None:
    assert labels(many, "cao đẳng") == [*BEGIN, *SIDE_BY_SIDE, *ANY]


@pytest.mark.parametrize("limit", range(1, 6))
def test_as_many_as_there_is_room_for_each_once(many: Session, limit: int) -> None:
    assert labels(many, "cao đẳng", limit) == [*BEGIN, *SIDE_BY_SIDE, *ANY][:limit]


def test_beginnings_of_words_are_found_so_too(many: Session) -> None:
    assert labels(many, "cao đẳ") == [*BEGIN, NAMES[2], NAMES[0], NAMES[3]]


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


def test_names_that_begin_so_are_a_range_of_the_index_by_name(many: Session) -> None:
    wanted, state = InstitutionFilter(on=TODAY, q="cao dang"), InstitutionState
    tests = [*conditions(many, wanted, moment(many, TODAY)), beginning(("cao dang",))]
    query = select(state.row_id).where(*tests).order_by(state.name_folded, state.institution_id).limit(3)
    compiled = query.compile(many.get_bind(), compile_kwargs={"literal_binds": True})
    many.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off"))
    plan = "\n".join(many.scalars(text(f"EXPLAIN {compiled}".replace(":", "\\:"))))
    assert "ix_institution_state_main" in plan
    assert "(name_folded >= 'cao dang'::text) AND (name_folded < 'cao dang{'::text)" in plan
