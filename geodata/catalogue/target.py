"""What a target is, and reading the target files; `geodata.targets` has the installed ones and says which holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import eq, ge, gt
from typing import Final

from geodata.catalogue.documents import (
    Clause,
    Document,
    UnitRef,
    clause_of,
    document_of,
    load_documents,
)
from geodata.catalogue.indicator import AppliesTo, Indicator, IndicatorKind, Unit, applies_to_of, load_indicators
from geodata.catalogue.rows import Folder, Row, read_rows, unique
from geodata.vocabulary import SubjectKind


class TargetKind(StrEnum):
    """share of institutions · average weighted by its base · milestone · legal pass or fail · context of the sector."""

    SHARE = "share"
    AVERAGE = "average"
    MILESTONE = "milestone"
    LEGAL = "legal"
    CONTEXT = "context"


class Comparator(StrEnum):
    """`>` only where the text says more than (hơn, trên); `exists` for milestones."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    EXACTLY = "="
    EXISTS = "exists"


class StatedAs(StrEnum):
    """Whether the document states the figure among its objectives or inside a task."""

    OBJECTIVE = "objective"
    TASK = "task"


_HOLDS: Final = {Comparator.AT_LEAST: ge, Comparator.MORE_THAN: gt, Comparator.EXACTLY: eq}


@dataclass(frozen=True)
class Target:
    """One clause × population × year. `value` is None for milestones; `year` None where the clause names none.

    `wording_vi` quotes the document (misread words of the scan put right, numbers never); `applies_to` is None where
    the subject is an authority or a territory.
    """

    id: str
    document: Document
    clause: Clause
    wording_vi: str
    wording_en: str
    note_vi: str | None
    note_en: str | None
    kind: TargetKind
    indicator: Indicator
    comparator: Comparator
    value: float | None
    year: int | None
    applies_to: AppliesTo | None
    stated_as: StatedAs = StatedAs.OBJECTIVE

    @property
    def territory(self) -> UnitRef | None:
        """The territory as it then was, None for the whole country."""
        return self.document.territory

    @property
    def subject(self) -> SubjectKind:
        return self.indicator.subject

    @property
    def unit(self) -> Unit:
        return self.indicator.unit

    def met(self, value: float | None) -> bool | None:
        """Whether a figure (for milestones: 0 or 1) reaches the target; None where there is no figure."""
        if value is None:
            return None
        if self.value is None:
            return value > 0
        return bool(_HOLDS[self.comparator](value, self.value))

    def gap(self, value: float | None) -> float | None:
        """Figure less target, in its unit (negative: still to go); None for milestones and missing figures."""
        return None if value is None or self.value is None else value - self.value


def load_targets(
    folder: Folder, measured: Mapping[str, Indicator] | None = None, known: Mapping[str, Document] | None = None
) -> tuple[Target, ...]:
    """The targets of `folder`; CatalogueError for a bad row."""
    known = known if known is not None else load_documents(folder)
    measured = measured if measured is not None else load_indicators(folder, known)
    pairs = [
        (row, target)
        for name in ("targets.yaml", "targets-context.yaml")
        for clause in read_rows(folder, name)
        for row, target in _of_clause(clause, measured, known)
    ]
    unique([(row, target.id) for row, target in pairs])
    unique([(row, (target.document.id, target.indicator.id, target.year)) for row, target in pairs])
    return tuple(target for _, target in pairs)


_CLAUSE_FIELDS: Final = (
    *("document", "clause", "wording_vi", "wording_en", "note_vi", "note_en"),
    *("kind", "stated_as", "applies_to", "rows"),
)


def _of_clause(
    clause: Row, measured: Mapping[str, Indicator], known: Mapping[str, Document]
) -> Iterator[tuple[Row, Target]]:
    clause.only(*_CLAUSE_FIELDS)
    for row in clause.rows("rows"):
        row.only("id", "indicator", "comparator", "value", "year", "applies_to")
        yield row, _target(clause, row, _measured(row, measured), document_of(clause, known))


def _target(clause: Row, row: Row, indicator: Indicator, document: Document) -> Target:
    comparator = row.choice("comparator", Comparator)
    kind = clause.choice("kind", TargetKind)
    _check_kind(clause, row, kind, indicator, document)
    if "year" not in row.data:
        raise row.refuse("year is missing", "write the year of the clause, or year: null where it names none")
    if (comparator is Comparator.EXISTS) == row.has("value"):
        raise row.refuse(f"comparator {comparator} and value do not go together", "give a value, or exists without one")
    return Target(
        id=row.text("id"),
        document=document,
        clause=clause_of(clause),
        wording_vi=clause.text("wording_vi"),
        wording_en=clause.text("wording_en"),
        note_vi=clause.optional_text("note_vi"),
        note_en=clause.optional_text("note_en"),
        kind=kind,
        indicator=indicator,
        comparator=comparator,
        value=_value(row, indicator),
        year=_year(row),
        applies_to=applies_to_of(row, applies_to_of(clause, indicator.applies_to)),
        stated_as=clause.choice("stated_as", StatedAs, StatedAs.OBJECTIVE),
    )


def _measured(row: Row, measured: Mapping[str, Indicator]) -> Indicator:
    wanted = row.text("indicator")
    if wanted not in measured:
        raise row.refuse(f"indicator {wanted!r} is not in the catalogue", "add it to indicators.yaml or correct the id")
    return measured[wanted]


def _check_kind(clause: Row, row: Row, kind: TargetKind, indicator: Indicator, document: Document) -> None:
    """A context document sets context; a binding one sets targets of its indicator's own kind."""
    if (kind is TargetKind.CONTEXT) == document.binding:
        raise clause.refuse(
            f"kind {kind} does not suit {document.id}", "context is the kind of every non-binding document"
        )
    if kind is not TargetKind.CONTEXT and kind.value != indicator.kind.value:
        raise row.refuse(f"kind {kind} does not suit {indicator.id}", f"that indicator is of kind {indicator.kind}")


def _value(row: Row, indicator: Indicator) -> float | None:
    if not row.has("value"):
        if indicator.kind is not IndicatorKind.MILESTONE:
            raise row.refuse(f"{indicator.id} is measured, not a milestone", "write its value")
        return None
    value = row.number("value")
    if indicator.unit is Unit.PERCENT and not 0 <= value <= 100:
        raise row.refuse(f"value {value} is no percentage", "write a number from 0 to 100")
    return value


def _year(row: Row) -> int | None:
    year = row.optional_whole("year")
    if year is not None and not 2020 <= year <= 2050:
        raise row.refuse(f"year {year} is outside 2020–2050", "write the year of the clause")
    return year
