"""Who has to report what, and by when: duties of the documents as data, with the clause each comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from geodata.catalogue.documents import Clause, Document, clause_of, document_of, documents
from geodata.catalogue.rows import Folder, Row, catalogue_folder, read_rows, unique
from geodata.errors import GeodataError
from geodata.indicators import IndicatorRole, indicators
from geodata.standard.as_catalogue import VERDICT_ID
from geodata.vocabulary import SubjectKind, TrainingLevel

FILE: Final = "reporting-duties.yaml"


class UnknownDuty(GeodataError):
    """No duty of that id, or none in that period."""


class Figures(StrEnum):
    """What a report on the duty holds: parts of the legal standard, or the indicators of digital readiness."""

    LEGAL = "legal"
    READINESS = "readiness"


@dataclass(frozen=True)
class Duty:
    """A duty to report each year. `document` and `clause` None: the register's own collection, no legal deadline.

    `training_levels` empty: asked of every institution (on the document's territory, where it has one).
    """

    id: str
    document: Document | None
    clause: Clause | None
    first_period: int
    due_on: tuple[int, int]
    due_next_year: bool
    before: bool
    figures: Figures
    training_levels: tuple[TrainingLevel, ...]
    name_vi: str
    name_en: str
    wording_vi: str
    wording_en: str
    note_vi: str | None
    note_en: str | None

    @property
    def former_province(self) -> str | None:
        """Code of the province before 01/07/2025 that the document names; None: the whole country."""
        territory = None if self.document is None else self.document.territory
        return None if territory is None else territory.code

    def data_day(self, period: int) -> date:
        """The day whose facts are reported: 31 December of the period."""
        return date(period, 12, 31)

    def last_day(self, period: int) -> date:
        """The last day on which a report of the period is in time."""
        named = date(period + self.due_next_year, *self.due_on)
        return named - timedelta(days=1) if self.before else named

    def indicator_ids(self) -> tuple[str, ...]:
        """The indicators any of which makes a report a report on this duty."""
        legal = self.figures is Figures.LEGAL
        wanted = (IndicatorRole.LEGAL,) if legal else (IndicatorRole.TARGET, IndicatorRole.MONITORED)
        known = (i for i in indicators().values() if i.subject is SubjectKind.INSTITUTION and i.role in wanted)
        return tuple(indicator.id for indicator in known if indicator.id != VERDICT_ID)


@cache
def duties() -> Mapping[str, Duty]:
    """The duties of the installed catalogue by id, in file order."""
    return load_duties(catalogue_folder())


def load_duties(folder: Folder) -> Mapping[str, Duty]:
    """The duties of `folder`; CatalogueError for a bad row."""
    rows = list(read_rows(folder, FILE))
    unique([(row, row.text("id")) for row in rows])
    return MappingProxyType({duty.id: duty for duty in map(_duty, rows)})


def duties_in(period: int) -> tuple[Duty, ...]:
    """The duties that hold in a period, those of the law first."""
    return tuple(duty for duty in duties().values() if period >= duty.first_period)


def duty_named(duty_id: str | None, period: int) -> Duty:
    """The duty of that id (None: the nation-wide one that comes first) in a period. Raises `UnknownDuty`."""
    held = duties_in(period)
    if duty_id is None:
        nationwide = next((duty for duty in held if duty.former_province is None), None)
        if nationwide is None:
            raise UnknownDuty(f"nothing had to be reported for {period}")
        return nationwide
    found = next((duty for duty in held if duty.id == duty_id), None)
    if found is None:
        raise UnknownDuty(
            f"{duty_id} is no duty of {period}; there are {', '.join(duty.id for duty in held) or 'none'}"
        )
    return found


def _duty(row: Row) -> Duty:
    row.only(*(set(Duty.__dataclass_fields__) - {"due_on"}), "due")
    has_document = row.has("document")
    return Duty(
        id=row.text("id"),
        document=document_of(row, documents()) if has_document else None,
        clause=clause_of(row) if has_document else None,
        first_period=row.whole("first_period"),
        due_on=_month_day(row),
        due_next_year=row.flag("due_next_year", default=False),
        before=row.flag("before", default=False),
        figures=row.choice("figures", Figures),
        training_levels=row.choices("training_levels", TrainingLevel) if row.has("training_levels") else (),
        name_vi=row.text("name_vi"),
        name_en=row.text("name_en"),
        wording_vi=row.text("wording_vi"),
        wording_en=row.text("wording_en"),
        note_vi=row.optional_text("note_vi"),
        note_en=row.optional_text("note_en"),
    )


def _month_day(row: Row) -> tuple[int, int]:
    try:
        day = date.fromisoformat(f"2001-{row.text('due')}")
    except ValueError:
        raise row.refuse(f"due {row.text('due')!r} is no day of every year", "write it as MM-DD") from None
    return day.month, day.day
