"""The sections of the form of a record: fields that belong together, rows that may change, end or be added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geodata.days import vietnamese_day
from geodata.history import history
from geodata.proposals.additions import MOST
from geodata.proposals.entries import Entry
from geodata.proposals.fields import Field
from geodata.proposals.planning import current_number
from geodata.proposals.rows import LINKS, Fate, is_row, row_of
from mapapp import labels
from mapapp.db import session
from mapapp.fact_words import fact_changes
from mapapp.i18n import N_, day, language
from mapapp.i18n import gettext as _
from mapapp.occupations_view import occupation_name
from mapapp.proposal_words import OWNER, role_label
from mapapp.record_fields_view import Desk, FieldView, Links, field_view, new_fields
from mapapp.views import Option

SECTION = {
    "name": N_("Tên gọi"),
    "identifier": N_("Mã, định danh"),
    "attribute": N_("Thông tin chung"),
    "campus": N_("Địa điểm"),
    "licence": N_("Giấy chứng nhận"),
    "programme": N_("Ngành, nghề"),
}
NEW = {
    "campus": N_("Địa điểm mới %(n)s"),
    "licence": N_("Giấy chứng nhận mới %(n)s"),
    "programme": N_("Ngành, nghề mới %(n)s"),
}
FATE = {
    "": N_("Giữ trong hồ sơ"),
    Fate.END: N_("Kết thúc từ ngày hiệu lực"),
    Fate.MISTAKE: N_("Ghi nhầm: chưa từng như vậy"),
}


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
class RowView:
    """A licence, a programme or a site. `fates`: what may become of it, none where that is not this person's to say or
    not possible; `opened` where something was typed or refused."""

    id: str
    key: str
    title: str
    ended: str | None
    fields: tuple[FieldView, ...]
    fates: tuple[Option, ...]
    versions: tuple[VersionView, ...]
    opened: bool


@dataclass(frozen=True)
class BlankRow:
    """The inputs of a row to add."""

    title: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True)
class SectionView:
    """One subject of the record: `fields`, or `rows` with `blanks` for further ones (`table` names what is added)."""

    id: str
    title: str
    fields: tuple[FieldView, ...]
    rows: tuple[RowView, ...]
    table: str
    blanks: tuple[BlankRow, ...]
    adding: bool
    duties: tuple[Duty, ...]
    versions: tuple[VersionView, ...]


def sections(desk: Desk, record: Sequence[Entry], *, more: str = "") -> tuple[SectionView, ...]:
    """The form's sections; `more` names a table that one more empty row is wanted for."""
    versions = versions_of(desk.institution)
    links = links_of(record, desk)
    found = []
    for head in SECTION:
        entries = [entry for entry in record if entry.key.partition(".")[0] == head]
        rows = dict.fromkeys(row_of(entry.key) for entry in entries if is_row(entry.key))
        blanks = blank_rows(head, desk, links, more) if head in NEW and desk.may_add(head) else ()
        found.append(
            SectionView(
                id=head,
                title=_(SECTION[head]),
                fields=tuple(field_view(entry, desk, links) for entry in entries if not is_row(entry.key)),
                rows=tuple(
                    row_view(row, [entry for entry in entries if row_of(entry.key) == row], desk, links, versions)
                    for row in rows
                ),
                table=head if blanks else "",
                blanks=blanks,
                adding=more == head or any(key.startswith(f"{head}.new") and desk.given[key] for key in desk.given),
                duties=duties([entry.field for entry in entries]),
                versions=() if rows else tuple(versions.get(head, ())),
            )
        )
    return tuple(found)


def row_view(
    row: str, entries: Sequence[Entry], desk: Desk, links: Links, versions: Mapping[str, list[VersionView]]
) -> RowView:
    fields = tuple(field_view(entry, desk, links) for entry in entries)
    fact = entries[0].fact or {}
    ends = fact.get("valid_to")
    fate = desk.given.get(f"{row}.fate", "")
    changed = any(desk.given.get(entry.key, entry.value) != entry.value for entry in entries)
    refused = any(key.startswith(f"{row}.") for key in desk.faults)
    return RowView(
        id=row.replace(".", "-"),
        key=f"{row}.fate",
        title=row_title(row, fact),
        ended=_("đến trước %(day)s", day=day(ends)) if ends else None,
        fields=fields,
        fates=fates(fact, fate) if desk.may_change(entries[0]) and fact.get("kind") != "main" else (),
        versions=tuple(versions.get(version_key(row), ())),
        opened=changed or refused or bool(fate),
    )


