"""One input of the form of a record: what it is called, what may be chosen, why it cannot be changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geodata.people.rights import Person
from geodata.proposals.additions import COLUMNS as NEW_COLUMNS
from geodata.proposals.columns import DAYS, NEEDED
from geodata.proposals.edits import CHOICES
from geodata.proposals.entries import Entry
from geodata.proposals.fields import field_of, may_change
from geodata.proposals.rows import LINKS, is_row
from geodata.proposals.sites import PRECISIONS
from mapapp import labels
from mapapp.i18n import N_, language
from mapapp.i18n import gettext as _
from mapapp.views import Option

COLUMN = {
    "kind": N_("Loại địa điểm"),
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
    "licence_id": N_("Theo giấy chứng nhận"),
    "campus_id": N_("Tại địa điểm"),
    "occupation_code": N_("Mã ngành, nghề (7 chữ số)"),
    "occupation_name": N_("Tên ngành, nghề ghi trên giấy"),
    "training_level": N_("Trình độ đào tạo"),
}
VOCABULARY = {
    "attribute.type": labels.TYPE,
    "attribute.ownership": labels.OWNERSHIP,
    "attribute.high_quality": labels.HIGH_QUALITY,
    "attribute.status": labels.STATUS,
    "attribute.enrolment": labels.ENROLMENT,
}
WIDE = frozenset({"name.official", "name.english", "attribute.managing_body", "attribute.website"})
"""Values that are long in most records."""

NEW_KINDS = ("site", "branch", "main")

Links = Mapping[str, Sequence[tuple[str, str]]]
"""{`licence_id`: [(id, what it is called)]}: the rows of the record that a programme may name, new ones too."""


@dataclass(frozen=True)
class FieldView:
    """One input. `kind`: text, day, choice, occupation. `locked`: why it cannot be changed here; `wide`: it is long."""

    key: str
    label: str
    value: str
    kind: str
    options: tuple[Option, ...]
    fault: str | None
    locked: str | None
    required: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Desk:
    """Who sits before the form, over which provinces, with what typed and refused."""

    person: Person
    institution: str
    provinces: Sequence[str]
    given: Mapping[str, str]
    faults: Mapping[str, str]

    def may_change(self, entry: Entry) -> bool:
        return may_change(self.person, entry.field, self.provinces, [self.institution])

    def may_add(self, table: str) -> bool:
        return may_change(self.person, field_of(table, None), self.provinces, [self.institution])


def field_view(entry: Entry, desk: Desk, links: Links) -> FieldView:
    """The input of a value of the record."""
    value = shown(entry) if entry.by_wizard else desk.given.get(entry.key, entry.value)
    choices = link_options(entry.column, value, links) if entry.column in LINKS else options(entry, value)
    return FieldView(
        key=entry.key,
        label=label_of(entry),
        value=value,
        kind=input_kind(entry.column, choices),
        options=choices,
        fault=desk.faults.get(entry.key),
        locked=locked(entry, desk),
        wide=entry.key in WIDE,
    )


def new_field(row: str, column: str, desk: Desk, links: Links) -> FieldView:
    """The input of a row that is added."""
    key = f"{row}.{column}"
    table = row.partition(".")[0]
    value = desk.given.get(key, "address" if column == "location_precision" else "")
    choices = link_options(column, value, links) if column in LINKS else new_options(column, value)
    return FieldView(
        key=key,
        label=_(COLUMN[column]),
        value=value,
        kind=input_kind(column, choices),
        options=choices,
        fault=desk.faults.get(key),
        locked=None,
        required=column in NEEDED[table],
    )


def new_fields(row: str, desk: Desk, links: Links) -> tuple[FieldView, ...]:
    return tuple(new_field(row, column, desk, links) for column in NEW_COLUMNS[row.partition(".")[0]])


def label_of(entry: Entry) -> str:
    return _(COLUMN[entry.column]) if is_row(entry.key) else entry.field.label(language())


def input_kind(column: str, choices: Sequence[Option]) -> str:
    if column in DAYS:
        return "day"
    if choices or column in LINKS:
        return "choice"
    return "occupation" if column == "occupation_code" else "text"


def locked(entry: Entry, desk: Desk) -> str | None:
    if entry.by_wizard:
        return _("Chỉ thay đổi qua một thủ tục có ngày hiệu lực.")
    if not desk.may_change(entry):
        return _("Bạn không có quyền đề xuất thay đổi mục này.")
    return None


def shown(entry: Entry) -> str:
    return labels.label(VOCABULARY.get(entry.key, {}), entry.value) if entry.value else "–"


def options(entry: Entry, value: str = "") -> tuple[Option, ...]:
    """The values of a closed vocabulary, with none where the field may be empty."""
    if entry.column == "location_precision":
        known = [*(one.value for one in PRECISIONS), *([value] if value and value not in list(PRECISIONS) else [])]
        return chosen(known, labels.LOCATION_PRECISION, value)
    if entry.key not in CHOICES:
        return ()
    empty = entry.key == "attribute.high_quality" or not entry.value
    return chosen([one.value for one in CHOICES[entry.key]], VOCABULARY[entry.key], value, empty=empty)


def new_options(column: str, value: str) -> tuple[Option, ...]:
    """The choices of a column of a new row."""
    if column == "kind":
        return chosen(NEW_KINDS, labels.CAMPUS_KIND, value)
    if column == "training_level":
        return chosen(list(labels.TRAINING_LEVEL), labels.TRAINING_LEVEL, value, empty=True)
    if column == "location_precision":
        return chosen([one.value for one in PRECISIONS], labels.LOCATION_PRECISION, value)
    return ()


def link_options(column: str, value: str, links: Links) -> tuple[Option, ...]:
    rows = [("", "–"), *links.get(column, ())]
    return tuple(Option(id, label, None, id == value) for id, label in rows)


def chosen(values: Sequence[str], vocabulary: dict[str, str], value: str, *, empty: bool = False) -> tuple[Option, ...]:
    none = (Option("", "–", None, not value),) if empty else ()
    return *none, *(Option(one, labels.label(vocabulary, one), None, one == value) for one in values)
