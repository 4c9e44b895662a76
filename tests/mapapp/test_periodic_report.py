"""The periodic report with its schema and workbook, and whom to remind, for everybody."""

import io
import json
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from openpyxl import load_workbook

from mapapp import api_periodic
from mapapp.api_periodic import SCHEMA
from mapapp.schemas.periodic import PeriodicReport
from tests.mapapp.reporters import TEACHERS


def test_the_periodic_report_is_held_to_its_published_schema(planner: FlaskClient) -> None:
    published = planner.get("/api/v1/periodic-report/schema/1").json
    assert published is not None
    Draft202012Validator.check_schema(published)
    told = planner.get("/api/v1/periodic-report?province=79&period=2024").json
    assert told is not None
    Draft202012Validator(published, format_checker=FormatChecker()).validate(told)
    assert told["schema"] == published["$id"]
    figures = {one["id"]: one for one in told["indicators"]}
    overlay = planner.get(f"/api/v1/overlays/{TEACHERS}?level=province&period=2024").json
    assert overlay is not None
    row = next(one for one in overlay["rows"] if one["code"] == "79")
    assert {key: figures[TEACHERS][key] for key in ("value", "n", "N", "no_data")} == {
        key: row[key] for key in ("value", "n", "N", "no_data")
    }
    documents = {goal["document"] for goal in figures[TEACHERS]["targets"]}
    assert documents == {"qd-2222-2021", "qd-2550-2023"}
    assert {one["id"] for one in told["reporting"]} == {"hcmc-plan", "register-readiness"}
    assert all(one["no_data"] == (one["value"] is None) for one in told["indicators"])


def test_an_old_release_has_its_own_data_status(planner: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    published = datetime(2026, 1, 1, tzinfo=UTC)
    monkeypatch.setattr(api_periodic, "edition_facts", lambda _session, release: (published, {f"of-{release}": 1}))
    told = planner.get("/api/v1/periodic-report?province=79&period=2024&release=1").json
    assert told is not None
    assert told["data_status"] == "of-1"


def test_a_year_without_reports_has_no_figures_and_no_zeros(planner: FlaskClient) -> None:
    told = planner.get("/api/v1/periodic-report?province=79&period=2026").json
    assert told is not None
    assert {one["value"] for one in told["indicators"]} == {None}
    assert told["sources"] == []


def test_the_schema_file_is_that_of_the_shapes() -> None:
    made = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **PeriodicReport.model_json_schema(by_alias=True),
    }
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == made, "write it again, under a new number if readers break"


def test_the_workbook_says_the_same(planner: FlaskClient) -> None:
    told = planner.get("/api/v1/periodic-report?province=79&period=2024").json
    answer = planner.get("/api/v1/periodic-report.xlsx?province=79&period=2024")
    assert told is not None
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Báo cáo", "Chỉ số", "Tình hình báo cáo", "Nguồn"]
    rows = list(book["Chỉ số"].iter_rows(min_row=2, values_only=True))
    assert {row[0]: row[3] for row in rows} == {one["id"]: one["value"] for one in told["indicators"]}


def test_whom_to_remind_is_public_without_contacts(planner: FlaskClient) -> None:
    question = "period=2024&unit=01&reported=no&limit=1000"
    listed = planner.get(f"/api/v1/reporting/institutions?{question}").json
    table = planner.get(f"/api/v1/reporting/institutions.csv?{question}").data.decode("utf-8-sig").splitlines()
    assert listed is not None
    assert table[0] == "id,name,type,period,duty,last_day,reported,sent_on,late"
    assert [line.split(",")[0] for line in table[1:]] == [one["id"] for one in listed["institutions"]]


@pytest.mark.parametrize(
    ("question", "status"),
    [("", 400), ("province=7", 400), ("province=99", 404), ("province=79&period=2099", 400), ("province=79&x=1", 400)],
)
def test_nonsense_is_refused(planner: FlaskClient, question: str, status: int) -> None:
    for path in ("/api/v1/periodic-report", "/api/v1/periodic-report.xlsx"):
        assert planner.get(f"{path}?{question}").status_code == status


def test_the_planner_leads_to_the_periodic_report(planner: FlaskClient) -> None:
    text = planner.get("/planner/reports?period=2024&unit=79").text
    assert "/api/v1/periodic-report?province=79&amp;period=2024" in text
