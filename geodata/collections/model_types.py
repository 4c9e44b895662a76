"""Properties of features and their types."""

from dataclasses import dataclass
from enum import StrEnum

from geodata.cql2 import Kind


class Type(StrEnum):
    """Types of properties, as JSON Schema and tables know them."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    STRINGS = "strings"


KINDS = {
    Type.STRING: Kind.TEXT,
    Type.INTEGER: Kind.NUMBER,
    Type.NUMBER: Kind.NUMBER,
    Type.BOOLEAN: Kind.BOOLEAN,
    Type.DATE: Kind.DATE,
    Type.STRINGS: Kind.TEXTS,
}


@dataclass(frozen=True)
class Property:
    """A property of features. `values`: its closed vocabulary, if it has one. With `path` it is read out of the row's
    stored Feature text, and then it cannot be asked about."""

    name: str
    type: Type = Type.STRING
    values: tuple[str, ...] = ()
    path: tuple[str, ...] = ()

    @property
    def queryable(self) -> bool:
        return not self.path
