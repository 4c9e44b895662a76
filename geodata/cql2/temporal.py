"""Temporal conditions between days, times and intervals of them (OGC 21-065r2, clause 7.6).

An instant is an interval that ends as it starts. An open end is before, or after, every day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, and_, cast, func, literal_column, not_

from geodata.cql2.columns import Kind, Value
from geodata.cql2.errors import InvalidFilter
from geodata.cql2.operands import DAY, WRITE, Operands

Condition = ColumnElement[bool]
OPEN = ".."


@dataclass(frozen=True)
class Span:
    """From `start` to `end`, both included."""

    start: ColumnElement[Any]
    end: ColumnElement[Any]


TEMPORAL_TESTS: dict[str, Callable[[Span, Span], Condition]] = {
    "t_after": lambda a, b: a.start > b.end,
    "t_before": lambda a, b: a.end < b.start,
    "t_contains": lambda a, b: and_(a.start < b.start, a.end > b.end),
    "t_disjoint": lambda a, b: not_(meeting(a, b)),
    "t_during": lambda a, b: and_(a.start > b.start, a.end < b.end),
    "t_equals": lambda a, b: and_(a.start == b.start, a.end == b.end),
    "t_finishedby": lambda a, b: and_(a.start < b.start, a.end == b.end),
    "t_finishes": lambda a, b: and_(a.start > b.start, a.end == b.end),
    "t_intersects": lambda a, b: meeting(a, b),
    "t_meets": lambda a, b: a.end == b.start,
    "t_metby": lambda a, b: a.start == b.end,
    "t_overlappedby": lambda a, b: and_(a.start > b.start, a.start < b.end, a.end > b.end),
    "t_overlaps": lambda a, b: and_(a.start < b.start, a.end > b.start, a.end < b.end),
    "t_startedby": lambda a, b: and_(a.start == b.start, a.end > b.end),
    "t_starts": lambda a, b: and_(a.start == b.start, a.end < b.end),
}


def meeting(a: Span, b: Span) -> Condition:
    return and_(a.start <= b.end, a.end >= b.start)


def temporal_test(op: str, arguments: list[Any], operands: Operands) -> Condition:
    left, right = (ends(one, op, operands) for one in arguments)
    as_times = any(end is not None and end.kind is Kind.TIMESTAMP for end in (*left, *right))
    return TEMPORAL_TESTS[op](span(left, as_times=as_times), span(right, as_times=as_times))


Ends = tuple[Value | None, Value | None]


def ends(node: Any, op: str, operands: Operands) -> Ends:
    """The first and the last instant of an operand; None for an open one."""
    if not isinstance(node, dict) or "interval" not in node:
        at = instant(node, op, operands)
        return at, at
    parts = node["interval"]
    if not isinstance(parts, list) or len(parts) != 2:
        raise InvalidFilter("an interval has two ends", remedy="write INTERVAL('2026-01-01', '..')", at="interval")
    first, last = (None if part == OPEN else instant(part, op, operands) for part in parts)
    return first, last


def instant(node: Any, op: str, operands: Operands) -> Value:
    """A day or a time; inside of intervals they stand as bare texts."""
    if isinstance(node, str):
        node = {"date": node} if DAY.fullmatch(node) else {"timestamp": node}
    found = operands.value(node)
    if found.kind not in (Kind.DATE, Kind.TIMESTAMP):
        raise InvalidFilter(f"{op} takes days, times and intervals", remedy=WRITE[Kind.DATE], at=op)
    return found


def span(found: Ends, *, as_times: bool) -> Span:
    """With every unknown or open end moved out of reach."""
    first, last = found
    kind = DateTime(timezone=True) if as_times else Date()
    ever, never = (cast(literal_column(f"'{word}'"), kind) for word in ("-infinity", "infinity"))
    if first is not None and first is last:
        at = cast(first.expression, kind)
        return Span(at, at)
    start = ever if first is None else func.coalesce(cast(first.expression, kind), ever)
    end = never if last is None else func.coalesce(cast(last.expression, kind), never)
    return Span(start, end)
