"""What publishing would do with every row of a file: the whole plan, computed from the file and the register alone.

The same plan is made when a run is staged and, if the register has moved on since, once more before it is published.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from sqlalchemy.orm import Session

from geodata import registry_ids
from geodata.imports import findings as _registered  # noqa: F401 - registers the findings
from geodata.imports import indicator_findings as _of_indicators  # noqa: F401 - and those of figures
from geodata.imports.changes import Change, ChangeSet, Occasion, compare
from geodata.imports.checks import EXAMINATIONS, Finding, Severity, finding
from geodata.imports.directory import Directory, Owner
from geodata.imports.facts import Fact, open_facts
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.headings import INSTITUTIONS, VALUES
from geodata.imports.indicator_rows import indicator_value
from geodata.imports.institution_checks import Examined
from geodata.imports.locations import far_outside
from geodata.imports.matching import match, settle
from geodata.imports.progress import Progress, silent, told
from geodata.imports.register import Register
from geodata.imports.related import NEEDED_TABLES, Reading
from geodata.imports.related import READERS as RELATED
from geodata.imports.reviews import Answers, Applied, applied
from geodata.imports.statements import NEW, Problem, Stated, read_institution, too_long
from geodata.imports.tables import Row
from geodata.imports.values import text
from geodata.vocabulary import RowOutcome

READERS = {**RELATED, VALUES.name: indicator_value}
"""By kind of sheet; licences are read before programmes, which may name them."""

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

NO_ANSWER = Applied(None)

Headings = Mapping[str, Mapping[str, str]]
"""{sheet: {field: heading in the file}}"""


def plan(
    session: Session,
    rows: Sequence[Row],
    headings: Headings,
    occasion: Occasion,
    answers: Answers = MappingProxyType({}),
    progress: Progress = silent,
) -> list[Planned]:
    """The plan for all rows, in their order, institutions first. A few queries whatever the number of rows.

    `answers` are what people answered to questions about rows of this source before.
    """
    units, register = Gazetteer.load(session), Register.load(session, on=occasion.on)
    own = [row for row in rows if row.kind == INSTITUTIONS.name]
    given = _answered(rows, answers, register)
    stated = [
        _with_answer(read_institution(row, units), given.get(id(row))) for row in told(own, progress, "read_rows")
    ]
    matches = settle([(one, match(one, register)) for one in told(stated, progress, "match")])
    examined = [Examined(*pair) for pair in zip(stated, matches, strict=True)]
    facts = open_facts(session, [one.match.known.id for one in examined if one.match.known], COMPARED)
    outside = far_outside(session, stated)
    planned = [
        _planned(one, [*examine(one), *outside.get(at, ())], facts, headings[one.stated.row.sheet], occasion)
        for at, one in enumerate(told(examined, progress, "compare"))
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
    related = _Related(directory, units, facts, headings, occasion, given)
    return [*planned, *_plan_related(session, others, related, progress)]


def _answered(rows: Sequence[Row], answers: Answers, register: Register) -> dict[int, Applied]:
    """{id(row): what a remembered answer does}. Of rows that name the same institution only the first is meant by
    "a new one"; the next would make a second."""
    found: dict[int, Applied] = {}
    used: set[tuple[str, ...]] = set()
    for row in rows if answers else ():
        effect = applied(row, answers, register)
        answer = tuple(problem.details["answer"] for problem in effect.problems)
        if not answer or (effect.id == NEW[0] and answer in used):
            continue
        used.add(answer)
        found[id(row)] = effect
    return found


def _with_answer(stated: Stated, effect: Applied | None) -> Stated:
    if effect is None:
        return stated
    return replace(stated, id=effect.id or stated.id, problems=(*stated.problems, *effect.problems))


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


@dataclass(frozen=True)
class _Related:
    """What the rows of the other sheets are planned with."""

    directory: Directory
    units: Gazetteer
    facts: Facts
    headings: Headings
    occasion: Occasion
    given: Mapping[int, Applied]


def _plan_related(session: Session, rows: Sequence[Row], among: _Related, progress: Progress) -> list[Planned]:
    """The rows of the other sheets, each about one institution, in an order in which licences precede programmes."""
    owners = [among.directory.owner_of(row, among.given.get(id(row), NO_ANSWER).id) for row in rows]
    ids = {owner.institution_id for owner in owners if owner.institution_id}
    for institution_id, tables in open_facts(session, ids, NEEDED_TABLES).items():
        for table, known in tables.items():
            among.facts[institution_id].setdefault(table, known)
    planned: dict[int, Planned] = {}
    order = {kind: at for at, kind in reversed(list(enumerate([*READERS, *(row.kind for row in rows)])))}
    for at in told(sorted(range(len(rows)), key=lambda at: order[rows[at].kind]), progress, "compare_related"):
        planned[at] = _planned_related(rows[at], owners[at], among)
    return [planned[at] for at in range(len(rows))]


def _planned_related(row: Row, owner: Owner, among: _Related) -> Planned:
    headings = among.headings[row.sheet]
    problems = [*too_long(row), *among.given.get(id(row), NO_ANSWER).problems]
    if row.kind not in READERS:
        problems.append(Problem("sheet_not_imported"))
    elif owner.problem:
        problems.append(owner.problem)
    institution_id = owner.institution_id
    early = _findings(problems, row, headings)
    if _rejects(early) or institution_id is None:
        return Planned(row, RowOutcome.REJECTED, institution_id, early, ())
    before = dict(among.facts[institution_id])
    changes = ChangeSet(institution_id, among.facts[institution_id], among.occasion)
    READERS[row.kind](Reading(row, changes, among.units, among.directory, problems))
    findings = _findings([*problems, *changes.problems], row, headings)
    if _rejects(findings):
        among.facts[institution_id] = before
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
