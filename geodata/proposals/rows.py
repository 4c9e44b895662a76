"""Whole rows of a record in its form: licences, programmes and sites that change, end, were recorded by mistake.

A licence says what stands on paper, so its columns are only ever corrected. What a programme has (places, licence,
site) and where a site is may change on a day: then the old version ends on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from geodata.imports.facts import Fact, holds
from geodata.proposals.book import Book
from geodata.proposals.columns import check_days, checked, values_of
from geodata.proposals.entries import Entry
from geodata.proposals.forms import Given
from geodata.proposals.sites import place_columns
from geodata.vocabulary import CampusKind

TABLES = ("campus", "licence", "programme")
LINKS = {"licence_id": "licence", "campus_id": "campus"}
"""Columns of a programme that name another row of the same institution."""

CHANGES_ON_A_DAY = {"programme": ("quota", "licence_id", "campus_id"), "licence": (), "campus": ()}
MAY_END_WITH = {"programme": ("taught_out_until",), "licence": (), "campus": ()}
"""Columns that say something about the end itself."""


class Fate(StrEnum):
    """What becomes of a row: it ends on the day of effect, or never was so."""

    END = "end"
    MISTAKE = "mistake"


@dataclass(frozen=True)
class RowEdit:
    """What the form says of one row: `key` (`licence.<id>`) in the form, the columns that differ, its fate."""

    key: str
    table: str
    fact: Fact
    columns: Mapping[str, str]
    fate: str


def row_of(key: str) -> str:
    """`licence.<id>` of `licence.<id>.number`."""
    return key.rpartition(".")[0]


def is_row(key: str) -> bool:
    return key.partition(".")[0] in TABLES


def row_edits(form: Mapping[str, str], record: Sequence[Entry], wanted: Mapping[str, str]) -> list[RowEdit]:
    """The rows of the record of which the form says something new, in the order of the record; `wanted` are the values
    that differ."""
    facts = {row_of(entry.key): (entry.field.table, entry.fact) for entry in record if is_row(entry.key)}
    columns: dict[str, dict[str, str]] = {}
    for key, text in wanted.items():
        if is_row(key):
            columns.setdefault(row_of(key), {})[key.rpartition(".")[2]] = text
    return [
        RowEdit(key, table, fact, columns.get(key, {}), fate)
        for key, (table, fact) in facts.items()
        if fact is not None
        for fate in [form.get(f"{key}.fate", "")]
        if fate or key in columns
    ]


def write_row(book: Book, given: Given, institution: str, edit: RowEdit, new_ids: Mapping[str, str]) -> None:
    """The row's changes in the book; `new_ids` are the ids of rows that the same form adds."""
    fact = next(row for row in book.facts(institution, edit.table) if row["row_id"] == edit.fact["row_id"])
    if edit.fate:
        _end(book, given, institution, edit, fact)
        return
    new = _new_values(book, given, institution, edit, fact, new_ids)
    later = {**values_of(edit.table, fact), **new}
    check_days(given, edit.key, later)
    if given.faults:
        return
    if _from_the_day(book, edit, fact):
        book.end(institution, edit.table, fact)
        later["valid_from"] = book.on
    else:
        book.of(institution).close(edit.table, fact)
    book.of(institution).add(edit.table, later)


def linked(
    book: Book, given: Given, institution: str, row: str, columns: Mapping[str, str], new_ids: Mapping[str, str]
) -> dict[str, str | None]:
    """The ids behind the licence and the site that a programme names; a fault where there is no such row."""
    found: dict[str, str | None] = {}
    for column, table in LINKS.items():
        if column not in columns:
            continue
        id = new_ids.get(f"{table}.{columns[column]}", columns[column])
        found[column] = id or None
        if id and id not in {fact[column] for fact in book.facts(institution, table)}:
            given.fault(f"{row}.{column}", "Không có trong hồ sơ này.", "Not in this record.")
    return found


