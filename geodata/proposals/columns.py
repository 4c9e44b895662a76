"""What people type into the columns of campuses, licences and programmes, as values."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from geodata.imports import values
from geodata.imports.facts import TABLES, Fact, value_columns
from geodata.imports.statements import MAX_CHARS
from geodata.proposals.forms import YEARS, Given
from geodata.vocabulary import CampusKind, LocationPrecision, TrainingLevel

Value = str | int | float | date

DAYS = ("issued_on", "valid_from", "valid_to", "taught_out_until")
CHOICES: Mapping[str, type[StrEnum]] = {
    "kind": CampusKind,
    "training_level": TrainingLevel,
    "location_precision": LocationPrecision,
}
NEEDED = {"licence": ("number",), "programme": ("occupation_code", "training_level"), "campus": ("province",)}
"""Columns that a row of the table cannot be without."""

_WHOLE = re.compile(r"\d{1,6}", re.ASCII)
_OCCUPATION = re.compile(r"\d{7}", re.ASCII)


def of_column(column: str, text: str) -> Value | None:
    """The value of a column from text; None where it is none."""
    if column in DAYS:
        return _day(text)
    if column == "quota":
        return int(text) if _WHOLE.fullmatch(text) else None
    if column in ("lat", "lon"):
        return _degrees(text)
    if column == "occupation_code":
        return text if _OCCUPATION.fullmatch(text) else None
    if column in CHOICES:
        return text if text in list(CHOICES[column]) else None
    return text if len(text) <= MAX_CHARS else None


def checked(given: Given, row: str, columns: Mapping[str, str]) -> dict[str, Value | None]:
    """{column: value} of what was typed for a row, None where it was emptied; a fault for each that is no value."""
    found: dict[str, Value | None] = {}
    for column, text in columns.items():
        found[column] = of_column(column, text) if text else None
        if text and found[column] is None:
            given.fault(f"{row}.{column}", "Không đúng định dạng.", "Not of the right form.")
    return found


def check_days(given: Given, row: str, fact: Mapping[str, Any]) -> None:
    """Faults where a fact would end before it begins, or be taught out before its end."""
    begins, ends, last = fact.get("valid_from"), fact.get("valid_to"), fact.get("taught_out_until")
    if begins and ends and begins >= ends:
        given.fault(f"{row}.valid_to", "Phải sau ngày bắt đầu.", "Must be after the first day.")
    if last and ends and last <= ends:
        given.fault(f"{row}.taught_out_until", "Phải sau ngày kết thúc.", "Must be after the end.")


def values_of(table: str, fact: Fact) -> dict[str, Any]:
    """What a fact states, without what a publication fills."""
    return {key: fact[key] for key in value_columns(TABLES[table])}


def code(words: str) -> str | None:
    """An institution's code or e-ID in its usual writing; None where it cannot be one."""
    found = values.code(words)
    return found if found and values.CODE.fullmatch(found) else None


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in YEARS else None


def _degrees(text: str) -> float | None:
    try:
        found = float(text.replace(",", "."))
    except ValueError:
        return None
    return found if abs(found) <= 180 else None
