"""Changes by people through the web: a merger from wizard to public answers, two persons, two editors at once."""

import io
import re
from datetime import date
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geodata.geometry import LonLat
from geodata.models import Proposal, Release
from geodata.proposals.outcome import outcome
from geodata.proposals.refusals import PublicationUnderWay
from geodata.vocabulary import Role
from tests.builders import AnInstitution, an_institution, publish
from tests.people import a_person, form_token, sign_in

HCMC, HANOI = "79", "01"


@pytest.fixture
def lan(client: FlaskClient, register: Session) -> FlaskClient:
    """A provincial steward of Hồ Chí Minh City at work."""
    return sign_in(
        client, register, a_person(register, (Role.PROVINCIAL_STEWARD, HCMC), login="lan", name="Người soạn")
    )


@pytest.fixture
def minh(app: APIFlask, register: Session) -> FlaskClient:
    """The second person: an approver for the same city."""
    return sign_in(
        app.test_client(), register, a_person(register, (Role.APPROVER, HCMC), login="minh", name="Người duyệt")
    )


def a_school(name: str, code: str | None = None, **wanted: Any) -> AnInstitution:
    given: dict[str, Any] = {
        "codes": [(code, (None, None))] if code else [],
        "licences": [(f"{code}/2017/GCNĐKHĐ", (date(2017, 6, 1), None))],
        "programmes": [("6510202", "college", (date(2017, 6, 1), None))],
        "status": [("active", (date(2010, 1, 1), None))],
        "at": LonLat(106.7, 10.8),
        "province": HCMC,
    }
    return an_institution(name, **{**given, **wanted})


def send(browser: FlaskClient, page: str, to: str | None = None, **given: Any) -> TestResponse:
    """Fill in the form of a page and follow where it leads."""
    token = form_token(browser.get(page).text)
    return browser.post(to or page, data={"token": token, **given}, follow_redirects=True)


def step(browser: FlaskClient, number: int, act: str, **given: str) -> TestResponse:
    return send(browser, f"/steward/proposals/{number}", f"/steward/proposals/{number}/{act}", **given)


def newest(register: Session) -> Proposal:
    register.expire_all()
    found = register.scalars(select(Proposal).order_by(Proposal.id.desc())).first()
    assert found is not None
    return found


MERGER = {"effective": "2026-09-01", "decision": "12/QĐ-UBND", "reason": "Sắp xếp mạng lưới", "campuses": "1"}


