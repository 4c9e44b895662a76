"""Filters that are well formed, what each means, and how it is written as text: a second reading, in plain Python.

A filter is a tree of CQL2 JSON. `meant(tree, row)` is True, False or None (unknown, as SQL has it).
"""

import re
from datetime import date
from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
ROWS: tuple[Row, ...] = tuple(
    {"text": text, "number": number, "boolean": boolean, "date": day, "texts": texts}
    for text, number, boolean, day, texts in (
        ("a", 1.0, True, date(2020, 1, 1), ["a", "b"]),
        ("B", -2.5, False, date(2026, 7, 1), []),
        ("ab", 0.0, None, None, ["b"]),
        (None, None, True, date(1999, 12, 31), None),
        ("", 4.0, False, date(2020, 1, 2), ["a", "a", "c"]),
        ("b%", 1.5, True, None, ["c"]),
        ("x'y", 3.0, None, date(2030, 1, 1), ["x'y"]),
    )
)
TEXTS = st.sampled_from(["a", "b", "B", "AB", "", "b%", "x'y"])
NUMBERS = st.sampled_from([-2.5, 0, 1, 1.5, 2, 4])
DAYS = st.sampled_from(["1999-12-31", "2020-01-01", "2020-01-02", "2026-07-01"]).map(lambda day: {"date": day})
PATTERNS = st.sampled_from(["a", "%", "_", "a%", "%b", "b\\%", "%_%", ""])
ORDER = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def property_of(name: str) -> dict[str, str]:
    return {"property": name}


def op(name: str, *args: Any) -> dict[str, Any]:
    return {"op": name, "args": list(args)}


def calls(names: st.SearchStrategy[str], *args: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(names, *args).map(lambda found: op(*found))


def one_of(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(property_of(name)), values)


A_NUMBER: st.SearchStrategy[Any] = st.recursive(
    one_of("number", NUMBERS), lambda one: calls(st.sampled_from(["+", "-", "*", "/"]), one, one), max_leaves=3
)
A_TEXT: st.SearchStrategy[Any] = st.one_of(
    one_of("text", TEXTS), one_of("text", TEXTS).map(lambda one: op("casei", one))
)
LISTS = st.lists(TEXTS, min_size=1, max_size=3)
TESTS: st.SearchStrategy[Any] = st.one_of(
    calls(ORDER, A_NUMBER, A_NUMBER),
    calls(st.sampled_from(["=", "<>"]), A_TEXT, A_TEXT),
    calls(ORDER, one_of("date", DAYS), DAYS),
    calls(st.just("between"), A_NUMBER, NUMBERS, NUMBERS),
    calls(st.just("in"), A_TEXT, LISTS),
    calls(st.just("like"), st.just(property_of("text")), PATTERNS),
    calls(st.just("isNull"), st.sampled_from(["text", "number", "boolean", "date", "texts"]).map(property_of)),
    calls(
        st.sampled_from(["a_contains", "a_containedBy", "a_overlaps", "a_equals"]),
        st.just(property_of("texts")),
        LISTS,
    ),
    st.just(property_of("boolean")),
    st.booleans(),
)
FILTERS: st.SearchStrategy[Any] = st.recursive(
    TESTS,
    lambda one: st.one_of(
        calls(st.just("not"), one), calls(st.sampled_from(["and", "or"]), one, one), calls(st.just("or"), one, one, one)
    ),
    max_leaves=6,
)

COMPARED = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else None,
    "between": lambda a, low, high: low <= a <= high,
    "like": lambda text, pattern: re.fullmatch(as_expression(pattern), text) is not None,
    "casei": lambda text: text.lower(),
    "a_contains": lambda a, b: set(a) >= set(b),
    "a_containedby": lambda a, b: set(a) <= set(b),
    "a_overlaps": lambda a, b: bool(set(a) & set(b)),
    "a_equals": lambda a, b: set(a) == set(b),
}
"""What is unknown where any operand is."""


def meant(node: Any, row: Row) -> Any:
    """The value of a node for a row; None is unknown."""
    if not isinstance(node, dict):
        return node
    if "property" in node:
        return row[node["property"]]
    if "date" in node:
        return date.fromisoformat(node["date"])
    name, values = node["op"].lower(), [meant(one, row) for one in node["args"]]
    if name in ("and", "or", "not", "isnull", "in"):
        return joined(name, values)
    return None if any(one is None for one in values) else COMPARED[name](*values)


def joined(name: str, values: list[Any]) -> bool | None:
    """The operators that can know the answer although an operand is unknown."""
    if name == "isnull":
        return values[0] is None
    if name == "not":
        return None if values[0] is None else not values[0]
    if name == "in":
        wanted, listed = values
        return None if wanted is None else wanted in listed
    decisive = name == "or"
    if decisive in values:
        return decisive
    return None if None in values else not decisive


def as_expression(pattern: str) -> str:
    """The regular expression of a LIKE pattern."""
    found = re.sub(r"\\(.)|(%)|(_)|(.)", lambda m: ".*" if m[2] else "." if m[3] else re.escape(m[1] or m[4]), pattern)
    return f"(?s:{found})"


INFIX = {"+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">=", "and", "or", "like", "in"}


def as_text(node: Any) -> str:
    """The tree as CQL2 text, with brackets around every part."""
    if isinstance(node, dict):
        return f"DATE('{node['date']}')" if "date" in node else node.get("property") or operation(node)
    if isinstance(node, list):
        return f"({', '.join(map(as_text, node))})"
    if isinstance(node, str):
        return "'" + node.replace("'", "''") + "'"
    return str(node).upper() if isinstance(node, bool) else f"({node})" if node < 0 else str(node)


def operation(node: dict[str, Any]) -> str:
    name, parts = node["op"], [as_text(one) for one in node["args"]]
    if name in INFIX:
        return "(" + f" {name.upper()} ".join(parts) + ")"
    if name == "not":
        return f"(NOT {parts[0]})"
    if name == "isNull":
        return f"({parts[0]} IS NULL)"
    if name == "between":
        return f"({parts[0]} BETWEEN {parts[1]} AND {parts[2]})"
    return f"{name.upper()}({', '.join(parts)})"
