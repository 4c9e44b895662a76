"""Distances and scenarios: page, map and API say the same; refusals help; a scenario leaves the register alone."""

import re
from datetime import date

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.access.population import import_population
from mapapp import planner_access_drawing as drawing
from mapapp.cli import main
from tests.geodata.test_access import fingerprints
from tests.mapapp.asking import ask, page

API = "/api/v1/access"
COLLEGES = "training_level=college&indicator=digital_infrastructure&period=2025"


def some_ids(network: Session, count: int) -> list[str]:
    sql = (
        "SELECT institution_id FROM institution_state WHERE is_main AND geom IS NOT NULL AND valid_to IS NULL"
        " AND status = 'active' AND 'college' = ANY(training_levels) ORDER BY 1 LIMIT :count"
    )
    return list(network.scalars(text(sql), {"count": count}))


def test_page_and_map_have_the_numbers_of_the_api(planner: FlaskClient) -> None:
    told = ask(planner, f"{API}?{COLLEGES}&radius_km=30")
    shown = page(planner, f"/planner/access?{COLLEGES}&radius_km=30")
    reach = told["reach"]
    assert f"{reach['reached']}/{reach['communes']}" in shown.replace(".", "")
    assert sum(row["within"] for row in told["rows"]) == reach["reached"]
    assert sum(one["reached"] for one in told["provinces"]) == reach["reached"]
    bands = {name: dots.count("M") for name, dots in re.findall(r'<path class="dots (\w+)" d="([^"]*)"', shown)}
    expected: dict[str, int] = {}
    for row in told["rows"]:
        km = row["distance_km"]
        name = "dx" if km is None else f"d{sum(km > factor * 30 for factor in drawing.FACTORS)}"
        expected[name] = expected.get(name, 0) + 1
    assert bands == expected
    far = sorted(told["rows"], key=lambda row: (-row["distance_km"], row["code"]))[:20]
    table = shown.partition('aria-labelledby="far-title"')[2].partition("</table>")[0]
    listed = re.findall(r'<th scope="row"><a href="/planner/units/([^"]+)">', table)
    assert listed == [row["unit"] for row in far]


def test_both_archipelagos_are_drawn_and_named(planner: FlaskClient) -> None:
    for address in ("/planner/access", "/planner/what-if", "/en/planner/access"):
        shown = page(planner, address)
        assert "Hoàng Sa" in shown
        assert "Trường Sa" in shown
    codes = {row["code"] for row in ask(planner, API)["rows"]}
    assert {"20333", "22736"} <= codes


def test_those_without_a_point_are_said_and_not_placed(planner: FlaskClient) -> None:
    told = ask(planner, API)
    assert told["unplaced"] > 0
    assert "chỉ biết đến cấp tỉnh hoặc huyện" in page(planner, "/planner/access")


def test_people_are_told_once_a_population_is_imported(planner: FlaskClient, network: Session) -> None:
    before = planner.get(API)
    assert before.get_json()["population"] is None
    assert "Chưa nhập dân số" in page(planner, "/planner/access")
    import_population(
        network,
        "commune,people,year,source\n00070,1000,2025,Niên giám minh họa\n".encode(),
        on=date(2026, 1, 1),
        by="t",
    )
    told = planner.get(API, headers={"If-None-Match": before.headers["ETag"]}).get_json()
    assert (told["reach"]["people"], told["population"]["years"]) == (1000, [2025])
    assert "Niên giám minh họa" in page(planner, "/planner/access")


@pytest.mark.parametrize(
    ("address", "status", "parameter"),
    [
        (f"{API}?indicator=nonsense", 404, None),
        (f"{API}?indicator=digital_inspections", 400, "indicator"),
        (f"{API}?indicator=digital_infrastructure&period=2019", 400, "period"),
        (f"{API}?occupation=han", 400, "occupation"),
        (f"{API}?radius_km=0", 400, "radius_km"),
        (f"{API}?at_least=101", 400, "at_least"),
        (f"{API}?close=abc", 400, "close"),
        (f"{API}/what-if?close=nothing", 400, "close"),
        (f"{API}/what-if?merge=one", 400, "merge"),
        (f"{API}/what-if?upgrade=nothing", 400, "upgrade"),
        (f"{API}?release=99", 400, "release"),
    ],
)
def test_nonsense_is_refused_with_a_reason(
    planner: FlaskClient, address: str, status: int, parameter: str | None
) -> None:
    answer = planner.get(address)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    if parameter:
        assert [fault["parameter"] for fault in answer.get_json()["errors"]] == [parameter]


def test_what_cannot_be_answered_is_said_beside_the_form(planner: FlaskClient) -> None:
    assert "không có cơ sở nào mang định danh" in page(planner, "/planner/what-if?close=nothing").casefold()
    assert "không do cơ sở báo cáo" in page(planner, "/planner/access?indicator=digital_inspections")
    assert planner.get("/planner/access?radius_km=none").status_code == 400


def test_before_and_after_a_scenario(planner: FlaskClient, network: Session) -> None:
    one, two, three, four = some_ids(network, 4)
    question = f"{COLLEGES}&close={one}&upgrade={two}&merge={three}:{four}"
    before = fingerprints(network)
    told = ask(planner, f"{API}/what-if?{question}")
    shown = page(planner, f"/planner/what-if?{question}")
    assert fingerprints(network) == before
    assert {one["id"] for one in told["scenario"]["institutions"]} == {one, two, three, four}
    plain = ask(planner, f"{API}?{COLLEGES}")
    assert told["before"]["reached"] == plain["reach"]["reached"]
    assert told["readiness"]["whole"]["before"]["N"] - told["readiness"]["whole"]["after"]["N"] == 2
    assert shown.count('<span class="tag bad">+') + shown.count('<span class="tag good">−') == min(
        200, len(told["changed"])
    )
    assert "sổ đăng ký không thay đổi" in shown


def test_an_empty_scenario_changes_nothing(planner: FlaskClient) -> None:
    told = ask(planner, f"{API}/what-if?{COLLEGES}")
    assert told["before"] == told["after"]
    assert (told["changed"], told["readiness"]) == ([], None)


@pytest.mark.parametrize(("path", "address"), [(API, f"{API}?{COLLEGES}"), (f"{API}/what-if", f"{API}/what-if")])
def test_answers_have_the_shape_that_is_described(planner: FlaskClient, path: str, address: str) -> None:
    spec = ask(planner, "/api/v1/openapi.json")
    schema = spec["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**schema, "components": spec["components"]})
    assert [error.message for error in validator.iter_errors(ask(planner, address))] == []


def test_the_population_command_is_there() -> None:
    result = CliRunner().invoke(main, ["population", "import", "--help"])
    assert result.exit_code == 0
    assert "commune, people, year, source" in result.output
