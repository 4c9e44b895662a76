"""Open facts of institutions as plain rows: what a statement is compared with, and `before` in a change set."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from geodata.models import (
    Campus,
    Identifier,
    InstitutionAttribute,
    InstitutionName,
    Licence,
    Programme,
    Relation,
    Source,
)

TABLES: dict[str, Table] = {
    model.__tablename__: model.__table__  # type: ignore[misc]
    for model in (InstitutionName, Identifier, InstitutionAttribute, Campus, Licence, Programme, Relation)
}
"""Fact tables an import may write to, in the order in which it does."""

OWNER = {"relation": "predecessor_id"}
"""The column that says whose fact it is, where it is not `institution_id`."""

KEPT_BY_RELEASE = ("row_id", "release_from", "release_to", "source_id", "decision_id")

Fact = dict[str, Any]
"""Columns of one fact row as JSON values (days as date objects, a point as EWKT), with `row_id`, `source_id`,
`decision_id` and `is_official`."""


def value_columns(table: Table) -> list[str]:
    """The columns that state something, without those that a publication fills."""
    return [column.key for column in table.columns if column.key not in KEPT_BY_RELEASE]


def open_facts(
    session: Session, institutions: Collection[str], table_names: Collection[str]
) -> dict[str, dict[str, list[Fact]]]:
    """{institution: {table: [facts by start]}} of everything the register says now about the institutions."""
    found: dict[str, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for name in table_names if institutions else ():
        table = TABLES[name]
        owner = table.c[OWNER.get(name, "institution_id")]
        columns = [
            func.ST_AsEWKT(column).label(column.key) if isinstance(column.type, Geometry) else column
            for column in table.columns
            if column.key not in ("release_from", "release_to")
        ]
        rows = select(*columns, (Source.data_status == "official").label("is_official")).join(
            Source, Source.id == table.c.source_id
        )
        rows = rows.where(table.c.release_to.is_(None), owner == func.any(list(institutions)))
        for row in session.execute(rows.order_by(table.c.valid_from.nulls_first(), table.c.row_id)).mappings():
            found[row[owner.key]][name].append(dict(row))
    return found


def holds(fact: Fact, day: date) -> bool:
    """Whether the fact's validity includes the day."""
    start, end = fact["valid_from"], fact["valid_to"]
    return (start is None or start <= day) and (end is None or day < end)


def as_json(fact: Fact) -> dict[str, Any]:
    """The fact with its days as ISO texts, without what only comparison needs."""
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in fact.items()
        if key not in ("is_official", "row_id")
    }
