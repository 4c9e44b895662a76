"""Somebody with every right in the database changes the past. Every field of every row that was published tells."""

from typing import Any

import pytest
from sqlalchemy import Boolean, Date, DateTime, LargeBinary, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import Integer

from geodata.audit.contents import BEHIND_FIELDS, FACT_FIELDS, LEAF_FIELDS
from geodata.audit.log import Head, append_releases, head
from geodata.models import Base
from geodata.models.audit import PUBLISHED
from tests.builders import an_institution, publish
from tests.geodata.audit.conftest import faults

LOG = ("log_entry", "log_node", "release_digest", "signed_answer")
LEAVES = tuple(model.__tablename__ for model, _ in LEAF_FIELDS.values())
FACTS = tuple(model.__tablename__ for model in PUBLISHED)
TABLES = (*LOG, *LEAVES, *FACTS, *BEHIND_FIELDS)
NOT_PUBLISHED = {("report", "state"), ("report", "submitted_at"), ("report", "created_at")}
"""How far a report is on its way through approval changes by design."""


def fields(table: str) -> list[str]:
    names = [column.name for column in Base.metadata.tables[table].columns]
    return [name for name in names if (table, name) not in NOT_PUBLISHED]


def test_the_log_of_an_untouched_register_is_faultless(history: Session, checkpoint: Head) -> None:
    assert checkpoint.size > 512
    assert faults(history, checkpoint) == []


@pytest.mark.parametrize("table", TABLES)
def test_an_altered_field_is_found(history: Session, checkpoint: Head, table: str) -> None:
    unnoticed = [field for field in fields(table) if not found_when_altered(history, checkpoint, table, field)]
    assert unnoticed == []


def found_when_altered(history: Session, checkpoint: Head, table: str, field: str) -> bool:
    with history.begin_nested() as attempt:
        statement = f"UPDATE {table} SET {field} = {other_value(table, field)} WHERE {one_of(table)}"
        assert altering(history, statement) == 1
        found = faults(history, checkpoint)
        attempt.rollback()
    history.expire_all()
    return found != []


@pytest.mark.parametrize("table", TABLES)
def test_a_deleted_row_is_found(history: Session, checkpoint: Head, table: str) -> None:
    assert altering(history, f"DELETE FROM {table} WHERE {one_of(table)}") == 1
    assert faults(history, checkpoint) != []


@pytest.mark.parametrize("table", [name for name in (*LOG, *LEAVES, *FACTS) if name != "log_node"])
def test_the_last_row_cut_off_is_found(history: Session, checkpoint: Head, table: str) -> None:
    assert altering(history, f"DELETE FROM {table} WHERE {one_of(table, last=True)}") == 1
    assert faults(history, checkpoint) != []


@pytest.mark.parametrize("table", ["change_log", "release", "signed_answer", "log_entry", *FACTS])
def test_two_rows_in_each_others_places_are_found(history: Session, checkpoint: Head, table: str) -> None:
    key = keys(table)[-1]
    first, second = history.scalars(text(f"SELECT {key} FROM {table} ORDER BY {key} DESC LIMIT 2")).all()
    if table == "signed_answer":
        first, second = 1, 0
    within = " AND batch_id = 1" if table == "signed_answer" else ""
    for old, new in ((first, -1), (second, first), (-1, second)):
        altering(history, f"UPDATE {table} SET {key} = {new} WHERE {key} = {old}{within}")
    assert faults(history, checkpoint) != []


@pytest.mark.parametrize("table", FACTS)
def test_a_fact_slipped_into_an_old_release_is_found(history: Session, checkpoint: Head, table: str) -> None:
    columns = [column.name for column in Base.metadata.tables[table].columns if column.name != "row_id"]
    copied = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns)} FROM {table} WHERE "
    history.execute(text(f"ALTER SEQUENCE {sequence(history, table)} RESTART WITH 90000000"))
    assert altering(history, copied + one_of(table)) == 1
    assert faults(history, checkpoint) != []


