"""The description in OpenAPI 3.0 and in Vietnamese; its examples run; every operation speaks both languages."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from mapapp.openapi import OPERATIONS
from mapapp.openapi_vietnamese import WORDS
from tests.builders import an_institution, publish


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(("version", "begins"), [("3.0", "3.0."), ("3.1", "3.1.")])
def test_every_form_of_the_description_is_valid(client: FlaskClient, language: str, version: str, begins: str) -> None:
    document: dict[str, Any] = client.get(f"/api/v1/openapi.json?version={version}&lang={language}").get_json()
    assert document["openapi"].startswith(begins)
    validate(document)


def test_the_older_form_describes_the_same_operations(client: FlaskClient) -> None:
    newer = client.get("/api/v1/openapi.json").get_json()
    older = client.get("/api/v1/openapi.json?version=3.0").get_json()
    assert list(older["paths"]) == list(newer["paths"])
    assert set(older["components"]["schemas"]) == set(newer["components"]["schemas"])
    parameters = older["paths"]["/api/v1/institutions"]["get"]["parameters"]
    radius = next(one["schema"] for one in parameters if one["name"] == "radius_m")
    assert (radius["minimum"], radius["exclusiveMinimum"]) == (0, True)


def test_every_operation_is_told_in_vietnamese(client: FlaskClient) -> None:
    assert set(OPERATIONS) - set(WORDS) == set()
    document = client.get("/api/v1/openapi.json?lang=vi").get_json()
    assert document["paths"]["/api/v1/institutions"]["get"]["summary"] == "Tìm cơ sở"


@pytest.mark.parametrize("question", ["version=2", "lang=fr", "x=1"])
def test_other_forms_are_refused(client: FlaskClient, question: str) -> None:
    answer = client.get(f"/api/v1/openapi.json?{question}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_examples_run(client: FlaskClient, register: Session) -> None:
    publish(register, an_institution(at=LonLat(105.8, 21.0)))
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    examples = {
        f"{path}?{described.example}"
        for path, item in paths.items()
        for bare in item.values()
        if (described := OPERATIONS[bare["operationId"]]).example and "{" not in path
    }
    assert len(examples) >= 6
    for example in examples:
        answer = client.get(example)
        assert answer.status_code == 200, (example, answer.text[:300])
