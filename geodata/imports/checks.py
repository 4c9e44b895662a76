"""Everything an import can find: each check says what it is, how grave, and what the steward should do.

A check is one function from an examined row to the cells it objects to. Its docstring is the English title; the
decorator adds the Vietnamese one and the remedy in both languages. Checks register themselves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from geodata.imports.statements import Problem
from geodata.imports.words import in_words


class Severity(StrEnum):
    """`error` rejects the row, `warning` accepts it and wants a look, `note` tells what was done."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Check:
    """A registered check; titles may hold {value} and the details of its problems."""

    code: str
    severity: Severity
    vi: str
    en: str
    remedy_vi: str
    remedy_en: str


CHECKS: dict[str, Check] = {}
Examination = Callable[[Any], Iterator[Problem]]
EXAMINATIONS: list[Examination] = []


def check(severity: Severity, *, vi: str, remedy_vi: str, remedy_en: str) -> Callable[[Examination], Examination]:
    """Register the function's name as a finding's code, and run the function on every examined row."""

    def register(function: Examination) -> Examination:
        declare(function.__name__, severity, vi=vi, en=function.__doc__ or "", remedy_vi=remedy_vi, remedy_en=remedy_en)
        EXAMINATIONS.append(function)
        return function

    return register


def declare(code: str, severity: Severity, *, vi: str, en: str, remedy_vi: str, remedy_en: str) -> None:
    """Register a finding that a reader, the matching or the comparison makes on its way."""
    if code in CHECKS:
        raise ValueError(f"check {code} is registered twice")
    CHECKS[code] = Check(code, severity, vi, en.strip().rstrip("."), remedy_vi, remedy_en)


def declare_plainly(code: str, severity: Severity, vi: str, en: str, remedy_vi: str, remedy_en: str) -> None:
    """`declare` for long lists."""
    declare(code, severity, vi=vi, en=en, remedy_vi=remedy_vi, remedy_en=remedy_en)


@dataclass(frozen=True)
class Finding:
    """A problem in its place in the file, as stored with the row."""

    code: str
    severity: str
    column: str | None
    value: str | None
    details: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "column": self.column,
            "value": self.value,
            "details": self.details,
        }


def finding(problem: Problem, *, heading: str | None, value: str | None) -> Finding:
    """The problem with the heading and the cell it is about."""
    details = {name: text for name, text in problem.details.items() if text}
    return Finding(problem.code, CHECKS[problem.code].severity.value, heading, value and value[:200], details)


def explain(stored: dict[str, Any], language: str = "vi") -> tuple[str, str]:
    """(what is wrong, what to do) of a stored finding, in `vi` or `en`."""
    check = CHECKS[stored["code"]]
    title, remedy = (check.en, check.remedy_en) if language == "en" else (check.vi, check.remedy_vi)
    filled = _Details(stored["details"], value=stored["value"] or "")
    if "of" in filled:
        filled["registered"] = in_words(filled["registered"], filled["of"], language)
    return title.format_map(filled), remedy.format_map(filled)


class _Details(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
