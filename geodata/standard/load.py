"""Reading the standard from the catalogue, refusing what contradicts itself."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

from geodata.catalogue.documents import Document, clause_of, document_of, documents, load_documents
from geodata.catalogue.rows import Folder, Row, catalogue_folder, read_mapping, unique
from geodata.catalogue.target import Comparator
from geodata.standard.model import (
    Applicability,
    Condition,
    DefenceAndPolice,
    Exemption,
    Requirement,
    Standard,
    StandardIndicator,
    Transition,
)
from geodata.vocabulary import TrainingLevel

FILE: Final = "standard-38-2026.yaml"


@cache
def standard() -> Standard:
    """The standard of the installed catalogue."""
    return load_standard(catalogue_folder(), documents())


def load_standard(folder: Folder, known: Mapping[str, Document] | None = None) -> Standard:
    """The standard of `folder`; CatalogueError for a bad row."""
    row = read_mapping(folder, FILE)
    conditions = tuple(_condition(below) for below in _numbered(row, "conditions"))
    return Standard(
        document=document_of(row, known if known is not None else load_documents(folder)),
        in_force=row.day("in_force"),
        first_period=row.whole("first_period"),
        data_fixed_on=_month_day(row, "data_fixed_on"),
        report_due_on=_month_day(row, "report_due_on"),
        dates_clause=clause_of(row, "dates_clause"),
        verdict_clause=clause_of(row, "verdict_clause"),
        rounding_decimals=row.whole("rounding_decimals"),
        applies_to=_applicability(row.below("applies_to")),
        transition=_transition(row.below("transition")),
        defence_and_police=_defence(row.below("defence_and_police"), conditions),
        conditions=conditions,
        indicators=tuple(_standard_indicator(below) for below in _numbered(row, "indicators")),
    )


def _numbered(row: Row, field: str) -> list[Row]:
    rows = list(row.rows(field))
    unique([(below, below.text("code")) for below in rows])
    return rows


def _condition(row: Row) -> Condition:
    row.only("code", "clause", "name_vi", "name_en", "wording_vi", "wording_en", "requirements")
    requirements = tuple(_requirement(below, row.text("code")) for below in _numbered(row, "requirements"))
    return Condition(row.text("code"), clause_of(row), *_words(row, "name"), *_words(row, "wording"), requirements)


def _requirement(row: Row, condition: str) -> Requirement:
    row.only("code", "wording_vi", "wording_en")
    if row.text("code").split(".")[0] != condition:
        raise row.refuse(f"requirement {row.text('code')} stands under condition {condition}", "move or renumber it")
    return Requirement(row.text("code"), *_words(row, "wording"))


def _standard_indicator(row: Row) -> StandardIndicator:
    row.only(*StandardIndicator.__dataclass_fields__)
    comparator = row.choice("comparator", Comparator)
    if comparator is Comparator.EXISTS:
        raise row.refuse("an indicator of the standard is measured", "write >= and its threshold")
    return StandardIndicator(
        code=row.text("code"),
        id=row.text("id"),
        clause=clause_of(row),
        formula_clause=clause_of(row, "formula_clause"),
        name_vi=row.text("name_vi"),
        name_en=row.text("name_en"),
        wording_vi=row.text("wording_vi"),
        wording_en=row.text("wording_en"),
        comparator=comparator,
        value=row.number("value"),
        base=row.text("base"),
        every_programme=row.flag("every_programme", default=False),
        exemption=row.choice("exemption", Exemption) if row.has("exemption") else None,
        numerator_vi=row.text("numerator_vi"),
        numerator_en=row.text("numerator_en"),
        denominator_vi=row.text("denominator_vi"),
        denominator_en=row.text("denominator_en"),
        survey_vi=row.optional_text("survey_vi"),
        survey_en=row.optional_text("survey_en"),
    )


def _applicability(row: Row) -> Applicability:
    row.only(*Applicability.__dataclass_fields__)
    return Applicability(
        clause=clause_of(row),
        training_levels=row.choices("training_levels", TrainingLevel),
        graduates_within_months=row.whole("graduates_within_months"),
        graduates_within_months_health=row.whole("graduates_within_months_health"),
        wording_vi=row.text("wording_vi"),
        wording_en=row.text("wording_en"),
    )


def _transition(row: Row) -> Transition:
    row.only(*Transition.__dataclass_fields__)
    return Transition(clause_of(row), row.day("founded_before"), row.whole("months"), *_words(row, "wording"))


def _defence(row: Row, conditions: tuple[Condition, ...]) -> DefenceAndPolice:
    row.only("clause", "exempt_requirements", "exempt_conditions", "managing_bodies", "wording_vi", "wording_en")
    requirements = frozenset(row.texts("exempt_requirements"))
    exempt = frozenset(row.texts("exempt_conditions"))
    known = {r.code for c in conditions for r in c.requirements} | {c.code for c in conditions}
    if unknown := sorted((requirements | exempt) - known):
        raise row.refuse(f"{', '.join(unknown)} is no condition or requirement", "write codes listed under conditions")
    return DefenceAndPolice(clause_of(row), requirements, exempt, row.texts("managing_bodies"), *_words(row, "wording"))


def _words(row: Row, field: str) -> tuple[str, str]:
    return row.text(f"{field}_vi"), row.text(f"{field}_en")


def _month_day(row: Row, field: str) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2000-{row.text(field)}")
    except ValueError:
        raise row.refuse(f"{field} {row.text(field)!r} is no day of the year", "write it as MM-DD") from None
    return day.month, day.day
