"""One record edited: from the values of the form to the exact change set.

Without a day of effect a value is a correction and keeps the days of the old one; with a day the old value ends then.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from geodata.geometry import LonLat
from geodata.imports import values
from geodata.imports.changes import ewkt
from geodata.imports.facts import TABLES, Fact, value_columns
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.places import whereabouts
from geodata.imports.statements import MAX_CHARS
from geodata.names import searchable
from geodata.proposals.book import Book
from geodata.proposals.entries import Entry, entries, place
from geodata.proposals.forms import Given
from geodata.unit_reads import UnknownUnit, unit
from geodata.vocabulary import HighQuality, InstitutionType, LocationPrecision, Ownership

NEEDED = ("name.official", "attribute.type", "attribute.ownership")
CHOICES: dict[str, type[StrEnum]] = {
    "attribute.type": InstitutionType,
    "attribute.ownership": Ownership,
    "attribute.high_quality": HighQuality,
}
SHAPES: dict[str, Callable[[str], str | None]] = {
    "attribute.website": values.website,
    "attribute.email": values.email,
    "identifier.code": lambda words: _code(words),
    "identifier.e_id": lambda words: _code(words),
}
PRECISIONS = (LocationPrecision.SURVEYED, LocationPrecision.ADDRESS, LocationPrecision.COMMUNE)
VIETNAM = (102.0, 7.0, 118.0, 24.0)
_WHOLE = re.compile(r"\d{1,6}", re.ASCII)


def changed(form: Mapping[str, str], now: tuple[Entry, ...]) -> dict[str, str]:
    """The values of the form that differ from the record; keys the record does not have are left out."""
    told = {entry.key: entry.value for entry in now}
    return {key: text.strip() for key, text in form.items() if key in told and text.strip() != told[key]}


def plan_edit(book: Book, given: Given) -> None:
    """The change set that makes the register say the `values` of the `institution`; raises `Faulty` for what is no
    value of its field, and where nothing differs."""
    institution = given.text("institution", needed=True)
    record = entries(book.session, institution, on=book.on)
    wanted = changed({key: str(text) for key, text in (given.values.get("values") or {}).items()}, record)
    if not wanted:
        given.fault("values", "Chưa có gì thay đổi.", "Nothing was changed.")
    checked = {entry.key: (entry, wanted[entry.key]) for entry in record if entry.key in wanted}
    for entry, text in checked.values():
        _check(given, entry, text)
    given.done()
    for entry, text in checked.values():
        if entry.key.partition(".")[0] in ("name", "identifier", "attribute"):
            _state(book, institution, entry, text)
    for id in dict.fromkeys(_row_of(key) for key in checked if _is_row(key)):
        _correct(
            book, given, institution, {entry: text for entry, text in checked.values() if _row_of(entry.key) == id}
        )
    given.done()


def _check(given: Given, entry: Entry, text: str) -> None:
    """Faults of a value that its field cannot have."""
    if entry.by_wizard:
        given.fault(entry.key, "Mục này chỉ thay đổi qua một thủ tục.", "This changes only by an event.")
    elif not text and entry.key in NEEDED:
        given.fault(entry.key, "Không được để trống.", "This cannot be empty.")
    elif text and entry.key in CHOICES and text not in list(CHOICES[entry.key]):
        given.fault(entry.key, "Giá trị không có trong danh mục.", "Not a value of the list.")
    elif text and not _fits(entry, text):
        given.fault(entry.key, "Không đúng định dạng.", "Not of the right form.")
    elif len(text) > MAX_CHARS:
        given.fault(entry.key, "Quá dài.", "Too long.")


def _fits(entry: Entry, text: str) -> bool:
    shape = SHAPES.get(entry.key)
    return (shape is None or shape(text) is not None) and _of_column(entry.column, text) is not None


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
        changes.replace(table, fact, {**_values(table, fact), **stated})


def _stated(entry: Entry, text: str) -> dict[str, Any]:
    if entry.field.table == "institution_name":
        forms = searchable(text)
        return {"text": text, "folded": forms.folded, "terms": forms.terms}
    shape = SHAPES.get(entry.key)
    return {"value": shape(text) if shape and text else text}


def _correct(book: Book, given: Given, institution: str, wanted: dict[Entry, str]) -> None:
    """The columns of one campus, licence or programme."""
    first = next(iter(wanted))
    table = first.field.table
    changes = book.of(institution)
    row_id = first.fact["row_id"] if first.fact else None
    fact = next(row for row in changes.facts[table] if row["row_id"] == row_id)
    columns = {entry.column: text for entry, text in wanted.items()}
    if table == "campus":
        new = _place(book, given, first.key.rpartition(".")[0], fact, columns)
    else:
        new = {column: _of_column(column, text) if text else None for column, text in columns.items()}
    if given.faults:
        return
    if book.occasion.effective and table == "campus":
        book.end(institution, table, fact)
        changes.add(table, {**_values(table, fact), **new, "valid_from": book.on})
        return
    changes.close(table, fact)
    changes.add(table, {**_values(table, fact), **new})


def _place(book: Book, given: Given, key: str, fact: Fact, columns: dict[str, str]) -> dict[str, Any]:
    """Columns of a campus: units by code or name, the point in degrees; codes of the former world are kept only while
    the commune stays."""
    told = {column: columns.get(column, place(fact, column)) for column in ("province", "commune", "lat", "lon")}
    new: dict[str, Any] = {column: columns[column] or None for column in ("name", "address") if column in columns}
    if "province" in columns or "commune" in columns:
        new |= _units(book, given, key, told)
    if {"lat", "lon", "location_precision"} & set(columns):
        new |= _point(given, key, told, columns.get("location_precision") or str(fact["location_precision"]))
    return new


def _units(book: Book, given: Given, key: str, told: dict[str, str]) -> dict[str, Any]:
    names = {
        level: code_to_name(book, level, told[level]) if told[level].isdecimal() else told[level]
        for level in ("province", "commune")
    }
    found = whereabouts(
        Gazetteer.load(book.session),
        province=names["province"] or None,
        district=None,
        commune=names["commune"] or None,
        address=None,
    )
    for _, field, candidates in found.doubts:
        listed = f" ({'; '.join(candidates)})" if candidates else ""
        given.fault(f"{key}.{field}", f"Không xác định được đơn vị{listed}.", f"No single unit is meant{listed}.")
    return {
        "province_code": found.province_code,
        "commune_code": found.commune_code,
        "former_province_code": found.former_province_code,
        "former_district_code": found.former_district_code,
        "former_commune_code": found.former_commune_code,
    }


def code_to_name(book: Book, level: str, code: str) -> str:
    """The name of today's unit with this code; the code itself where there is none."""
    try:
        found = unit(book.session, code, book.on)
    except UnknownUnit:
        return code
    return found.full_name if found.level == level else code


