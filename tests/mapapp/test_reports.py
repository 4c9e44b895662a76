"""Yearly reports through the web: a reporter's form and sheet, the second person, corrections, lists, the periodic
report with its schema."""

import io
import json
import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geodata.models import Authority, Proposal
from geodata.unit_reads import unit
from geodata.vocabulary import Role
from mapapp import api_periodic
from mapapp.api_periodic import SCHEMA
from mapapp.schemas.periodic import PeriodicReport
from tests.builders import AnInstitution, an_institution, publish
from tests.mapapp.desk import newest, send
from tests.people import a_person, form_token, sign_in

HANOI = "01"
TEACHERS = "teacher_digital_competence"
TEACHERS_NAME = "Nhà giáo, cán bộ quản lý được đào tạo nâng cao năng lực số"
FILLED = {
    f"{TEACHERS}.numerator": "12",
    f"{TEACHERS}.denominator": "40",
    f"{TEACHERS}.evidence": "https://truong.example.vn/bao-cao.pdf",
    "digital_learning_platform.value": "có",
}


@pytest.fixture
def school(register: Session) -> AnInstitution:
    """A college of Hà Nội with a code and a mailbox of its own, in a register with another school."""
    one = a_school("Trường Cao đẳng Một", codes=[("CDD0101", (None, None))], attributes=[MAIL])
    publish(register, one, a_school("Trường Cao đẳng Hai"))
    register.commit()
    return one


MAIL = ("email", "vanthu@mot.example.vn", (None, None))


def a_school(name: str, **wanted: Any) -> AnInstitution:
    given: dict[str, Any] = {
        "province": HANOI,
        "status": [("active", (date(2010, 1, 1), None))],
        "programmes": [("6510202", "college", (date(2017, 6, 1), None))],
    }
    return an_institution(name, **{**given, **wanted})


@pytest.fixture
def hoa(client: FlaskClient, register: Session, school: AnInstitution) -> FlaskClient:
    """The school's reporter at work."""
    return sign_in(client, register, a_person(register, (Role.REPORTER, school.id), login="hoa", name="Người báo cáo"))


@pytest.fixture
def minh(app: APIFlask, register: Session) -> FlaskClient:
    """An approver of the province."""
    return sign_in(app.test_client(), register, a_person(register, (Role.APPROVER, HANOI), login="minh"))


def address(school: AnInstitution, year: int = 2025) -> str:
    return f"/steward/reports/{school.id}/{year}"


def save(browser: FlaskClient, page: str, **cells: str) -> TestResponse:
    """Fill in the form as it stands."""
    return send(browser, page, base=base_of(browser.get(page).text), **cells)


def base_of(text: str) -> str:
    return text.partition('name="base" value="')[2].partition('"')[0]


def to_register(hoa: FlaskClient, minh: FlaskClient, register: Session, page: str, cells: dict[str, str]) -> int:
    """Through both persons' hands; the number of the proposal."""
    assert save(hoa, page, **cells).status_code == 200
    send(hoa, page, f"{page}/propose")
    number = newest(register).id
    proposal = f"/steward/proposals/{number}"
    for act in ("approve", "publish"):
        assert send(minh, proposal, f"{proposal}/{act}").status_code == 200
    return number


def test_a_reporter_begins_with_the_report_and_sees_nothing_else(
    hoa: FlaskClient, school: AnInstitution, register: Session
) -> None:
    started = hoa.get("/steward", follow_redirects=True)
    assert started.request.path == "/steward/reports"
    assert f'href="{address(school, 2026)}"' in started.text
    assert "Nhập dữ liệu" not in started.text
    assert "Trường Cao đẳng Hai" not in started.text
    assert [hoa.get(path).status_code for path in ("/steward/imports", "/steward/proposals")] == [403, 403]


def test_a_reporter_is_asked_nothing_of_years_before_the_duty(
    hoa: FlaskClient, school: AnInstitution, register: Session
) -> None:
    listed = hoa.get("/steward/reports?year=2022")
    assert listed.status_code == 200
    assert address(school, 2022) in listed.text
    assert address(school, 2021) not in listed.text


