"""Checks register themselves: one function each, whose docstring is the claim, and which tells what contradicts it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any

import psycopg

from geodata.errors import GeodataError

MOST_TOLD = 1_000
"""Contradictions of one claim that are counted."""

UNREADABLE = (GeodataError, psycopg.Error, OSError, ValueError, LookupError, TypeError)
"""What is raised where files or a server are not as they have to be."""

Looking = Callable[..., Iterator[str]]


class Grade(StrEnum):
    """`fault`: something is broken or will be; `note`: somebody should know, and may have meant it so."""

    FAULT = "fault"
    NOTE = "note"


@dataclass(frozen=True)
class Check:
    """`slow` ones read every row; without what a `first` one claims no other can be looked at."""

    name: str
    claim: str
    remedy: str
    grade: Grade
    slow: bool
    first: bool
    looking: Looking

    def look(self, *given: Any) -> "Outcome":
        """What contradicts the claim now; `given` is what the checks of its kind look at."""
        return Outcome(self, tuple(islice(self.looking(*given), MOST_TOLD)))

    def look_beside(self, *given: Any) -> "Outcome":
        """The same for what is beside the database: a fault where it cannot be looked at."""
        try:
            return self.look(*given)
        except UNREADABLE as error:
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            return Outcome(replace(self, grade=Grade.FAULT), (f"could not be looked at: {reason}",))


@dataclass(frozen=True)
class Outcome:
    """What was found against a claim, at most `MOST_TOLD`; nothing where all is well."""

    check: Check
    found: tuple[str, ...]

    @property
    def is_fault(self) -> bool:
        return bool(self.found) and self.check.grade is Grade.FAULT


class Checks:
    """The checks of one kind, in the order of their definition; the object is the decorator that adds one."""

    def __init__(self) -> None:
        self.all: list[Check] = []

    def __call__(
        self, remedy: str, *, grade: Grade = Grade.FAULT, slow: bool = False, first: bool = False
    ) -> Callable[[Looking], Looking]:
        def register(looking: Looking) -> Looking:
            claim = " ".join((looking.__doc__ or "").split()).rstrip(".")
            self.all.append(Check(looking.__name__, claim, remedy, grade, slow, first, looking))
            return looking

        return register
