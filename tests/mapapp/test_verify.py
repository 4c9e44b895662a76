"""`/api/v1/verify` as a diploma-checking service uses it."""

import json
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import Connection, event, update
from sqlalchemy.orm import Session, sessionmaker

from geodata.models import Release
from geodata.verification import Action, Answer, Why
from mapapp import create_app, verdicts
from mapapp.schemas.verification import VerifyQuestion
from mapapp.settings import Settings
from mapapp.verify_request import ASKS, WITH
from tests.builders import ALWAYS, AnInstitution, an_institution, publish
from tests.mapapp.conftest import NOW

URL = "/api/v1/verify"
SINCE_2017 = (date(2017, 3, 1), None)


def a_school(code: str = "CDD0215", **wanted: Any) -> AnInstitution:
    given: dict[str, Any] = {
        "codes": [(code, ALWAYS)],
        "licences": [("197/2017/GCNĐKHĐ-TCDN", SINCE_2017)],
        "programmes": [("6480201", "college", SINCE_2017)],
    }
    return an_institution(**{**given, **wanted})


def answer(client: FlaskClient, **asked: str) -> dict[str, Any]:
    found = client.get(URL, query_string=asked)
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.get_json()
    return body


def test_a_whole_answer(client: FlaskClient, register: Session) -> None:
    school = a_school()
    release = publish(register, school, data_status="illustrative")
    asked = {"code": "CDD0215", "action": "train", "occupation": "6480201", "training_level": "college"}
    found = answer(client, **asked, on="2019-06-30", nonce="n-1")
    assert found["question"] == {**asked, "on": "2019-06-30"}
    assert (found["answer"], found["release"], found["data_status"]) == ("authorised", release.id, "illustrative")
    assert found["institution"]["id"] == school.id
    assert [reason["code"] for reason in found["reasons"]] == ["open", "licence_in_force", "programme_licensed"]
    assert found["licences"] == ["197/2017/GCNĐKHĐ-TCDN"]
    assert (found["evaluated_at"], found["expires_at"]) == ("2026-11-22T05:00:00Z", "2026-11-22T05:05:00Z")
    assert found["nonce"] == "n-1"
    licence = found["reasons"][1]["facts"][0]
    assert (licence["value"], licence["valid_from"], licence["source"]) == (found["licences"][0], "2017-03-01", "Test")


def test_every_answer_is_a_200_with_a_word_of_the_closed_set(client: FlaskClient, register: Session) -> None:
    gone = a_school("CDD0001", status=[("active", (None, date(2020, 1, 1))), ("merged", (date(2020, 1, 1), None))])
    heir = a_school("CDD0002", complete=[ALWAYS], status=[("active", (date(2000, 1, 1), None))])
    closed = a_school("CDD0003", status=[("closed", (date(2020, 1, 1), None))])
    suspended = a_school("CDD0004", status=[("suspended", (date(2020, 1, 1), None))])
    twins = a_school("CDD0005"), a_school("CDD0005")
    bare = an_institution(codes=[("CDD0203", ALWAYS)])
    publish(register, gone, heir, closed, suspended, *twins, bare, relations=[("merge", gone, heir, date(2020, 1, 1))])
    questions = {
        "register_stale": {"code": "CDD0002", "on": "2090-01-01"},
        "unknown_code": {"code": "XYZ999"},
        "ambiguous": {"code": "CDD0005"},
        "not_yet_open": {"code": "CDD0002", "on": "1999-12-31"},
        "merged_into": {"code": "CDD0001"},
        "closed": {"code": "CDD0003"},
        "suspended": {"code": "CDD0004"},
        "authorised": {"code": "CDD0002"},
        "not_authorised": {"code": "CDD0002", "action": "award", "occupation": "6480299"},
        "not_recorded": {"code": "CDD0203", "action": "train", "occupation": "6480201", "on": "2019-06-30"},
    }
    assert {wanted: answer(client, **asked)["answer"] for wanted, asked in questions.items()} == {
        wanted: wanted for wanted in questions
    }


