"""The steward's pages: who gets in, and the way of a file from upload to undo, without scripts."""

import io
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geodata.imports import reviews
from geodata.imports.run import InputFile, stage
from geodata.models import ImportJob, ImportRun, Release, ReviewAnswer
from geodata.vocabulary import Role
from tests.geodata.imports.conftest import an_xlsx
from tests.mapapp.conftest import NOW
from tests.people import a_person, sign_in

LIST = """Tên cơ sở,Loại hình,Loại hình sở hữu,Tỉnh/Thành phố,Vĩ độ,Kinh độ
Trường Cao đẳng Thử nghiệm,Trường cao đẳng,công lập,Nam Định,"20,4231","106,1684"
Trường Trung cấp <b>Thử</b> nghiệm,Lâu đài,công lập,Hà Nội,,
"""
TYPED = LIST.replace("Trường Cao đẳng Thử nghiệm", "Trường Cao đẳng Thử nghiệmm")
PAGES = (
    "/steward/imports",
    "/steward/imports/1",
    "/steward/imports/1/changes",
    "/steward/imports/1/questions",
    "/steward/answers",
)


@pytest.fixture
def steward(client: FlaskClient, register: Session) -> FlaskClient:
    """A browser in which a national steward is signed in; the first run is number 1."""
    register.execute(text("ALTER TABLE import_run ALTER COLUMN id RESTART"))
    register.execute(text("ALTER TABLE proposal ALTER COLUMN id RESTART"))
    return sign_in(client, register, a_person(register, Role.NATIONAL_STEWARD, login="lan"))


@pytest.fixture
def approver(app: APIFlask, register: Session) -> FlaskClient:
    """Another browser, in which somebody else is signed in who may publish."""
    return sign_in(app.test_client(), register, a_person(register, Role.APPROVER, login="minh"))


def token_in(response: TestResponse) -> str:
    found = re.search(r'name="token" value="([0-9a-f]{64})"', response.text)
    assert found, response.text
    return found[1]


def upload(steward: FlaskClient, text: str | bytes, name: str = "danh-sach.csv", **given: str) -> TestResponse:
    """The page the browser ends on after sending a file."""
    data = text.encode("utf-8-sig") if isinstance(text, str) else text
    form = {"token": token_in(steward.get("/steward/imports")), "file": (io.BytesIO(data), name), **given}
    return steward.post("/steward/imports", data=form, follow_redirects=True)


def act(steward: FlaskClient, page: str, action: str, **given: str) -> TestResponse:
    return steward.post(f"{page}/{action}", data={"token": token_in(steward.get(page)), **given}, follow_redirects=True)


def propose(steward: FlaskClient, run: int, **given: str) -> TestResponse:
    """The proposal's page, once the run is handed to the second person."""
    return act(steward, f"/steward/imports/{run}", "propose", **given)


def publish(steward: FlaskClient, approver: FlaskClient, run: int) -> TestResponse:
    """The page the approver ends on after one proposed and the other approved and published."""
    page = propose(steward, run).request.path
    act(approver, page, "approve")
    return act(approver, page, "publish")


# -- who gets in ---------------------------------------------------------------------------------------------------


def test_without_signing_in_the_pages_lead_to_the_door_and_back(client: FlaskClient, register: Session) -> None:
    for path in PAGES:
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (303, "no-store"), path
        assert answer.headers["Location"] == f"/sign-in?next={quote(path, safe='')}"


def test_signed_in_people_come_from_any_address(steward: FlaskClient) -> None:
    for address in ("127.0.0.1", "192.0.2.7", "2001:db8::7"):
        asked = {"REMOTE_ADDR": address}
        assert steward.get("/steward/imports", environ_overrides=asked).status_code == 200


def test_nobody_publishes_what_they_prepared(client: FlaskClient, register: Session) -> None:
    register.execute(text("ALTER TABLE import_run ALTER COLUMN id RESTART"))
    both = sign_in(client, register, a_person(register, Role.NATIONAL_STEWARD, Role.APPROVER))
    upload(both, LIST)
    page = propose(both, 1, policy="valid")
    assert "không tự phê duyệt được" in page.text
    assert act(both, page.request.path, "approve").status_code == 403
    assert register.scalars(select(Release)).all() == []


def test_what_the_operator_checked_is_counted_again_before_it_is_proposed(
    steward: FlaskClient, register: Session
) -> None:
    found = stage(register, InputFile("lenh.csv", LIST.encode("utf-8-sig")), actor="operator")
    register.flush()
    page = f"/steward/imports/{found.id}"
    assert "Gửi đề xuất công bố" not in steward.get(page).text
    assert act(steward, page, "propose").status_code == 409
    act(steward, page, "recount")
    assert "Gửi đề xuất công bố" in steward.get(page).text


