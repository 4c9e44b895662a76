"""A record as a form: every value that stands today, with the field it belongs to and the fact it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from geodata.imports.facts import TABLES, Fact, holds, open_facts
from geodata.imports.preview import point_of
from geodata.proposals.fields import Field, field_of
from geodata.vocabulary import AttributeKind, IdentifierScheme, NameKind

CAMPUS = ("name", "address", "province", "commune", "lat", "lon", "location_precision")
LICENCE = ("number", "issued_on", "issuer", "valid_from", "valid_to")
PROGRAMME = ("quota", "licence_id", "campus_id", "valid_from", "valid_to", "taught_out_until")


@dataclass(frozen=True)
class Entry:
    """One value. `key` names it in the form (`name.official`, `campus.<campus id>.address`, `licence.<id>.number`,
    `programme.<occupation>.<level>.<n>.quota`); `fact` is None where nothing is recorded."""

    key: str
    field: Field
    column: str
    value: str
    fact: Fact | None

    @property
    def by_wizard(self) -> bool:
        return self.field.by != "edit"


def entries(session: Session, institution: str, *, on: date, release: int | None = None) -> tuple[Entry, ...]:
    """The record as the register says it now (or said in `release`) of the day, in the order of the form."""
    facts = open_facts(session, [institution], TABLES, release=release)[institution]
    return (
        *_single(facts.get("institution_name", []), "name", "text", [kind.value for kind in NameKind], on),
        *_single(facts.get("identifier", []), "identifier", "value", [scheme.value for scheme in IdentifierScheme], on),
        *_single(
            facts.get("institution_attribute", []), "attribute", "value", [kind.value for kind in AttributeKind], on
        ),
        *(entry for fact in _today(facts.get("campus", []), on) for entry in _campus(fact)),
        *(
            entry
            for fact in facts.get("licence", [])
            for entry in _columns("licence", fact["licence_id"], fact, LICENCE)
        ),
        *_programmes(facts.get("programme", [])),
    )


def programme_key(fact: Fact, before: Sequence[Fact]) -> str:
    """Occupation, level and the how-manieth of its kind: what tells one programme from another for people."""
    same = [one for one in before if _kind_of(one) == _kind_of(fact)]
    return f"{fact['occupation_code']}.{fact['training_level']}.{len(same) + 1}"


def place(fact: Fact, column: str) -> str:
    """A column of a campus as it is typed: unit codes, latitude and longitude in degrees."""
    if column in ("lat", "lon"):
        found = point_of(fact["geom"]) if fact["geom"] else None
        return f"{found[column == 'lat']:.7f}".rstrip("0").rstrip(".") if found else ""
    return _text(fact[f"{column}_code"] if column in ("province", "commune") else fact[column])


def _single(facts: list[Fact], head: str, column: str, kinds: list[str], on: date) -> list[Entry]:
    """One entry per kind, with the fact that holds on the day."""
    key = "scheme" if head == "identifier" else "kind"
    table = {"name": "institution_name", "identifier": "identifier", "attribute": "institution_attribute"}[head]
    today = {fact[key]: fact for fact in reversed(_today(facts, on))}
    return [
        Entry(
            f"{head}.{kind}",
            field_of(table, kind),
            column,
            _text(today[kind][column]) if kind in today else "",
            today.get(kind),
        )
        for kind in kinds
    ]


def _campus(fact: Fact) -> list[Entry]:
    columns = {"lat": "geom", "lon": "geom"}
    return [
        Entry(
            f"campus.{fact['campus_id']}.{column}",
            field_of("campus", None, columns.get(column, column)),
            column,
            place(fact, column),
            fact,
        )
        for column in CAMPUS
    ]


def _programmes(facts: list[Fact]) -> list[Entry]:
    return [
        entry
        for at, fact in enumerate(facts)
        for entry in _columns("programme", programme_key(fact, facts[:at]), fact, PROGRAMME)
    ]


def _columns(table: str, id: str, fact: Fact, columns: tuple[str, ...]) -> list[Entry]:
    return [
        Entry(f"{table}.{id}.{column}", field_of(table, None), column, _text(fact[column]), fact) for column in columns
    ]


def _kind_of(fact: Fact) -> tuple[Any, Any]:
    return fact["occupation_code"], fact["training_level"]


def _today(facts: list[Fact], on: date) -> list[Fact]:
    return [fact for fact in facts if holds(fact, on)]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
