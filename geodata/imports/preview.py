"""A staged change set as people read it: per row what was, what will be, and where on the map."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geodata.imports import values
from geodata.models import ImportRow, ImportRun, InstitutionName
from geodata.vocabulary import NameKind, RowOutcome

IDENTITY: dict[str, tuple[str, ...]] = {
    "institution_name": ("kind",),
    "identifier": ("scheme",),
    "institution_attribute": ("kind",),
    "campus": ("campus_id",),
    "licence": ("licence_id",),
    "programme": ("occupation_code", "training_level"),
    "relation": ("kind", "predecessor_id", "successor_id"),
    "completeness_declaration": ("institution_id",),
    "indicator_value": ("indicator_id", "period_id"),
}
"""Columns by which a closed and an added fact are two versions of one."""

SHOWN: dict[str, tuple[str, ...]] = {
    "institution_name": ("text",),
    "identifier": ("value",),
    "institution_attribute": ("value",),
    "campus": (
        *("name", "kind", "address", "province_code", "commune_code", "former_province_code"),
        *("former_district_code", "former_commune_code", "location_precision", "geom"),
    ),
    "licence": ("number", "issued_on", "issuer", "valid_from", "valid_to"),
    "programme": ("occupation_name", "quota", "licence_id", "valid_from", "valid_to", "taught_out_until"),
    "relation": ("successor_id", "valid_from"),
    "completeness_declaration": ("declared_by", "declared_on", "valid_from", "valid_to"),
    "indicator_value": ("value", "numerator", "denominator", "missing_reason"),
}
_POINT = re.compile(r"POINT\((-?[\d.]+) (-?[\d.]+)\)")
Change = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One column of one fact. `how`: added, corrected (the old value was wrong), from_day (it held until then), ended,
    confirmed (nothing differs but what it rests on)."""

    table: str
    identity: tuple[str, ...]
    column: str
    before: str | None
    after: str | None
    how: str
    day: str | None = None


@dataclass(frozen=True)
class RowPreview:
    """A row that changes something, and what."""

    row_id: int
    sheet: str
    number: int
    outcome: str
    institution_id: str
    name: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class ChangedPoint:
    """A place on the map after publication; `how` new or moved, `approximate` for centres of communes."""

    institution_id: str
    name: str
    lon: float
    lat: float
    how: str
    approximate: bool


def changed_rows(
    session: Session, run: ImportRun, *, outcome: RowOutcome | None = None, after: int = 0, limit: int = 25
) -> list[RowPreview]:
    """Rows that change something, in the order of the file, behind row id `after`."""
    rows = select(ImportRow).where(ImportRow.run_id == run.id, ImportRow.id > after, ImportRow.changes != text("'[]'"))
    if outcome is not None:
        rows = rows.where(ImportRow.outcome == outcome)
    found = list(session.scalars(rows.order_by(ImportRow.id).limit(limit)))
    names = names_of(session, [row.institution_id or "" for row in found])
    return [
        RowPreview(
            row_id=row.id,
            sheet=row.sheet,
            number=row.row_number,
            outcome=row.outcome,
            institution_id=row.institution_id or "",
            name=names.get(row.institution_id or "") or values.text(row.raw.get("name")) or row.institution_id or "?",
            differences=tuple(differences(row.changes)),
        )
        for row in found
    ]


def count_changed(session: Session, run: ImportRun, outcome: RowOutcome | None = None) -> int:
    """How many rows change something."""
    rows = select(func.count()).where(ImportRow.run_id == run.id, ImportRow.changes != text("'[]'"))
    return session.scalar(rows if outcome is None else rows.where(ImportRow.outcome == outcome)) or 0