MALFORMED = [
    ("", "code"),
    ("code=", "code"),
    ("code=%20%20", "code"),
    ("code=A%00B", "code"),
    ("code=A%0AB", "code"),
    (f"code={'9' * 65}", "code"),
    (f"name={'a' * 301}", "name"),
    ("code=CDD0215&action=teach", "action"),
    ("code=CDD0215&action=train", "occupation"),
    ("code=CDD0215&action=award&occupation=648020", "occupation"),
    ("code=CDD0215&action=award&occupation=648020%D9%A1", "occupation"),
    ("code=CDD0215&occupation=6480201&training_level=phd", "training_level"),
    ("code=CDD0215&on=2019-02-30", "on"),
    ("code=CDD0215&on=20190601", "on"),
    ("code=CDD0215&on=today", "on"),
    ("code=CDD0215&release=0", "release"),
    ("code=CDD0215&release=99", "release"),
    ("code=CDD0215&release=99999999999999999999", "release"),
    ("code=CDD0215&release=-1", "release"),
    ("code=CDD0215&format=xml", "format"),
    (f"code=CDD0215&nonce={'n' * 129}", "nonce"),
    ("code=CDD0215&nonce=%07", "nonce"),
    ("code=CDD0215&code=CDD0216", "code"),
    ("code=CDD0215&cod=1", "cod"),
]


@pytest.mark.parametrize(("query", "parameter"), MALFORMED)
def test_a_malformed_question_is_a_400_that_names_the_parameter(
    client: FlaskClient, register: Session, query: str, parameter: str
) -> None:
    publish(register, a_school())
    found = client.get(f"{URL}?{query}")
    body = found.get_json()
    assert (found.status_code, found.mimetype) == (400, "application/problem+json")
    assert (body["answer"], body["status"]) == ("malformed", 400)
    assert parameter in [error["parameter"] for error in body["errors"]]


def test_today_is_the_day_in_vietnam(web_connection: Connection, register: Session) -> None:
    school = a_school(status=[("active", (date(2026, 11, 23), None))])
    publish(register, school)
    for hour, expected in ((16, "not_yet_open"), (17, "authorised")):
        at = NOW.replace(hour=hour)
        sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint")
        client = create_app(Settings(), sessions, lambda at=at: at).test_client()  # type: ignore[misc]
        assert answer(client, code="CDD0215")["answer"] == expected


def test_the_day_of_publication_is_the_one_in_vietnam(web_connection: Connection, register: Session) -> None:
    release = publish(register, a_school())
    evening = datetime(2026, 11, 21, 23, 30, tzinfo=ZoneInfo("UTC"))
    register.execute(update(Release).where(Release.id == release.id).values(published_at=evening))
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint")
    client = create_app(Settings(register_max_age_days=1), sessions, lambda: NOW).test_client()
    found = [answer(client, code="CDD0215", on=day)["answer"] for day in ("2026-11-23", "2026-11-24")]
    assert found == ["authorised", "register_stale"]


def test_the_same_release_answers_alike_for_ever(client: FlaskClient, register: Session) -> None:
    first = publish(register, a_school())
    before = answer(client, code="CDD0215", on="2020-01-01")
    publish(register, a_school())
    assert answer(client, code="CDD0215", on="2020-01-01")["answer"] == "ambiguous"
    assert answer(client, code="CDD0215", on="2020-01-01", release=str(first.id)) == before


def test_a_question_asked_again_does_not_reach_the_database(
    app: APIFlask, client: FlaskClient, register: Session
) -> None:
    app.extensions["mapapp.verifier"].look_again_s = 60
    app.extensions["mapapp.last_look"].trusted_for_s = 60
    publish(register, a_school())
    answer(client, code="CDD0215")
    statements: list[str] = []
    event.listen(register.get_bind(), "before_cursor_execute", lambda _c, _cur, sql, *_: statements.append(sql))
    assert answer(client, code="CDD0215")["answer"] == "authorised"
    assert statements == []


def test_what_may_be_kept_and_what_may_not(client: FlaskClient, register: Session) -> None:
    publish(register, a_school())
    plain = client.get(f"{URL}?code=CDD0215")
    assert plain.headers["Cache-Control"] == "public, max-age=60"
    again = client.get(f"{URL}?code=CDD0215", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"{URL}?code=CDD0215&nonce=1").headers["Cache-Control"] == "no-store"
    assert client.get(f"{URL}?code=").headers["Cache-Control"] == "no-store"
    assert client.get(f"{URL}?code=CDD0215").headers["Access-Control-Allow-Origin"] == "*"


