"""The description of the API is valid, complete and true."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from mapapp.refusals import CUT_OFF, NO_LENGTH, OVERLOADED, TOO_SLOW, Refusal, problem
from tests.builders import an_institution, publish


@pytest.fixture
def spec(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/api/v1/openapi.json").get_json()
    return document


def test_the_description_is_valid_openapi_3_1(spec: dict[str, Any]) -> None:
    assert spec["openapi"].startswith("3.1")
    validate(spec)


def test_every_route_of_the_api_is_described(app: APIFlask, spec: dict[str, Any]) -> None:
    routes = {rule.rule.replace("<", "{").replace(">", "}") for rule in app.url_map.iter_rules()}
    assert set(spec["paths"]) == {rule for rule in routes if rule.startswith("/api/") and "openapi" not in rule}


def test_every_operation_says_what_it_gives_and_refuses(spec: dict[str, Any]) -> None:
    for operation in operations(spec):
        assert operation["summary"]
        assert len(operation["description"]) > 40
        assert {"200", "304", "400", "414", "431", "503"} <= set(operation["responses"])
        refused = {"408", "411", "413"}
        assert refused & set(operation["responses"]) == (refused if "requestBody" in operation else set())


def test_parameters_are_those_that_are_read(client: FlaskClient, spec: dict[str, Any]) -> None:
    told = [one["name"] for one in spec["paths"]["/api/v1/institutions"]["get"]["parameters"]]
    refused = client.get("/api/v1/institutions?nonsense=1").get_json()["errors"][0]["message"]
    assert refused.endswith(": " + ", ".join(told))


def test_limits_and_lists_are_declared(spec: dict[str, Any]) -> None:
    parameters = {one["name"]: one for one in spec["paths"]["/api/v1/institutions"]["get"]["parameters"]}
    assert parameters["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 20}
    assert parameters["type"]["explode"] is False
    assert "college" in parameters["type"]["schema"]["items"]["enum"]


ANSWERS = [
    ("/api/v1/institutions", "/institutions"),
    ("/api/v1/institutions", "/institutions?lat=21&lon=105"),
    ("/api/v1/institutions/{id_or_code}", "/institutions/CDT0101"),
    ("/api/v1/clusters", "/clusters?bbox=102,6,118,23.6&zoom=5"),
    ("/api/v1/suggest", "/suggest?q=cao dang"),
    ("/api/v1/units", "/units?level=province"),
    ("/api/v1/units/{code}", "/units/52@2025-06-30"),
    ("/api/v1/boundaries/{level}", "/boundaries/province"),
    ("/api/v1/indicators", "/indicators"),
    ("/api/v1/targets", "/targets"),
    ("/api/v1/status", "/status"),
]


@pytest.mark.parametrize(("path", "question"), ANSWERS, ids=[question for _, question in ANSWERS])
def test_answers_have_the_shape_that_is_described(
    client: FlaskClient, register: Session, spec: dict[str, Any], path: str, question: str
) -> None:
    an_example(register)
    answer = client.get("/api/v1" + question)
    media = spec["paths"][path]["get"]["responses"]["200"]["content"]
    assert list(media) == [answer.mimetype]
    faults(spec, media[answer.mimetype]["schema"], answer.get_json())


def test_problems_have_the_shape_that_is_described(client: FlaskClient, spec: dict[str, Any]) -> None:
    faults(spec, {"$ref": "#/components/schemas/Problem"}, client.get("/api/v1/institutions?x=1").get_json())


@pytest.mark.parametrize("refusal", [OVERLOADED, TOO_SLOW, CUT_OFF, NO_LENGTH], ids=lambda one: one.status)
def test_refusals_before_any_work_have_the_shape_of_a_problem(spec: dict[str, Any], refusal: Refusal) -> None:
    faults(spec, {"$ref": "#/components/schemas/Problem"}, json.loads(problem(refusal)))


def an_example(register: Session) -> None:
    old = an_institution("Trường Trung cấp Cũ", codes=(("CDT0100", (None, None)),))
    new = an_institution(
        "Trường Cao đẳng Mới",
        english="New College",
        at=LonLat(105.85, 21.03),
        codes=(("CDT0101", (None, None)),),
        province="01",
        former_province="01",
        attributes=(("managing_body", "Sở", (None, None)),),
        licences=(("1/GCN", (date(2020, 1, 1), None)),),
        programmes=(("6510202", "college", (date(2020, 1, 1), None)),),
        complete=((date(2020, 1, 1), None),),
    )
    publish(register, old, new, relations=(("merge", old, new, date(2020, 1, 1)),))


def faults(spec: dict[str, Any], schema: dict[str, Any], body: Any) -> None:
    """Fails with the places where the body is not as described."""
    validator = Draft202012Validator({**schema, "components": spec["components"]})
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)] == []


def operations(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (operation for item in spec["paths"].values() for operation in item.values())
