"""Readiness overlays over HTTP: one set of numbers in every format, refusals that say what to ask instead."""

import csv
import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from mapapp.exports.plain_files import cell, named_cells
from tests.builders import an_institution, publish

OVERLAY = "/api/v1/overlays/teacher_digital_competence"
VINTAGES = (
    ("province", "2025-06-30"),
    ("district", "2025-06-30"),
    ("commune", "2025-06-30"),
    ("province", "2025-07-01"),
    ("commune", "2025-07-01"),
)


def ask(planner: FlaskClient, question: str) -> Any:
    answer = planner.get(f"{OVERLAY}?{question}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


@pytest.mark.parametrize("target", ["", "&target=2550-teacher-digital-competence-2025"])
def test_every_format_says_the_same(planner: FlaskClient, target: str) -> None:
    question = f"{OVERLAY}?level=province&on=2025-07-01&period=2024{target}"
    rows = planner.get(question).get_json()["rows"]
    features = planner.get(question + "&format=geojson").get_json()["features"]
    assert [
        one["properties"] | {"boundary_quality": None} for one in features if "symbol" not in one["properties"]
    ] == [row | {"boundary_quality": None} for row in rows]
    lines = list(csv.DictReader(io.StringIO(planner.get(question + "&format=csv").data.decode("utf-8-sig"))))
    assert [{name: line[name] for name in rows[0]} for line in lines] == [
        {name: cell(value) for name, value in row.items()} for row in named(rows)
    ]
    book = load_workbook(io.BytesIO(planner.get(question + "&format=xlsx").data), read_only=True)
    heading, *cells = book["Số liệu"].iter_rows(values_only=True)
    assert list(heading) == [*rows[0], "release", "data_status"]
    said = {"release": 1, "data_status": "illustrative"}
    assert [dict(zip(heading, line, strict=True)) for line in cells[:-1]] == [row | said for row in named(rows)]


def named(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    nowhere = {"name": "Chưa xác định được đơn vị", "name_en": "No unit can be given"}
    return [row if row["unit"] else row | nowhere for row in rows]


def test_the_same_institutions_are_counted_in_every_vintage(planner: FlaskClient) -> None:
    answers = [ask(planner, f"level={level}&on={on}&period=2024") for level, on in VINTAGES]
    assert [len(answer["rows"]) >= size for answer, size in zip(answers, (63, 696, 10_000, 34, 3_321), strict=True)]
    for answer in answers:
        assert sum(row["N"] for row in answer["rows"]) == answer["whole"]["N"]
        assert sum(row["n"] for row in answer["rows"]) == answer["whole"]["n"]
    assert len({json.dumps([answer["whole"], answer["target"]]) for answer in answers}) == 1


def test_no_data_is_null_and_said(planner: FlaskClient) -> None:
    rows = ask(planner, "level=commune&on=2025-07-01&period=2024")["rows"]
    assert {row["value"] is None for row in rows if row["no_data"]} == {True}
    assert {row["value"] is not None for row in rows if not row["no_data"]} == {True}
    assert any(row["N"] and row["no_data"] for row in rows)


def test_rows_without_a_unit_have_no_geometry_and_both_archipelagos_are_there(planner: FlaskClient) -> None:
    features = ask(planner, "level=province&on=2025-07-01&format=geojson")["features"]
    symbols = {one["properties"]["code"] for one in features if one["properties"].get("symbol")}
    assert symbols == {"20333", "22736"}
    assert all(one["geometry"] for one in features if one["properties"].get("unit"))


def test_values_travel_without_outlines_and_outlines_are_named(planner: FlaskClient) -> None:
    answer = planner.get(f"{OVERLAY}?level=district&on=2025-06-30&period=2024")
    assert "coordinates" not in answer.text
    assert "/api/v1/boundaries/district?on=2025-06-30" in answer.headers["Link"]


def test_an_unchanged_overlay_is_not_sent_again(planner: FlaskClient, network: Session) -> None:
    first = planner.get(OVERLAY)
    again = planner.get(OVERLAY, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    publish(network, an_institution(province="01"))
    later = planner.get(OVERLAY, headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200
    assert later.get_json()["whole"]["N"] == first.get_json()["whole"]["N"] + 1


@pytest.mark.parametrize("form", ["json", "csv", "geojson"])
def test_a_release_gives_the_same_bytes_for_ever(planner: FlaskClient, network: Session, form: str) -> None:
    question = f"{OVERLAY}?level=province&on=2025-07-01&period=2024&release=1&format={form}"
    before = planner.get(question).data
    publish(network, an_institution(province="01"))
    assert planner.get(question).data == before


def test_filters_and_what_they_were_are_told(planner: FlaskClient) -> None:
    everyone = ask(planner, "period=2024")
    some = ask(planner, "period=2024&type=college,intermediate_school&ownership=public")
    assert some["filters"] == {"type": ["college", "intermediate_school"], "ownership": ["public"]}
    assert 0 < some["whole"]["N"] < everyone["whole"]["N"]
    assert (everyone["release"], everyone["data_status"], everyone["target"]["clause"]) == (
        1,
        "illustrative",
        "I.2.a dash 1",
    )


@pytest.mark.parametrize(
    ("question", "parameter", "hint"),
    [
        ("level=district&on=2025-07-01", "level", "2025-06-30"),
        ("level=village", "level", "province"),
        ("period=2019", "period", "2024"),
        ("period=now", "period", ""),
        ("target=nonsense", "target", ""),
        ("target=2222-digital-inspections-2025", "target", ""),
        ("release=99", "release", ""),
        ("type=university", "type", "college"),
        ("format=shp", "format", "geojson"),
        ("bbox=1,2,3,4", "bbox", "level"),
    ],
)
def test_nonsense_is_refused_with_a_reason(planner: FlaskClient, question: str, parameter: str, hint: str) -> None:
    answer = planner.get(f"{OVERLAY}?{question}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    fault = answer.get_json()["errors"][0]
    assert fault["parameter"] == parameter
    assert hint in fault["message"]


def test_an_unknown_indicator_is_a_problem_of_its_own(planner: FlaskClient) -> None:
    answer = planner.get("/api/v1/overlays/nonsense")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "/docs#problem-unknown-indicator")


def test_figures_of_authorities_take_no_filters_of_institutions(planner: FlaskClient) -> None:
    answer = planner.get("/api/v1/overlays/digital_inspections?type=college&period=2024")
    assert (answer.status_code, answer.get_json()["errors"][0]["parameter"]) == (400, "type")


def test_an_indicator_without_any_report_is_refused(planner: FlaskClient) -> None:
    answer = planner.get("/api/v1/overlays/s38_meets_standard")
    assert (answer.status_code, answer.get_json()["errors"][0]["parameter"]) == (400, "period")


def test_an_empty_register_says_so(client: FlaskClient) -> None:
    assert client.get(OVERLAY).status_code == 400


def test_the_answer_has_the_shape_that_is_described(planner: FlaskClient) -> None:
    spec = planner.get("/api/v1/openapi.json").get_json()
    schema = spec["paths"]["/api/v1/overlays/{indicator}"]["get"]["responses"]["200"]["content"]["application/json"]
    validator = Draft202012Validator({**schema["schema"], "components": spec["components"]})
    assert [error.message for error in validator.iter_errors(ask(planner, "period=2024"))] == []


def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    assert [cell(text) for text in ("=1+1", "+1", "-x", "@x", "\tx")] == ["'=1+1", "'+1", "'-x", "'@x", "'\tx"]
    assert [cell(value) for value in (-0.5, None, True, 0.0)] == ["-0.5", "", "true", "0.0"]
    assert named_cells({"unit": "01@2025-07-01", "name": "=HYPERLINK()"}) == ["01@2025-07-01", "'=HYPERLINK()"]