WRITES = (
    "/steward/imports",
    "/steward/imports/1/propose",
    "/steward/imports/1/undo",
    "/steward/imports/1/recount",
    "/steward/imports/1/questions",
    "/steward/answers",
    "/sign-out",
)


@pytest.mark.parametrize("path", WRITES)
def test_every_write_needs_the_token_of_its_session(steward: FlaskClient, register: Session, path: str) -> None:
    upload(steward, LIST)
    for given in ({}, {"token": ""}, {"token": "0" * 64}, {"token": "é"}):
        assert steward.post(path, data=given).status_code == 403
    good = {"token": token_in(steward.get("/steward/imports"))}
    assert steward.post(path, data=good, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert register.scalars(select(Release)).all() == []


def test_pages_are_neither_kept_nor_indexed_in_both_languages(steward: FlaskClient) -> None:
    upload(steward, LIST)
    for path in PAGES:
        for prefix, lang in (("", "vi"), ("/en", "en")):
            answer = steward.get(prefix + path)
            assert answer.status_code == 200, path
            assert answer.headers["Cache-Control"] == "no-store"
            assert "noindex" in answer.headers["X-Robots-Tag"]
            assert f'<html lang="{lang}">' in answer.text


# -- the way of a file ---------------------------------------------------------------------------------------------


def test_a_file_is_staged_previewed_published_and_undone(
    steward: FlaskClient, approver: FlaskClient, register: Session
) -> None:
    report = upload(steward, LIST, decision="12/QĐ-SGDĐT", effective="01/09/2026", source_name="Sở Nam Định")
    assert report.request.path == "/steward/imports/1"
    assert "Lâu đài" in report.text
    assert "&lt;b&gt;" not in report.text.split("Tệp được đọc")[1]
    assert "12/QĐ-SGDĐT" in report.text
    preview = steward.get("/steward/imports/1/changes").text
    assert "Trường Cao đẳng Thử nghiệm" in preview
    assert "20.42310, 106.16840" in preview
    assert register.scalars(select(Release)).all() == []
    page = propose(steward, 1, policy="valid").request.path
    assert "Chờ phê duyệt" in steward.get("/steward/imports/1").text
    assert register.scalars(select(Release)).all() == []
    act(approver, page, "approve")
    published = act(approver, page, "publish")
    assert published.request.path == "/steward/imports/1"
    assert "Lần công bố 1" in published.text
    assert "Trường Cao đẳng Thử nghiệm" in steward.get("/?q=thử+nghiệm").text
    undone = act(approver, page, "undo", reason="nhầm tệp")
    assert "hoàn tác bằng lần công bố 2" in undone.text
    run = register.scalars(select(ImportRun)).one()
    assert (run.state, run.actor, run.source_name) == ("undone", "lan", "Sở Nam Định")


def test_all_or_nothing_refuses_with_a_reason(steward: FlaskClient, register: Session) -> None:
    upload(steward, LIST)
    refused = propose(steward, 1, policy="all")
    assert "không đề xuất dòng nào" in refused.text
    assert register.scalars(select(Release)).all() == []


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"<html><table></table></html>", "a.xlsx", "HTML"),
        (b"", "a.csv", "rỗng"),
        ("Kính gửi Sở".encode(), "a.csv", "tiêu đề cột"),
        (an_xlsx(("Tên cơ sở", "Loại hình")).data[:500], "a.xlsx", "bị hỏng hoặc bị cắt"),
    ],
    ids=["html", "empty", "letter", "cut"],
)
def test_a_bad_file_is_refused_with_a_reason(steward: FlaskClient, data: bytes, name: str, reason: str) -> None:
    answer = upload(steward, data, name)
    assert "/steward/imports/jobs/" in answer.request.path
    assert reason in answer.text


def test_a_form_without_a_file_comes_back_with_what_was_written(steward: FlaskClient) -> None:
    token = token_in(steward.get("/steward/imports"))
    answer = steward.post("/steward/imports", data={"token": token, "decision": "7/QĐ", "effective": "mai"})
    assert answer.status_code == 400
    assert "Hãy chọn một tệp." in answer.text
    assert "Ngày ghi dạng" in answer.text
    assert 'value="7/QĐ"' in answer.text


