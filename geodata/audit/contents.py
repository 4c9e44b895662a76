"""What a leaf of the log says, as text that never changes: the fields of a row as a JSON array, written by PostgreSQL.

The lists of fields are fixed here and not read from the tables: a column that a later version adds must not change what
earlier leaves say. Moments are seconds since 1970, geometries their EWKB, bytes hexadecimal: no setting of a session
alters the text.
"""

from typing import Any

from sqlalchemy import DateTime, LargeBinary, Table
from sqlalchemy.types import UserDefinedType

from geodata.models import AnswerBatch, Base, ChangeLog, LoggedKey, Release
from geodata.models.audit import PUBLISHED
from geodata.vocabulary import LogKind

_FACT = ("row_id", "valid_from", "valid_to", "release_from", "source_id", "decision_id")
FACT_FIELDS: dict[str, tuple[str, ...]] = {
    "institution_name": (*_FACT, "institution_id", "kind", "text", "folded", "terms"),
    "identifier": (*_FACT, "institution_id", "scheme", "value"),
    "institution_attribute": (*_FACT, "institution_id", "kind", "value"),
    "campus": (
        *(*_FACT, "institution_id", "campus_id", "kind", "name", "address", "province_code", "commune_code"),
        *("former_province_code", "former_district_code", "former_commune_code", "location_precision", "geom"),
    ),
    "licence": (*_FACT, "institution_id", "licence_id", "number", "issued_on", "issuer"),
    "programme": (
        *(*_FACT, "institution_id", "occupation_code", "occupation_name", "training_level", "campus_id"),
        *("licence_id", "quota", "taught_out_until"),
    ),
    "relation": (*_FACT, "kind", "predecessor_id", "successor_id", "keeps_records"),
    "completeness_declaration": (*_FACT, "institution_id", "declared_by", "declared_on"),
    "indicator_value": (*(*_FACT, "report_id", "indicator_id", "value", "numerator", "denominator", "missing_reason"),),
}
"""Of the tables that a release adds to; `release_to`, which a later release sets, is told by that release."""

BEHIND_FIELDS: dict[str, tuple[str, ...]] = {
    "source": ("id", "kind", "title", "file_name", "file_hash", "data_status", "received_at"),
    "decision": ("id", "number", "issued_on", "issuer", "title"),
    "report": ("id", "period_id", "subject_kind", "institution_id", "authority_id", "territory_key"),
}
"""Of what stands behind the facts. How far a report is on its way through approval is no published statement."""

LEAF_FIELDS: dict[LogKind, tuple[type[Any], tuple[str, ...]]] = {
    LogKind.CHANGE: (
        ChangeLog,
        (
            *("id", "at", "actor", "reason", "release_id", "decision_id", "institution_id", "subject", "action"),
            *("before", "after"),
        ),
    ),
    LogKind.RELEASE: (
        Release,
        ("id", "kind", "published_at", "published_by", "reason", "decision_id", "summary", "undoes_id"),
    ),
    LogKind.ANSWERS: (AnswerBatch, ("id", "collected_at", "first_issued_at", "last_issued_at", "answers", "root")),
    LogKind.KEY: (LoggedKey, ("id", "kid", "event", "at", "jwk")),
}

DIGESTS = """
    (SELECT json_agg(json_build_array(subject, added, encode(added_hash, 'hex'), closed, encode(closed_hash, 'hex'),
        last_row) ORDER BY subject) FROM release_digest WHERE release_id = leaf.id)
"""
"""The leaf of a release also says what the release did to each table."""


def content(table: Table, fields: tuple[str, ...], *further: str, alias: str = "leaf") -> str:
    """SQL for the text of a row of `table AS leaf`."""
    parts = [_value(table, name, alias) for name in fields]
    return f"json_build_array({', '.join([*further, *parts])})::text"


def row_hash(table: Table, fields: tuple[str, ...]) -> str:
    """SQL for the SHA-256 of a row's text."""
    return f"sha256(convert_to({content(table, fields)}, 'UTF8'))"


def leaf_content(kind: LogKind) -> str:
    """SQL for the text of a leaf; it begins with its kind, so that no row can stand for one of another table."""
    model, fields = LEAF_FIELDS[kind]
    text = content(model.__table__, fields, f"'{kind.value}'")
    return f"concat({text}, {DIGESTS})" if kind is LogKind.RELEASE else text


def leaf_hash(kind: LogKind) -> str:
    """SQL for the leaf hash of RFC 6962 of a row of the kind's table AS leaf."""
    return f"sha256('\\x00'::bytea || convert_to({leaf_content(kind)}, 'UTF8'))"


def table_of(kind: LogKind) -> str:
    model, _ = LEAF_FIELDS[kind]
    return str(model.__tablename__)


def tables() -> dict[str, Table]:
    """Tables of facts and of what stands behind them, by name."""
    names = [*(model.__tablename__ for model in PUBLISHED), *BEHIND_FIELDS]
    return {name: Base.metadata.tables[name] for name in names}


def _value(table: Table, name: str, alias: str) -> str:
    column, kind = f'{alias}."{name}"', table.columns[name].type
    if isinstance(kind, DateTime):
        return f"extract(epoch FROM {column})"
    if isinstance(kind, LargeBinary):
        return f"encode({column}, 'hex')"
    if isinstance(kind, UserDefinedType) and kind.__class__.__module__.startswith("geoalchemy2"):
        return f"encode(ST_AsEWKB({column}), 'hex')"
    return column
