"""Open facts of institutions as plain rows: what a statement is compared with, and `before` in a change set."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select
from sqlalchemy.orm import Session

from geodata.models import (
    Campus,
    CompletenessDeclaration,
    Decision,
    Identifier,
    IndicatorValue,
    InstitutionAttribute,
    InstitutionName,
    Licence,
    Programme,
    Relation,
    Report,
    Source,
)

TABLES: dict[str, Table] = {
    model.__tablename__: model.__table__  # type: ignore[misc]
    for model in (
        Campus,
        InstitutionName,
        Identifier,
        InstitutionAttribute,
        Licence,
        Programme,
        Relation,
        CompletenessDeclaration,
        IndicatorValue,
    )
}
"""Fact tables a change set may write to, in the order in which it does: the campuses of a new institution come first,
because they tell the policies of the database whose province it is."""

OWNER = {"relation": "predecessor_id"}
"""The column that says whose fact it is, where it is not `institution_id`."""

REPORTED = "indicator_value"
"""Figures belong to a report; a change set names the report by its institution and period instead."""

KEPT_BY_RELEASE = ("row_id", "release_from", "release_to", "source_id", "decision_id")

Fact = dict[str, Any]
"""Columns of one fact row as JSON values (days as date objects, a point as EWKT), with `row_id`, `source_id`,
`decision_id`, and of these `decision_number` and `is_official`."""


def value_columns(table: Table) -> list[str]:
    """The columns that state something, without those that a publication fills."""
    stated = [column.key for column in table.columns if column.key not in KEPT_BY_RELEASE]
    if table.name != REPORTED:
        return stated
    return ["institution_id", "period_id", *(key for key in stated if key != "report_id")]


def open_facts(
    session: Session, institutions: Collection[str], table_names: Collection[str], *, release: int | None = None
) -> dict[str, dict[str, list[Fact]]]:
    """{institution: {table: [facts by start]}} of everything the register says now (or said in `release`) about the
    institutions."""
    found: dict[str, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for name in table_names if institutions else ():
        owner = OWNER.get(name, "institution_id")
        rows = _said(TABLES[name], list(institutions), release)
        for row in session.execute(rows).mappings():
            found[row[owner]][name].append({key: _comparable(value) for key, value in row.items()})
    return found


def _said(table: Table, institutions: list[str], release: int | None) -> Select[Any]:
    columns: list[Any] = [
        func.ST_AsEWKT(column).label(column.key) if isinstance(column.type, Geometry) else column
        for column in table.columns
        if column.key not in ("release_from", "release_to", "report_id")
    ]
    stands_on = (Source.data_status == "official").label("is_official"), Decision.number.label("decision_number")
    owner = Report.institution_id if table.name == REPORTED else table.c[OWNER.get(table.name, "institution_id")]
    if table.name == REPORTED:
        columns += [Report.institution_id, Report.period_id]
    rows = select(*columns, *stands_on).join(Source, Source.id == table.c.source_id)
    rows = rows.outerjoin(Decision, Decision.id == table.c.decision_id)
    if table.name == REPORTED:
        rows = rows.join(Report, Report.id == table.c.report_id)
    rows = rows.where(_standing(table, release), owner == func.any(institutions))
    return rows.order_by(table.c.valid_from.nulls_first(), table.c.row_id)


def _standing(table: Table, release: int | None) -> ColumnElement[bool]:
    ends, begins = table.c.release_to, table.c.release_from
    return ends.is_(None) if release is None else and_(begins <= release, or_(ends.is_(None), ends > release))


def _comparable(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else value


def plain(number: Decimal | None) -> str | None:
    """A number as change sets hold it: exact, without exponent or trailing zeros."""
    if number is None:
        return None
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def holds(fact: Fact, day: date) -> bool:
    """Whether the fact's validity includes the day."""
    start, end = fact["valid_from"], fact["valid_to"]
    return (start is None or start <= day) and (end is None or day < end)


def as_json(fact: Fact) -> dict[str, Any]:
    """The fact with its days as ISO texts, without what only comparison needs."""
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in fact.items()
        if key not in ("is_official", "decision_number", "row_id")
    }