def test_a_kept_answer_is_not_confirmed_after_its_time(web_connection: Connection, register: Session) -> None:
    publish(register, a_school())
    clock = [NOW]
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint")
    client = create_app(Settings(), sessions, lambda: clock[0]).test_client()
    kept = client.get(f"{URL}?code=CDD0215").headers["ETag"]
    clock[0] += timedelta(minutes=10)
    assert client.get(f"{URL}?code=CDD0215", headers={"If-None-Match": kept}).status_code == 200


def batch(client: FlaskClient, questions: Any, **more: Any) -> dict[str, Any]:
    found = client.post(URL, json={"questions": questions, **more})
    assert found.status_code == 200, found.text
    body: dict[str, Any] = found.get_json()
    return body


def test_a_batch_answers_in_order_from_one_release(client: FlaskClient, register: Session) -> None:
    release = publish(register, *(a_school(f"CDD{n:04}") for n in range(5)))
    found = batch(client, [{"code": f"CDD{n % 7:04}"} for n in range(1000)], nonce="b")
    answers = [one["answer"] for one in found["answers"]]
    assert answers[:7] == ["authorised"] * 5 + ["unknown_code"] * 2
    assert (len(answers), {one["release"] for one in found["answers"]}) == (1000, {release.id})
    assert (found["release"], found["nonce"], found["numberReturned"]) == (release.id, "b", 1000)


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"code": 7},
        {"code": ["CDD0215"]},
        {"code": "CDD0215", "on": "x"},
        {"code": "CDD0215", "cod": "x"},
        "CDD0215",
        None,
        7,
        {"code": "\ud800"},
    ],
)
def test_a_malformed_question_spoils_only_itself(client: FlaskClient, register: Session, bad: Any) -> None:
    publish(register, a_school())
    found = batch(client, [{"code": "CDD0215", "name": None}, bad, {"code": "CDD0215"}])
    assert [one["answer"] for one in found["answers"]] == ["authorised", "malformed", "authorised"]
    assert found["answers"][1]["errors"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"7",
        b"null",
        b"[]",
        b'{"questions": []}',
        b'{"questions": {}}',
        b'{"questions": [{}], "x": 1}',
        b'{"questions": [{}], "release": "x"}',
        json.dumps([{"code": "A"}] * 1001).encode(),
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_malformed_batch_is_a_400(client: FlaskClient, register: Session, body: bytes) -> None:
    publish(register, a_school())
    found = client.post(URL, data=body, content_type="application/json")
    assert (found.status_code, found.get_json()["answer"]) == (400, "malformed")


def test_a_batch_too_large_to_read_is_refused(client: FlaskClient, register: Session) -> None:
    assert client.post(URL, data=b" " * 1_000_001).status_code == 413


def test_a_batch_as_a_plain_list_is_taken_too(client: FlaskClient, register: Session) -> None:
    publish(register, a_school())
    assert client.post(URL, json=[{"code": "CDD0215"}]).get_json()["answers"][0]["answer"] == "authorised"


def test_without_database_and_copy_the_register_is_stale(away: FlaskClient) -> None:
    found = away.get(f"{URL}?code=CDD0215")
    assert (found.status_code, found.get_json()["answer"]) == (200, "register_stale")


def test_answers_have_the_shape_that_is_described(client: FlaskClient, register: Session) -> None:
    publish(register, a_school(), a_school("CDD0001"), a_school("CDD0001"))
    spec = client.get("/api/v1/openapi.json").get_json()
    for name, body in (
        ("Verdict", answer(client, code="CDD0215", action="train", occupation="6480201")),
        ("Verdict", answer(client, code="CDD0001")),
        ("Verdicts", batch(client, [{"code": "CDD0215"}, {}])),
    ):
        schema = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
        assert list(Draft202012Validator(schema).iter_errors(body)) == []


def test_the_description_lists_what_is_read() -> None:
    assert set(VerifyQuestion.model_fields) == {*ASKS, *WITH}


def test_every_answer_and_reason_has_its_words() -> None:
    assert set(verdicts.ANSWER) == set(verdicts.MEANING) == set(Answer)
    assert set(verdicts.WHY) == set(Why)
    assert set(verdicts.ACTION) == set(Action)
