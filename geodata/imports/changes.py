"""From what a row states and what the register says to the exact change set: facts to close and facts to add.

A cell that is blank changes nothing. A value that differs is a correction and keeps the days of the old one, unless it
is a change with a day (the run's effective day, or for names and status today): then the old value ends on that day.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from geodata.imports.campus_columns import differing_field, place_columns
from geodata.imports.facts import TABLES, Fact, as_json, holds, value_columns
from geodata.imports.register import key_of
from geodata.imports.statements import Problem, Stated
from geodata.imports.values import type_in_name
from geodata.imports.words import VOCABULARIES
from geodata.names import searchable
from geodata.text import same_name
from geodata.vocabulary import AttributeKind, CampusKind, NameKind, Ownership, Status

Change = dict[str, Any]
"""As stored: `action` add or close, `table`, `row_id` and `before` of a closed fact, `after` of an added one."""

CORRECTION = 0.9
"""From this score on another official name is the same one spelled right; below it is a new name."""


@dataclass(frozen=True)
class Occasion:
    """What a run says about all its rows: its day, the day it takes effect (if stated), and what it stands on:
    whether on a decision, and whether a second person has to approve it before it is published."""

    today: date
    effective: date | None
    decided: bool
    approval: bool = False

    @property
    def official(self) -> bool:
        """Whether its data will be official: it rests on a decision, or two persons stand by it."""
        return self.decided or self.approval

    @property
    def on(self) -> date:
        return self.effective or self.today


class ChangeSet:
    """Collects the changes of one row to one institution; `problems` are what the comparison noticed.

    `facts` follows the changes, so that later rows of the file see what earlier ones state; added facts have no
    `row_id` yet.
    """

    def __init__(self, institution_id: str, facts: dict[str, list[Fact]], occasion: Occasion) -> None:
        self.institution_id = institution_id
        self.facts = facts
        self.occasion = occasion
        self.changes: list[Change] = []
        self.problems: list[Problem] = []

    def state(
        self,
        table: str,
        identity: dict[str, str],
        values: dict[str, Any],
        *,
        field: str,
        dated: bool = False,
        fills_gap: bool = False,
        same: bool | None = None,
        start: date | None = None,
        shown: str | None = None,
    ) -> None:
        """Make the register say `values` of the fact with this identity on the day of the run.

        `same`: the answer of a comparison finer than equality. `dated`: a difference is an event of today when the
        run has no day of its own. `fills_gap`: the old value was no statement. `start`: the first day, where known.
        `shown`: what people are told the register says, where it is not the fact's own word.
        """
        rows = [row for row in self.facts.get(table, []) if all(row[key] == value for key, value in identity.items())]
        current = next((row for row in rows if holds(row, self.occasion.on)), None)
        if current is None:
            self._add_between(table, rows, {**identity, **values}, start)
            return
        unchanged = same if same is not None else all(current[key] == value for key, value in values.items())
        outranked = current["is_official"] and not self.occasion.official
        refines = start is not None and current["valid_from"] is None and not outranked
        if unchanged and not refines and (current["is_official"] or not self.occasion.official):
            return
        if not unchanged and current["row_id"] is None:
            self.problems.append(Problem("contradicts_row", field, _told(current, shown)))
            return
        if not unchanged and outranked and not fills_gap:
            self.problems.append(Problem("overrides_official", field, _told(current, shown)))
            return
        if not unchanged:
            self._tell_of_decision(current, field, shown)
        event = self.occasion.effective if not dated else self.occasion.on
        merged = {**_values(table, current), **values}
        if unchanged or fills_gap or event is None or (current["valid_from"] and current["valid_from"] >= event):
            self.replace(table, current, merged, start)
        else:
            self.supersede(table, current, merged, event)

    def state_whole(self, table: str, known: Fact | None, values: dict[str, Any], *, field: str) -> None:
        """Add a fact whose days are its own, or correct `known` where the row says otherwise."""
        if known is None:
            self.add(table, {"valid_from": self.occasion.effective, **values})
            return
        unchanged = all(known[key] == value for key, value in values.items())
        if unchanged and (known["is_official"] or not self.occasion.official or known["row_id"] is None):
            return
        if known["row_id"] is None:
            self.problems.append(Problem("contradicts_row", field, _told(known)))
        elif known["is_official"] and not self.occasion.official:
            self.problems.append(Problem("overrides_official", field, _told(known)))
        else:
            if not unchanged:
                self._tell_of_decision(known, field)
            self.close(table, known)
            self.add(table, {**_values(table, known), **values})

    def _tell_of_decision(self, current: Fact, field: str, shown: str | None = None) -> None:
        """Two persons may change what rests on a decision, but both are told of it."""
        if current["decision_id"] is not None and not self.occasion.decided:
            told = _told(current, shown) | {"decision": current.get("decision_number") or "?"}
            self.problems.append(Problem("changes_decided", field, told))

    def _add_between(self, table: str, rows: list[Fact], values: dict[str, Any], start: date | None) -> None:
        """A fact for days on which nothing is said, from the end of an earlier fact to the start of a later one."""
        on = self.occasion.on
        ends = [row["valid_to"] for row in rows if row["valid_to"] and row["valid_to"] <= on]
        starts = [row["valid_from"] for row in rows if row["valid_from"] and row["valid_from"] > on]
        valid_from = max([day for day in (start or self.occasion.effective, *ends) if day], default=None)
        self.add(table, {**values, "valid_from": valid_from, "valid_to": min(starts, default=None)})

    def replace(self, table: str, current: Fact, values: dict[str, Any], start: date | None = None) -> None:
        """A correction: the new values for the days of the old ones."""
        self.close(table, current)
        valid_from = current["valid_from"] or start
        if start and current["valid_to"] and start >= current["valid_to"]:
            valid_from = current["valid_from"]
        self.add(table, {**values, "valid_from": valid_from, "valid_to": current["valid_to"]})

    def supersede(self, table: str, current: Fact, values: dict[str, Any], event: date) -> None:
        """The old value ends on the day of the event, still on its own source; the new one begins."""
        self.close(table, current)
        kept = {"source_id": current["source_id"], "decision_id": current["decision_id"]}
        self.add(table, {**_values(table, current), "valid_to": event, **kept})
        self.add(table, {**values, "valid_from": event, "valid_to": current["valid_to"]})

    def close(self, table: str, fact: Fact) -> None:
        """The register stops saying the fact."""
        self.changes.append({"action": "close", "table": table, "row_id": fact["row_id"], "before": as_json(fact)})
        self.facts[table] = [other for other in self.facts[table] if other is not fact]

    def add(self, table: str, values: dict[str, Any]) -> None:
        """The register says `values`, on the source of the run unless they name another."""
        row = {"institution_id": self.institution_id, **values}
        after = {key: row.get(key) for key in value_columns(TABLES[table])}
        after |= {key: row[key] for key in ("source_id", "decision_id") if key in row}
        self.changes.append({"action": "add", "table": table, "after": as_json(after)})
        pending = {"row_id": None, "source_id": None, "decision_id": None, "is_official": self.occasion.official}
        self.facts.setdefault(table, []).append({**pending, **after})


def compare(
    stated: Stated,
    facts: dict[str, list[Fact]],
    *,
    institution_id: str,
    is_new: bool,
    campus_id: str,
    occasion: Occasion,
) -> ChangeSet:
    """The changes that make the register say what the row states; empty when it already does."""
    changes = ChangeSet(institution_id, facts, occasion)
    _names(changes, stated)
    _identifiers(changes, stated)
    _attributes(changes, stated, is_new=is_new)
    _campus(changes, stated, campus_id)
    return changes


def _names(changes: ChangeSet, stated: Stated) -> None:
    for kind, text in stated.names.items():
        current = _current(changes, "institution_name", "kind", kind)
        forms = searchable(text)
        values = {"text": text, "folded": forms.folded, "terms": forms.terms}
        if kind != NameKind.OFFICIAL or current is None or current["text"] == text:
            changes.state("institution_name", {"kind": kind}, values, field="name")
            continue
        spelling_only = key_of(current["text"]) == key_of(text)
        if spelling_only and not changes.occasion.decided:
            changes.problems.append(Problem("spelled_differently", "name", {"registered": current["text"]}))
            continue
        corrects = spelling_only or same_name(current["text"], text) >= CORRECTION
        changes.problems.append(Problem("name_changes", "name", {"registered": current["text"]}))
        changes.state("institution_name", {"kind": kind}, values, field="name", dated=not corrects)


def _identifiers(changes: ChangeSet, stated: Stated) -> None:
    for scheme, value in stated.identifiers.items():
        rows = changes.facts.get("identifier", [])
        equal = [row for row in rows if row["value"] == value and row["scheme"] == scheme]
        if equal and not any(holds(row, changes.occasion.on) for row in equal):
            changes.problems.append(Problem("former_identifier", scheme))
            continue
        identity = {"scheme": scheme, "value": value} if equal else {"scheme": scheme}
        changes.state("identifier", identity, {"value": value}, field=scheme)


def _attributes(changes: ChangeSet, stated: Stated, *, is_new: bool) -> None:
    attributes = dict(stated.attributes)
    if is_new:
        assumed = {"ownership": Ownership.UNKNOWN.value, "status": Status.ACTIVE.value}
        in_name = None if "type" in attributes else type_in_name(stated.name or "")
        attributes = assumed | ({"type": in_name} if in_name else {}) | attributes
    elif changes.occasion.official:
        attributes = _assumed_before(changes) | attributes
    if not is_new and attributes.get("ownership") == Ownership.UNKNOWN:
        current = _current(changes, "institution_attribute", "kind", "ownership")
        if current and current["value"] != Ownership.UNKNOWN:
            del attributes["ownership"]
    for kind, value in attributes.items():
        current = _current(changes, "institution_attribute", "kind", kind)
        is_status = kind == AttributeKind.STATUS
        changes.state(
            "institution_attribute",
            {"kind": kind},
            {"value": value},
            field=kind,
            dated=is_status,
            fills_gap=bool(current and current["value"] == Ownership.UNKNOWN),
            start=stated.established_on if is_status and value == Status.ACTIVE else None,
        )
        if is_status and current and current["value"] != value and changes.occasion.effective is None:
            changes.problems.append(Problem("status_without_day", "status"))


def _assumed_before(changes: ChangeSet) -> dict[str, str]:
    """What an earlier file left to assumption: a decision that lists the school vouches for it."""
    assumed = (("status", Status.ACTIVE), ("ownership", Ownership.UNKNOWN))
    current = ((kind, value, _current(changes, "institution_attribute", "kind", kind)) for kind, value in assumed)
    return {kind: value.value for kind, value, fact in current if fact and fact["value"] == value}


def _campus(changes: ChangeSet, stated: Stated, campus_id: str) -> None:
    """The main campus: what the row says of its place, on top of what is known of it."""
    current = _current(changes, "campus", "kind", CampusKind.MAIN.value)
    wanted = place_columns(stated.site, current)
    if current is None:
        values = {**wanted, "campus_id": campus_id}
        changes.state("campus", {"kind": CampusKind.MAIN.value}, values, field="province")
    elif wanted:
        identity = {"kind": CampusKind.MAIN.value, "campus_id": current["campus_id"]}
        field, shown = differing_field(stated, current, wanted)
        changes.state("campus", identity, wanted, field=field, shown=shown)


def _current(changes: ChangeSet, table: str, key: str, value: str) -> Fact | None:
    return next(
        (row for row in changes.facts.get(table, []) if row[key] == value and holds(row, changes.occasion.on)), None
    )


def _values(table: str, fact: Fact) -> dict[str, Any]:
    return {key: fact[key] for key in value_columns(TABLES[table])}


def _told(fact: Fact, shown: str | None = None) -> dict[str, str]:
    """What the register says, as details of a finding; `of` names the vocabulary of a value."""
    if fact.get("kind") in VOCABULARIES and "value" in fact:
        return {"registered": str(fact["value"]), "of": str(fact["kind"])}
    telling = ("text", "value", "number", "occupation_name", "occupation_code", "address", "province_code")
    return {"registered": shown or str(next((fact[key] for key in telling if fact.get(key)), ""))}