def loose_ends(book: Book, institution: str) -> dict[str, int]:
    """{`licence.<id>` or `campus.<id>`: programmes that go on after the day, though the row they name does not}."""
    found: dict[str, int] = {}
    for column, table in LINKS.items():
        standing = {fact[column] for fact in book.facts(institution, table) if _goes_on(book, fact)}
        for programme in book.facts(institution, "programme"):
            id = programme[column]
            if id and id not in standing and _goes_on(book, programme):
                found[f"{table}.{id}"] = found.get(f"{table}.{id}", 0) + 1
    return found


def check_loose_ends(
    book: Book, given: Given, institution: str, before: Mapping[str, int], *, at: str = "{row}.fate"
) -> None:
    """A fault for each row that the changes take away from under programmes, at the field `at` of the form."""
    for row, count in loose_ends(book, institution).items():
        if count > before.get(row, 0):
            given.fault(
                at.format(row=row),
                f"Còn {count} ngành, nghề gắn với mục này: hãy cho kết thúc hoặc chuyển sang mục khác.",
                f"{count} programmes still rest on this: end them too, or move them to another.",
            )


def _new_values(
    book: Book, given: Given, institution: str, edit: RowEdit, fact: Fact, new_ids: Mapping[str, str]
) -> dict[str, Any]:
    if edit.table == "campus":
        return place_columns(book, given, edit.key, fact, edit.columns)
    plain = {column: text for column, text in edit.columns.items() if column not in LINKS}
    if "valid_from" in plain and _from_the_day(book, edit, fact):
        given.fault(
            f"{edit.key}.valid_from",
            "Đã có ngày hiệu lực: không sửa ngày bắt đầu trong cùng một lần.",
            "With a day of effect the first day cannot be corrected at the same time.",
        )
    return checked(given, edit.key, plain) | linked(book, given, institution, edit.key, edit.columns, new_ids)


def _from_the_day(book: Book, edit: RowEdit, fact: Fact) -> bool:
    """Whether the old version ends on the day of effect and a new one begins; else the row is corrected."""
    telling = edit.table == "campus" or set(edit.columns) & set(CHANGES_ON_A_DAY[edit.table])
    begun = fact["valid_from"] is None or fact["valid_from"] < book.on
    return bool(telling and book.occasion.effective and begun and holds(fact, book.on))


def _end(book: Book, given: Given, institution: str, edit: RowEdit, fact: Fact) -> None:
    field = f"{edit.key}.fate"
    if edit.fate not in list(Fate):
        given.fault(field, "Giá trị không có trong danh mục.", "Not a value of the list.")
    elif fact.get("kind") == CampusKind.MAIN:
        given.fault(
            field, "Trụ sở chính không kết thúc riêng được: hãy sửa địa chỉ.", "The main site moves; it does not end."
        )
    elif set(edit.columns) - set(MAY_END_WITH[edit.table]) or (edit.fate == Fate.MISTAKE and edit.columns):
        given.fault(field, "Hãy hoặc sửa, hoặc cho kết thúc mục này.", "Either change this or end it.")
    elif edit.fate == Fate.MISTAKE:
        book.of(institution).close(edit.table, fact)
    elif not book.occasion.effective:
        given.fault("effective", "Hãy ghi ngày hiệu lực.", "State the day of effect.")
    elif not _goes_on(book, fact):
        given.fault(field, "Mục này đã kết thúc trước ngày hiệu lực.", "This ended before the day of effect.")
    else:
        _end_on_the_day(book, given, institution, edit, fact)


def _end_on_the_day(book: Book, given: Given, institution: str, edit: RowEdit, fact: Fact) -> None:
    further = {column: value for column, value in checked(given, edit.key, edit.columns).items() if value is not None}
    check_days(given, edit.key, {"valid_to": book.on, **further})
    if not given.faults:
        book.end(institution, edit.table, fact, **further)


def _goes_on(book: Book, fact: Fact) -> bool:
    """Whether the fact holds on the day of effect, or later."""
    return fact["valid_to"] is None or bool(fact["valid_to"] > book.on)
