"""Who has reported and by when; the legal standard on one institution: pages and API say the same."""

import re
from datetime import date
from html import unescape

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy.orm import Session

from geodata.standard.load import standard
from tests.builders import an_institution, publish
from tests.geodata.overlays.reporting import tell
from tests.mapapp.asking import ask

API = "/api/v1/reporting"


def test_the_page_has_the_counts_of_the_api(planner: FlaskClient) -> None:
    told = ask(planner, f"{API}?period=2024&level=province")
    text = planner.get("/planner/reports?period=2024").text
    assert f"{told['whole']['reported']}/{told['whole']['asked']}" in text.replace(".", "")
    rows = re.findall(r'unit=(\d+(?:%40|@)[\d-]+)">.*?<td>([\d.]+)</td><td>([\d.]+)</td><td>([\d.]+)</td>', text, re.S)
    shown = {unit.replace("%40", "@"): tuple(int(one.replace(".", "")) for one in counts) for unit, *counts in rows}
    assert shown == {
        row["unit"]: (row["asked"], row["reported"], row["silent"])
        for row in told["rows"]
        if row["unit"] and row["asked"]
    }
    assert sum(row["asked"] for row in told["rows"]) == told["whole"]["asked"]


def test_the_list_of_a_unit_holds_those_that_are_silent(planner: FlaskClient) -> None:
    listed = ask(planner, f"{API}/institutions?period=2024&unit=01&reported=no")
    text = planner.get("/planner/reports?period=2024&unit=01").text
    assert 0 < listed["numberMatched"] == listed["numberReturned"] < 100
    assert [unescape(id_) for id_ in re.findall(r'/planner/standard/([^"]+)"', text)] == [
        one["id"] for one in listed["institutions"]
    ]
    assert "chưa báo cáo, quá hạn" in text


def test_pages_of_the_list_hold_everyone_once_in_one_release(planner: FlaskClient, network: Session) -> None:
    address, found = f"{API}/institutions?period=2024&limit=90", []
    while address:
        told = ask(planner, address)
        found += [one["id"] for one in told["institutions"]]
        publish(network, an_institution("A đầu danh sách", province="01"))
        onwards = [link["href"] for link in told["links"] if link["rel"] == "next"]
        address = onwards[0].removeprefix("http://localhost") if onwards else ""
    assert len(found) == len(set(found)) == told["numberMatched"]


def test_deadlines_are_those_of_the_documents(planner: FlaskClient) -> None:
    ours = {one["id"]: one for one in ask(planner, "/api/v1/duties")["duties"]}
    assert (ours["circular-38"]["document"], ours["circular-38"]["clause"]) == ("tt-38-2026", "article 10.2")
    assert ours["hcmc-plan"]["territory"] == "79@2025-06-30"
    national, city = (ask(planner, f"{API}?period=2026&duty={duty}")["duty"] for duty in ("circular-38", "hcmc-plan"))
    assert (national["data_day"], national["last_day"], city["last_day"]) == ("2026-12-31", "2027-03-31", "2026-12-09")
    text = planner.get("/planner/reports?period=2026").text
    assert "31/03/2027" in text
    assert "còn 129 ngày" in text  # from 22/11/2026


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("period=2019", "period"),
        ("period=2025&duty=circular-38", "duty"),
        ("duty=nonsense", "duty"),
        ("level=district", "level"),
        ("release=99", "release"),
        ("nonsense=1", "nonsense"),
    ],
)
def test_nonsense_is_refused_with_a_reason(planner: FlaskClient, question: str, parameter: str) -> None:
    answer = planner.get(f"{API}?{question}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.get_json()["errors"][0]["parameter"] == parameter


def test_what_cannot_be_answered_is_said_beside_the_form(planner: FlaskClient) -> None:
    text = planner.get("/planner/reports?period=2024&duty=circular-38").text
    assert "hcmc-plan, register-readiness" in text
    assert planner.get("/planner/reports?unit=999").status_code == 404


def test_the_standard_of_one_institution_on_page_and_api(planner: FlaskClient, network: Session) -> None:
    school = an_institution(
        "Trường Cao đẳng Quân sự Minh họa",
        province="01",
        programmes=(("6510202", "college", (None, None)),),
        attributes=(("managing_body", "Bộ Quốc phòng", (None, None)),),
        status=(("active", (date(1990, 1, 1), None)),),
    )
    publish(network, school)
    told = {condition.id: True for condition in standard().conditions} | {"s38_06_online_modules": (10, 100)}
    tell(network, 2026, {school.id: told | {"s38_c5": False}})
    found = ask(planner, f"/api/v1/institutions/{school.id}/standard?period=2026")
    assert (found["verdict"], found["failed"], found["spared_by_article_8_2"]) == ("not_met", ["06"], True)
    assert found["conditions"]["5"] == "not_applicable"
    assert (found["report_due_by"], found["must_meet_by"]) == ("2027-03-31", "2031-04-29")
    text = planner.get(f"/planner/standard/{school.id}").text
    assert "Bộ Quốc phòng" in text
    assert "Chưa đáp ứng chuẩn" in text
    before = ask(planner, f"/api/v1/institutions/{school.id}/standard?period=2025")
    assert (before["verdict"], before["conditions"]) == ("no_verdict", {})
    assert planner.get("/planner/standard/nothing").status_code == 404


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("/api/v1/reporting", f"{API}?period=2024"),
        ("/api/v1/reporting/institutions", f"{API}/institutions?period=2024"),
        ("/api/v1/duties", "/api/v1/duties"),
    ],
)
def test_answers_have_the_shape_that_is_described(planner: FlaskClient, path: str, address: str) -> None:
    spec = ask(planner, "/api/v1/openapi.json")
    schema = spec["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": spec["components"]})
    assert [error.message for error in validator.iter_errors(ask(planner, address))] == []


def test_a_unit_says_who_reported_to_whom(planner: FlaskClient) -> None:
    former = planner.get("/planner/units/79@2025-06-30").text
    assert "trước ngày 10 tháng 12" not in former
    assert "2550/QĐ-UBND, mục V" in former
    assert "09/12/2026" in former
    assert "31/03/2027" in former
    assert "2550/QĐ-UBND, mục V" not in planner.get("/planner/units/01").text
