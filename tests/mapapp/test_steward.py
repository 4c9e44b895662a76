"""The steward's pages: who gets in, and the way of a file from upload to undo, without scripts."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from geodata.imports import reviews
from geodata.models import ImportJob, ImportRun, Release, ReviewAnswer
from geodata.steward_access import LINK_LASTS, SESSION_LASTS, make_link
from mapapp import create_app
from tests.geodata.imports.conftest import an_xlsx
from tests.mapapp.conftest import NOW, NOWHERE

LIST = """Tên cơ sở,Loại hình,Hình thức sở hữu,Tỉnh/Thành phố,Vĩ độ,Kinh độ
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
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via", "X-Forwarded-Host")


@pytest.fixture
def link(register: Session) -> Callable[[], str]:
    """`link()` makes a one-time link's token, as `mapapp steward link` does."""

    def link() -> str:
        token = make_link(register, by="lan", at=NOW)
        register.commit()
        return token

    return link


@pytest.fixture
def steward(client: FlaskClient, register: Session, link: Callable[[], str]) -> FlaskClient:
    """A browser that came in; the first run is number 1."""
    register.execute(text("ALTER TABLE import_run ALTER COLUMN id RESTART"))
    assert client.post("/steward/enter", data={"link": link()}).status_code == 303
    return client


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


# -- who gets in ---------------------------------------------------------------------------------------------------


def test_without_a_link_the_pages_say_how_to_get_one(client: FlaskClient, register: Session) -> None:
    for path in PAGES:
        answer = client.get(path)
        assert (answer.status_code, "mapapp steward link" in answer.text) == (403, True), path
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_link_opens_once(client: FlaskClient, link: Callable[[], str], app: APIFlask) -> None:
    token = link()
    assert token in client.get(f"/steward/enter?link={token}").text
    answer = client.post("/steward/enter", data={"link": token})
    cookie = answer.headers["Set-Cookie"]
    assert (answer.status_code, "HttpOnly" in cookie, "SameSite=Strict" in cookie) == (303, True, True)
    assert client.get("/steward/imports").status_code == 200
    stranger = app.test_client()
    again = stranger.post("/steward/enter", data={"link": token})
    assert (again.status_code, "Set-Cookie" in again.headers) == (403, False)


def test_links_and_sessions_grow_old(web_connection: Connection, link: Callable[[], str]) -> None:
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    late = create_app(NOWHERE, sessions, lambda: NOW + LINK_LASTS + timedelta(seconds=1)).test_client()
    assert late.post("/steward/enter", data={"link": link()}).status_code == 403
    moment = [NOW]
    app = create_app(NOWHERE, sessions, lambda: moment[0]).test_client()
    app.post("/steward/enter", data={"link": link()})
    assert app.get("/steward/imports").status_code == 200
    moment[0] = NOW + SESSION_LASTS
    assert app.get("/steward/imports").status_code == 403


def test_the_database_keeps_no_token(register: Session, link: Callable[[], str], client: FlaskClient) -> None:
    token = link()
    client.post("/steward/enter", data={"link": token})
    cookie = client.get_cookie("steward")
    assert cookie is not None
    for table in ("steward_link", "steward_session"):
        said = str(register.execute(text(f"SELECT encode(token_hash, 'escape') FROM {table}")).all())
        assert token not in said
        assert cookie.value not in said


def test_leaving_ends_the_session_everywhere(steward: FlaskClient, app: APIFlask) -> None:
    cookie = steward.get_cookie("steward")
    assert cookie is not None
    steward.post("/steward/leave", data={"token": token_in(steward.get("/steward/imports"))})
    thief = app.test_client()
    thief.set_cookie("steward", cookie.value)
    assert thief.get("/steward/imports").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_other_machines_find_nothing_here(steward: FlaskClient, path: str) -> None:
    for address in ("192.0.2.7", "::ffff:192.0.2.7", "10.0.0.1", "", "127.0.0.1.example"):
        assert steward.get(path, environ_overrides={"REMOTE_ADDR": address}).status_code == 404, address


