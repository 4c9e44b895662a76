"""A whole filter: conditions joined by AND, OR and NOT."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from geodata.cql2.arrays import ARRAY_TESTS, array_test
from geodata.cql2.columns import Columns, Kind
from geodata.cql2.comparisons import COMPARISONS, between, compared, is_in, is_like, is_null
from geodata.cql2.errors import InvalidFilter
from geodata.cql2.operands import Operands, argument_list
from geodata.cql2.reading import read_json, read_text
from geodata.cql2.spatial import SPATIAL_TESTS, box_test, spatial_test
from geodata.cql2.temporal import TEMPORAL_TESTS, temporal_test

LANGUAGES = {"cql2-text": read_text, "cql2-json": read_json, "cql-text": read_text}
"""`cql-text` is what GDAL up to 3.12 calls the part of the language that it writes."""

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class CompiledFilter:
    """The condition, and the names it asks about."""

    condition: Condition
    names: frozenset[str]


def compile_filter(text: str, columns: Columns, *, language: str = "cql2-text", srid: int = 4326) -> CompiledFilter:
    """The filter as a condition on the columns; coordinates in it are x, y of `srid` (longitude first).

    Raises `InvalidFilter` with the place and a remedy.
    """
    operands = Operands(columns, srid)
    try:
        condition = compiled(LANGUAGES[language](text), operands)
    except InvalidFilter as refusal:
        raise placed(refusal, text) from None
    return CompiledFilter(condition, frozenset(operands.named))


def placed(refusal: InvalidFilter, text: str) -> InvalidFilter:
    """The refusal with the place of what it is about, where that stands in the text."""
    found = text.lower().find(refusal.at.lower()) + 1 if refusal.at else 0
    position = refusal.position or found or None
    return InvalidFilter(refusal.fault, remedy=refusal.remedy, at=refusal.at, position=position)


def compiled(node: Any, operands: Operands) -> Condition:
    """A node that says yes or no."""
    if isinstance(node, bool):
        return true() if node else false()
    if isinstance(node, dict) and "property" in node:
        return a_boolean(node, operands)
    if isinstance(node, dict) and "bbox" in node and "op" not in node:
        return box_test(node["bbox"], operands)
    if not isinstance(node, dict) or not isinstance(node.get("op"), str):
        raise InvalidFilter("a condition is needed here", remedy="compare something, as in status = 'active'")
    return operation(node["op"].lower(), node, operands)


def a_boolean(node: Any, operands: Operands) -> Condition:
    value = operands.value(node)
    if value.kind is not Kind.BOOLEAN:
        name = str(node["property"])
        raise InvalidFilter(f"{name} alone is no condition", remedy=f"compare it, as in {name} = …", at=name)
    return value.expression


def operation(op: str, node: Any, operands: Operands) -> Condition:
    arguments = argument_list(node)
    if op in ("and", "or"):
        parts = [compiled(one, operands) for one in several(op, arguments)]
        return and_(*parts) if op == "and" else or_(*parts)
    if op == "not":
        return not_(compiled(exactly(1, op, arguments)[0], operands))
    for test, wanted, names in TESTS:
        if op in names:
            return test(op, exactly(wanted, op, arguments), operands)
    known = ", ".join(sorted({name for *_, names in TESTS for name in names}))
    raise InvalidFilter(f"there is no condition {op}", remedy=f"use one of: and, or, not, {known}", at=op)


Test = Callable[[str, list[Any], Operands], Condition]
TESTS: tuple[tuple[Test, int, frozenset[str]], ...] = (
    (compared, 2, frozenset(COMPARISONS)),
    (is_like, 2, frozenset({"like"})),
    (between, 3, frozenset({"between"})),
    (is_in, 2, frozenset({"in"})),
    (is_null, 1, frozenset({"isnull"})),
    (spatial_test, 2, frozenset(SPATIAL_TESTS)),
    (temporal_test, 2, frozenset(TEMPORAL_TESTS)),
    (array_test, 2, frozenset(ARRAY_TESTS)),
)


def exactly(number: int, op: str, arguments: list[Any]) -> list[Any]:
    if len(arguments) != number:
        raise InvalidFilter(f"{op} takes {number} operands, not {len(arguments)}", remedy="give exactly those", at=op)
    return arguments


def several(op: str, arguments: list[Any]) -> list[Any]:
    if len(arguments) < 2:
        raise InvalidFilter(f"{op} joins at least two conditions", remedy="add one, or leave it out", at=op)
    return arguments
