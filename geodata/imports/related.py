"""Rows of the sheets beside "Cơ sở": further sites, licences, programmes and relations of institutions.

Each reader turns a row into facts on a `ChangeSet` of its institution, or into problems of its cells.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from geodata.imports import values
from geodata.imports.campus_columns import place_columns
from geodata.imports.changes import ChangeSet
from geodata.imports.directory import Directory
from geodata.imports.facts import Fact
from geodata.imports.gazetteer import Gazetteer
from geodata.imports.statements import Problem, read_site
from geodata.imports.tables import Row
from geodata.text import fold
from geodata.vocabulary import CampusKind, RelationKind, TrainingLevel

LEVEL_OF_DIGIT = {"5": TrainingLevel.INTERMEDIATE, "6": TrainingLevel.COLLEGE}
"""First digit of an occupation code (Circular 26/2020/TT-BLĐTBXH): 5 trung cấp, 6 cao đẳng."""

NEEDED_TABLES = ("campus", "licence", "programme", "relation", "indicator_value")


@dataclass(frozen=True)
class Reading:
    """What a reader has at hand."""

    row: Row
    changes: ChangeSet
    units: Gazetteer
    directory: Directory
    problems: list[Problem]

    def text(self, field: str) -> str | None:
        return values.stated(self.row.cells.get(field))

    def day(self, field: str) -> date | None:
        try:
            return values.day(self.row.cells.get(field))
        except values.NotADay:
            self.problems.append(Problem("not_a_day", field))
            return None

    def member(self, vocabulary: Any, field: str) -> str | None:
        words = self.text(field)
        value = values.member(vocabulary, words) if words else None
        if words and value is None:
            self.problems.append(Problem("not_in_vocabulary", field))
        return value

    def span(self) -> dict[str, date]:
        """The days that the row states, in order."""
        stated = {field: day for field in ("valid_from", "valid_to") if (day := self.day(field))}
        if len(stated) == 2 and stated["valid_from"] >= stated["valid_to"]:
            self.problems.append(Problem("days_reversed", "valid_to"))
        return stated

    def require(self, field: str) -> str | None:
        words = self.text(field)
        if words is None:
            self.problems.append(Problem("missing_value", field))
        return words

    def facts(self, table: str) -> list[Fact]:
        return self.changes.facts.setdefault(table, [])


def site(reading: Reading) -> None:
    """A row of "Địa điểm": a site known by its name, or the main one."""
    kind = reading.member(CampusKind, "campus_kind") or CampusKind.SITE.value
    name = reading.text("campus_name")
    if name is None and kind != CampusKind.MAIN:
        reading.problems.append(Problem("missing_value", "campus_name"))
        return
    known = [
        fact
        for fact in reading.facts("campus")
        if (fact["kind"] == kind == CampusKind.MAIN) or (name and fold(fact["name"] or "") == fold(name))
    ]
    wanted = place_columns(read_site(reading.row, reading.units, reading.problems), known[-1] if known else None)
    identity = {"campus_id": known[-1]["campus_id"] if known else _next_site(reading)}
    reading.changes.state(
        "campus", identity, {"kind": kind, **({"name": name} if name else {}), **wanted}, field="campus_name"
    )


def licence(reading: Reading) -> None:
    """A row of "Giấy phép": a licence known by its number."""
    number = reading.require("number")
    if number is None:
        return
    wanted: dict[str, Any] = {"number": number, **reading.span()}
    issued, issuer = reading.day("issued_on"), reading.text("issuer")
    wanted |= ({"issued_on": issued} if issued else {}) | ({"issuer": issuer} if issuer else {})
    known = _licence(reading, number)
    licence_id = known["licence_id"] if known else _next_id(reading, "licence", "licence_id", "L")
    reading.changes.state_whole("licence", known, {"licence_id": licence_id, **wanted}, field="number")


def programme(reading: Reading) -> None:
    """A row of "Ngành nghề": an occupation at a level."""
    code = reading.require("occupation")
    if code is not None and not re.fullmatch(r"\d{7}", code):
        reading.problems.append(Problem("occupation_shape", "occupation"))
        code = None
    level = reading.member(TrainingLevel, "training_level")
    if code and level is None and "training_level" not in reading.row.cells:
        level = LEVEL_OF_DIGIT.get(code[0])
        if level is None:
            reading.problems.append(Problem("missing_value", "training_level"))
    if code is None or level is None:
        return
    if LEVEL_OF_DIGIT.get(code[0], level) != level:
        reading.problems.append(Problem("level_of_code", "training_level"))
    same = [f for f in reading.facts("programme") if (f["occupation_code"], f["training_level"]) == (code, level)]
    wanted = {"occupation_code": code, "training_level": str(level), **reading.span(), **_programme_details(reading)}
    reading.changes.state_whole("programme", same[-1] if same else None, wanted, field="occupation")


def _programme_details(reading: Reading) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if name := reading.text("occupation_name"):
        found["occupation_name"] = name
    if quota := reading.text("quota"):
        try:
            number = values.number(quota)
        except ValueError:
            number = None
        if number is None or number < 0 or number != int(number) or number > 1_000_000:
            reading.problems.append(Problem("not_a_count", "quota"))
        else:
            found["quota"] = int(number)
    if number_of := reading.text("licence"):
        known = _licence(reading, number_of)
        if known:
            found["licence_id"] = known["licence_id"]
        else:
            reading.problems.append(Problem("unknown_licence", "licence"))
    return found


def relation(reading: Reading) -> None:
    """A row of "Quan hệ": what became of an institution; the change set is the predecessor's."""
    kind = reading.member(RelationKind, "relation") if reading.require("relation") else None
    successor = reading.require("successor")
    if kind is None or successor is None:
        return
    owner = reading.directory.called(successor, field="successor")
    if owner.problem or owner.institution_id is None:
        reading.problems.append(owner.problem or Problem("unknown_institution", "successor"))
        return
    predecessor_id = reading.changes.institution_id
    if owner.institution_id == predecessor_id and kind != RelationKind.RENAME:
        reading.problems.append(Problem("own_successor", "successor"))
        return
    same = [f for f in reading.facts("relation") if (f["kind"], f["successor_id"]) == (kind, owner.institution_id)]
    known = same[-1] if same else None
    wanted = {
        "kind": kind,
        "predecessor_id": predecessor_id,
        "successor_id": owner.institution_id,
        "keeps_records": bool(known and known["keeps_records"]),
    }
    day = reading.day("valid_from")
    reading.changes.state_whole("relation", known, wanted | ({"valid_from": day} if day else {}), field="relation")


READERS: dict[str, Callable[[Reading], None]] = {
    "campuses": site,
    "licences": licence,
    "programmes": programme,
    "relations": relation,
}
"""By kind of sheet; licences are read before programmes, which may name them."""


def _licence(reading: Reading, number: str) -> Fact | None:
    """The licence with the number, among those of the register and those that this file has stated before."""
    wanted = _bare(number)
    return next((fact for fact in reversed(reading.facts("licence")) if _bare(fact["number"]) == wanted), None)


def _bare(number: str) -> str:
    return re.sub(r"\s+", "", number).casefold()


def _next_site(reading: Reading) -> str:
    return _next_id(reading, "campus", "campus_id", "")


def _next_id(reading: Reading, table: str, column: str, letter: str) -> str:
    """`<institution>-<letter><n>` with the first number that is free."""
    used = {fact[column] for fact in reading.facts(table)}
    number = 2 if table == "campus" else 1
    while f"{reading.changes.institution_id}-{letter}{number}" in used:
        number += 1
    return f"{reading.changes.institution_id}-{letter}{number}"
