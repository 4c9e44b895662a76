"""The documents the catalogue cites, and how a place inside one is written and read aloud."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from geodata.catalogue.rows import CatalogueError, Folder, Row, catalogue_folder, read_rows, unique

_CLAUSE: Final = re.compile(
    r"(?:(?P<part>article|annex) )?(?P<path>[IVX0-9]+(?:\.[\wđ]+)*)(?: dash (?P<dash>\d+))?(?: plus (?P<plus>\d+))?"
)
_PARTS_VI: Final = {"article": "Điều", "annex": "Phụ lục", None: "mục"}
_PARTS_EN: Final = {"article": "article", "annex": "annex", None: "section"}
_ORDINALS_EN: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


class Scope(StrEnum):
    """Where a document holds."""

    NATIONAL = "national"
    TERRITORY = "territory"


@dataclass(frozen=True)
class UnitRef:
    """An administrative unit as it was on a day: codes were reused, so the code alone names nothing."""

    code: str
    on: date

    @classmethod
    def parse(cls, text: str) -> "UnitRef":
        """`79@2025-06-30` → that unit; anything else is a CatalogueError."""
        code, _, day = text.partition("@")
        try:
            return cls(_digits(code), date.fromisoformat(day))
        except ValueError:
            raise CatalogueError(f"{text!r} names no unit; write code@date such as 79@2025-06-30") from None

    def __str__(self) -> str:
        return f"{self.code}@{self.on.isoformat()}"


@dataclass(frozen=True)
class Clause:
    """A place in a document: `I.2.a dash 1`, `II.2.a dash 2 plus 1`, `article 7.1.e`, `annex II.2.b`."""

    text: str
    part: str | None
    path: str
    dash: int | None
    plus: int | None

    @classmethod
    def parse(cls, text: str) -> "Clause":
        match = _CLAUSE.fullmatch(text)
        if match is None:
            raise CatalogueError(f"{text!r} is no clause; write it as I.2.a dash 1 or article 7.1.e")
        dash, plus = (int(match[name]) if match[name] else None for name in ("dash", "plus"))
        return cls(text, match["part"], match["path"], dash, plus)

    @property
    def vi(self) -> str:
        """`mục I.2.a, gạch đầu dòng 1`."""
        words = [f"{_PARTS_VI[self.part]} {self.path}"]
        words += [f"gạch đầu dòng {self.dash}"] if self.dash else []
        words += [f"dấu cộng {self.plus}"] if self.plus else []
        return ", ".join(words)

    @property
    def en(self) -> str:
        """`section I.2.a, first dash`."""
        words = [f"{_PARTS_EN[self.part]} {self.path}"]
        words += [f"{_ordinal(self.dash)} dash"] if self.dash else []
        words += [f"{_ordinal(self.plus)} plus sign"] if self.plus else []
        return ", ".join(words)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Document:
    """A policy document. `binding` is false for context: it sets no target of vocational institutions.

    `territory` is set where `scope` is territory; `parent` is the national document a local plan carries out.
    `scan_fixes` maps a misread word of the scan to the right one, as used in the quotations.
    """

    id: str
    number: str | None
    issued: date | None
    issued_note_vi: str | None
    issued_note_en: str | None
    issuer_vi: str
    issuer_en: str
    title_vi: str
    title_en: str
    scope: Scope
    territory: UnitRef | None
    binding: bool
    parent: str | None
    scan_fixes: tuple[tuple[str, str], ...]

    @property
    def label_vi(self) -> str:
        """The number, or the title where the scan left the number blank."""
        return self.number or self.title_vi


@cache
def documents() -> Mapping[str, Document]:
    """The documents of the installed catalogue by id, in file order."""
    return load_documents(catalogue_folder())


def load_documents(folder: Folder) -> Mapping[str, Document]:
    """The documents of `folder`; CatalogueError for a bad row."""
    rows = list(read_rows(folder, "documents.yaml"))
    unique([(row, row.text("id")) for row in rows])
    loaded = {document.id: document for document in map(_document, rows)}
    for row in rows:
        _cited(row, "parent", loaded)
    return MappingProxyType(loaded)


def document_of(row: Row, known: Mapping[str, Document]) -> Document:
    """The document a row cites; CatalogueError for an unknown id."""
    row.text("document")
    _cited(row, "document", known)
    return known[row.text("document")]


def clause_of(row: Row, field: str = "clause") -> Clause:
    """The clause a row cites; CatalogueError for one nobody could find."""
    try:
        return Clause.parse(row.text(field))
    except CatalogueError as error:
        raise row.refuse(f"{field}: {error}", "cite the document's own numbering") from error


def _document(row: Row) -> Document:
    row.only(*Document.__dataclass_fields__)
    scope = row.choice("scope", Scope)
    if (scope is Scope.TERRITORY) != row.has("territory"):
        raise row.refuse(
            "scope and territory contradict each other", "give a territory exactly where scope is territory"
        )
    return Document(
        id=row.text("id"),
        number=row.optional_text("number"),
        issued=row.optional_day("issued"),
        issued_note_vi=row.optional_text("issued_note_vi"),
        issued_note_en=row.optional_text("issued_note_en"),
        issuer_vi=row.text("issuer_vi"),
        issuer_en=row.text("issuer_en"),
        title_vi=row.text("title_vi"),
        title_en=row.text("title_en"),
        scope=scope,
        territory=_territory(row),
        binding=row.flag("binding", default=True),
        parent=row.optional_text("parent"),
        scan_fixes=_scan_fixes(row),
    )


def _territory(row: Row) -> UnitRef | None:
    if not row.has("territory"):
        return None
    try:
        return UnitRef.parse(row.text("territory"))
    except CatalogueError as error:
        raise row.refuse(f"territory: {error}", "codes were reused, so the day is part of the name") from error


def _scan_fixes(row: Row) -> tuple[tuple[str, str], ...]:
    if not row.has("scan_fixes"):
        return ()
    pairs = tuple((fix.text("scan"), fix.text("fixed")) for fix in row.rows("scan_fixes"))
    for scan, fixed in pairs:
        if re.findall(r"\d+", scan) != re.findall(r"\d+", fixed):
            raise row.refuse(f"the fix {scan!r} → {fixed!r} changes a number", "fix words only, never a number")
    return pairs


def _cited(row: Row, field: str, known: Mapping[str, Document]) -> None:
    wanted = row.optional_text(field)
    if wanted is not None and wanted not in known:
        raise row.refuse(f"{field} {wanted!r} is not in documents.yaml", f"write one of {', '.join(known)}")


def _digits(code: str) -> str:
    if not code.isdigit():
        raise ValueError(code)
    return code


def _ordinal(number: int) -> str:
    return _ORDINALS_EN[number - 1] if number <= len(_ORDINALS_EN) else f"{number}th"
