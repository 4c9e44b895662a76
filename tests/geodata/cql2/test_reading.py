"""Whatever is written as a filter, the reader answers with a condition or with a refusal, and the process lives."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import column
from sqlalchemy.dialects import postgresql

from geodata.cql2 import Column, InvalidFilter, Kind, compile_filter

COLUMNS = {kind.name.lower(): Column(kind, column(kind.name.lower())) for kind in Kind}
WORDS = st.sampled_from(
    [
        *("(", ")", ",", "'", '"', "-", "+", "*", "/", "%", "^", "=", "<", ">", "<>", "1", "1.5", "1e400", "'x'", "''"),
        *("AND", "OR", "NOT", "LIKE", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE", "DIV", "CASEI(", "ACCENTI("),
        *("text", "number", "boolean", "date", "timestamp", "texts", "geometry", "nothing", "DATE('2020-01-01')"),
        *("INTERVAL('..','..')", "POINT(1 2)", "BBOX(1,2,3,4)", "S_INTERSECTS(", "T_AFTER(", "A_CONTAINS("),
    ]
)


def survives(text: str, language: str) -> None:
    """Compiles to SQL without the text's own literals in it, or is refused."""
    try:
        found = compile_filter(text, COLUMNS, language=language)
    except InvalidFilter:
        return
    written = str(found.condition.compile(dialect=postgresql.dialect()))
    assert "'x'" not in written


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_texts_of_its_own_words(text: str) -> None:
    survives(text, "cql2-text")


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    survives(text, "cql2-text")
    survives(text, "cql2-json")


LEAVES: Any = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    st.sampled_from([{"property": name} for name in COLUMNS]),
    st.sampled_from([{"date": "2020-01-01"}, {"timestamp": "2020-01-01T00:00:00Z"}, {"bbox": [1, 2, 3, 4]}]),
    st.sampled_from([{"type": "Point", "coordinates": [1, 2]}, {"type": "Point", "coordinates": "x"}]),
)
OPERATORS = st.sampled_from(
    [
        "and",
        "or",
        "not",
        "=",
        "<",
        "like",
        "in",
        "between",
        "isNull",
        "+",
        "/",
        "casei",
        "s_within",
        "t_during",
        "a_equals",
        "x",
    ]
)
TREES = st.recursive(
    LEAVES,
    lambda child: st.one_of(
        st.lists(child, max_size=3),
        st.fixed_dictionaries({"op": OPERATORS, "args": st.lists(child, max_size=3)}),
        st.fixed_dictionaries({"interval": st.lists(child, max_size=2)}),
    ),
    max_leaves=12,
)


@given(TREES)
def test_any_tree(tree: Any) -> None:
    survives(json.dumps(tree), "cql2-json")


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "NOT " * 100_000, "-" * 100_000 + "1", "CASEI(" * 100_000, "[" * 100_000]
)
@pytest.mark.parametrize("language", ["cql2-text", "cql2-json"])
def test_bottomless_filters_are_refused(text: str, language: str) -> None:
    with pytest.raises(InvalidFilter):
        compile_filter(text[:7_999], COLUMNS, language=language)
    with pytest.raises(InvalidFilter, match="at most"):
        compile_filter(text, COLUMNS, language=language)