def _point(given: Given, key: str, told: dict[str, str], precision: str) -> dict[str, Any]:
    """Point and precision; without coordinates the place is known by its units only."""
    if not told["lat"] and not told["lon"]:
        known = LocationPrecision.PROVINCE if told["province"] else LocationPrecision.NONE
        return {"geom": None, "location_precision": known.value}
    lat, lon = _of_column("lat", told["lat"]), _of_column("lon", told["lon"])
    west, south, east, north = VIETNAM
    if not isinstance(lat, float) or not isinstance(lon, float):
        given.fault(f"{key}.lat", "Cần cả vĩ độ và kinh độ.", "Latitude and longitude are needed together.")
        return {}
    if not (west <= lon <= east and south <= lat <= north):
        given.fault(f"{key}.lat", "Tọa độ nằm ngoài Việt Nam.", "The coordinates lie outside of Vietnam.")
        return {}
    chosen = precision if precision in PRECISIONS else LocationPrecision.ADDRESS.value
    return {"geom": ewkt(LonLat(lon, lat)), "location_precision": chosen}


def _of_column(column: str, text: str) -> str | int | float | date | None:
    """The value of a column from text; None where it is none."""
    if column in ("issued_on", "valid_from", "valid_to", "taught_out_until"):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    if column == "quota":
        return int(text) if _WHOLE.fullmatch(text) else None
    if column in ("lat", "lon"):
        try:
            found = float(text.replace(",", "."))
        except ValueError:
            return None
        return found if abs(found) <= 180 else None
    if column == "location_precision":
        return text if text in list(LocationPrecision) else None
    return text


def _code(words: str) -> str | None:
    code = values.code(words)
    return code if code and values.CODE.fullmatch(code) else None


def _is_row(key: str) -> bool:
    return key.partition(".")[0] in ("campus", "licence", "programme")


def _row_of(key: str) -> str:
    return key.rpartition(".")[0]


def _values(table: str, fact: Fact) -> dict[str, Any]:
    return {key: fact[key] for key in value_columns(TABLES[table])}
