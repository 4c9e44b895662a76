"""Ownership of a field, permission to change it and approval of a change: three things, configured in `fields.yaml`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from geodata.people.rights import Person
from geodata.proposals.change_sets import facts_in
from geodata.proposals.refusals import NotAllowed
from geodata.vocabulary import Role
from geodata.yaml_text import parsed

OWNERS = ("ministry", "province", "institution")
WAYS = ("edit", "wizard", "report")
COUNTRY = "@country"


@dataclass(frozen=True)
class Field:
    """A field of the register. `kind` None: every row of the table; `columns` empty: all but those of other fields.

    `change` and `approve` are names of roles, with `@country` where the role must be held for the whole country. `by`:
    the way in which the value changes, `edit`, `wizard` or `report`.
    """

    id: str
    table: str
    kind: str | None
    columns: tuple[str, ...]
    by: str
    vi: str
    en: str
    owner: str
    change: tuple[str, ...]
    approve: tuple[str, ...]

    def label(self, language: str) -> str:
        return self.en if language == "en" else self.vi


@cache
def fields() -> dict[str, Field]:
    """{id: field} in the order of the file; a file that names an unknown role, owner or way is an error at start."""
    return {row["id"]: _field(row) for row in _file()["fields"]}


@cache
def review_months() -> int:
    """So many months after a review a province's data is overdue for the next one."""
    return int(_file()["review_months"])


def field_of(table: str, kind: str | None, column: str = "") -> Field:
    """The field that a column of a row belongs to."""
    rows = [field for field in fields().values() if field.table == table and field.kind in (None, kind)]
    exact = [field for field in rows if column in field.columns]
    return (exact or [field for field in rows if not field.columns])[0]


def fields_of(changes: Sequence[dict[str, Any]]) -> tuple[Field, ...]:
    """The fields that a change set changes, each once, in the order of the file."""
    touched = {
        field_of(fact.table, fact.identity[0], column).id for fact in facts_in(changes) for column in fact.columns
    }
    return tuple(field for field in fields().values() if field.id in touched)


def holds(person: Person, role: str, provinces: Collection[str], institutions: Collection[str]) -> bool:
    """Whether the person has the role over every one of the provinces (none known: over the country), or, a role given
    for one institution, over nothing but that institution."""
    name = role.removesuffix(COUNTRY)
    rights = [right for right in person.rights if right.role == name]
    own = any(right.institution is not None and set(institutions) == {right.institution} for right in rights)
    rights = [right for right in rights if right.institution is None]
    whole = any(right.provinces is None for right in rights)
    if role.endswith(COUNTRY):
        return whole
    covered = {code for right in rights for code in right.provinces or ()}
    return own or whole or (bool(provinces) and set(provinces) <= covered)


def may_change(person: Person, field: Field, provinces: Collection[str], institutions: Collection[str]) -> bool:
    return any(holds(person, role, provinces, institutions) for role in field.change)


def may_approve(person: Person, field: Field, provinces: Collection[str], institutions: Collection[str]) -> bool:
    return any(holds(person, role, provinces, institutions) for role in field.approve)


def require_change(
    person: Person, asked: Iterable[Field], provinces: Collection[str], institutions: Collection[str]
) -> None:
    """Raises `NotAllowed` naming the fields that this person may not change there."""
    refused = [field for field in asked if not may_change(person, field, provinces, institutions)]
    if refused:
        raise NotAllowed(
            f"Bạn không có quyền đề xuất thay đổi: {_listed(refused, 'vi')}.",
            f"You may not propose changes to: {_listed(refused, 'en')}.",
        )


def require_approval(
    person: Person, asked: Iterable[Field], provinces: Collection[str], institutions: Collection[str]
) -> None:
    """Raises `NotAllowed` naming the fields whose changes this person may not approve there."""
    refused = [field for field in asked if not may_approve(person, field, provinces, institutions)]
    if refused:
        raise NotAllowed(
            f"Bạn không có quyền phê duyệt thay đổi: {_listed(refused, 'vi')}.",
            f"You may not approve changes to: {_listed(refused, 'en')}.",
        )


def _listed(refused: list[Field], language: str) -> str:
    return "; ".join(field.label(language) for field in refused)


@cache
def _file() -> dict[str, Any]:
    return cast(dict[str, Any], parsed((Path(__file__).parent / "fields.yaml").read_text(encoding="utf-8")))


def _field(row: dict[str, Any]) -> Field:
    field = Field(
        id=row["id"],
        table=row["table"],
        kind=row.get("kind"),
        columns=tuple(row.get("columns", ())),
        by=row.get("by", "edit"),
        vi=row["vi"],
        en=row["en"],
        owner=row["owner"],
        change=tuple(row["change"]),
        approve=tuple(row["approve"]),
    )
    roles = {Role(role.removesuffix(COUNTRY)) for role in (*field.change, *field.approve)}
    if field.owner not in OWNERS or field.by not in WAYS or not roles:
        raise ValueError(f"fields.yaml: {field.id} has an unknown owner or way")
    return field