@pytest.mark.parametrize("table", FACTS)
def test_a_fact_closed_or_opened_behind_the_back_is_found(history: Session, checkpoint: Head, table: str) -> None:
    assert altering(history, f"UPDATE {table} SET release_to = NULL WHERE release_to IS NOT NULL") > 0
    assert faults(history, checkpoint) != []


def test_a_log_written_anew_to_fit_is_found_by_the_checkpoint_alone(history: Session, checkpoint: Head) -> None:
    publish(history, an_institution())
    assert faults(history, checkpoint) == []
    altering(history, "UPDATE change_log SET actor = 'somebody else' WHERE id = (SELECT max(id) - 1 FROM change_log)")
    for table in ("log_entry", "log_node", "release_digest", "signed_answer", "answer_batch", "logged_key"):
        altering(history, f"DELETE FROM {table}")
    append_releases(history)
    publish(history, an_institution(), an_institution(), an_institution())
    assert faults(history) == []
    assert {fault.table for fault in faults(history, checkpoint)} == {"checkpoint"}


def test_a_log_cut_off_with_all_that_it_tells_of_is_found_by_the_checkpoint(history: Session) -> None:
    publish(history, an_institution())
    kept = head(history)
    last = kept.release
    for fact in FACTS:
        altering(history, f"DELETE FROM {fact} WHERE release_from = {last}")
    altering(history, "DELETE FROM source WHERE id = (SELECT max(id) FROM source)")
    altering(history, "DELETE FROM log_entry WHERE position >= (SELECT max(position) - 1 FROM log_entry)")
    for table, column in (("change_log", "release_id"), ("release_digest", "release_id"), ("release", "id")):
        altering(history, f"DELETE FROM {table} WHERE {column} = {last}")
    assert faults(history) == []
    assert [fault.table for fault in faults(history, kept)] == ["log_entry"]


def test_every_column_is_in_the_log_or_known_not_to_be() -> None:
    """A new column must be decided about: leaves of earlier releases cannot hold it."""
    told = {**FACT_FIELDS, **BEHIND_FIELDS, **{m.__tablename__: fields for m, fields in LEAF_FIELDS.values()}}
    for name, fields in told.items():
        columns = {column.name for column in Base.metadata.tables[name].columns}
        untold = columns - set(fields) - {"release_to"} - {field for table, field in NOT_PUBLISHED if table == name}
        assert (name, untold, set(fields) - columns) == (name, set(), set())


def altering(session: Session, statement: str) -> int:
    """How many rows the statement changed."""
    done: Any = session.execute(text(statement))
    return int(done.rowcount)


def keys(table: str) -> list[str]:
    return [column.name for column in Base.metadata.tables[table].primary_key]


def one_of(table: str, *, last: bool = False) -> str:
    """A condition for one row that was published, the first or the last."""
    key, where = ", ".join(keys(table)), "true"
    if table == "report":
        where = "id IN (SELECT report_id FROM indicator_value)"
    if table == "decision":
        where = "id IN (SELECT decision_id FROM release)"
    order = ", ".join(f"{one} {'DESC' if last else ''}" for one in keys(table))
    return f"({key}) IN (SELECT {key} FROM {table} WHERE {where} ORDER BY {order} LIMIT 1)"


def other_value(table: str, field: str) -> str:
    """SQL for a value that the field does not have in any row."""
    kind: Any = Base.metadata.tables[table].columns[field].type
    if isinstance(kind, Boolean):
        return f"NOT {field}"
    if isinstance(kind, Date):
        return f"coalesce({field} - 1, '1999-01-01')"
    if isinstance(kind, DateTime):
        return f"coalesce({field} + interval '1 microsecond', '1999-01-01')"
    if isinstance(kind, LargeBinary):
        return "'\\x00'::bytea"
    if isinstance(kind, JSONB):
        return "'{\"altered\": 1}'::jsonb"
    if isinstance(kind, Integer | Numeric):
        return f"coalesce({field}, 0) + 70000000"
    if field == "geom":
        return "ST_SetSRID(ST_Point(100, 10), 4326)"
    return f"coalesce({field}, '') || 'x'"


def sequence(session: Session, table: str) -> str:
    return str(session.scalar(text(f"SELECT pg_get_serial_sequence('{table}', 'row_id')")))
