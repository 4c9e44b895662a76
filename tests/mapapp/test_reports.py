"""Yearly reports through the web: a reporter's form and sheet, the second person, corrections, lists."""

import io
import json
from datetime import date

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geodata.models import Authority, Proposal
from geodata.unit_reads import unit
from geodata.vocabulary import Role
from tests.builders import AnInstitution, publish
from tests.mapapp.desk import newest, send
from tests.mapapp.reporters import FILLED, HANOI, TEACHERS, a_school, address, hoa, minh, save, school, to_register
from tests.people import a_person, form_token, sign_in

__all__ = ["hoa", "minh", "school"]  # fixtures that live beside what people do with them


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