def test_control_characters_reach_no_report(hoa: FlaskClient, school: AnInstitution, register: Session) -> None:
    assert save(hoa, address(school), **{f"{TEACHERS}.numerator": "1\x002", "\x00.value": "1\x00"}).status_code < 500
    assert hoa.get("/steward/reports/a%00b/2025").status_code == 404


def test_a_report_goes_from_form_to_public_figures(
    hoa: FlaskClient, minh: FlaskClient, school: AnInstitution, register: Session
) -> None:
    page = address(school)
    assert "2024: không có số liệu" in hoa.get(page).text
    saved = save(hoa, page, reason="Số liệu phòng đào tạo", **FILLED)
    assert "Đang soạn" in saved.text
    assert 'value="12"' in saved.text
    assert "Đã gửi, chờ duyệt" in send(hoa, page, f"{page}/propose").text
    proposal = f"/steward/proposals/{newest(register).id}"
    seen = minh.get(proposal).text
    assert "Báo cáo năm 2025" in seen
    assert 'href="https://truong.example.vn/bao-cao.pdf" rel="noopener noreferrer nofollow"' in seen
    assert "Bị trả lại" in send(minh, proposal, f"{proposal}/send_back", reason="Thiếu minh chứng").text
    assert "Thiếu minh chứng" in hoa.get(page).text
    to_register(hoa, minh, register, page, {**FILLED, f"{TEACHERS}.numerator": "20"})
    told = hoa.get(f"/api/v1/institutions/{school.id}").json
    assert told is not None
    values = {one["indicator"]: one["value"] for one in told["properties"]["readiness"]}
    assert values == {TEACHERS: 50.0, "digital_learning_platform": 100.0}
    assert "truong.example.vn" not in json.dumps(told), "evidence is for the approver"

    to_register(hoa, minh, register, page, {f"{TEACHERS}.numerator": "22", f"{TEACHERS}.denominator": "40"})
    corrected = hoa.get(page).text
    assert "Đã công bố, có đính chính" in corrected
    assert "55 % (22 trên 40)" in corrected
    assert "50 % (20 trên 40)" in corrected
    assert "2025: 55 % (22 trên 40)" in hoa.get(address(school, 2026)).text
    public = hoa.get(f"/institutions/{school.id}/history").text
    assert "50 % (20 trên 40)" in public
    assert "55 % (22 trên 40)" in public
    assert "Người báo cáo" not in public


def test_what_was_typed_comes_back_with_what_is_wrong(
    hoa: FlaskClient, school: AnInstitution, register: Session
) -> None:
    cells = {**FILLED, f"{TEACHERS}.numerator": "41", f"{TEACHERS}.evidence": "http://a.vn"}
    answer = save(hoa, address(school), **cells)
    assert answer.status_code == 400
    assert "lớn hơn mẫu số" in answer.text
    assert "bắt đầu bằng https://" in answer.text
    assert 'value="41"' in answer.text
    assert save(hoa, address(school, 2027), **FILLED).status_code == 400
    assert register.scalars(select(Proposal)).all() == []
    english = send(hoa, "/en" + address(school), base="", **cells).text
    assert "is more than the denominator" in english


@pytest.fixture
def ha(app: APIFlask, school: AnInstitution, register: Session) -> FlaskClient:
    """A second reporter of the school."""
    return sign_in(app.test_client(), register, a_person(register, (Role.REPORTER, school.id), login="ha"))


def hidden(text: str) -> dict[str, str]:
    """What the form says that it was opened on."""
    return {name: unescape(told) for name, told in re.findall(r'name="(base|opened)" value="([^"]*)"', text)}


def met(text: str) -> dict[str, tuple[bool, list[str]]]:
    """{item: (both changed it, [as opened, theirs, yours])} of the page that compares."""
    rows = text.partition('class="differences versions met"')[2].partition("</table>")[0].split("<tr>")[2:]
    return {
        re.findall(r"<a [^>]*>([^<]*)</a>", row)[0]: (
            "hai bên khác nhau" in row,
            re.findall(r"<bdi>([^<]*)</bdi>", row),
        )
        for row in rows
    }


