"""What the register says of the institutions that a proposal is about, and the changes it makes to them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from geodata.imports.changes import ChangeSet, Occasion
from geodata.imports.facts import TABLES, Fact, holds, open_facts, value_columns
from geodata.names import searchable
from geodata.proposals.change_sets import Change
from geodata.proposals.refusals import Fault, Faulty
from geodata.vocabulary import AttributeKind, NameKind, Status

ATTRIBUTE = "institution_attribute"


@dataclass(frozen=True)
class Note:
    """Something that was asked for and is not done, told to whoever looks at the proposal."""

    vi: str
    en: str


class Book:
    """Facts by institution, which follow the changes as these are made. `on` is the day of effect, else today; `notes`
    say what is left as it is."""

    def __init__(self, session: Session, ids: Collection[str], *, today: date, effective: date | None) -> None:
        self.session = session
        self.occasion = Occasion(today, effective, decided=True)
        self.notes: list[Note] = []
        self._facts = open_facts(session, ids, TABLES)
        self._sets = {id: ChangeSet(id, dict(self._facts[id]), self.occasion) for id in ids}

    @property
    def on(self) -> date:
        return self.occasion.on

    @property
    def changes(self) -> list[Change]:
        """The change set so far, institution by institution."""
        return [{"about": id, **change} for id, one in self._sets.items() for change in one.changes]

    def of(self, id: str) -> ChangeSet:
        """The changes of an institution; of a new one from the first mention."""
        if id not in self._sets:
            self._sets[id] = ChangeSet(id, {}, self.occasion)
        return self._sets[id]

    def facts(self, id: str, table: str) -> list[Fact]:
        return self.of(id).facts.get(table, [])

    def current(self, id: str, table: str, **identity: str) -> Fact | None:
        """The fact that holds on the day."""
        rows = self.facts(id, table)
        return next((row for row in rows if holds(row, self.on) and _is(row, identity)), None)

    def name(self, id: str) -> str:
        """The official name of the day, else the latest."""
        named = [row for row in self.facts(id, "institution_name") if row["kind"] == NameKind.OFFICIAL]
        held = [row for row in named if holds(row, self.on)]
        return str((held or named)[-1]["text"]) if named else id

    def status(self, id: str) -> str | None:
        """The status of the day; an ended one lasts until another begins."""
        rows = [row for row in self.facts(id, ATTRIBUTE) if row["kind"] == AttributeKind.STATUS]
        begun = [row for row in rows if row["valid_from"] is None or row["valid_from"] <= self.on]
        latest = begun[-1] if begun else None
        if latest and (holds(latest, self.on) or latest["value"] in (Status.CLOSED, Status.MERGED)):
            return str(latest["value"])
        return None

    def set_from_day(self, id: str, table: str, identity: dict[str, str], values: dict[str, Any]) -> None:
        """From the day of effect the register says `values`, and nothing else later. What it says of days that have
        passed since then is never overwritten: raises `Faulty`."""
        rows = [row for row in self.facts(id, table) if _is(row, identity)]
        self._forget_later(id, table, rows)
        current = next((row for row in rows if holds(row, self.on)), None)
        kept = _values(table, current) if current else identity
        if current:
            self.end(id, table, current)
        self.of(id).add(table, {**kept, **values, "valid_from": self.on, "valid_to": None})

    def set_attribute(self, id: str, kind: AttributeKind, value: str, *, until: date | None = None) -> None:
        """The attribute from the day of effect on; with `until`, what it was before again from that day."""
        before = self.current(id, ATTRIBUTE, kind=kind.value)
        self.set_from_day(id, ATTRIBUTE, {"kind": kind.value}, {"value": value})
        if until is not None and before is not None:
            changes = self.of(id)
            last = next(change for change in reversed(changes.changes) if change["action"] == "add")
            last["after"]["valid_to"] = until.isoformat()
            changes.add(ATTRIBUTE, {"kind": kind.value, "value": before["value"], "valid_from": until})

    def end(self, id: str, table: str, fact: Fact, **further: Any) -> None:
        """The fact ends on the day of effect; one that would only begin then is taken out."""
        changes = self.of(id)
        changes.close(table, fact)
        begins = fact["valid_from"]
        if begins is None or begins < self.on:
            kept = {"source_id": fact["source_id"], "decision_id": fact["decision_id"]} if not further else {}
            changes.add(table, {**_values(table, fact), "valid_to": self.on, **further, **kept})

    def add_name(self, id: str, kind: NameKind, text: str) -> None:
        """A name from the day of effect on, with the forms by which it is searched."""
        forms = searchable(text)
        values = {"text": text, "folded": forms.folded, "terms": forms.terms}
        self.set_from_day(id, "institution_name", {"kind": kind.value}, values)

    def relate(self, kind: str, predecessor: str, successor: str, *, keeps_records: bool) -> None:
        """A succession from the day of effect on; it is told in the change set of the predecessor."""
        self.of(predecessor).add(
            "relation",
            {
                "kind": kind,
                "predecessor_id": predecessor,
                "successor_id": successor,
                "keeps_records": keeps_records,
                "valid_from": self.on,
            },
        )

    def next_id(self, id: str, table: str, column: str, letter: str = "") -> str:
        """`<institution>-<letter><n>` with the first number that no fact of the register has."""
        used = {fact[column] for fact in self.facts(id, table)}
        number = 1
        while f"{id}-{letter}{number}" in used:
            number += 1
        return f"{id}-{letter}{number}"

    def _forget_later(self, id: str, table: str, rows: list[Fact]) -> None:
        for row in [row for row in rows if row["valid_from"] and row["valid_from"] > self.on]:
            if row["valid_from"] <= self.occasion.today:
                day = row["valid_from"]
                raise Faulty(
                    Fault(
                        "effective",
                        f"Sổ đăng ký đã ghi một thay đổi từ ngày {day:%d/%m/%Y}, sau ngày hiệu lực này.",
                        f"The register already records a change on {day.isoformat()}, after this day of effect.",
                    )
                )
            self.of(id).close(table, row)
            rows.remove(row)


def _is(row: Fact, identity: dict[str, str]) -> bool:
    return all(row[key] == value for key, value in identity.items())


def _values(table: str, fact: Fact) -> dict[str, Any]:
    return {key: fact[key] for key in value_columns(TABLES[table])}
