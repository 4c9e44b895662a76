"""Conditions on lists of texts, which are sets: order and repetition do not matter."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast
from sqlalchemy.dialects.postgresql import ARRAY

from geodata.cql2.columns import Kind
from geodata.cql2.operands import Operands

ARRAY_TESTS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "a_contains": lambda a, b: a.bool_op("@>")(b),
    "a_containedby": lambda a, b: a.bool_op("<@")(b),
    "a_overlaps": lambda a, b: a.bool_op("&&")(b),
    "a_equals": lambda a, b: and_(a.bool_op("@>")(b), a.bool_op("<@")(b)),
}


def array_test(op: str, arguments: list[Any], operands: Operands) -> ColumnElement[bool]:
    left, right = (cast(operands.of_kind(one, Kind.TEXTS, op).expression, ARRAY(Text)) for one in arguments)
    return ARRAY_TESTS[op](left, right)
