"""The form of one record: each value with its history, its owner and who may change it; and the merge view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geodata.history import history
from geodata.imports.preview import names_of
from geodata.models import Proposal
from geodata.people.rights import Person
from geodata.proposals import reading
from geodata.proposals.edits import CHOICES, PRECISIONS
from geodata.proposals.entries import Entry, entries
from geodata.proposals.fields import Field, may_change
from geodata.proposals.merging import ThreeWay
from geodata.proposals.planning import current_number, provinces_of
from geodata.proposals.refusals import Fault
from geodata.vocabulary import Wizard
from mapapp import labels
from mapapp.db import session
from mapapp.fact_words import fact_changes
from mapapp.i18n import N_, day, language, page_url
from mapapp.i18n import gettext as _
from mapapp.occupations_view import occupation_name
from mapapp.proposal_view import line, proposals_frame
from mapapp.proposal_words import OWNER, WIZARD, role_label
from mapapp.sign_in import Visitor
from mapapp.steward_view import Frame
from mapapp.views import Link, Option

COLUMN = {
    "name": N_("Tên địa điểm"),
    "address": N_("Địa chỉ"),
    "province": N_("Tỉnh/Thành phố (mã hoặc tên)"),
    "commune": N_("Phường/Xã (mã hoặc tên)"),
    "lat": N_("Vĩ độ"),
    "lon": N_("Kinh độ"),
    "location_precision": N_("Độ chính xác vị trí"),
    "number": N_("Số giấy chứng nhận"),
    "issued_on": N_("Ngày cấp"),
    "issuer": N_("Cơ quan cấp"),
    "valid_from": N_("Từ ngày"),
    "valid_to": N_("Đến trước ngày"),
    "quota": N_("Quy mô tuyển sinh"),
    "taught_out_until": N_("Đào tạo tiếp đến trước ngày"),
}
GROUP = {
    "name": N_("Tên gọi"),
    "identifier": N_("Mã, định danh"),
    "attribute": N_("Thông tin chung"),
    "campus": N_("Địa điểm"),
    "licence": N_("Giấy chứng nhận"),
    "programme": N_("Ngành, nghề"),
}
DAYS = ("issued_on", "valid_from", "valid_to", "taught_out_until")
VOCABULARY = {
    "attribute.type": labels.TYPE,
    "attribute.ownership": labels.OWNERSHIP,
    "attribute.high_quality": labels.HIGH_QUALITY,
    "attribute.status": labels.STATUS,
    "attribute.enrolment": labels.ENROLMENT,
}


@dataclass(frozen=True)
class FieldView:
    """One input. `locked`: why it cannot be changed here, with the words for it."""

    key: str
    label: str
    value: str
    kind: str
    options: tuple[Option, ...]
    fault: str | None
    locked: str | None


@dataclass(frozen=True)
class Duty:
    """Who owns some fields, who may change and who approves them."""

    fields: str
    owner: str
    change: str
    approve: str


@dataclass(frozen=True)
class VersionView:
    """What a release did to a group of fields."""

    when: str
    what: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class GroupView:
    """Fields that belong together: the names, or one campus; with what the register said of them before."""

    id: str
    title: str
    fields: tuple[FieldView, ...]
    duties: tuple[Duty, ...]
    versions: tuple[VersionView, ...]


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
    """The form, or with `merge` the three sides of a record that moved meanwhile."""

    frame: Frame
    id: str
    name: str
    url: str
    history_url: str
    base: int
    groups: tuple[GroupView, ...]
    faults: tuple[tuple[str, str], ...]
    given: Mapping[str, str]
    wizards: tuple[Link, ...]
    proposals: tuple[Link, ...]
    merge: tuple[MergeRow, ...]

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
) -> RecordForm:
    """The form as the record is now, filled with what was typed where it comes back."""
    record = entries(session(), institution, on=on)
    name = names_of(session(), [institution]).get(institution, institution)
    told = tuple((fault.field, fault.en if language() == "en" else fault.vi) for fault in faults)
    return RecordForm(
        frame=proposals_frame(_("Sửa hồ sơ: %(name)s", name=name), visitor, Link(name, "")),
        id=institution,
        name=name,
        url=page_url("citizen.institution", id_or_code=institution),
        history_url=page_url("citizen.history", id_or_code=institution),
        base=current_number(session()),
        groups=groups(visitor.person, institution, record, given or {}, dict(told)),
        faults=told,
        given=given or {},
        wizards=tuple(
            Link(_(WIZARD[wizard.value]), page_url("proposals.wizard", id=institution, wizard=wizard.value))
            for wizard in Wizard
        ),
        proposals=tuple(open_proposals(institution)),
        merge=tuple(merge_row(one) for one in merge),
    )


def groups(
    person: Person, institution: str, record: Sequence[Entry], given: Mapping[str, str], faults: Mapping[str, str]
) -> tuple[GroupView, ...]:
    provinces = provinces_of(session(), [institution], ())
    versions = versions_of(institution)
    found = dict.fromkeys(group_of(entry) for entry in record)
    return tuple(
        GroupView(
            id=id.replace(".", "-"),
            title=group_title(id, [entry for entry in record if group_of(entry) == id]),
            fields=tuple(
                field_view(entry, person, provinces, institution, given, faults)
                for entry in record
                if group_of(entry) == id
            ),
            duties=duties([entry.field for entry in record if group_of(entry) == id]),
            versions=tuple(versions.get(version_key(id), ())),
        )
        for id in found
    )


def group_of(entry: Entry) -> str:
    """`name`, `attribute`, or `campus.<id>`: one fact with several columns is a group of its own."""
    head, _dot, rest = entry.key.partition(".")
    return f"{head}.{rest.rpartition('.')[0]}" if head in ("campus", "licence", "programme") else head


def group_title(id: str, record: Sequence[Entry]) -> str:
    head = id.partition(".")[0]
    fact = record[0].fact or {}
    if head == "campus":
        return f"{_(GROUP[head])}: {labels.label(labels.CAMPUS_KIND, str(fact.get('kind')))}"
    if head == "licence":
        return f"{_(GROUP[head])} {fact.get('number')}"
    if head == "programme":
        level = labels.label(labels.TRAINING_LEVEL, str(fact.get("training_level")))
        code = str(fact.get("occupation_code"))
        return f"{occupation_name(code, fact.get('occupation_name'))} – {code} ({level})"
    return _(GROUP[head])


def field_view(
    entry: Entry,
    person: Person,
    provinces: Sequence[str],
    institution: str,
    given: Mapping[str, str],
    faults: Mapping[str, str],
) -> FieldView:
    head = entry.key.partition(".")[0]
    label = _(COLUMN[entry.column]) if head in ("campus", "licence", "programme") else entry.field.label(language())
    return FieldView(
        key=entry.key,
        label=label,
        value=shown(entry) if entry.by_wizard else given.get(entry.key, entry.value),
        kind="day" if entry.column in DAYS else "choice" if options(entry) else "text",
        options=options(entry, given.get(entry.key, entry.value)),
        fault=faults.get(entry.key),
        locked=locked(entry, person, provinces, institution),
    )


def duties(fields: Sequence[Field]) -> tuple[Duty, ...]:
    """Fields with the same owner and roles together, each field once."""
    alike: dict[tuple[str, str, str], dict[str, None]] = {}
    for field in fields:
        change, approve = (", ".join(map(role_label, named)) for named in (field.change, field.approve))
        alike.setdefault((_(OWNER[field.owner]), change, approve), {})[field.label(language())] = None
    return tuple(Duty("; ".join(labels_), *key) for key, labels_ in alike.items())


def locked(entry: Entry, person: Person, provinces: Sequence[str], institution: str) -> str | None:
    if entry.by_wizard:
        return _("Chỉ thay đổi qua một thủ tục có ngày hiệu lực.")
    if not may_change(person, entry.field, provinces, [institution]):
        return _("Bạn không có quyền đề xuất thay đổi mục này.")
    return None


def shown(entry: Entry) -> str:
    return labels.label(VOCABULARY.get(entry.key, {}), entry.value) if entry.value else "–"


def options(entry: Entry, value: str = "") -> tuple[Option, ...]:
    """The values of a closed vocabulary, with none where the field may be empty."""
    if entry.column == "location_precision":
        known = [*(one.value for one in PRECISIONS), *([value] if value and value not in list(PRECISIONS) else [])]
        return tuple(Option(one, labels.label(labels.LOCATION_PRECISION, one), None, one == value) for one in known)
    if entry.key not in CHOICES:
        return ()
    empty = (Option("", "–", None, not value),) if entry.key == "attribute.high_quality" or not entry.value else ()
    vocabulary = VOCABULARY[entry.key]
    return *empty, *(
        Option(one.value, labels.label(vocabulary, one.value), None, one.value == value) for one in CHOICES[entry.key]
    )


def versions_of(institution: str) -> dict[str, list[VersionView]]:
    """{group: what each release said of it, newest first}; names, identifiers and attributes are a group each."""
    found: dict[str, list[VersionView]] = {}
    for step in history(session(), institution, release=current_number(session())):
        by_group: dict[str, list[str]] = {}
        for fact in step.facts:
            for change in fact_changes([fact]):
                said = " → ".join(filter(None, ("; ".join(change.before), "; ".join(change.after))))
                by_group.setdefault(version_group(fact.table, fact.identity), []).append(f"{change.label}: {said}")
        titles = ", ".join(title for title, _status in step.sources)
        for group, what in by_group.items():
            when = _("lần công bố %(n)s, %(day)s", n=step.release, day=day(step.published_at.date()))
            found.setdefault(group, []).append(VersionView(when, tuple(what), titles))
    return found


def version_group(table: str, identity: tuple[str, ...]) -> str:
    heads = {"institution_name": "name", "identifier": "identifier", "institution_attribute": "attribute"}
    if table in heads:
        return heads[table]
    return f"{table}.{'.'.join(identity)}"


def version_key(id: str) -> str:
    """The group's name in `versions_of`: a programme is known there by occupation and level."""
    head, _dot, rest = id.partition(".")
    return f"programme.{rest.rpartition('.')[0]}" if head == "programme" else id


def open_proposals(institution: str) -> list[Link]:
    """Proposals about this institution that are under way: the next one will have to reckon with them."""
    found: list[Proposal] = reading.listed(session(), institution=institution, limit=5)
    return [Link(f"{told.title} ({told.state_label})", told.url) for one in found for told in [line(one, {})]]


def merge_row(one: ThreeWay) -> MergeRow:
    head = one.entry.key.partition(".")[0]
    column = _(COLUMN[one.entry.column]) if head in ("campus", "licence", "programme") else ""
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