def test_two_who_write_at_once_lose_nothing(
    hoa: FlaskClient, ha: FlaskClient, school: AnInstitution, register: Session
) -> None:
    page = address(school)
    shown = ha.get(page).text
    token = form_token(shown)
    save(hoa, page, reason="Bản của Hoa", **FILLED)
    typed = {**FILLED, f"{TEACHERS}.numerator": "39", "digital_learning_platform.value": ""}
    late = ha.post(page, data={"token": token, **hidden(shown), **typed})
    assert late.status_code == 409
    assert "đã được người khác thay đổi từ khi bạn mở" in late.text
    assert 'value="39"' in late.text
    compared = met(late.text)
    assert compared[TEACHERS_NAME] == (True, ["–", "12 / 40", "39 / 40"])
    assert compared["Có nền tảng số dạy và học"] == (False, ["–", "Có", "–"]), "the other person's alone"
    assert compared["Ghi chú cho người duyệt"] == (False, ["–", "Bản của Hoa", "–"])
    assert '<option value="có" selected>' in late.text
    assert 'value="Bản của Hoa"' in late.text
    assert f'action="{page}/propose"' not in late.text, "what was typed would be lost"
    assert f'action="{page}/propose"' in ha.get(page).text
    again = ha.post(page, data={"token": token, **hidden(late.text), **typed}, follow_redirects=True)
    assert again.status_code == 200
    assert len(register.scalars(select(Proposal)).all()) == 1


def test_a_figure_is_put_together_of_no_two_halves(hoa: FlaskClient, ha: FlaskClient, school: AnInstitution) -> None:
    page = address(school)
    shown = save(ha, page, **FILLED).text
    save(hoa, page, **{**FILLED, f"{TEACHERS}.numerator": "30", f"{TEACHERS}.denominator": "50"})
    mine = {**FILLED, f"{TEACHERS}.numerator": "13", f"{TEACHERS}.evidence": "https://truong.example.vn/moi"}
    late = send(ha, page, **hidden(shown), **mine)
    assert late.status_code == 409
    assert met(late.text) == {
        TEACHERS_NAME: (True, ["12 / 40", "30 / 50", "13 / 40"]),
        f"{TEACHERS_NAME}: minh chứng": (
            False,
            [FILLED[f"{TEACHERS}.evidence"], FILLED[f"{TEACHERS}.evidence"], "https://truong.example.vn/moi"],
        ),
    }
    for cell, value in (("numerator", "13"), ("denominator", "40")):
        assert f'name="{TEACHERS}.{cell}" value="{value}"' in late.text


def test_what_was_published_since_the_form_was_opened_is_not_written_over(
    hoa: FlaskClient, ha: FlaskClient, minh: FlaskClient, school: AnInstitution, register: Session
) -> None:
    page = address(school)
    shown = ha.get(page).text
    to_register(hoa, minh, register, page, FILLED)
    typed = {f"{TEACHERS}.numerator": "39", f"{TEACHERS}.denominator": "40"}
    late = send(ha, page, **hidden(shown), **typed)
    assert late.status_code == 409
    assert met(late.text)[TEACHERS_NAME] == (True, ["–", "12 / 40", "39 / 40"])
    assert send(ha, page, **hidden(late.text), **typed).status_code == 200
    to_register(ha, minh, register, page, typed)
    stale = send(hoa, page, **hidden(late.text), **{**typed, f"{TEACHERS}.numerator": "1"})
    assert stale.status_code == 409, "published again"


def test_what_was_typed_is_shown_also_when_the_report_has_been_sent(
    hoa: FlaskClient, ha: FlaskClient, school: AnInstitution
) -> None:
    page = address(school)
    shown = save(hoa, page, **FILLED).text
    send(hoa, page, f"{page}/propose")
    late = send(ha, page, **hidden(shown), **{**FILLED, f"{TEACHERS}.numerator": "39"})
    assert late.status_code == 409
    assert "báo cáo đã được gửi nên không sửa được nữa" in late.text
    assert met(late.text) == {TEACHERS_NAME: (False, ["12 / 40", "12 / 40", "39 / 40"])}
    assert f'name="{TEACHERS}.numerator" value="12"' in late.text, "the report as it was sent"