@pytest.mark.parametrize("header", FORWARDED)
def test_what_a_proxy_forwarded_is_no_visit_from_here(steward: FlaskClient, header: str) -> None:
    assert steward.get("/steward/imports", headers={header: "127.0.0.1"}).status_code == 404


def test_a_trusted_proxy_does_not_make_strangers_local(web_connection: Connection, link: Callable[[], str]) -> None:
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    client = create_app(replace(NOWHERE, trusted_proxies=1), sessions, lambda: NOW).test_client()
    client.post("/steward/enter", data={"link": link()})
    assert client.get("/steward/imports").status_code == 200
    forwarded = {"X-Forwarded-For": "127.0.0.1"}
    stranger = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/steward/imports", headers=forwarded, environ_overrides=stranger).status_code == 404
    assert client.get("/steward/imports", environ_overrides=stranger).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "bando.example.vn"])
def test_a_rebound_name_is_refused(steward: FlaskClient, host: str) -> None:
    assert steward.get("/steward/imports", headers={"Host": host}).status_code in (400, 404)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_the_machines_own_names_are_fine(steward: FlaskClient, app: APIFlask, host: str) -> None:
    cookie = steward.get_cookie("steward")
    assert cookie is not None
    headers = {"Host": host, "Cookie": f"steward={cookie.value}"}
    assert app.test_client(use_cookies=False).get("/steward/imports", headers=headers).status_code == 200


WRITES = (
    "/steward/imports",
    "/steward/imports/1/publish",
    "/steward/imports/1/undo",
    "/steward/imports/1/recount",
    "/steward/imports/1/questions",
    "/steward/answers",
    "/steward/leave",
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


def test_a_file_is_staged_previewed_published_and_undone(steward: FlaskClient, register: Session) -> None:
    report = upload(steward, LIST, decision="12/QĐ-SGDĐT", effective="01/09/2026", source_name="Sở Nam Định")
    assert report.request.path == "/steward/imports/1"
    assert "Lâu đài" in report.text
    assert "&lt;b&gt;" not in report.text.split("Tệp được đọc")[1]
    assert "12/QĐ-SGDĐT" in report.text
    preview = steward.get("/steward/imports/1/changes").text
    assert "Trường Cao đẳng Thử nghiệm" in preview
    assert "20.42310, 106.16840" in preview
    assert register.scalars(select(Release)).all() == []
    published = act(steward, "/steward/imports/1", "publish", policy="valid")
    assert "Lần công bố 1" in published.text
    assert "Trường Cao đẳng Thử nghiệm" in steward.get("/?q=thử+nghiệm").text
    undone = act(steward, "/steward/imports/1", "undo", sure="on")
    assert "hoàn tác bằng lần công bố 2" in undone.text
    run = register.scalars(select(ImportRun)).one()
    assert (run.state, run.actor, run.source_name) == ("undone", "mapapp steward (lan)", "Sở Nam Định")


def test_all_or_nothing_refuses_with_a_reason(steward: FlaskClient, register: Session) -> None:
    upload(steward, LIST)
    refused = act(steward, "/steward/imports/1", "publish", policy="all")
    assert "không ghi dòng nào" in refused.text
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


def test_a_question_is_answered_on_its_page_and_remembered(steward: FlaskClient, register: Session) -> None:
    upload(steward, LIST)
    act(steward, "/steward/imports/1", "publish")
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


def test_a_moved_register_is_said_and_counted_again(steward: FlaskClient) -> None:
    upload(steward, LIST, "a.csv")
    upload(steward, LIST, "b.csv")
    act(steward, "/steward/imports/1", "publish")
    assert "đã có lần công bố mới" in steward.get("/steward/imports/2").text
    refused = act(steward, "/steward/imports/2", "publish")
    assert "Sổ đăng ký đã thay đổi" in refused.text
    again = act(steward, "/steward/imports/2", "recount")
    assert "đã có lần công bố mới" not in again.text
    assert "<strong>1</strong> không đổi" in again.text


def test_the_template_is_served(steward: FlaskClient) -> None:
    assert steward.get("/steward/imports/template.xlsx").data.startswith(b"PK")
