"""One institution's record as a GeoJSON Feature with everything in it."""

from collections.abc import Iterable

from flask import Response

from geodata.records import InstitutionRecord, SeveralInstitutions
from mapapp.api import json_answer
from mapapp.db import session
from mapapp.errors import SEVERAL, Problem, problem_json
from mapapp.places import places_of
from mapapp.questions import base_address, external, facts, self_address
from mapapp.record_words import PATH, told, whole_answer


def institution_feature(found: InstitutionRecord) -> bytes:
    """The Feature text: the main campus' state of the day, and every fact with its validity and source."""
    words = told(found, places_of(session(), found.campuses))
    return whole_answer(words.encode(), found.id, base_address(), self_address(), facts(found.at.on, found.at.release))


def institution_address(institution_id: str) -> str:
    return external(f"{PATH}{institution_id}")


def candidates(several: SeveralInstitutions) -> Response:
    """300: the institutions that carry the identifier, for the reader to choose from."""
    found = [{"id": id_, "name": name, "href": institution_address(id_)} for id_, name in several.candidates]
    answer = json_answer({**problem_json(Problem(SEVERAL)), "candidates": found}, 300)
    answer.headers["Link"] = ", ".join(alternates(one["href"] for one in found))
    return answer


def alternates(addresses: Iterable[str]) -> list[str]:
    return [f'<{address}>; rel="alternate"' for address in addresses]