def test_a_form_that_comes_back_with_faults_is_still_the_one_that_was_opened(
    hoa: FlaskClient, ha: FlaskClient, school: AnInstitution
) -> None:
    page = address(school)
    before = hidden(ha.get(page).text)
    wrong = send(ha, page, **before, **{**FILLED, f"{TEACHERS}.numerator": "41"})
    assert (wrong.status_code, hidden(wrong.text)) == (400, before)
    save(hoa, page, **FILLED)
    assert send(ha, page, **hidden(wrong.text), **FILLED).status_code == 409


HALF = r'{"figures": {}, "note": "\ud800"}'
"""Half a character, which no answer can hold."""


@pytest.mark.parametrize(
    "nonsense", ["", "{", "[]", '{"figures": [], "note": ""}', '{"figures": {"a": 1}, "note": 1}', "[" * 9_999, HALF]
)
def test_a_form_that_tells_nonsense_of_its_beginning_is_compared_with_nothing(
    hoa: FlaskClient, school: AnInstitution, nonsense: str
) -> None:
    page = address(school)
    save(hoa, page, **FILLED)
    late = send(hoa, page, base="0.0", opened=nonsense, **{**FILLED, f"{TEACHERS}.numerator": "39"})
    assert late.status_code == 409
    assert met(late.text)[TEACHERS_NAME] == (True, ["–", "12 / 40", "39 / 40"])


def test_half_a_character_comes_back_with_no_fault(hoa: FlaskClient, school: AnInstitution) -> None:
    page = address(school)
    base = hidden(hoa.get(page).text)["base"]
    wrong = send(hoa, page, base=base, opened=HALF, **{**FILLED, f"{TEACHERS}.numerator": "41"})
    assert wrong.status_code == 400


def test_a_department_reports_its_own_figures(app: APIFlask, minh: FlaskClient, register: Session) -> None:
    key = unit(register, HANOI, date(2026, 11, 22)).key
    register.add(Authority(id="so-01", name="Sở Một", name_en="Department One", kind="province", territory_key=key))
    publish(register, a_school("Trường Cao đẳng Ba"))
    lan = a_person(register, (Role.PROVINCIAL_STEWARD, HANOI), login="lan")
    steward = sign_in(app.test_client(), register, lan)
    page = "/steward/reports/authority:so-01/2025"
    assert f'href="{page}"' in steward.get("/steward/reports?year=2025").text.replace("%3A", ":")
    cells = {"digital_inspections.numerator": "5", "digital_inspections.denominator": "20"}
    to_register(steward, minh, register, page, cells)
    assert "2025: 25 % (5 trên 20)" in minh.get(page).text
    overlay = steward.get("/api/v1/overlays/digital_inspections?level=province&period=2025").json
    assert overlay is not None
    assert {row["code"]: row["value"] for row in overlay["rows"] if row["n"]} == {HANOI: 25.0}
    assert steward.get("/steward/reports/territory:vn/2025").status_code == 403


SHEET = "Mã cơ sở,Mã chỉ số,Kỳ báo cáo,Giá trị,Tử số,Mẫu số\n"


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("CDD0101,teacher_digital_competence,2025,,12,40", None),
        ("CDD0101,Không có chỉ số này,2025,,12,40", "không có chỉ số"),
        ("CDD9999,teacher_digital_competence,2025,,12,40", "của cơ sở khác"),
        ("CDD0101,teacher_digital_competence,2024,,12,40", "không phải năm 2025"),
    ],
)
def test_a_sheet_fills_the_form_in(
    hoa: FlaskClient, school: AnInstitution, register: Session, row: str, found: str | None
) -> None:
    page = address(school)
    data = {"token": form_token(hoa.get(page).text), "file": (io.BytesIO((SHEET + row).encode()), "chi-so.csv")}
    answer = hoa.post(f"{page}/sheet", data=data)
    assert (answer.status_code, "Đã đọc 1 chỉ số" in answer.text) == ((200, True) if found is None else (400, False))
    assert (found or 'value="40"') in answer.text
    assert register.scalars(select(Proposal)).all() == [], "nothing is kept before it is saved"


