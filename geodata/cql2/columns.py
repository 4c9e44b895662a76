"""What a filter may ask about: names, their kinds and the SQL behind them. Nothing else is reachable."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement


class Kind(StrEnum):
    """What a value is. Values of different kinds are never compared."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TEXTS = "list of texts"
    GEOMETRY = "geometry"


@dataclass(frozen=True)
class Column:
    """A name of the filter language: its kind and its expression."""

    kind: Kind
    expression: ColumnElement[Any]


Columns = Mapping[str, Column]


@dataclass(frozen=True)
class Value:
    """A compiled operand."""

    kind: Kind
    expression: ColumnElement[Any]
