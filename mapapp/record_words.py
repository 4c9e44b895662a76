"""What is told of an institution to machines: the Feature of its record in words that hold for whoever asks, and the
answer made of them."""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

import geodata
from geodata.kept.telling import Teller
from geodata.records import (
    CampusRecord,
    Dated,
    InstitutionRecord,
    LicenceRecord,
    ProgrammeRecord,
    Provenance,
    ReadinessValue,
    RelationRecord,
)
from mapapp.assets import fingerprint
from mapapp.geojson import GEOJSON, to_json
from mapapp.places import Places, places_of

PATH = "/api/v1/institutions/"
ADDRESS, ELSEWHERE = b'"href":"', '"href":"\uffff'.encode()
"""How an address begins in the answer, and in words that are kept: these are the same for every name of the site."""


def whole_answer(words: bytes, institution_id: str, base: str, asked: str, of_the_register: dict[str, Any]) -> bytes:
    """What was told of an institution, completed for one who asks at the address `asked` of a site at `base`."""
    links = [
        {"rel": "self", "href": asked, "type": GEOJSON},
        {"rel": "alternate", "href": f"{base}/institutions/{institution_id}", "type": "text/html"},
    ]
    more = to_json({**of_the_register, "links": links})
    return b"%b,%b" % (words.replace(ELSEWHERE, ADDRESS + base.encode()), more[1:].encode())


def told(found: InstitutionRecord, places: Places) -> str:
    """The Feature text without its last brace and without what depends on who asks."""
    feature = json.loads(found.feature)
    feature["properties"] |= details(found, places)
    return to_json(feature)[:-1]


def teller(on: date) -> Teller:
    """Tells records as they are sent, for the copy of a release."""
    return Teller(version_of_words(), on, told_together)


TOLD_BY = ("record_words.py", "places.py", "geojson.py")
READ_BY = ("records.py", "record_facts.py", "administrative_units.py", "unit_reads.py")
"""The files of the two packages on which the words depend."""


@cache
def version_of_words() -> str:
    """Changes with the code that reads records and tells them, and not with every other."""
    packages = (Path(__file__).parent, TOLD_BY), (Path(geodata.__file__).parent, READ_BY)
    return "-".join(fingerprint(folder, *files) for folder, files in packages)


def told_together(session: Session, records: Sequence[InstitutionRecord]) -> list[str]:
    places = places_of(session, (campus for record in records for campus in record.campuses))
    return [told(record, places) for record in records]


def details(found: InstitutionRecord, places: Places) -> dict[str, Any]:
    """The properties that only the single institution carries."""
    managing_body = found.current("managing_body")
    return {
        "names": list(map(dated, found.names)),
        "identifiers": list(map(dated, found.identifiers)),
        "attributes": {kind: list(map(dated, facts_)) for kind, facts_ in found.attributes.items()},
        "managing_body": managing_body.value if managing_body else None,
        "campuses": [campus(one, places) for one in found.campuses],
        "licences": list(map(licence, found.licences)),
        "programmes": list(map(programme, found.programmes)),
        "completeness": list(map(dated, found.completeness)),
        "predecessors": list(map(relation, found.predecessors)),
        "successors": list(map(relation, found.successors)),
        "readiness": list(map(figure, found.readiness)),
        "sources": list(map(origin, found.sources)),
        "updated_at": found.updated_at,
    }


def origin(source: Provenance) -> dict[str, Any]:
    return {
        "source": source.source,
        "received_at": source.received_at,
        "data_status": source.data_status,
        "decision": source.decision,
        "release": source.release,
    }


def validity(fact: Dated | CampusRecord | LicenceRecord | ProgrammeRecord) -> dict[str, Any]:
    return {"valid_from": fact.valid_from, "valid_to": fact.valid_to, "source": origin(fact.provenance)}


def dated(fact: Dated) -> dict[str, Any]:
    return {"value": fact.value, "kind": fact.kind, **validity(fact)}


def campus(one: CampusRecord, places: Places) -> dict[str, Any]:
    point = None if one.lon is None else {"type": "Point", "coordinates": [one.lon, one.lat]}
    return {
        "id": one.id,
        "kind": one.kind,
        "name": one.name,
        "address": one.address,
        "geometry": point,
        "location_precision": one.location_precision,
        "province": places.now(one.province_code),
        "commune": places.now(one.commune_code),
        "former_place": places.former(one),
        **validity(one),
    }


def licence(one: LicenceRecord) -> dict[str, Any]:
    return {"id": one.id, "number": one.number, "issued_on": one.issued_on, "issuer": one.issuer, **validity(one)}


def programme(one: ProgrammeRecord) -> dict[str, Any]:
    return {
        "occupation_code": one.occupation_code,
        "occupation_name": one.occupation_name,
        "training_level": one.training_level,
        "campus": one.campus_id,
        "licence": one.licence_id,
        "quota": one.quota,
        "taught_out_until": one.taught_out_until,
        **validity(one),
    }


def relation(one: RelationRecord) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "id": one.institution_id,
        "name": one.name,
        "href": f"\uffff{PATH}{one.institution_id}",
        "effective_on": one.effective_on,
        "keeps_records": one.keeps_records,
    }


def figure(one: ReadinessValue) -> dict[str, Any]:
    return {
        "indicator": one.indicator,
        "period": one.period,
        "value": one.value,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "missing_reason": one.missing_reason,
        "source": one.provenance.source,
        "data_status": one.provenance.data_status,
    }
