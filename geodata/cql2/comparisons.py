"""Comparisons of single values: =, <, LIKE, BETWEEN, IN, IS NULL."""

import operator
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, DateTime, and_, cast, or_

from geodata.cql2.columns import Kind, Value
from geodata.cql2.errors import InvalidFilter
from geodata.cql2.operands import WRITE, Operands

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MOST_VALUES = 200
WITHOUT_ORDER = (Kind.GEOMETRY, Kind.TEXTS)
TIMES = {Kind.DATE, Kind.TIMESTAMP}


def compared(op: str, arguments: list[Any], operands: Operands) -> ColumnElement[bool]:
    left, right = alike(op, [operands.value(one) for one in arguments])
    return COMPARISONS[op](left, right)  # type: ignore[no-any-return]


def between(op: str, arguments: list[Any], operands: Operands) -> ColumnElement[bool]:
    value, low, high = alike(op, [operands.value(one) for one in arguments])
    return and_(value >= low, value <= high)


def is_in(op: str, arguments: list[Any], operands: Operands) -> ColumnElement[bool]:
    wanted, listed = arguments
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_VALUES:
        raise InvalidFilter(f"in takes a list of 1 to {MOST_VALUES} values", remedy=WRITE[Kind.TEXTS], at="in")
    value = operands.value(wanted)
    pairs = [alike(op, [value, operands.value(one)]) for one in listed]
    return or_(*(left == right for left, right in pairs))


def is_like(op: str, arguments: list[Any], operands: Operands) -> ColumnElement[bool]:
    """`%` stands for any text, `_` for one sign; a backslash takes their meaning away."""
    value = operands.text(arguments[0], op)
    pattern = operands.text(arguments[1], op)
    return value.expression.like(checked_pattern(arguments[1], pattern))


def checked_pattern(node: Any, pattern: Value) -> ColumnElement[Any]:
    """The pattern, which must be a text of the filter itself and complete."""
    bare = node
    while isinstance(bare, dict):
        arguments = bare.get("args")
        bare = arguments[0] if isinstance(arguments, list) and arguments else None
    if not isinstance(bare, str):
        raise InvalidFilter("like compares with a text of the filter", remedy="write name LIKE '%nghề%'", at="like")
    if (len(bare) - len(bare.rstrip("\\"))) % 2:
        raise InvalidFilter("the pattern ends in a lonely backslash", remedy="write it twice", at=bare)
    return pattern.expression


def is_null(_op: str, arguments: list[Any], operands: Operands) -> ColumnElement[bool]:
    return operands.value(arguments[0]).expression.is_(None)


def alike(op: str, values: list[Value]) -> list[ColumnElement[Any]]:
    """The expressions of values that can be compared: all of one kind, days beside times as times."""
    kinds = {value.kind for value in values}
    if len(kinds) > 1 and kinds <= TIMES:
        return [cast(value.expression, DateTime(timezone=True)) for value in values]
    first, *others = values
    for other in others:
        if other.kind is not first.kind:
            raise InvalidFilter(
                f"{op} cannot compare a {first.kind} with a {other.kind}", remedy=WRITE[first.kind], at=op
            )
    if first.kind in WITHOUT_ORDER:
        raise InvalidFilter(f"{op} does not compare a {first.kind}", remedy=INSTEAD[first.kind], at=op)
    return [value.expression for value in values]


INSTEAD = {
    Kind.GEOMETRY: "use S_INTERSECTS and the other spatial conditions",
    Kind.TEXTS: "use A_CONTAINS, A_OVERLAPS, A_EQUALS or A_CONTAINEDBY",
}
