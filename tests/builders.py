"""Institutions for tests: build only what matters, publish, and look at the register as a reader would."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from geodata import registry_ids, releases
from geodata.geometry import LonLat
from geodata.models import (
    Campus,
    CompletenessDeclaration,
    Identifier,
    Institution,
    InstitutionAttribute,
    InstitutionName,
    Licence,
    Programme,
    Relation,
    Release,
    Source,
)
from geodata.names import searchable
from geodata.vocabulary import ReleaseKind

Span = tuple[date | None, date | None]
ALWAYS: Span = (None, None)


@dataclass(frozen=True)
class AnInstitution:
    """What a test wants to exist. Spans are half-open; `at` places the main campus exactly; `campuses` says otherwise
    of a campus by its number: `{2: {"valid_to": day}}`."""

    name: str = "Trường Cao đẳng Minh họa"
    id: str = field(default_factory=registry_ids.issue)
    at: LonLat | None = None
    type: str = "college"
    ownership: str = "public"
    status: Sequence[tuple[str, Span]] = (("active", ALWAYS),)
    names: Sequence[tuple[str, Span]] = ()
    english: str | None = None
    codes: Sequence[tuple[str, Span]] = ()
    attributes: Sequence[tuple[str, str, Span]] = ()
    province: str | None = None
    commune: str | None = None
    former_province: str | None = None
    former_district: str | None = None
    former_commune: str | None = None
    address: str | None = None
    precision: str | None = None
    other_campuses: Sequence[LonLat] = ()
    campuses: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    licences: Sequence[tuple[str, Span]] = ()
    programmes: Sequence[tuple[str, str, Span]] = ()
    complete: Sequence[Span] = ()


def an_institution(name: str = "Trường Cao đẳng Minh họa", **wanted: Any) -> AnInstitution:
    return AnInstitution(name, **wanted)


def publish(
    session: Session,
    *wanted: AnInstitution,
    relations: Sequence[tuple[str, AnInstitution, AnInstitution, date]] = (),
    data_status: str = "official",
    actor: str = "tester",
) -> Release:
    """One release with these institutions; `relations` are (kind, predecessor, successor, effective day)."""
    release = releases.open_release(session, kind=ReleaseKind.EDIT, actor=actor, reason="test")
    source = Source(kind="edit", title="Test", data_status=data_status)
    session.add(source)
    session.flush()
    for institution in wanted:
        session.add(Institution(id=institution.id))
        session.flush()
        session.add_all(facts(institution, release.id, source.id))
        releases.log_change(
            session, release, subject="institution", action="add", institution_id=institution.id, after={}
        )
    for kind, predecessor, successor, day in relations:
        session.add(
            Relation(
                kind=kind,
                predecessor_id=predecessor.id,
                successor_id=successor.id,
                keeps_records=True,
                valid_from=day,
                release_from=release.id,
                source_id=source.id,
            )
        )
    releases.finish_release(session, release, institutions=[institution.id for institution in wanted])
    return release


def facts(wanted: AnInstitution, release: int, source: int) -> list[Any]:
    common = {"institution_id": wanted.id, "release_from": release, "source_id": source}
    official = wanted.names or ((wanted.name, ALWAYS),)
    rows: list[Any] = [a_name("official", text, span, common) for text, span in official]
    if wanted.english:
        rows.append(a_name("english", wanted.english, ALWAYS, common))
    plain = (("type", wanted.type, ALWAYS), ("ownership", wanted.ownership, ALWAYS))
    statuses = (("status", value, span) for value, span in wanted.status)
    for kind, value, span in (*plain, *statuses, *wanted.attributes):
        rows.append(InstitutionAttribute(kind=kind, value=value, **days(span), **common))
    rows += [Identifier(scheme="code", value=value, **days(span), **common) for value, span in wanted.codes]
    rows += [
        a_campus(wanted, number, place, common) for number, place in enumerate((wanted.at, *wanted.other_campuses))
    ]
    rows += [
        Licence(licence_id=f"{wanted.id}.L{number}", number=text, **days(span), **common)
        for number, (text, span) in enumerate(wanted.licences, start=1)
    ]
    rows += [
        Programme(
            occupation_code=code,
            training_level=level,
            licence_id=f"{wanted.id}.L1" if wanted.licences else None,
            **days(span),
            **common,
        )
        for code, level, span in wanted.programmes
    ]
    rows += [
        CompletenessDeclaration(declared_by="tester", declared_on=date(2025, 1, 1), **days(span), **common)
        for span in wanted.complete
    ]
    return rows


def a_name(kind: str, text: str, span: Span, common: dict[str, Any]) -> InstitutionName:
    forms = searchable(text)
    return InstitutionName(kind=kind, text=text, folded=forms.folded, terms=forms.terms, **days(span), **common)


def a_campus(wanted: AnInstitution, number: int, place: LonLat | None, common: dict[str, Any]) -> Campus:
    unplaced = "province" if wanted.province else "none"
    told = {
        "campus_id": f"{wanted.id}.{number + 1}",
        "kind": "site" if number else "main",
        "address": wanted.address,
        "province_code": wanted.province,
        "commune_code": wanted.commune,
        "former_province_code": wanted.former_province,
        "former_district_code": wanted.former_district,
        "former_commune_code": wanted.former_commune,
        "location_precision": wanted.precision or ("address" if place else unplaced),
        "geom": f"SRID=4326;POINT({place.lon} {place.lat})" if place else None,
    }
    return Campus(**{**told, **wanted.campuses.get(number + 1, {}), **common})


def days(span: Span) -> dict[str, date | None]:
    return {"valid_from": span[0], "valid_to": span[1]}
