"""Filters of every shape, answered by PostgreSQL: the rows they mean and no others, and never a refusal of the SQL."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, Subquery, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DataError, InternalError
from sqlalchemy.types import Boolean, Date, DateTime, Double, Integer, Text

from geodata.cql2 import Column, Columns, InvalidFilter, Kind, compile_filter
from tests.geodata.cql2.meaning import FILTERS, ROWS, as_text, calls, meant, one_of, property_of

KINDS = {
    "text": (Kind.TEXT, Text()),
    "number": (Kind.NUMBER, Double()),
    "boolean": (Kind.BOOLEAN, Boolean()),
    "date": (Kind.DATE, Date()),
    "timestamp": (Kind.TIMESTAMP, DateTime(timezone=True)),
    "texts": (Kind.TEXTS, ARRAY(Text())),
}


def stored() -> Subquery:
    """The rows as a table of the database, numbered."""
    told = json.dumps(
        [{"place": place, **row, "timestamp": row["date"]} for place, row in enumerate(ROWS)], default=str
    )
    columns = "place int, text text, number float8, boolean boolean, date date, timestamp timestamptz, texts text[]"
    listed = f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS told({columns})"
    found = text(f"SELECT *, ST_Point(105.8 + place, 21, 4326) AS geometry FROM {listed}")
    named = {name: kind for name, (_, kind) in KINDS.items()}
    return found.bindparams(rows=told).columns(place=Integer(), geometry=Text(), **named).subquery()


STORED = stored()
COLUMNS: Columns = {
    **{name: Column(kind, STORED.c[name]) for name, (kind, _) in KINDS.items()},
    "geometry": Column(Kind.GEOMETRY, STORED.c.geometry),
}


@pytest.fixture(scope="module")
def asked(engine: Engine) -> Iterator[Connection]:
    """A connection of this file's own: what it asks leaves nothing behind."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


def places(asked: Connection, text: str, language: str) -> list[int]:
    """The numbers of the rows that a filter finds."""
    found = compile_filter(text, COLUMNS, language=language)
    return list(asked.scalars(select(STORED.c.place).where(found.condition).order_by(STORED.c.place)))


@given(tree=FILTERS)
def test_a_filter_finds_the_rows_it_means(asked: Connection, tree: Any) -> None:
    """Compared with a reading of our own in Python, three-valued logic included; as text it says the same."""
    wanted = [place for place, row in enumerate(ROWS) if meant(tree, row) is True]
    event(f"{len(wanted)} of {len(ROWS)} rows")
    assert places(asked, json.dumps(tree), "cql2-json") == wanted
    assert places(asked, as_text(tree), "cql2-text") == wanted


ENDS = st.sampled_from(["..", "2020-01-01", "2026-07-01T00:00:00Z", {"property": "date"}, {"property": "timestamp"}])
TIMES = st.one_of(
    *(st.just(property_of("date")), st.just(property_of("timestamp")), st.just({"date": "2020-01-01"})),
    st.just({"timestamp": "2020-01-01T00:00:00Z"}),
    st.lists(ENDS, min_size=2, max_size=2).map(lambda ends: {"interval": ends}),
)
PLACES = st.one_of(
    *(st.just(property_of("geometry")), st.just({"bbox": [105, 20, 107, 22]}), st.just({"bbox": [1, 2, 3, 4]})),
    st.sampled_from(
        [{"type": "Point", "coordinates": [105.8, 21]}, {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}]
    ),
)
EVERYTHING = st.one_of(
    *(one_of(name, st.sampled_from(["a", 1, True, {"date": "2020-01-01"}, ["a"]])) for name in KINDS),
    *(TIMES, PLACES),
)
CONDITIONS = st.recursive(
    st.one_of(
        calls(st.sampled_from(["=", "<", "<>", "a_contains", "like", "in"]), EVERYTHING, EVERYTHING),
        calls(st.sampled_from(["t_during", "t_meets", "t_intersects", "t_disjoint", "t_before"]), TIMES, TIMES),
        calls(st.sampled_from(["s_within", "s_intersects", "s_disjoint", "s_touches"]), PLACES, PLACES),
        calls(st.sampled_from(["isNull", "not"]), EVERYTHING),
        calls(st.just("between"), EVERYTHING, EVERYTHING, EVERYTHING),
    ),
    lambda one: st.one_of(calls(st.just("not"), one), calls(st.sampled_from(["and", "or"]), one, one)),
    max_leaves=4,
)


def reasons_given(refusal: InvalidFilter) -> None:
    assert refusal.fault
    assert refusal.remedy


@given(tree=CONDITIONS)
def test_whatever_is_not_refused_can_be_asked(asked: Connection, tree: Any) -> None:
    """Kinds thrown together at random: refused with a reason, or a question that the database understands, which its
    opposite answers the other way round."""
    try:
        found = compile_filter(json.dumps(tree), COLUMNS, language="cql2-json").condition
    except InvalidFilter as refusal:
        event("refused")
        reasons_given(refusal)
        return
    event("asked")
    try:
        answers = list(asked.scalars(select(found).select_from(STORED)))
        opposites = list(asked.scalars(select(~found).select_from(STORED)))
    except (DataError, InternalError):  # a value out of range: answered as a wrong question
        return
    assert opposites == [None if answer is None else not answer for answer in answers]
    assert len(answers) == len(ROWS)
