"""Reading catalogue files row by row: every refusal names the file, the row and what to write instead."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeAlias, TypeVar

import yaml

from geodata.errors import GeodataError
from geodata.yaml_text import parsed

Folder: TypeAlias = Path | Traversable
Choice = TypeVar("Choice", bound=StrEnum)


class CatalogueError(GeodataError):
    """A catalogue file says something the rules refuse; the text names file, row, problem and remedy."""


def catalogue_folder() -> Traversable:
    """The folder of YAML files that comes with the package."""
    return files("geodata.catalogue")


@dataclass(frozen=True)
class Row:
    """One mapping of a catalogue file; `label` finds it again: "row 3 (some-id)" or a path below it."""

    file: str
    label: str
    data: Mapping[str, object]

    def refuse(self, problem: str, remedy: str) -> CatalogueError:
        return CatalogueError(f"{self.file}, {self.label}: {problem}; {remedy}")

    def only(self, *fields: str) -> None:
        """Refuse fields nobody reads, which are nearly always misspelt ones."""
        unknown = sorted(set(self.data) - set(fields))
        if unknown:
            raise self.refuse(f"unknown field {', '.join(unknown)}", f"use only {', '.join(sorted(fields))}")

    def has(self, field: str) -> bool:
        return self.data.get(field) is not None

    def text(self, field: str) -> str:
        value = self.data.get(field)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(f"{field} is missing or not text", f"write {field} as text")
        return value.strip()

    def optional_text(self, field: str) -> str | None:
        return self.text(field) if self.has(field) else None

    def choice(self, field: str, kind: type[Choice], default: Choice | None = None) -> Choice:
        if default is not None and not self.has(field):
            return default
        return self._as_choice(field, self.data.get(field), kind)

    def choices(self, field: str, kind: type[Choice]) -> tuple[Choice, ...]:
        """The listed values in the vocabulary's own order; an absent field means all of them."""
        if not self.has(field):
            return tuple(kind)
        wanted = {self._as_choice(field, value, kind) for value in self.items(field)}
        return tuple(value for value in kind if value in wanted)

    def items(self, field: str) -> Sequence[object]:
        value = self.data.get(field)
        if not isinstance(value, list) or not value:
            raise self.refuse(f"{field} is not a list with something in it", f"write {field} as [a, b]")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        return tuple(str(value) for value in self.items(field))

    def number(self, field: str) -> float:
        value = self.data.get(field)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(f"{field} {value!r} is not a number", f"write {field} as a plain number such as 50")
        return value

    def whole(self, field: str) -> int:
        value = self.number(field)
        if not isinstance(value, int):
            raise self.refuse(f"{field} {value!r} is not a whole number", f"write {field} without a fraction")
        return value

    def optional_whole(self, field: str) -> int | None:
        return self.whole(field) if self.has(field) else None

    def flag(self, field: str, *, default: bool) -> bool:
        value = self.data.get(field, default)
        if not isinstance(value, bool):
            raise self.refuse(f"{field} {value!r} is neither true nor false", f"write {field} as true or false")
        return value

    def day(self, field: str) -> date:
        value = self.data.get(field)
        if type(value) is not date:
            raise self.refuse(f"{field} {value!r} is not a date", f"write {field} as YYYY-MM-DD")
        return value

    def optional_day(self, field: str) -> date | None:
        return self.day(field) if self.has(field) else None

    def below(self, field: str) -> "Row":
        """The mapping under `field` (empty when absent) as a row of its own."""
        value = self.data.get(field, {})
        if not isinstance(value, dict):
            raise self.refuse(f"{field} is not a mapping", f"write {field} as {{name: value}}")
        return Row(self.file, f"{self.label}, {field}", value)

    def rows(self, field: str) -> Iterator["Row"]:
        """The list of mappings under `field`, each as a row of its own."""
        return _labelled(self.file, self.items(field), prefix=f"{self.label}, {field} ")

    def _as_choice(self, field: str, value: object, kind: type[Choice]) -> Choice:
        try:
            return kind(str(value))
        except ValueError:
            allowed = ", ".join(kind)
            raise self.refuse(f"{field} {value!r} is not known", f"write one of {allowed}") from None


def read_rows(folder: Folder, name: str) -> Iterator[Row]:
    """The rows of a file that is a list of mappings, in file order."""
    content = _parsed(folder, name)
    if not isinstance(content, list) or not content:
        raise CatalogueError(f"{name}: the file is not a list of rows; begin every row with '- '")
    return _labelled(name, content, prefix="row ")


def read_mapping(folder: Folder, name: str) -> Row:
    """The one mapping of a file that describes a single thing."""
    content = _parsed(folder, name)
    if not isinstance(content, dict):
        raise CatalogueError(f"{name}: the file is not one mapping; write 'field: value' lines")
    return Row(name, "top level", content)


def unique(rows: Sequence[tuple[Row, object]]) -> None:
    """Refuse the second of two rows with the same key."""
    first: dict[object, Row] = {}
    for row, key in rows:
        if key in first:
            raise row.refuse(f"{key} is already used by {first[key].label}", "give each row its own")
        first[key] = row


def _parsed(folder: Folder, name: str) -> object:
    try:
        return parsed((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogueError(f"{name}: the file is missing; put it back into the catalogue folder") from None
    except yaml.YAMLError as error:
        where = " ".join(str(error).split())
        raise CatalogueError(f"{name}: not readable as YAML ({where}); correct the line it names") from error


def _labelled(file: str, content: Sequence[object], *, prefix: str) -> Iterator[Row]:
    for number, data in enumerate(content, start=1):
        if not isinstance(data, dict):
            raise CatalogueError(f"{file}, {prefix}{number}: not a mapping; write 'field: value' lines")
        name = data.get("id") or data.get("clause") or data.get("code")
        yield Row(file, f"{prefix}{number}" + (f" ({name})" if name else ""), data)
