"""The form of one record: each value with its history, its owner and who may change it; and the merge view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geodata.imports.preview import names_of
from geodata.proposals.entries import entries
from geodata.proposals.merging import ThreeWay
from geodata.proposals.planning import current_number, provinces_of
from geodata.proposals.refusals import Fault
from geodata.proposals.rows import is_row
from geodata.vocabulary import Wizard
from geodata.work.reports import LINK
from mapapp.db import session
from mapapp.i18n import gettext as _
from mapapp.i18n import language, page_url
from mapapp.proposal_view import open_proposals, proposals_frame
from mapapp.proposal_words import WIZARD
from mapapp.record_fields_view import COLUMN, Desk
from mapapp.record_sections_view import SectionView, sections
from mapapp.report_at_hand import ReportAtHand, report_at_hand
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame
from mapapp.views import Link


@dataclass(frozen=True)
class MergeRow:
    """A field on which the two sides differ from what both started with, or from one another."""

    key: str
    label: str
    base: str
    theirs: str
    yours: str
    merged: str
    conflict: bool


@dataclass(frozen=True)
class RecordForm:
    """The form, or with `merge` the three sides of a record that moved meanwhile; `carried` is what else was asked for
    in that form: rows to add and to end."""

    frame: Frame
    id: str
    name: str
    url: str
    history_url: str
    base: int
    sections: tuple[SectionView, ...]
    faults: tuple[tuple[str, str], ...]
    given: Mapping[str, str]
    wizards: tuple[Link, ...]
    proposals: tuple[Link, ...]
    merge: tuple[MergeRow, ...]
    carried: tuple[tuple[str, str], ...]
    report: ReportAtHand | None = None

    title = property(lambda self: self.frame.title)
    description = property(lambda self: self.frame.description)

    def fault(self, name: str) -> str | None:
        return dict(self.faults).get(name)


def record_form(
    visitor: Visitor,
    institution: str,
    *,
    on: date,
    given: Mapping[str, str] | None = None,
    faults: Sequence[Fault] = (),
    merge: Sequence[ThreeWay] = (),
    more: str = "",
    base: int | None = None,
) -> RecordForm:
    """The form as the record is now, filled with what was typed where it comes back; `more` names a table of which one
    more empty row is wanted. `base` is the release that what was typed started from, where that is not the newest: the
    three sides are compared from there."""
    record = entries(session(), institution, on=on)
    name = names_of(session(), [institution]).get(institution, institution)
    typed = given or {}
    report = report_at_hand(institution, typed)
    told = tuple((fault.field, fault.en if language() == "en" else fault.vi) for fault in faults)
    return RecordForm(
        frame=proposals_frame(_("Sửa hồ sơ: %(name)s", name=name), visitor, Link(name, "")),
        id=institution,
        name=name,
        url=page_url("citizen.institution", id_or_code=institution),
        history_url=page_url("citizen.history", id_or_code=institution),
        base=current_number(session()) if base is None else base,
        sections=sections(
            Desk(visitor.person, institution, provinces_of(session(), [institution], ()), typed, dict(told)),
            record,
            more=more,
        ),
        faults=told,
        given=typed,
        wizards=tuple(Link(_(WIZARD[wizard.value]), wizard_url(institution, wizard, report)) for wizard in Wizard),
        proposals=open_proposals(institution),
        merge=tuple(merge_row(one) for one in merge),
        carried=tuple((key, text) for key, text in typed.items() if text and is_new(key)),
        report=report,
    )


def wizard_url(institution: str, wizard: Wizard, report: ReportAtHand | None) -> str:
    """The form of an event; it keeps the report that led here."""
    ticket = {LINK: report.ticket} if report else {}
    return page_url("proposals.wizard", id=institution, wizard=wizard.value, **ticket)


def merge_row(one: ThreeWay) -> MergeRow:
    column = _(COLUMN[one.entry.column]) if is_row(one.entry.key) else ""
    label = one.entry.field.label(language())
    return MergeRow(
        one.entry.key,
        f"{label}: {column}" if column else label,
        one.base,
        one.theirs,
        one.yours,
        one.merged,
        one.conflict,
    )


def is_new(key: str) -> bool:
    """Whether the form asks with this key for a row to add, or for the end of one."""
    return is_row(key) and (".new" in key or key.endswith(".fate"))