def names_of(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The present official names of institutions in the register."""
    name = InstitutionName
    rows = select(name.institution_id, name.text).where(
        name.institution_id == func.any(list(ids)), name.kind == NameKind.OFFICIAL, name.release_to.is_(None)
    )
    said = session.execute(rows.order_by(name.valid_from.nulls_first()))
    return {row.institution_id: row.text for row in said}


def differences(changes: Sequence[Change]) -> Iterator[Difference]:
    """Closed and added versions of each fact held against each other, column by column."""
    groups: dict[tuple[str, tuple[str, ...]], list[Change]] = {}
    for change in changes:
        fact = change.get("after") or change["before"]
        table = change["table"]
        identity = tuple(str(fact.get(key) or "") for key in IDENTITY[table])
        groups.setdefault((table, identity), []).append(change)
    for (table, identity), group in groups.items():
        yield from _of_fact(table, identity, group)


def _of_fact(table: str, identity: tuple[str, ...], group: list[Change]) -> Iterator[Difference]:
    before = next((change["before"] for change in group if change["action"] == "close"), None)
    added = [change["after"] for change in group if change["action"] == "add"]
    after = max(added, key=lambda fact: fact.get("valid_from") or "", default=None)
    day = (after or {}).get("valid_from")
    how = _how(before, after, len(added))
    told = False
    for column in SHOWN[table]:
        was, will = (_said(fact, column) for fact in (before, after))
        if was != will:
            told = True
            yield Difference(table, identity, column, was, will, how, day if how in ("added", "from_day") else None)
    if not told:
        yield Difference(table, identity, "", None, None, "confirmed")


def _how(before: Change | None, after: Change | None, added: int) -> str:
    if before is None:
        return "added"
    if after is None:
        return "ended"
    return "from_day" if added > 1 else "corrected"


def _said(fact: Change | None, column: str) -> str | None:
    value = (fact or {}).get(column)
    if value is None:
        return None
    if column == "geom":
        place = point_of(value)
        return f"{place[1]:.5f}, {place[0]:.5f}" if place else None
    return str(value)


def changed_points(session: Session, run: ImportRun, *, limit: int = 3_000) -> list[ChangedPoint]:
    """Places that the run adds or moves, in the order of the file."""
    rows = session.execute(
        text(
            "SELECT row.institution_id, row.raw->>'name', added.change->'after', closed.change->'before'"
            " FROM import_row AS row CROSS JOIN LATERAL jsonb_array_elements(row.changes) AS added (change)"
            " LEFT JOIN LATERAL (SELECT c.change FROM jsonb_array_elements(row.changes) AS c (change)"
            " WHERE c.change->>'table' = 'campus' AND c.change->>'action' = 'close'"
            " AND c.change->'before'->>'campus_id' = added.change->'after'->>'campus_id') AS closed ON true"
            " WHERE row.run_id = :run AND added.change->>'table' = 'campus' AND added.change->>'action' = 'add'"
            " AND added.change->'after'->>'geom' IS NOT NULL"
            " AND added.change->'after'->>'geom' IS DISTINCT FROM closed.change->'before'->>'geom'"
            " ORDER BY row.id LIMIT :limit"
        ),
        {"run": run.id, "limit": limit},
    ).all()
    names = names_of(session, [id for id, *_ in rows])
    return [
        ChangedPoint(id, names.get(id) or name or id, *place, how="moved" if before else "new", approximate=rough)
        for id, name, after, before in rows
        if (place := point_of(after["geom"])) is not None
        for rough in [after["location_precision"] not in ("surveyed", "address")]
    ]


def count_unplaced(session: Session, run: ImportRun) -> int:
    """Institutions that the run creates without a point: they are listed, and cannot be on the map."""
    return (
        session.scalar(
            text(
                "SELECT count(*) FROM import_row WHERE run_id = :run AND outcome = 'created' AND NOT EXISTS ("
                "SELECT FROM jsonb_array_elements(changes) AS c (change) WHERE change->'after'->>'geom' IS NOT NULL)"
                " AND EXISTS (SELECT FROM jsonb_array_elements(changes) AS c (change)"
                " WHERE change->>'table' = 'institution_name')"
            ),
            {"run": run.id},
        )
        or 0
    )


def point_of(ewkt: str) -> tuple[float, float] | None:
    found = _POINT.search(ewkt)
    return (float(found[1]), float(found[2])) if found else None
