"""The rows behind institutions' records, of all fact tables in one question to the database.

A record rests on nine tables. Asked one by one, most of its time went into waiting for answers.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.models import (
    Campus,
    CompletenessDeclaration,
    Identifier,
    InstitutionAttribute,
    InstitutionName,
    Licence,
    Programme,
)
from geodata.releases import Moment

OWN: tuple[type[Any], ...] = (
    InstitutionName,
    InstitutionAttribute,
    Identifier,
    Campus,
    Licence,
    Programme,
    CompletenessDeclaration,
)
"""Tables whose rows belong to one institution."""

DAYS = ("valid_from", "valid_to", "issued_on", "taught_out_until")
NUMBERS = ("value", "numerator", "denominator")

NOW = "{row}.release_to IS NULL"
THEN = "{row}.release_from <= :release AND ({row}.release_to IS NULL OR {row}.release_to > :release)"

WITH_SOURCE = """
    SELECT {whose} AS institution, '{subject}' AS subject, to_jsonb(fact) || jsonb_build_object({more}) AS fact,
        fact.row_id, source_id, decision_id
    FROM {table} AS fact {join}
    WHERE {whose} = ANY(:institutions) AND {said} {besides}
"""
PART = {"more": "", "join": "", "besides": ""}
FIGURES = {
    **PART,
    "subject": "readiness",
    "table": "indicator_value",
    "more": "'period', report.period_id",
    "join": "JOIN report ON report.id = fact.report_id",
    "whose": "report.institution_id",
}
LATEST_NAME = """
    'name', (SELECT name.text FROM institution_name AS name
        WHERE name.institution_id = fact.{other} AND name.kind = 'official' AND {said}
        ORDER BY name.valid_from DESC NULLS LAST LIMIT 1)
"""
FACTS = """
    SELECT institution, subject, fact::text, source.id, source.title, source.data_status, source.received_at,
        decision.number
    FROM ({rows}) AS told
    JOIN source ON source.id = told.source_id LEFT JOIN decision ON decision.id = told.decision_id
    ORDER BY subject, (fact ->> 'valid_from')::date NULLS FIRST, told.row_id
"""


@dataclass(frozen=True)
class Provenance:
    """Where a fact comes from and since which release the register says so."""

    source_id: int
    source: str
    data_status: str
    received_at: datetime
    decision: str | None
    release: int


Told = tuple[Any, Provenance]
"""A row by the names of its columns, and where it comes from."""

Facts = dict[str, list[Told]]
"""Rows of one institution by the name of their table, oldest first; an empty list where there are none."""


def facts_of(session: Session, institutions: Sequence[str], at: Moment) -> dict[str, Facts]:
    """What the release says of each of the institutions; beside the tables of facts `predecessors` and `successors`
    (relations, with the latest `name` of the other institution) and `readiness` (reported figures with their `period`).
    A campus has `lon` and `lat`."""
    found: dict[str, Facts] = {one: defaultdict(list) for one in institutions}
    asked = {"institutions": list(institutions), "release": at.release}
    for institution, subject, fact, *source in session.execute(text(QUERIES[at.is_current]), asked):
        found[institution][subject].append(told(fact, *source))
    return found


def told(fact: str, source_id: int, title: str, data_status: str, received_at: datetime, decision: str | None) -> Told:
    row = json.loads(fact, parse_float=Decimal)
    row |= {day: date.fromisoformat(row[day]) for day in DAYS if row.get(day)}
    if "period" in row:
        row |= {number: Decimal(row[number]) for number in NUMBERS if row[number] is not None}
    return SimpleNamespace(**row), Provenance(source_id, title, data_status, received_at, decision, row["release_from"])


def query(*, now: bool) -> str:
    """The question about the current release (`now`) or an earlier one."""
    said = NOW if now else THEN
    of_fact = said.format(row="fact")
    own = [
        {
            **PART,
            "subject": model.__tablename__,
            "table": model.__tablename__,
            "more": "'lon', ST_X(fact.geom), 'lat', ST_Y(fact.geom)" if model is Campus else "",
            "whose": "fact.institution_id",
        }
        for model in OWN
    ]
    return FACTS.format(
        rows=" UNION ALL ".join(
            WITH_SOURCE.format(**part, said=of_fact) for part in [*own, *related(said.format(row="name")), FIGURES]
        )
    )


def related(said_of_name: str) -> list[dict[str, str]]:
    """The relations seen from both sides."""
    sides = (("predecessors", "successor_id", "predecessor_id"), ("successors", "predecessor_id", "successor_id"))
    return [
        {
            **PART,
            "subject": subject,
            "table": "relation",
            "more": LATEST_NAME.format(other=other, said=said_of_name),
            "whose": f"fact.{own}",
            "besides": f"AND fact.{own} <> fact.{other}",
        }
        for subject, own, other in sides
    ]


QUERIES = {True: query(now=True), False: query(now=False)}
