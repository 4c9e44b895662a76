"""One institution's record as a GeoJSON Feature with everything in it."""

import json
from collections.abc import Iterable
from typing import Any

from flask import Response, url_for

from geodata.records import (
    CampusRecord,
    Dated,
    InstitutionRecord,
    LicenceRecord,
    ProgrammeRecord,
    Provenance,
    ReadinessValue,
    RelationRecord,
    SeveralInstitutions,
)
from mapapp.api import json_answer
from mapapp.db import session
from mapapp.errors import SEVERAL, Problem, problem_json
from mapapp.geojson import GEOJSON, to_json
from mapapp.places import Places, places_of
from mapapp.questions import external, facts, self_address


def institution_feature(found: InstitutionRecord) -> str:
    """The Feature text: the main campus' state of the day, and every fact with its validity and source."""
    feature = json.loads(found.feature)
    feature["properties"] |= details(found, places_of(session(), found.campuses))
    feature |= facts(found.at.on, found.at.release)
    feature["links"] = [
        {"rel": "self", "href": self_address(), "type": GEOJSON},
        {
            "rel": "alternate",
            "href": external(url_for("citizen.institution", id_or_code=found.id)),
            "type": "text/html",
        },
    ]
    return to_json(feature)


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
        "href": institution_address(one.institution_id),
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


def institution_address(institution_id: str) -> str:
    return external(url_for("api.institution", id_or_code=institution_id))


def candidates(several: SeveralInstitutions) -> Response:
    """300: the institutions that carry the identifier, for the reader to choose from."""
    found = [{"id": id_, "name": name, "href": institution_address(id_)} for id_, name in several.candidates]
    answer = json_answer({**problem_json(Problem(SEVERAL)), "candidates": found}, 300)
    answer.headers["Link"] = ", ".join(alternates(one["href"] for one in found))
    return answer


def alternates(addresses: Iterable[str]) -> list[str]:
    return [f'<{address}>; rel="alternate"' for address in addresses]
