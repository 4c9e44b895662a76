"""What conditions are about: columns, literals, arithmetic and text without case or accents."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, DateTime, Double, Text, cast, func, literal, literal_column, null
from sqlalchemy.dialects.postgresql import ARRAY

from geodata.cql2.columns import Columns, Kind, Value
from geodata.cql2.errors import InvalidFilter

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / func.nullif(b, 0),
    "%": lambda a, b: a - b * func.trunc(a / func.nullif(b, 0)),
    "div": lambda a, b: func.trunc(a / func.nullif(b, 0)),
    "^": func.power,
}
LARGEST = 1e100
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)


class Operands:
    """Compiles operands against the columns; `named` collects the names that were asked about."""

    def __init__(self, columns: Columns, srid: int) -> None:
        self.columns, self.srid = columns, srid
        self.named: set[str] = set()

    def value(self, node: Any) -> Value:
        """An operand. Raises `InvalidFilter` for unknown names and functions."""
        if isinstance(node, dict):
            return self.of_object(node)
        if isinstance(node, list):
            return Value(Kind.TEXTS, cast(literal(texts(node), ARRAY(Text)), ARRAY(Text)))
        return plain(node)

    def of_object(self, node: dict[str, Any]) -> Value:
        if "property" in node:
            return self.column(node["property"])
        if "date" in node:
            return Value(Kind.DATE, cast(literal(day(node["date"])), Date))
        if "timestamp" in node:
            return Value(Kind.TIMESTAMP, cast(literal(instant(node["timestamp"])), DateTime(timezone=True)))
        if "type" in node or "bbox" in node:
            return Value(Kind.GEOMETRY, null())
        if isinstance(node.get("op"), str):
            return self.function(node["op"].lower(), argument_list(node))
        raise InvalidFilter("this operand is not understood", remedy="give a name, a text, a number or a date")

    def column(self, name: Any) -> Value:
        found = self.columns.get(name) if isinstance(name, str) else None
        if found is None:
            known = ", ".join(sorted(self.columns))
            raise InvalidFilter(
                f"there is no property {str(name)[:80]!r}", remedy=f"use one of: {known}", at=str(name)[:80]
            )
        self.named.add(name)
        return Value(found.kind, found.expression)

    def function(self, op: str, arguments: list[Any]) -> Value:
        if op in ("casei", "accenti") and len(arguments) == 1:
            return folded(op, self.text(arguments[0], op))
        if op in ARITHMETIC and len(arguments) == 2:
            left, right = (self.number(one, op) for one in arguments)
            return Value(Kind.NUMBER, ARITHMETIC[op](left.expression, right.expression))
        known = ", ".join(["casei", "accenti", *ARITHMETIC])
        raise InvalidFilter(f"there is no function {op[:80]!r} of {len(arguments)}", remedy=f"use: {known}", at=op)

    def text(self, node: Any, op: str) -> Value:
        return self.of_kind(node, Kind.TEXT, op)

    def number(self, node: Any, op: str) -> Value:
        found = self.of_kind(node, Kind.NUMBER, op)
        return Value(Kind.NUMBER, cast(found.expression, Double))

    def of_kind(self, node: Any, kind: Kind, op: str) -> Value:
        found = self.value(node)
        if found.kind is not kind:
            raise InvalidFilter(f"{op} takes a {kind}, not a {found.kind}", remedy=WRITE[kind], at=op)
        return found


WRITE = {
    Kind.TEXT: "write texts in single quotes, as in 'college'",
    Kind.NUMBER: "write numbers without quotes, as in 12.5",
    Kind.BOOLEAN: "write TRUE or FALSE",
    Kind.DATE: "write days as DATE('2026-01-31')",
    Kind.TIMESTAMP: "write times as TIMESTAMP('2026-01-31T00:00:00Z')",
    Kind.TEXTS: "write lists in brackets, as in ('college', 'intermediate')",
    Kind.GEOMETRY: "write geometries as POINT(105.8 21.0) or POLYGON((…)), longitude first",
}


def argument_list(node: dict[str, Any]) -> list[Any]:
    arguments = node.get("args")
    if not isinstance(arguments, list):
        raise InvalidFilter("args must be a list", remedy='write {"op": …, "args": […]}', at="args")
    return arguments


def plain(node: Any) -> Value:
    """A literal of JSON."""
    if isinstance(node, bool):
        return Value(Kind.BOOLEAN, literal(node))
    if isinstance(node, int | float):
        if not math.isfinite(node) or abs(node) > LARGEST:
            raise InvalidFilter("a number is too large", remedy="write a finite decimal number")
        return Value(Kind.NUMBER, cast(literal(float(node)), Double))
    if isinstance(node, str):
        return Value(Kind.TEXT, cast(literal(text_of(node)), Text))
    raise InvalidFilter("null cannot be compared", remedy="ask with IS NULL or IS NOT NULL", at="null")


def text_of(text: str) -> str:
    if "\x00" in text or any(0xD800 <= ord(sign) < 0xE000 for sign in text):
        raise InvalidFilter("a text holds signs that are no letters", remedy="remove them")
    return text


def texts(node: list[Any]) -> list[str]:
    if not all(isinstance(one, str) for one in node):
        raise InvalidFilter("a list holds something else than texts", remedy=WRITE[Kind.TEXTS])
    return [text_of(one) for one in node]


def day(text: Any) -> date:
    """A calendar day written YYYY-MM-DD."""
    try:
        if isinstance(text, str) and DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise InvalidFilter(f"{str(text)[:40]!r} is no day", remedy=WRITE[Kind.DATE], at=str(text)[:40])


def instant(text: Any) -> datetime:
    """A time as RFC 3339 writes it."""
    try:
        if isinstance(text, str) and SECOND.fullmatch(text):
            found = datetime.fromisoformat(text)
            if 1 < found.year < 9999:
                return found
    except ValueError:
        pass
    raise InvalidFilter(f"{str(text)[:40]!r} is no time", remedy=WRITE[Kind.TIMESTAMP], at=str(text)[:40])


def folded(op: str, text: Value) -> Value:
    """The text in lower case, or without marks and with đ as d."""
    if op == "casei":
        return Value(Kind.TEXT, func.lower(text.expression))
    bare = func.regexp_replace(func.normalize(text.expression, literal_column("NFD")), "[\u0300-\u036f]", "", "g")
    return Value(Kind.TEXT, func.translate(bare, "đĐ", "dD"))
