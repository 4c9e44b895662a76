"""What an indicator is, and reading the indicator files; `geodata.indicators` has the installed ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from geodata.catalogue.documents import Clause, Document, clause_of, document_of, load_documents
from geodata.catalogue.rows import Folder, Row, read_rows, unique
from geodata.vocabulary import InstitutionType, Ownership, SubjectKind, TrainingLevel


class IndicatorKind(StrEnum):
    """How values of several subjects combine.

    share: yes or no per subject, combined as the share of subjects; average: Σ numerators / Σ denominators, so weighted
    by its `base`; count: summed; milestone: exists or not; legal: each institution is judged against the standard, the
    share that passes is shown; composite: our own score.
    """

    SHARE = "share"
    AVERAGE = "average"
    COUNT = "count"
    MILESTONE = "milestone"
    LEGAL = "legal"
    COMPOSITE = "composite"


class IndicatorRole(StrEnum):
    """Why it is in the catalogue: a target asks for it, a task mentions it, it is context, law, or our own score."""

    TARGET = "target"
    MONITORED = "monitored"
    CONTEXT = "context"
    LEGAL = "legal"
    COMPOSITE = "composite"


class Unit(StrEnum):
    PERCENT = "percent"
    PEOPLE = "people"
    EXISTS = "exists"
    VERDICT = "verdict"
    POINTS = "points"


class Direction(StrEnum):
    HIGHER = "higher"
    LOWER = "lower"


class Theme(StrEnum):
    """The four groups of section I.2 of Decision 2222/QĐ-TTg, which the readiness score averages."""

    PEOPLE = "people"
    PROGRAMMES = "programmes"
    INFRASTRUCTURE = "infrastructure"
    RECORDS = "records"


class Sector(StrEnum):
    """Whose affair an indicator is; everything but `vocational` is context."""

    VOCATIONAL = "vocational"
    EDUCATION = "education"
    GENERAL_EDUCATION = "general_education"
    HIGHER_EDUCATION = "higher_education"
    PUBLIC_ADMINISTRATION = "public_administration"
    POPULATION = "population"


@dataclass(frozen=True)
class AppliesTo:
    """The institutions a figure is about. `high_quality` true: recognised high-quality schools only.

    `training_levels` (empty: any) asks for a graduated class at one of these levels (Circular 38/2026, article 8.1).
    """

    types: tuple[InstitutionType, ...] = tuple(InstitutionType)
    ownership: tuple[Ownership, ...] = tuple(Ownership)
    high_quality: bool = False
    training_levels: tuple[TrainingLevel, ...] = ()

    def covers(self, type_: InstitutionType, ownership: Ownership, *, high_quality: bool = False) -> bool:
        """Whether an institution of this type, ownership and standing is meant (training levels are not asked here)."""
        return type_ in self.types and ownership in self.ownership and (high_quality or not self.high_quality)


@dataclass(frozen=True)
class Indicator:
    """One thing measured. `numerator_*`/`denominator_*` are None for milestones, counts, verdicts and context.

    `base` names what weights the average; `applies_to` is None where the subject is no institution; `first_period` is
    the first year with data (None: not collected here); `official` is false only for our own score.
    """

    id: str
    name_vi: str
    name_en: str
    definition_vi: str
    definition_en: str
    numerator_vi: str | None
    numerator_en: str | None
    denominator_vi: str | None
    denominator_en: str | None
    kind: IndicatorKind
    role: IndicatorRole
    subject: SubjectKind
    sector: Sector
    unit: Unit
    base: str | None
    direction: Direction
    first_period: int | None
    applies_to: AppliesTo | None
    theme: Theme | None
    document: Document | None
    clause: Clause | None
    official: bool = True

    @property
    def boolean(self) -> bool:
        """Whether one subject's value is yes or no (100 or 0 where a percentage is shown)."""
        return self.kind is IndicatorKind.SHARE or self.unit in (Unit.EXISTS, Unit.VERDICT)

    def has_period(self, year: int) -> bool:
        """Whether figures for `year` can exist at all."""
        return self.first_period is not None and year >= self.first_period


