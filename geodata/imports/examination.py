"""What publishing would do with every row of a file: the whole plan, computed from the file and the register alone.

The same plan is made when a run is staged and, if the register has moved on since, once more before it is published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from geodata import registry_ids
from geodata.imports.changes import Change, Occasion, compare
from geodata.imports.checks import EXAMINATIONS, Finding, Severity, finding
from geodata.imports.facts import open_facts
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.institution_checks import Examined
from geodata.imports.locations import far_outside
from geodata.imports.matching import match, settle
from geodata.imports.register import Register
from geodata.imports.statements import Problem, read_institution
from geodata.imports.tables import Row
from geodata.imports.values import text
from geodata.vocabulary import RowOutcome

COMPARED = ("institution_name", "identifier", "institution_attribute", "campus")


@dataclass(frozen=True)
class Planned:
    """One row's outcome; `institution_id` is issued already for a new school, None for a rejected row without one."""

    row: Row
    outcome: RowOutcome
    institution_id: str | None
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]


Headings = Mapping[str, Mapping[str, str]]
"""{sheet: {field: heading in the file}}"""


def plan(session: Session, rows: Sequence[Row], headings: Headings, occasion: Occasion) -> list[Planned]:
    """The plan for the rows of the sheet "Cơ sở", in their order. A few queries whatever their number."""
    units, register = Gazetteer.load(session), Register.load(session, on=occasion.on)
    stated = [read_institution(row, units) for row in rows]
    matches = settle([(statement, match(statement, register)) for statement in stated])
    examined = [Examined(*pair) for pair in zip(stated, matches, strict=True)]
    facts = open_facts(session, [one.match.known.id for one in examined if one.match.known], COMPARED)
    outside = far_outside(session, stated)
    return [
        _planned(one, [*examine(one), *outside.get(at, ())], facts, headings[one.stated.row.sheet], occasion)
        for at, one in enumerate(examined)
    ]


def examine(one: Examined) -> list[Problem]:
    """Everything found before the row is compared: by its reading, by its matching, by the registered checks."""
    checked = [problem for check in EXAMINATIONS for problem in check(one)]
    return [*one.stated.problems, *one.match.problems, *checked]


def _planned(
    one: Examined,
    problems: list[Problem],
    facts: Mapping[str, dict[str, list[dict[str, Any]]]],
    headings: Mapping[str, str],
    occasion: Occasion,
) -> Planned:
    row, known = one.stated.row, one.match.known
    findings = _findings(problems, row, headings)
    if _rejects(findings):
        return Planned(row, RowOutcome.REJECTED, known.id if known else None, findings, ())
    institution_id = known.id if known else registry_ids.issue()
    compared = compare(
        one.stated,
        facts.get(institution_id, {}),
        institution_id=institution_id,
        is_new=known is None,
        campus_id=f"{institution_id}-1",
        occasion=occasion,
    )
    findings = (*findings, *_findings(compared.problems, row, headings))
    if _rejects(findings):
        return Planned(row, RowOutcome.REJECTED, known.id if known else None, findings, ())
    return Planned(row, _outcome(known is None, compared.changes), institution_id, findings, tuple(compared.changes))


def _outcome(is_new: bool, changes: Sequence[Change]) -> RowOutcome:
    if is_new:
        return RowOutcome.CREATED
    return RowOutcome.UPDATED if changes else RowOutcome.UNCHANGED


def _findings(problems: Iterable[Problem], row: Row, headings: Mapping[str, str]) -> tuple[Finding, ...]:
    return tuple(
        finding(
            problem,
            heading=headings.get(problem.field, problem.field) if problem.field else None,
            value=text(row.cells.get(problem.field)) if problem.field else None,
        )
        for problem in problems
    )


def _rejects(findings: Iterable[Finding]) -> bool:
    return any(found.severity == Severity.ERROR for found in findings)
