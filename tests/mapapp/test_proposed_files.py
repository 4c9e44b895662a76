"""What publication of a proposed file would change: shown like that of an edit, bounded for long files."""

import io

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geodata.imports import run as runs
from geodata.imports.run import InputFile
from geodata.proposals import looking
from mapapp import proposal_preview
from tests.geodata.people.guarded import Guarded
from tests.mapapp.desk import lan, send
from tests.mapapp.test_rights import site, visitors

__all__ = ["lan", "site", "visitors"]  # fixtures that live beside what they make

HEAD = "Tên cơ sở,Loại hình,Loại hình sở hữu,Tỉnh/Thành phố\n"
ROW = "Trường Cao đẳng {name},Trường cao đẳng,công lập,{place}\n"


def proposed(browser: FlaskClient, *names: str) -> TestResponse:
    """The page of the proposal of a file with these schools."""
    file = HEAD + "".join(ROW.format(name=name, place="Thành phố Hồ Chí Minh") for name in names)
    given = {"file": (io.BytesIO(file.encode("utf-8-sig")), "a.csv"), "decision": "12/QĐ-UBND"}
    run = send(browser, "/steward/imports", **given).request.path
    return send(browser, run, f"{run}/propose")


def test_a_file_is_tried_like_an_edit(lan: FlaskClient, register: Session) -> None:
    page = proposed(lan, "Từ Tệp")
    assert page.status_code == 200
    told = page.text.partition("Người dùng sẽ thấy gì khác")[2]
    assert "không có trong sổ đăng ký" in told
    assert "<ins>Đang hoạt động" in told
    assert "Mã không có trong sổ đăng ký" in told or "<del>" in told.partition("Trả lời xác minh")[2]
    assert "Cơ sở đang hoạt động" in told.partition("Số liệu quy hoạch")[2]
    assert "lấy ngẫu nhiên" not in told
    assert (lan.get("/api/v1/institutions?q=từ+tệp").json or {})["features"] == [], "nothing of it stays"


def test_of_a_long_file_some_institutions_are_shown_and_all_are_counted(
    lan: FlaskClient, register: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "MOST_QUESTIONED", 1)
    told = proposed(lan, "Một", "Hai", "Ba").text
    assert "1 cơ sở lấy ngẫu nhiên trong 3 cơ sở của tệp" in told
    places = told.partition('id="map-title"')[2].partition("Trả lời xác minh")[0]
    assert places.count("<ins>Đang hoạt động") == 2, "one school, on the day before and on the day"
    figures = told.partition("Số liệu quy hoạch")[2]
    assert "<del>0</del>" in figures
    assert "<ins>3</ins>" in figures


def test_a_longer_file_is_tried_when_it_is_asked_for(
    lan: FlaskClient, register: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposal_preview, "AT_ONCE", 1)
    page = proposed(lan, "Một", "Hai")
    assert "Người dùng sẽ thấy gì khác" not in page.text
    assert f'href="{page.request.path}?foresee=1"' in page.text
    assert "Người dùng sẽ thấy gì khác" in lan.get(f"{page.request.path}?foresee=1").text
    monkeypatch.setattr(proposal_preview, "MOST_ROWS", 1)
    refused = lan.get(f"{page.request.path}?foresee=1")
    assert (refused.status_code, "không tính trước được" in refused.text) == (200, True)


def test_under_the_roles_of_the_web_who_handles_the_file_sees_its_outcome(
    site: APIFlask, visitors: dict[str, FlaskClient], guarded: Guarded
) -> None:
    file = InputFile("truoc.csv", (HEAD + ROW.format(name="Trình Trước", place="Hà Nội")).encode())
    with guarded.as_("steward") as session:
        number = runs.stage(session, file, actor="steward", approval=True).id
        session.commit()
    run = f"/steward/imports/{number}"
    page = send(visitors["P"], run, f"{run}/propose").request.path
    assert page.startswith("/steward/proposals/")
    for letter in "PAN":
        told = visitors[letter].get(page)
        assert (letter, told.status_code, "Người dùng sẽ thấy gì khác" in told.text) == (letter, 200, True)
    auditor = visitors["U"].get(page)
    assert (auditor.status_code, "Người xử lý tệp này xem trước được" in auditor.text) == (200, True)


def test_who_only_reads_sees_the_outcome_of_an_edit(
    site: APIFlask, visitors: dict[str, FlaskClient], guarded: Guarded
) -> None:
    record = f"/steward/institutions/{guarded.institutions('01')[5]}"
    page = send(visitors["P"], record, base="1000", **{"attribute.website": "moi.edu.vn"}).request.path
    assert page.startswith("/steward/proposals/")
    told = visitors["U"].get(page)
    assert (told.status_code, "Người dùng sẽ thấy gì khác" in told.text) == (200, True)
