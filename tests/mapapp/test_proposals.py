"""Changes by people through the web: two persons, nobody in two roles, nothing that moved meanwhile."""

import io

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from geodata.models import Proposal, Release
from geodata.vocabulary import Role
from tests.builders import publish
from tests.mapapp.desk import HANOI, HCMC, a_closure, a_school, lan, minh, newest, send, step
from tests.people import a_person, sign_in

__all__ = ["lan", "minh"]  # fixtures that live beside what people do with them


def by_sql(register: Session, statement: str, refusal: str | None = None) -> None:
    """The database itself refuses the statement."""
    with pytest.raises(DBAPIError, match=refusal), register.begin_nested():
        register.execute(text(statement))


def test_nobody_approves_their_own_proposal(client: FlaskClient, minh: FlaskClient, register: Session) -> None:
    both = a_person(register, (Role.PROVINCIAL_STEWARD, HCMC), (Role.APPROVER, HCMC), login="hai")
    sign_in(client, register, both)
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    number = a_closure(client, register, school)
    page = step(client, number, "propose")
    assert "không tự phê duyệt được" in page.text
    assert f"/steward/proposals/{number}/approve" not in page.text
    assert step(client, number, "approve").status_code == 403
    assert newest(register).state == "proposed"
    for change in (
        f"approved_by_id = {both.id}",
        f"approved_by_id = {both.id}, state = 'approved'",
        "state = 'approved'",
    ):
        by_sql(register, f"UPDATE proposal SET {change} WHERE id = {number}")
    assert step(minh, number, "approve").status_code == 200
    assert newest(register).state == "approved"


def test_who_had_a_hand_in_it_earlier_cannot_approve_by_sql_either(
    lan: FlaskClient, client: FlaskClient, app: APIFlask, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    number = a_closure(lan, register, school)
    other = a_person(register, (Role.PROVINCIAL_STEWARD, HCMC), login="ba")
    step(sign_in(app.test_client(), register, other), number, "replan")
    step(lan, number, "propose")
    change = f"approved_by_id = {other.id}, state = 'approved'"
    by_sql(register, f"UPDATE proposal SET {change} WHERE id = {number}", "had a hand in")


@pytest.mark.parametrize(
    "change",
    [
        "changes = '[]'",
        "state = 'published'",
        "effective_on = '2020-01-01'",
        "reason = 'khác'",
        "state = 'draft'",
    ],
)
def test_the_database_keeps_what_was_proposed_as_it_is(lan: FlaskClient, register: Session, change: str) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    number = a_closure(lan, register, school)
    step(lan, number, "propose")
    by_sql(register, f"UPDATE proposal SET {change} WHERE id = {number}")
    by_sql(register, "DELETE FROM proposal", "never deleted")
    by_sql(register, "UPDATE proposal_log SET by_name = 'khác'", "append-only")


def test_a_proposal_is_sent_back_with_a_reason_and_proposed_again(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    number = a_closure(lan, register, school)
    step(lan, number, "propose")
    assert step(minh, number, "send_back").status_code == 409
    step(minh, number, "send_back", reason="Thiếu quyết định")
    assert "Thiếu quyết định" in lan.get(f"/steward/proposals/{number}").text
    step(lan, number, "propose")
    step(minh, number, "approve")
    assert newest(register).state == "approved"


def test_a_published_proposal_is_undone(lan: FlaskClient, minh: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    register.commit()
    number = a_closure(lan, register, school)
    for browser, act in ((lan, "propose"), (minh, "approve"), (minh, "publish")):
        step(browser, number, act)
    asked = "/api/v1/verify?code=CDD0201&on=2026-09-01"
    assert (lan.get(asked).json or {})["answer"] == "closed"
    assert "Đã hoàn tác" in step(minh, number, "undo", reason="Quyết định bị hủy").text
    assert (lan.get(asked).json or {})["answer"] == "authorised"
    history = lan.get(f"/institutions/{school.id}/history").text
    assert "Hoàn tác lần công bố 2" in history


def test_what_moved_meanwhile_is_told_and_nothing_else_is_published(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    first, second = a_closure(lan, register, school), a_closure(lan, register, school)
    for number in (first, second):
        step(lan, number, "propose")
        step(minh, number, "approve")
    step(minh, first, "publish")
    refused = step(minh, second, "publish")
    assert (refused.status_code, "Sổ đăng ký đã thay đổi từ khi lập đề xuất" in refused.text) == (409, True)
    assert f"/institutions/{school.id}/history" in refused.text
    assert newest(register).state == "approved"
    assert sorted(register.scalars(select(Release.id))) == [1, 2]


def test_stewards_edit_their_own_province_only(lan: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Hà Nội", province=HANOI, at=LonLat(105.8, 21.0))
    publish(register, school)
    refused = send(lan, f"/steward/institutions/{school.id}/close", effective="2026-09-01")
    assert refused.status_code == 403
    assert register.scalars(select(Proposal)).all() == []


def test_a_field_of_the_ministry_is_not_for_a_provincial_steward(lan: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    page = f"/steward/institutions/{school.id}"
    assert 'name="attribute.high_quality"' not in lan.get(page).text
    refused = send(lan, page, **{"base": "1", "attribute.high_quality": "recognised"})
    assert (refused.status_code, "Trường chất lượng cao" in refused.text) == (403, True)


def test_a_code_is_approved_for_the_country_only(
    lan: FlaskClient, minh: FlaskClient, app: APIFlask, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    send(lan, f"/steward/institutions/{school.id}", **{"base": "1", "identifier.code": "CDD0299"})
    number = newest(register).id
    step(lan, number, "propose")
    assert "chỉ người phê duyệt toàn quốc" in minh.get(f"/steward/proposals/{number}").text
    assert step(minh, number, "approve").status_code == 403
    country = sign_in(app.test_client(), register, a_person(register, Role.APPROVER, login="vu"))
    assert step(country, number, "approve").status_code == 200
    assert newest(register).state == "approved"


def test_a_proposed_file_stays_as_it_is_until_it_is_sent_back(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    row = "Trường Cao đẳng Thử nghiệm,Trường cao đẳng,công lập,Thành phố Hồ Chí Minh\n"
    file = ("Tên cơ sở,Loại hình,Loại hình sở hữu,Tỉnh/Thành phố\n" + row).encode("utf-8-sig")
    sent = send(lan, "/steward/imports", file=(io.BytesIO(file), "a.csv"))
    run = sent.request.path
    proposal = send(lan, run, f"{run}/propose").request.path
    assert send(lan, run, f"{run}/recount").request.path == proposal
    with pytest.raises(DBAPIError, match="not altered"), register.begin_nested():
        register.execute(text("DELETE FROM import_row"))
    send(minh, proposal, f"{proposal}/send_back", reason="tính lại")
    assert send(lan, run, f"{proposal}/replan").status_code == 409, "a file is planned anew where it came in"
    assert send(lan, run, f"{run}/recount").request.path == run
    for browser, act in ((lan, "propose"), (minh, "approve"), (minh, "publish")):
        page = send(browser, proposal, f"{proposal}/{act}")
    assert "Đã công bố" in page.text
    found = (lan.get("/api/v1/institutions?q=thử+nghiệm").json or {})["features"]
    assert [one["properties"]["data_status"] for one in found] == ["official"], "two people stand by it"
