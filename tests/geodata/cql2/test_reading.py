"""Whatever is written as a filter, the reader answers with a condition or with a refusal, and the process lives.

What conditions mean is tested beside, in `test_meaning`.
"""

import json
import re
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from sqlalchemy import Boolean, Text, column, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY

from geodata.cql2 import Column, InvalidFilter, Kind, compile_filter

SQL_TYPES = {Kind.BOOLEAN: Boolean(), Kind.TEXTS: ARRAY(Text())}
COLUMNS = {kind.name.lower(): Column(kind, column(kind.name.lower(), SQL_TYPES.get(kind))) for kind in Kind}
WORDS = st.sampled_from(
    [
        *(
            "(",
            ")",
            ",",
            "'",
            '"',
            "-",
            "+",
            "*",
            "/",
            "%",
            "^",
            "=",
            "<",
            ">",
            "<>",
            "1",
            "1.5",
            "1e400",
            "'zq7'",
            "''",
        ),
        *("AND", "OR", "NOT", "LIKE", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE", "DIV", "CASEI(", "ACCENTI("),
        *("text", "number", "boolean", "date", "timestamp", "texts", "geometry", "nothing", "DATE('2020-01-01')"),
        *("INTERVAL('..','..')", "POINT(1 2)", "BBOX(1,2,3,4)", "S_INTERSECTS(", "T_AFTER(", "A_CONTAINS("),
    ]
)


QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
NAMES = re.compile(r"\b[a-z]+\b")


def check(text: str, language: str, names: set[str]) -> None:
    """A condition that asks about exactly these names and carries no text of the filter in its SQL; or a refusal that
    says what is wrong, what to write instead, and a place within the text."""
    try:
        found = compile_filter(text, COLUMNS, language=language)
    except InvalidFilter as refusal:
        event("refused")
        check_refusal(refusal, text)
        return
    event("read")
    assert isinstance(found.condition.type, Boolean)
    assert found.names == names
    written = select(found.condition).compile(dialect=postgresql.dialect())
    assert "zq7" not in str(written)
    if "zq7" in text and not re.search("true|false", text, re.IGNORECASE):  # beside those, nothing else may count
        assert any("zq7" in str(value) for value in written.params.values())


def check_refusal(refusal: InvalidFilter, text: str) -> None:
    assert refusal.fault
    assert refusal.remedy
    assert refusal.position is None or 1 <= refusal.position <= len(text) + 1


def asked_about(tree: Any) -> set[str]:
    """The names in a tree of CQL2 JSON."""
    if isinstance(tree, dict):
        own = {tree["property"]} if isinstance(tree.get("property"), str) else set()
        return own.union(*map(asked_about, tree.values()))
    return set().union(*map(asked_about, tree)) if isinstance(tree, list) else set()


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_texts_of_its_own_words(text: str) -> None:
    check(text, "cql2-text", set(NAMES.findall(QUOTED.sub(" ", text))) & set(COLUMNS))


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(text, "cql2-text", set())
    check(text, "cql2-json", set())


LEAVES: Any = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just("zq7")),
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
    check(json.dumps(tree), "cql2-json", asked_about(tree))


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "NOT " * 100_000, "-" * 100_000 + "1", "CASEI(" * 100_000, "[" * 100_000]
)
@pytest.mark.parametrize("language", ["cql2-text", "cql2-json"])
def test_bottomless_filters_are_refused(text: str, language: str) -> None:
    with pytest.raises(InvalidFilter):
        compile_filter(text[:7_999], COLUMNS, language=language)
    with pytest.raises(InvalidFilter, match="at most"):
        compile_filter(text, COLUMNS, language=language)