def test_a_body_beyond_the_limit_is_not_read(steward: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mapapp.steward.LARGEST_UPLOAD", 100_000)
    answer = upload(steward, "x" * 200_000)
    assert answer.status_code == 413


def test_a_full_disk_is_said_and_nothing_kept(
    steward: FlaskClient, app: APIFlask, register: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    app.extensions["mapapp.database_disk"] = tmp_path
    monkeypatch.setattr("geodata.imports.room.FULLEST", -1)
    assert "Ổ đĩa" in upload(steward, LIST).text
    assert register.scalars(select(ImportJob)).all() == []


def test_more_than_other_forms_may_hold_is_taken_here(steward: FlaskClient) -> None:
    rows = "\n".join(f"Trường Cao đẳng Số {n} {'x' * 400},Trường cao đẳng,công lập,Hà Nội,," for n in range(3_000))
    assert len(rows) > 1_000_000
    assert upload(steward, f"{LIST.splitlines()[0]}\n{rows}").request.path == "/steward/imports/1"


def test_a_question_is_answered_on_its_page_and_remembered(
    steward: FlaskClient, approver: FlaskClient, register: Session
) -> None:
    upload(steward, LIST)
    publish(steward, approver, 1)
    asked = upload(steward, TYPED, "so-nam-dinh-09.csv")
    assert "Trả lời 1 câu hỏi" in asked.text
    page = steward.get("/steward/imports/2/questions")
    name, candidate = re.findall(r'name="(answer-\d+)" value="(v\w+)"', page.text)[0]
    assert "Trường Cao đẳng Thử nghiệm</bdi>" in page.text
    form = {"token": token_in(page), name: candidate, name.replace("answer", "reason"): "gõ nhầm"}
    again = steward.post("/steward/imports/2/questions", data=form, follow_redirects=True)
    assert "câu hỏi</a>" not in again.text
    given = register.scalars(select(ReviewAnswer)).one()
    assert (given.answered_by, given.reason, given.institution_id) == ("lan", "gõ nhầm", candidate)
    answers = steward.get("/steward/answers")
    assert "gõ nhầm" in answers.text
    steward.post("/steward/answers", data={"token": token_in(answers), "answer": str(given.id)})
    assert reviews.standing_answers(register) == []


def test_the_file_comes_back_with_its_comments(steward: FlaskClient) -> None:
    upload(steward, LIST)
    sheet = steward.get("/steward/imports/1/report.csv")
    lines = sheet.get_data(as_text=True).splitlines()
    assert lines[0].startswith("\ufeffTên cơ sở,Loại hình")
    assert "Lâu đài" in lines[2]
    assert "từ chối" in lines[2]
    workbook = steward.get("/steward/imports/1/report.xlsx")
    assert workbook.data.startswith(b"PK")
    assert "filename*=UTF-8''danh-sach-kiem-tra.xlsx" in workbook.headers["Content-Disposition"]


def test_the_drawing_has_a_sign_for_the_new_place(steward: FlaskClient) -> None:
    upload(steward, LIST)
    drawing = steward.get("/steward/imports/1/changes.svg").text
    assert drawing.count('<circle class="new"') == 1
    assert "Hoàng Sa" in drawing


def test_unknown_runs_and_jobs_are_not_found(steward: FlaskClient) -> None:
    for path in ("/steward/imports/99", "/steward/imports/jobs/99", "/steward/imports/99/report.xlsx"):
        assert steward.get(path).status_code == 404


def test_a_job_under_way_shows_how_far_it_is(steward: FlaskClient, register: Session) -> None:
    job = ImportJob(act="stage", state="working", actor="x", file_name="lớn.xlsx", step="compare", done=500, total=2000)
    job.beat_at = NOW
    register.add(job)
    register.commit()
    page = steward.get(f"/steward/imports/jobs/{job.id}").text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert 'value="500" max="2000"' in page
    assert "500 / 2.000" in page
    assert "lớn.xlsx" in steward.get("/steward/imports").text


def test_a_job_without_a_process_is_said_to_be_lost(steward: FlaskClient, register: Session) -> None:
    job = ImportJob(act="stage", state="working", actor="x", file_name="a.xlsx", beat_at=NOW - timedelta(minutes=2))
    register.add(job)
    register.commit()
    page = steward.get(f"/steward/imports/jobs/{job.id}").text
    assert "bị gián đoạn" in page
    assert "http-equiv" not in page


def test_a_moved_register_is_said_and_counted_again(steward: FlaskClient, approver: FlaskClient) -> None:
    upload(steward, LIST, "a.csv")
    upload(steward, LIST, "b.csv")
    publish(steward, approver, 1)
    assert "đã có lần công bố mới" in steward.get("/steward/imports/2").text
    refused = publish(steward, approver, 2)
    assert "Sổ đăng ký đã thay đổi" in refused.text
    act(approver, "/steward/proposals/2", "send_back", reason="tính lại")
    again = act(steward, "/steward/imports/2", "recount")
    assert "đã có lần công bố mới" not in again.text
    assert "<strong>1</strong> không đổi" in again.text


def test_the_template_is_served(steward: FlaskClient) -> None:
    assert steward.get("/steward/imports/template.xlsx").data.startswith(b"PK")
