"""How well search answers the query set: the institutions it asks about, and what a person would be offered."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from geodata import query_set, registry_ids, releases
from geodata.administrative_units import by_key, today
from geodata.models import Campus, Identifier, Institution, InstitutionAttribute, InstitutionName, Programme, Source
from geodata.names import searchable
from geodata.suggestions import Suggestion, suggest
from geodata.vocabulary import ReleaseKind

RENAMED_ON = date(2018, 1, 1)
"""The query set names no day for a former name; any day in the past serves."""


def publish_institutions(session: Session, path: Path) -> None:
    """Publish the rows of the query set's institutions into an empty register, marked illustrative."""
    release = releases.open_release(session, kind=ReleaseKind.DEMO, actor="search evaluation", reason="query set")
    source = Source(kind="demo", title=path.name, data_status="illustrative")
    session.add(source)
    session.flush()
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            institution = registry_ids.issue()
            session.add(Institution(id=institution))
            session.flush()
            common = {"institution_id": institution, "release_from": release.id, "source_id": source.id}
            session.add_all(facts(row, common))
    releases.finish_release(session, release, institutions=None)


def facts(row: dict[str, str], common: dict[str, Any]) -> Iterable[Any]:
    former = [name.strip() for name in row["former_names"].split(";") if name.strip()]
    for number, name in enumerate([*former, row["name"]]):
        start = RENAMED_ON.replace(year=RENAMED_ON.year - len(former) + number) if number else None
        end = RENAMED_ON.replace(year=RENAMED_ON.year - len(former) + number + 1) if number < len(former) else None
        forms = searchable(name)
        yield InstitutionName(
            kind="official", text=name, folded=forms.folded, terms=forms.terms, valid_from=start, valid_to=end, **common
        )
    for kind in ("type", "ownership", "status", "website"):
        if row[kind]:
            yield InstitutionAttribute(kind=kind, value=row[kind], **common)
    if row["code"]:
        yield Identifier(scheme="code", value=row["code"], **common)
    yield Campus(
        campus_id=f"{common['institution_id']}.1",
        kind="main",
        province_code=code(row["province"]),
        commune_code=code(row["commune"]),
        former_province_code=code(row["old_province"]),
        former_district_code=code(row["old_district"]),
        former_commune_code=code(row["old_commune"]),
        location_precision="province",
        **common,
    )
    for occupation in row["occupations"].split():
        level = "college" if occupation.startswith("6") else "intermediate"
        yield Programme(occupation_code=occupation, training_level=level, **common)


def code(unit_key: str) -> str | None:
    return unit_key.partition("@")[0] or None


def evaluate(
    session: Session, queries: Iterable[query_set.Query], on: date
) -> list[tuple[query_set.Query, query_set.Verdict]]:
    """Each query with the verdict on what `suggest` offers for it."""
    return [(query, query_set.judge(query, answers(session, query.query, on))) for query in queries]


def answers(session: Session, q: str, on: date) -> list[set[str]]:
    """What each suggestion, best first, answers to; a former place also answers to the units it lies in today."""
    return [references(session, suggestion) for suggestion in suggest(session, q, on=on)]


def references(session: Session, suggestion: Suggestion) -> set[str]:
    if suggestion.kind == "institution":
        return {f"name:{suggestion.label}"}
    if suggestion.kind == "occupation":
        return {f"occupation:{suggestion.value}"}
    unit = by_key(session, [suggestion.value])[suggestion.value]
    return {f"unit:{unit.key}", *(f"unit:{link.unit.key}" for link in today(session, unit))}
