"""What publishing would do with every row of a file: the whole plan, computed from the file and the register alone.

The same plan is made when a run is staged and, if the register has moved on since, once more before it is published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from geodata import registry_ids
from geodata.imports import findings as _registered  # noqa: F401 - registers the findings
from geodata.imports.changes import Change, ChangeSet, Occasion, compare
from geodata.imports.checks import EXAMINATIONS, Finding, Severity, finding
from geodata.imports.directory import Directory, Owner
from geodata.imports.facts import Fact, open_facts
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.headings import INSTITUTIONS
from geodata.imports.institution_checks import Examined
from geodata.imports.locations import far_outside
from geodata.imports.matching import match, settle
from geodata.imports.register import Register
from geodata.imports.related import NEEDED_TABLES, READERS, Reading
from geodata.imports.statements import Problem, read_institution, too_long
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


Facts = dict[str, dict[str, list[Fact]]]
"""{institution: {table: facts}}; an institution that is asked for and has none gets an empty place."""

Headings = Mapping[str, Mapping[str, str]]
"""{sheet: {field: heading in the file}}"""


def plan(session: Session, rows: Sequence[Row], headings: Headings, occasion: Occasion) -> list[Planned]:
    """The plan for all rows, in their order, institutions first. A few queries whatever the number of rows."""
    units, register = Gazetteer.load(session), Register.load(session, on=occasion.on)
    own = [row for row in rows if row.kind == INSTITUTIONS.name]
    stated = [read_institution(row, units) for row in own]
    matches = settle([(statement, match(statement, register)) for statement in stated])
    examined = [Examined(*pair) for pair in zip(stated, matches, strict=True)]
    facts = open_facts(session, [one.match.known.id for one in examined if one.match.known], COMPARED)
    outside = far_outside(session, stated)
    planned = [
        _planned(one, [*examine(one), *outside.get(at, ())], facts, headings[one.stated.row.sheet], occasion)
        for at, one in enumerate(examined)
    ]
    others = [row for row in rows if row.kind != INSTITUTIONS.name]
    if not others:
        return planned
    accepted = [
        (one.stated, row.institution_id)
        for one, row in zip(examined, planned, strict=True)
        if row.outcome != RowOutcome.REJECTED and row.institution_id
    ]
    directory = Directory(register, units, accepted)
    return [*planned, *_plan_related(session, others, directory, units, facts, headings, occasion)]


def examine(one: Examined) -> list[Problem]:
    """Everything found before the row is compared: by its reading, by its matching, by the registered checks."""
    checked = [problem for check in EXAMINATIONS for problem in check(one)]
    return [*one.stated.problems, *one.match.problems, *checked]


def _planned(
    one: Examined, problems: list[Problem], facts: Facts, headings: Mapping[str, str], occasion: Occasion
) -> Planned:
    row, known = one.stated.row, one.match.known
    findings = _findings(problems, row, headings)
    if _rejects(findings):
        return Planned(row, RowOutcome.REJECTED, known.id if known else None, findings, ())
    institution_id = known.id if known else registry_ids.issue()
    before = dict(facts[institution_id])
    compared = compare(
        one.stated,
        facts[institution_id],
        institution_id=institution_id,
        is_new=known is None,
        campus_id=f"{institution_id}-1",
        occasion=occasion,
    )
    findings = (*findings, *_findings(compared.problems, row, headings))
    if _rejects(findings):
        facts[institution_id] = before
        return Planned(row, RowOutcome.REJECTED, known.id if known else None, findings, ())
    return Planned(row, _outcome(known is None, compared.changes), institution_id, findings, tuple(compared.changes))


def _plan_related(
    session: Session,
    rows: Sequence[Row],
    directory: Directory,
    units: Gazetteer,
    facts: Facts,
    headings: Headings,
    occasion: Occasion,
) -> list[Planned]:
    """The rows of the other sheets, each about one institution, in an order in which licences precede programmes."""
    owners = [directory.owner_of(row) for row in rows]
    ids = {owner.institution_id for owner in owners if owner.institution_id}
    for institution_id, tables in open_facts(session, ids, NEEDED_TABLES).items():
        for table, known in tables.items():
            facts[institution_id].setdefault(table, known)
    planned: dict[int, Planned] = {}
    order = [*READERS, *(row.kind for row in rows)]
    for at in sorted(range(len(rows)), key=lambda at: order.index(rows[at].kind)):
        row = rows[at]
        planned[at] = _planned_related(row, owners[at], directory, units, facts, headings[row.sheet], occasion)
    return [planned[at] for at in range(len(rows))]


def _planned_related(
    row: Row,
    owner: Owner,
    directory: Directory,
    units: Gazetteer,
    facts: Facts,
    headings: Mapping[str, str],
    occasion: Occasion,
) -> Planned:
    problems = too_long(row)
    if row.kind not in READERS:
        problems.append(Problem("sheet_not_imported"))
    elif owner.problem:
        problems.append(owner.problem)
    institution_id = owner.institution_id
    if problems or institution_id is None:
        return Planned(row, RowOutcome.REJECTED, institution_id, _findings(problems, row, headings), ())
    before = dict(facts[institution_id])
    changes = ChangeSet(institution_id, facts[institution_id], occasion)
    READERS[row.kind](Reading(row, changes, units, directory, problems))
    findings = _findings([*problems, *changes.problems], row, headings)
    if _rejects(findings):
        facts[institution_id] = before
        return Planned(row, RowOutcome.REJECTED, institution_id, findings, ())
    adds_only = bool(changes.changes) and all(change["action"] == "add" for change in changes.changes)
    return Planned(row, _outcome(adds_only, changes.changes), institution_id, findings, tuple(changes.changes))


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