def load_indicators(folder: Folder, known: Mapping[str, Document] | None = None) -> Mapping[str, Indicator]:
    """The indicators of `folder`; CatalogueError for a bad row."""
    known = known if known is not None else load_documents(folder)
    main = list(read_rows(folder, "indicators.yaml"))
    context = list(read_rows(folder, "indicators-context.yaml"))
    unique([(row, row.text("id")) for row in [*main, *context]])
    loaded = [*(_indicator(row, known) for row in main), *(_context(row, known) for row in context)]
    return MappingProxyType({indicator.id: indicator for indicator in loaded})


def applies_to_of(row: Row, default: AppliesTo | None) -> AppliesTo | None:
    """The `applies_to` of a row, or `default` where the row is silent."""
    if not row.has("applies_to"):
        return default
    below = row.below("applies_to")
    below.only("types", "ownership", "high_quality")
    return AppliesTo(
        types=below.choices("types", InstitutionType),
        ownership=below.choices("ownership", Ownership),
        high_quality=below.flag("high_quality", default=False),
    )


def _indicator(row: Row, known: Mapping[str, Document]) -> Indicator:
    row.only(*Indicator.__dataclass_fields__, "formula")
    kind = row.choice("kind", IndicatorKind)
    subject = row.choice("subject", SubjectKind)
    ratio = kind in (IndicatorKind.SHARE, IndicatorKind.AVERAGE)
    composite = kind is IndicatorKind.COMPOSITE
    if composite == row.flag("official", default=True):
        raise row.refuse("a composite score is never official", "write official: false on it and on nothing else")
    return Indicator(
        id=row.text("id"),
        name_vi=row.text("name_vi"),
        name_en=row.text("name_en"),
        definition_vi=row.text("definition_vi"),
        definition_en=row.text("definition_en"),
        numerator_vi=row.text("numerator_vi") if ratio else None,
        numerator_en=row.text("numerator_en") if ratio else None,
        denominator_vi=row.text("denominator_vi") if ratio else None,
        denominator_en=row.text("denominator_en") if ratio else None,
        kind=kind,
        role=row.choice("role", IndicatorRole),
        subject=subject,
        sector=Sector.VOCATIONAL,
        unit=row.choice("unit", Unit),
        base=row.text("base") if ratio else row.optional_text("base"),
        direction=row.choice("direction", Direction),
        first_period=row.whole("first_period"),
        applies_to=applies_to_of(row, AppliesTo() if subject is SubjectKind.INSTITUTION else None),
        theme=row.choice("theme", Theme) if row.has("theme") else None,
        document=None if composite else document_of(row, known),
        clause=None if composite else clause_of(row),
        official=not composite,
    )


def _context(row: Row, known: Mapping[str, Document]) -> Indicator:
    """A context indicator: named by its clause, measured elsewhere, about the territory as a whole."""
    row.only("id", "sector", "kind", "base", "unit", "document", "clause", "name_vi", "name_en")
    document = document_of(row, known)
    if document.binding:
        raise row.refuse(f"{document.id} is binding", "describe its indicators in indicators.yaml")
    return Indicator(
        id=row.text("id"),
        name_vi=row.text("name_vi"),
        name_en=row.text("name_en"),
        definition_vi=row.text("name_vi"),
        definition_en=row.text("name_en"),
        numerator_vi=None,
        numerator_en=None,
        denominator_vi=None,
        denominator_en=None,
        kind=row.choice("kind", IndicatorKind),
        role=IndicatorRole.CONTEXT,
        subject=SubjectKind.TERRITORY,
        sector=row.choice("sector", Sector),
        unit=row.choice("unit", Unit),
        base=row.optional_text("base"),
        direction=Direction.HIGHER,
        first_period=None,
        applies_to=None,
        theme=None,
        document=document,
        clause=clause_of(row),
    )