def row_title(row: str, fact: Mapping[str, object]) -> str:
    head = row.partition(".")[0]
    if head == "campus":
        kind = labels.label(labels.CAMPUS_KIND, str(fact.get("kind")))
        name = fact.get("name") or fact.get("address")
        return f"{kind}: {name}" if name else kind
    if head == "licence":
        return str(fact.get("number"))
    level = labels.label(labels.TRAINING_LEVEL, str(fact.get("training_level")))
    code, named = str(fact.get("occupation_code")), fact.get("occupation_name")
    return f"{occupation_name(code, str(named) if named else None)} – {code} ({level})"


def fates(fact: Mapping[str, object], fate: str) -> tuple[Option, ...]:
    """What may become of a row; one that has an end already may only have been a mistake."""
    possible = [one for one in FATE if not (one == Fate.END and fact.get("valid_to"))]
    return tuple(Option(str(one), _(FATE[one]), None, one == fate) for one in possible)


def blank_rows(table: str, desk: Desk, links: Links, more: str) -> tuple[BlankRow, ...]:
    """As many empty rows as were typed in, one at least, and one more where it is asked for."""
    typed = [number_of(key) for key, text in desk.given.items() if key.startswith(f"{table}.new") and text]
    count = min(max([1, *typed]) + (more == table), MOST)
    return tuple(
        BlankRow(_(NEW[table], n=number), new_fields(f"{table}.new{number}", desk, links))
        for number in range(1, count + 1)
    )


def number_of(key: str) -> int:
    digits = key.partition(".new")[2].partition(".")[0]
    return min(int(digits), MOST) if digits.isascii() and digits.isdecimal() and len(digits) < 6 else 1


def links_of(record: Sequence[Entry], desk: Desk) -> Links:
    """Licences and sites by name, and those that the form is about to add."""
    found: dict[str, list[tuple[str, str]]] = {}
    for column, table in LINKS.items():
        rows = {entry.fact[column]: entry for entry in record if entry.field.table == table and entry.fact}
        found[column] = [(str(id), row_title(row_of(entry.key), entry.fact or {})) for id, entry in rows.items()]
        for number in range(1, len(blank_rows_typed(table, desk)) + 1):
            found[column].append((f"new{number}", _(NEW[table], n=number)))
    return found


def blank_rows_typed(table: str, desk: Desk) -> set[str]:
    """Numbers of new rows; the first can be named before it is typed."""
    return {"1", *(str(number_of(key)) for key, text in desk.given.items() if key.startswith(f"{table}.new") and text)}


def duties(fields: Sequence[Field]) -> tuple[Duty, ...]:
    """Fields with the same owner and roles together, each field once."""
    alike: dict[tuple[str, str, str], dict[str, None]] = {}
    for field in fields:
        change, approve = (", ".join(map(role_label, named)) for named in (field.change, field.approve))
        alike.setdefault((_(OWNER[field.owner]), change, approve), {})[field.label(language())] = None
    return tuple(Duty("; ".join(labels_), *key) for key, labels_ in alike.items())


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
        rests = ", ".join(filter(None, (titles, step.decision)))
        for group, what in by_group.items():
            when = _("lần công bố %(n)s, %(day)s", n=step.release, day=day(vietnamese_day(step.published_at)))
            found.setdefault(group, []).append(VersionView(when, tuple(what), rests))
    return found


def version_group(table: str, identity: tuple[str, ...]) -> str:
    heads = {"institution_name": "name", "identifier": "identifier", "institution_attribute": "attribute"}
    if table in heads:
        return heads[table]
    return f"{table}.{'.'.join(identity)}"


def version_key(row: str) -> str:
    """The row's name in `versions_of`: a programme is known there by occupation and level."""
    head, _dot, rest = row.partition(".")
    return f"programme.{rest.rpartition('.')[0]}" if head == "programme" else row
