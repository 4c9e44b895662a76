"""One record edited: from the values of the form to the exact change set.

Without a day of effect a value is a correction and keeps the days of the old one; with a day the old value ends then.
Licences, programmes and sites have modules of their own: `rows` for those of the record, `additions` for new ones.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from geodata.imports import values
from geodata.imports.statements import MAX_CHARS
from geodata.names import searchable
from geodata.proposals.additions import add_rows, new_rows
from geodata.proposals.book import Book
from geodata.proposals.columns import NEEDED as NEEDED_OF_ROWS
from geodata.proposals.columns import code, of_column, values_of
from geodata.proposals.entries import Entry, entries
from geodata.proposals.forms import Given
from geodata.proposals.rows import check_loose_ends, is_row, loose_ends, row_edits, write_row
from geodata.vocabulary import HighQuality, InstitutionType, Ownership

NEEDED = ("name.official", "attribute.type", "attribute.ownership")
CHOICES: dict[str, type[StrEnum]] = {
    "attribute.type": InstitutionType,
    "attribute.ownership": Ownership,
    "attribute.high_quality": HighQuality,
}
SHAPES: dict[str, Callable[[str], str | None]] = {
    "attribute.website": values.website,
    "attribute.email": values.email,
    "identifier.code": code,
    "identifier.e_id": code,
}


def changed(form: Mapping[str, str], now: tuple[Entry, ...]) -> dict[str, str]:
    """The values of the form that differ from the record; keys the record does not have are left out."""
    told = {entry.key: entry.value for entry in now}
    return {key: text.strip() for key, text in form.items() if key in told and text.strip() != told[key]}


def touched(form: Mapping[str, str], shown: tuple[Entry, ...]) -> dict[str, str]:
    """What a person asks for with a form that was filled in from the record `shown`: without the values left as they
    were, which may be others on the day of effect; rows to add and to end stay."""
    left = {entry.key: entry.value for entry in shown}
    return {key: text for key, text in form.items() if text.strip() != left.get(key)}


def plan_edit(book: Book, given: Given) -> None:
    """The change set that makes the register say the `values` of the `institution`; raises `Faulty` for what is no
    value of its field, and where nothing differs."""
    institution = given.text("institution", needed=True)
    record = entries(book.session, institution, on=book.on)
    form = {key: str(text) for key, text in (given.values.get("values") or {}).items()}
    wanted, new = changed(form, record), new_rows(form)
    rows = row_edits(form, record, wanted)
    if not (wanted or new or rows):
        given.fault("values", "Chưa có gì thay đổi.", "Nothing was changed.")
    checked = {entry.key: (entry, wanted[entry.key]) for entry in record if entry.key in wanted}
    for entry, text in checked.values():
        _check(given, entry, text)
    before = loose_ends(book, institution)
    ids = add_rows(book, given, institution, new)
    given.done()
    for entry, text in checked.values():
        if not is_row(entry.key):
            _state(book, institution, entry, text)
    for row in rows:
        write_row(book, given, institution, row, ids)
    given.done()
    check_loose_ends(book, given, institution, before)
    given.done()


def _check(given: Given, entry: Entry, text: str) -> None:
    """Faults of a value that its field cannot have."""
    if entry.by_wizard:
        given.fault(entry.key, "Mục này chỉ thay đổi qua một thủ tục.", "This changes only by an event.")
    elif not text and (entry.key in NEEDED or _row_needs(entry)):
        given.fault(entry.key, "Không được để trống.", "This cannot be empty.")
    elif text and entry.key in CHOICES and text not in list(CHOICES[entry.key]):
        given.fault(entry.key, "Giá trị không có trong danh mục.", "Not a value of the list.")
    elif len(text) > MAX_CHARS:
        given.fault(entry.key, "Quá dài.", "Too long.")
    elif text and not _fits(entry, text):
        given.fault(entry.key, "Không đúng định dạng.", "Not of the right form.")


def _fits(entry: Entry, text: str) -> bool:
    shape = SHAPES.get(entry.key)
    return (shape is None or shape(text) is not None) and of_column(entry.column, text) is not None


def _row_needs(entry: Entry) -> bool:
    return is_row(entry.key) and entry.column in NEEDED_OF_ROWS[entry.field.table]


def _state(book: Book, institution: str, entry: Entry, text: str) -> None:
    """A name, an identifier or an attribute: another value, a first one, or none any more."""
    changes = book.of(institution)
    table, fact = entry.field.table, entry.fact
    fact = next((row for row in changes.facts.get(table, []) if fact and row["row_id"] == fact["row_id"]), None)
    stated = _stated(entry, text)
    identity = {"scheme" if table == "identifier" else "kind": entry.key.partition(".")[2]}
    if not text:
        if fact is not None:
            book.end(institution, table, fact) if book.occasion.effective else changes.close(table, fact)
    elif fact is None:
        changes.add(table, {**identity, **stated, "valid_from": book.occasion.effective})
    elif book.occasion.effective:
        book.set_from_day(institution, table, identity, stated)
    else:
        changes.replace(table, fact, {**values_of(table, fact), **stated})


def _stated(entry: Entry, text: str) -> dict[str, Any]:
    if entry.field.table == "institution_name":
        forms = searchable(text)
        return {"text": text, "folded": forms.folded, "terms": forms.terms}
    shape = SHAPES.get(entry.key)
    return {"value": shape(text) if shape and text else text}
