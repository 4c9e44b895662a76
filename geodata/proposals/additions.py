"""Rows that a form adds to a record: `<table>.new<n>.<column>`, read together, added in the order in which they rest on
one another."""

import re
from collections.abc import Mapping
from typing import Any

from geodata.imports.facts import holds
from geodata.imports.related import LEVEL_OF_DIGIT
from geodata.proposals.book import Book
from geodata.proposals.columns import NEEDED, check_days, checked
from geodata.proposals.forms import Given
from geodata.proposals.rows import LINKS, linked
from geodata.proposals.sites import place_columns
from geodata.vocabulary import CampusKind

COLUMNS = {
    "campus": ("kind", "name", "address", "province", "commune", "lat", "lon", "location_precision"),
    "licence": ("number", "issued_on", "issuer", "valid_from", "valid_to"),
    "programme": (
        *("occupation_code", "occupation_name", "training_level", "quota", "licence_id", "campus_id"),
        *("valid_from", "valid_to"),
    ),
}
"""Columns of a new row, in the order of the form; programmes come last, because they name licences and sites."""

MOST = 20
"""New rows of a table in one form."""

IDS = {"campus": ("campus_id", ""), "licence": ("licence_id", "L")}
_PRESET = ("kind", "training_level", "location_precision", "licence_id", "campus_id")
"""Choices do not make a row by themselves: an empty row of the form has them too."""

_NEW = re.compile(r"(campus|licence|programme)\.(new\d{1,2})\.(\w+)", re.ASCII)


def new_rows(form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """{`licence.new1`: {column: text}} of the rows in which something is typed, sites and licences first."""
    found: dict[str, dict[str, str]] = {}
    for key, text in form.items():
        named = _NEW.fullmatch(key)
        if named and named[3] in COLUMNS[named[1]]:
            found.setdefault(f"{named[1]}.{named[2]}", {})[named[3]] = text.strip()
    order = list(COLUMNS)
    typed = {row: columns for row, columns in found.items() if _is_typed(columns)}
    return dict(sorted(typed.items(), key=lambda item: (order.index(item[0].partition(".")[0]), _number(item[0]))))


def add_rows(book: Book, given: Given, institution: str, new: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The rows in the book; {`licence.new1`: the id it got} for programmes that rest on them."""
    ids: dict[str, str] = {}
    if len(new) > MOST * len(COLUMNS):
        given.fault("values", "Quá nhiều mục mới trong một lần.", "Too many new rows at once.")
        return ids
    for row, columns in new.items():
        table = row.partition(".")[0]
        _check_needed(given, row, table, columns)
        values = _values(book, given, institution, row, table, columns, ids)
        if table in IDS:
            column, letter = IDS[table]
            values[column] = ids[row] = book.next_id(institution, table, column, letter)
        book.of(institution).add(table, values)
    return ids


def _values(
    book: Book,
    given: Given,
    institution: str,
    row: str,
    table: str,
    columns: Mapping[str, str],
    ids: Mapping[str, str],
) -> dict[str, Any]:
    """What the new row states, from its own first day or the day of effect on."""
    if table == "campus":
        return {
            **place_columns(book, given, row, None, columns),
            "kind": _kind(book, given, institution, row, columns),
            "valid_from": book.occasion.effective,
        }
    plain = {column: text for column, text in columns.items() if column not in LINKS and text}
    values: dict[str, Any] = checked(given, row, plain)
    values["valid_from"] = values.get("valid_from") or book.occasion.effective
    check_days(given, row, values)
    if table == "programme":
        values |= linked(book, given, institution, row, columns, ids)
        _check_programme(book, given, institution, row, values)
    return values


def _check_needed(given: Given, row: str, table: str, columns: Mapping[str, str]) -> None:
    for column in NEEDED[table]:
        if not columns.get(column):
            given.fault(f"{row}.{column}", "Hãy điền mục này.", "Fill this in.")


def _kind(book: Book, given: Given, institution: str, row: str, columns: Mapping[str, str]) -> str:
    """A further site or branch; the main one only where there is none."""
    kind = columns.get("kind") or CampusKind.SITE.value
    main = [fact for fact in book.facts(institution, "campus") if fact["kind"] == CampusKind.MAIN]
    if kind not in list(CampusKind):
        given.fault(f"{row}.kind", "Giá trị không có trong danh mục.", "Not a value of the list.")
    elif kind == CampusKind.MAIN and any(holds(fact, book.on) for fact in main):
        given.fault(f"{row}.kind", "Đã có trụ sở chính.", "There is a main site already.")
    elif kind != CampusKind.MAIN and not columns.get("name"):
        given.fault(f"{row}.name", "Hãy đặt tên để phân biệt với địa điểm khác.", "Name it, to tell it from others.")
    return kind


def _check_programme(book: Book, given: Given, institution: str, row: str, values: Mapping[str, Any]) -> None:
    """Faults of a level that its code excludes, and of a programme that goes on under the same licence already."""
    code, level = values.get("occupation_code"), values.get("training_level")
    if code and level and LEVEL_OF_DIGIT.get(str(code)[0], level) != level:
        given.fault(f"{row}.training_level", "Trình độ không khớp với mã ngành, nghề.", "The code is of another level.")
    told = ("occupation_code", "training_level", "licence_id", "campus_id")
    for fact in book.facts(institution, "programme"):
        if holds(fact, book.on) and all(fact[key] == values.get(key) for key in told):
            given.fault(f"{row}.occupation_code", "Hồ sơ đã có ngành, nghề này.", "The record has this already.")


def _is_typed(columns: Mapping[str, str]) -> bool:
    return any(text for column, text in columns.items() if column not in _PRESET)


def _number(row: str) -> int:
    return int(row.rpartition(".new")[2])
