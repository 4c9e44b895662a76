"""`/api/v1/institutions/{id}/history`: every release that changed an institution, for machines."""

from typing import Any

from flask import Response

from geodata.history import Step, history
from geodata.records import SeveralInstitutions, get
from mapapp.api import json_answer, public_get
from mapapp.api_record import candidates
from mapapp.db import register, session
from mapapp.identifiers import readable_identifier
from mapapp.params import InstitutionQuestion
from mapapp.questions import day_asked
from mapapp.schemas import history as schemas

HIDDEN = ("institution_id",)


@public_get(
    "/institutions/<id_or_code>/history",
    "What changed about one institution",
    tag="Institutions",
    question=InstitutionQuestion,
    answer=schemas.InstitutionHistory,
    answers={"300": "Several institutions carry this identifier: `candidates`.", "404": "Nobody answers to it."},
    path={"id_or_code": "registry id, code, e-ID or other identifier without a slash, present or former"},
)
def institution_history(asked: InstitutionQuestion, id_or_code: str) -> Response:
    """Every release that changed the institution, newest first: when, by what kind of act, on which source and
    decision, and each fact before and after with its days. No person is named."""
    identifier = readable_identifier(id_or_code)
    try:
        found = get(session(), identifier, on=day_asked(asked.on), release=asked.release)
    except SeveralInstitutions as several:
        return candidates(several)
    steps = history(session(), found.id, release=found.at.release)
    return json_answer(
        {
            "id": found.id,
            "steps": [step_of(step) for step in steps],
            "release": found.at.release,
            "data_status": register().data_status,
        }
    )


def step_of(step: Step) -> dict[str, Any]:
    return {
        "release": step.release,
        "published_at": step.published_at,
        "by": step.kind,
        "decision": step.decision,
        "decided_on": step.decided_on,
        "effective_on": step.effective_on,
        "undoes": step.undoes,
        "sources": [{"title": title, "data_status": status} for title, status in step.sources],
        "changes": [
            {
                "table": fact.table,
                "identity": list(fact.identity),
                "before": [public(row) for row in fact.before],
                "after": [public(row) for row in fact.after],
            }
            for fact in step.facts
        ],
    }


def public(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in HIDDEN}