@pytest.mark.parametrize("row", ["Đạt,,", "YES,,", "1,,", ",1,1", "100%,1,1"])
def test_a_sheet_answers_yes_as_people_write_it(hoa: FlaskClient, school: AnInstitution, row: str) -> None:
    text = upload(hoa, address(school), f"CDD0101,digital_learning_platform,2025,{row}").text
    select_ = text.partition('name="digital_learning_platform.value"')[2].partition("</select>")[0]
    assert '<option value="có" selected>' in select_


def test_a_sheet_leaves_the_rest_of_the_draft(hoa: FlaskClient, school: AnInstitution) -> None:
    page = address(school)
    save(hoa, page, **FILLED)
    rows = (f"CDD0101,{TEACHERS},2025,,30,40", "CDD0101,digital_learning_platform,2025,,,")
    text = upload(hoa, page, *rows).text
    assert 'value="30"' in text
    assert 'value="https://truong.example.vn/bao-cao.pdf"' in text
    assert '<option value="có" selected>' in text, "a blank row says nothing"
    wrong = upload(hoa, page, "CDD0101,digital_learning_platform,2025,có lẽ,,")
    assert (wrong.status_code, "Dòng 2: hãy ghi có hoặc không." in wrong.text) == (400, True)


def upload(browser: FlaskClient, page: str, *rows: str) -> TestResponse:
    data = (SHEET + "\n".join(rows)).encode()
    given = {"token": form_token(browser.get(page).text), "file": (io.BytesIO(data), "chi-so.csv")}
    return browser.post(f"{page}/sheet", data=given)


def test_who_corrects_a_published_report_is_not_reminded(
    hoa: FlaskClient, minh: FlaskClient, school: AnInstitution, register: Session
) -> None:
    page = address(school)
    to_register(hoa, minh, register, page, FILLED)
    assert "đã gửi" in save(hoa, page, **{**FILLED, f"{TEACHERS}.numerator": "13"}).text
    reminded = minh.get("/steward/reports/remind.csv?year=2025&province=01").data.decode("utf-8-sig")
    assert "Trường Cao đẳng Hai" in reminded
    assert "CDD0101" not in reminded


def test_what_another_has_just_changed_is_not_sent(hoa: FlaskClient, school: AnInstitution, register: Session) -> None:
    page = address(school)
    seen = base_of(save(hoa, page, **FILLED).text)
    save(hoa, page, **{**FILLED, f"{TEACHERS}.numerator": "13"})
    assert send(hoa, page, f"{page}/propose", base=seen).status_code == 409
    assert newest(register).state == "draft"


def test_the_list_says_who_is_how_far_and_whom_to_remind(
    hoa: FlaskClient, minh: FlaskClient, school: AnInstitution, register: Session
) -> None:
    save(hoa, address(school), **FILLED)
    text = minh.get("/steward/reports?year=2025").text
    assert "Đang soạn (1)" in text
    assert "Chưa bắt đầu (1)" in text
    assert "đã quá hạn" in text
    reminded = minh.get("/steward/reports/remind.csv?year=2025&province=01").data.decode("utf-8-sig").splitlines()
    assert len(reminded) == 3
    assert any("CDD0101" in line and "vanthu@mot.example.vn" in line and "2026-03-31,236" in line for line in reminded)
    send(hoa, address(school), address(school) + "/propose")
    waiting = minh.get("/steward/reports?year=2025&state=proposed").text
    assert "Trường Cao đẳng Một" in waiting
    assert "Trường Cao đẳng Hai" not in waiting
    assert len(minh.get("/steward/reports/remind.csv?year=2025&province=01").data.splitlines()) == 2


# -- the periodic report -------------------------------------------------------------------------------------------


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