def test_a_merger_changes_map_answers_and_figures_as_foreseen(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    one, other = a_school("Trường Cao đẳng Một", "CDD0201"), a_school("Trường Cao đẳng Hai", "CDD0202")
    publish(register, one, other)
    register.commit()
    before = lan.get("/api/v1/verify?code=CDD0201&on=2026-09-01").json
    assert before is not None
    assert before["answer"] == "authorised"

    drafted = send(
        lan,
        f"/steward/institutions/{one.id}/merge",
        institutions=one.id,
        into="CDD0202",
        programmes="1",
        keeps_records="1",
        **MERGER,
    )
    assert drafted.status_code == 200, drafted.text
    number = newest(register).id
    assert drafted.request.path == f"/steward/proposals/{number}"
    assert "Cơ sở đã được cơ sở khác kế thừa → Trường Cao đẳng Hai" in drafted.text
    assert "Đã sáp nhập" in drafted.text
    assert re.search(r"Cơ sở đang hoạt động.*?<del>2</del>.*?<ins>1</ins>", drafted.text, re.S)
    assert register.scalars(select(Release.id)).all() == [1], "a preview leaves nothing behind"

    step(lan, number, "propose")
    step(minh, number, "approve")
    assert register.scalars(select(Release.id)).all() == [1]
    assert "Đã công bố" in step(minh, number, "publish").text
    answer = lan.get("/api/v1/verify?code=CDD0201&on=2026-09-01").json
    assert answer is not None
    assert answer["answer"] == "merged_into"
    assert [heir["id"] for heir in answer["successors"]] == [other.id]
    listed = lan.get("/api/v1/institutions?on=2026-09-01").json
    assert listed is not None
    assert [found["id"] for found in listed["features"]] == [other.id]
    history = lan.get(f"/institutions/{one.id}/history").text
    assert "12/QĐ-UBND" in history
    assert "hiệu lực từ 01/09/2026" in history
    assert "Người soạn" not in history
    assert "Người duyệt" not in history


# -- two persons ---------------------------------------------------------------------------------------------------


def a_closure(lan: FlaskClient, register: Session, school: AnInstitution) -> int:
    """The number of a drafted closure."""
    send(lan, f"/steward/institutions/{school.id}/close", effective="2026-09-01", decision="7/QĐ-UBND")
    return newest(register).id


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


# -- rights --------------------------------------------------------------------------------------------------------


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


# -- one record ----------------------------------------------------------------------------------------------------


def edit(browser: FlaskClient, school: AnInstitution, base: int, **given: str) -> TestResponse:
    values = {key.replace("__", "."): value for key, value in given.items()}
    return send(browser, f"/steward/institutions/{school.id}", base=str(base), **values)


def through(lan: FlaskClient, minh: FlaskClient, number: int) -> None:
    for browser, act in ((lan, "propose"), (minh, "approve"), (minh, "publish")):
        assert step(browser, number, act).status_code == 200, act


def test_a_correction_keeps_the_days_and_a_change_begins_on_its_day(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Mọt", attributes=[("website", "cu.edu.vn", (None, None))])
    publish(register, school)
    register.commit()
    edit(lan, school, 1, name__official="Trường Cao đẳng Một")
    through(lan, minh, newest(register).id)
    edit(lan, school, 2, attribute__website="moi.edu.vn", effective="2026-10-01")
    through(lan, minh, newest(register).id)
    found = lan.get(f"/api/v1/institutions/{school.id}?on=2026-11-01").json
    assert found is not None
    properties = found["properties"]
    assert [name["value"] for name in properties["names"]] == ["Trường Cao đẳng Một"]
    sites = [(one["value"], one["valid_from"], one["valid_to"]) for one in properties["attributes"]["website"]]
    assert sites == [("cu.edu.vn", None, "2026-10-01"), ("moi.edu.vn", "2026-10-01", None)]


def test_two_editors_get_the_three_sides_and_nothing_is_lost(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    school = a_school("Trường Cao đẳng Một", attributes=[("website", "cu.edu.vn", (None, None))])
    publish(register, school)
    register.commit()
    edit(lan, school, 1, attribute__website="cua-ho.edu.vn", attribute__telephone="024 0000 0000")
    through(lan, minh, newest(register).id)
    late = edit(lan, school, 1, attribute__website="cua-toi.edu.vn", name__short="CĐM")
    assert late.status_code == 409
    rows = re.findall(r"<tr( class=\"conflict\")?><th scope=\"row\">(.*?)</th>(.*?)</tr>", late.text, re.S)
    sides = {re.sub(r"<[^>]+>|hai bên khác nhau", "", label).strip(): cells for _, label, cells in rows}
    assert re.findall(r"<bdi>(.*?)</bdi>", sides["Trang thông tin điện tử"]) == [
        "cu.edu.vn",
        "cua-ho.edu.vn",
        "cua-toi.edu.vn",
    ]
    assert 'value="CĐM"' in sides["Tên viết tắt"]
    assert 'value="024 0000 0000"' in sides["Điện thoại của cơ sở"], "theirs is kept where only they changed it"
    assert len(register.scalars(select(Proposal)).all()) == 1
    again = edit(lan, school, 2, attribute__website="cua-toi.edu.vn", name__short="CĐM")
    assert again.request.path.startswith("/steward/proposals/")


NONSENSE = [
    {"name__official": ""},
    {"attribute__type": "lâu đài"},
    {"attribute__email": "không phải"},
    {"identifier__code": "MÃ CÓ DẤU"},
    {"attribute__website": "x" * 600},
    {"attribute__status": "closed"},
    {"nothing__known": "1"},
]


@pytest.mark.parametrize("given", NONSENSE)
def test_nonsense_is_told_field_by_field(lan: FlaskClient, register: Session, given: dict[str, str]) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    refused = edit(lan, school, 1, **given)
    assert (refused.status_code, "Chưa lập được đề xuất" in refused.text) == (400, True)
    assert register.scalars(select(Proposal)).all() == []


def test_a_new_school_without_places_is_drafted_and_shown_in_its_province(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    one, other, third = a_school("Trường Một", "CDD0201"), a_school("Trường Hai", "CDD0202"), a_school("Trường Ba")
    publish(register, one, other, third)
    register.commit()
    why = {"effective": "2026-09-01", "decision": "12/QĐ-UBND", "reason": "Sắp xếp mạng lưới"}
    new = {"name": "Trường Chung\x00", "type": "college", "ownership": "public", "new_id": third.id}
    named = f"{one.id}\nCDD0202"
    drafted = send(lan, f"/steward/institutions/{one.id}/merge", institutions=named, **new, **why)
    assert drafted.status_code == 200, drafted.text
    proposal = newest(register)
    assert (proposal.provinces, third.id in proposal.institutions) == ([HCMC], False)
    step(lan, proposal.id, "propose")
    step(minh, proposal.id, "approve")
    assert "Đã công bố" in step(minh, proposal.id, "publish").text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_of_no_register_are_refused(lan: FlaskClient, register: Session, day: str) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    refused = send(lan, f"/steward/institutions/{school.id}/close", **{**MERGER, "effective": day})
    assert (refused.status_code, register.scalars(select(Proposal)).all()) == (400, [])
    assert "Năm phải từ 1900 đến 2200." in refused.text


def test_numbers_and_signs_that_are_none_break_nothing(lan: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    record = f"/steward/institutions/{school.id}"
    assert edit(lan, school, 1, attribute__email="vanthu@mot.example.vn\x00").status_code == 200
    assert newest(register).asked["values"]["values"]["attribute.email"] == "vanthu@mot.example.vn"
    for base in ("9" * 5_000, "99999999999", "²"):
        assert send(lan, record, base=base).status_code in (400, 409)
    assert lan.get(f"/steward/proposals/{2**31}").status_code == 404
    assert lan.get(f"/steward/imports/{2**63}").status_code == 404
    assert lan.get("/steward/institutions/a%00b").status_code == 400
    assert lan.get(f"/steward/institutions/{'x' * 200}").status_code == 404


def test_a_code_of_two_is_nobodys_record(lan: FlaskClient, register: Session) -> None:
    publish(register, a_school("Trường Cao đẳng Một", "CDD0201"), a_school("Trường Cao đẳng Hai", "CDD0201"))
    assert lan.get("/steward/institutions/CDD0201").status_code == 404


# -- every page, both languages ------------------------------------------------------------------------------------


EVENTS = ("rename", "merge", "split", "close", "suspend", "stop_enrolment", "reopen", "declare_complete")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_answer_in_both_languages_and_are_kept_by_nobody(
    lan: FlaskClient, register: Session, prefix: str
) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    a_closure(lan, register, school)
    record = f"/steward/institutions/{school.id}"
    paths = [record, *(f"{record}/{event}" for event in EVENTS), "/steward/proposals", "/steward/proposals?over=1"]
    paths += ["/steward/provinces", f"/steward/provinces/{HCMC}/declare", f"/steward/proposals/{newest(register).id}"]
    for path in paths:
        answer = lan.get(prefix + path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), path
    for path in (f"/institutions/{school.id}/history", "/stewardship", f"/planner/units/{HCMC}"):
        assert lan.get(prefix + path).status_code == 200, path


def test_unknown_numbers_and_events_are_not_found(lan: FlaskClient, register: Session) -> None:
    for path in ("/steward/proposals/999", "/steward/institutions/vkhongco", "/steward/institutions/x/dance"):
        assert lan.get(path).status_code == 404, path


def test_a_review_is_public_without_the_person(lan: FlaskClient, register: Session) -> None:
    publish(register, a_school("Trường Cao đẳng Một"))
    assert "chưa ghi nhận lần rà soát nào" in lan.get("/stewardship").text
    send(lan, "/steward/provinces", f"/steward/provinces/{HCMC}/review", owner="Sở GDĐT Thành phố")
    told = lan.get("/stewardship").text
    assert "rà soát ngày 22/11/2026" in told
    assert "hạn tiếp theo 22/11/2027" in told
    assert "Người soạn" not in told
    refused = send(lan, "/steward/provinces", f"/steward/provinces/{HANOI}/review", owner="Sở")
    assert refused.status_code == 403


def test_a_province_declares_its_list_complete(lan: FlaskClient, minh: FlaskClient, register: Session) -> None:
    one, other = a_school("Trường Cao đẳng Một", "CDD0201", programmes=[]), a_school("Trường Cao đẳng Hai", "CDD0202")
    publish(register, one, other)
    register.commit()
    asked = "/api/v1/verify?code=CDD0201&action=train&occupation=6510202&on=2026-11-22"
    assert (lan.get(asked).json or {})["answer"] == "not_recorded"
    page = f"/steward/provinces/{HCMC}/declare"
    drafted = send(lan, page, declared_by="Sở GDĐT Thành phố", effective="2026-11-01")
    assert "Sở GDĐT Thành phố" in drafted.text
    through(lan, minh, newest(register).id)
    assert (lan.get(asked).json or {})["answer"] == "not_authorised"


# -- the planner's figures -----------------------------------------------------------------------------------------


def test_a_merger_before_the_end_of_a_period_moves_the_figures_exactly_as_foreseen(
    planner: FlaskClient, network: Session
) -> None:
    lan = sign_in(planner, network, a_person(network, Role.NATIONAL_STEWARD, login="lan"))
    minh = sign_in(planner.application.test_client(), network, a_person(network, Role.APPROVER, login="minh"))
    asked = "/api/v1/institutions?type=college&ownership=public&status=active&on=2025-06-30&limit=2"
    one, other = (found["id"] for found in (lan.get(asked).json or {})["features"])
    before = covered(lan)
    given = {"institutions": one, "into": other, "effective": "2025-06-30", "decision": "12/QĐ-UBND"}
    send(lan, f"/steward/institutions/{one}/merge", **given)
    proposal = newest(network)
    foreseen = outcome(network, proposal, today=date(2026, 11, 22))
    moved = {
        change.before.indicator: (change.before.N, change.after.N)
        for change in foreseen.figures
        if change.before.unit == "" and change.before.N != change.after.N
    }
    assert moved, "a college that ended before the last day of the period is asked no more"
    assert set(moved.values()) <= {(before[id], before[id] - 1) for id in moved}
    assert covered(lan) == before
    through(lan, minh, proposal.id)
    after = covered(lan)
    assert {id: (before[id], after[id]) for id in moved} == moved


def covered(browser: FlaskClient) -> dict[str, int]:
    """{indicator of institutions: how many it applies to} in the whole country, in its latest period."""
    found = {}
    for row in (browser.get("/api/v1/indicators").json or {})["indicators"]:
        told = browser.get(f"/api/v1/overlays/{row['id']}?level=province&on=2025-07-01&format=json")
        if told.status_code == 200:
            found[row["id"]] = (told.json or {})["whole"]["N"]
    return found


# -- beside other work ---------------------------------------------------------------------------------------------


def test_while_something_is_published_the_page_says_so_instead_of_a_preview(
    lan: FlaskClient, register: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(register, school)
    page = f"/steward/proposals/{a_closure(lan, register, school)}"
    assert "Người dùng sẽ thấy gì khác" in lan.get(page).text

    def busy(*_: object, **__: object) -> None:
        raise PublicationUnderWay("bận", "busy")

    monkeypatch.setattr("mapapp.proposal_preview.outcome", busy)
    told = lan.get(page)
    assert (told.status_code, "Đang có một lần công bố khác" in told.text) == (200, True)
    assert "Giải thể" in told.text


def test_a_proposed_file_stays_as_it_is_until_it_is_sent_back(
    lan: FlaskClient, minh: FlaskClient, register: Session
) -> None:
    row = "Trường Cao đẳng Thử nghiệm,Trường cao đẳng,công lập,Thành phố Hồ Chí Minh\n"
    file = ("Tên cơ sở,Loại hình,Hình thức sở hữu,Tỉnh/Thành phố\n" + row).encode("utf-8-sig")
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


def test_machines_read_the_history_without_persons(lan: FlaskClient, minh: FlaskClient, register: Session) -> None:
    school = a_school("Trường Cao đẳng Một", "CDD0201")
    publish(register, school)
    register.commit()
    through(lan, minh, a_closure(lan, register, school))
    answer = lan.get("/api/v1/institutions/CDD0201/history")
    told = answer.json or {}
    assert [(step["release"], step["by"], step["decision"]) for step in told["steps"]] == [
        (2, "edit", "7/QĐ-UBND"),
        (1, "edit", None),
    ]
    closed = next(one for one in told["steps"][0]["changes"] if one["identity"] == ["status"])
    assert [(row["value"], row["valid_to"]) for row in closed["before"]] == [("active", None)]
    assert [(row["value"], row["valid_from"]) for row in closed["after"]] == [
        ("active", "2010-01-01"),
        ("closed", "2026-09-01"),
    ]
    assert not any(word in answer.text for word in ("lan", "minh", "Người soạn", "Người duyệt"))
    then = lan.get("/api/v1/institutions/CDD0201/history?release=1").json or {}
    assert [step["release"] for step in then["steps"]] == [1]
