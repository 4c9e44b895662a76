"""`/steward/people` as stewards meet it: add, give and end rights, lock, and what the page shows to whom."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select

from geodata.models import AccountAct, Person, PersonRight
from geodata.people import accounts
from geodata.vocabulary import Role
from tests.geodata.people.guarded import ELSEWHERE, HERE, Guarded
from tests.mapapp.test_rights import site
from tests.people import form_token

__all__ = ["site"]  # a fixture that lives beside the matrix of rights

_numbers = count(1)
WHY = "theo công văn 12/SGDĐT"


@pytest.fixture
def national(site: APIFlask, guarded: Guarded) -> FlaskClient:
    return visiting(site, guarded, "national")


@pytest.fixture
def steward(site: APIFlask, guarded: Guarded) -> FlaskClient:
    return visiting(site, guarded, "steward")


def visiting(site: APIFlask, guarded: Guarded, login: str) -> FlaskClient:
    client = site.test_client()
    client.set_cookie("person", guarded.token(login))
    return client


def send(client: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    token = form_token(client.get("/account").text)
    answer = client.post(path, data={"token": token, **fields})
    return answer.status_code, answer.text


def added(client: FlaskClient, guarded: Guarded, **fields: str) -> tuple[int, str]:
    """(number, the page with the link) of a new person."""
    login = f"moi{next(_numbers)}.desk"
    status, shown = send(client, "/steward/people", **{"login": login, "name": "Trần Thị Mới", "reason": WHY, **fields})
    assert status == 200, shown
    return guarded.number(login), shown


def test_a_new_person_sets_a_password_by_the_link_shown_once(
    site: APIFlask, guarded: Guarded, national: FlaskClient
) -> None:
    number, shown = added(national, guarded, role="approver", province=HERE)
    link = re.search(r"<code>http://localhost(/invitation\?token=[\w-]{43})</code>", shown)
    assert link
    newcomer = site.test_client()
    form = newcomer.get(link[1])
    given = {"token": form_token(form.text), "invitation": link[1].partition("=")[2]}
    password = "một câu dài dễ nhớ 9"  # noqa: S105  nobody's
    assert newcomer.post("/invitation", data={**given, "password": password, "again": password}).status_code == 303
    assert site.test_client().get(link[1]).status_code == 403
    page = national.get(f"/steward/people/{number}")
    assert link[1] not in page.text
    assert "Đã lập tài khoản" in page.text
    assert WHY in page.text


def test_the_list_tells_rights_state_sign_in_and_second_factor(national: FlaskClient, guarded: Guarded) -> None:
    added(national, guarded, role="auditor", name="Lê Văn Kiểm")
    shown = national.get("/steward/people?q=Lê+Văn").text
    assert "Lê Văn Kiểm" in shown
    for told in ("Người kiểm tra (chỉ đọc)", "cả nước", "Chưa đặt mật khẩu", "Đăng nhập lần cuối", "Xác thực hai lớp"):
        assert told in shown
    assert "Lê Văn Kiểm" not in national.get("/steward/people?q=%25").text
    assert "People and rights" in national.get("/en/steward/people").text


def test_a_provincial_steward_looks_after_reporters_of_the_own_province(steward: FlaskClient, guarded: Guarded) -> None:
    own, other = guarded.institutions(HERE)[5], guarded.institutions(ELSEWHERE)[5]
    number, _ = added(steward, guarded, role="reporter", institution=own)
    assert f"/steward/people/{number}" in steward.get("/steward/people").text
    fields = {"login": "ngoai.tinh", "name": "X", "role": "reporter", "institution": other, "reason": WHY}
    assert send(steward, "/steward/people", **fields)[0] == 403
    assert send(steward, "/steward/people", **{**fields, "role": "approver", "institution": own})[0] == 403
    for login in ("national", "approver", "steward", "other"):
        assert steward.get(f"/steward/people/{guarded.number(login)}").status_code == 403
        assert send(steward, f"/steward/people/{guarded.number(login)}/lock", reason=WHY)[0] == 403


def test_rights_are_given_with_days_and_ended_with_a_reason(national: FlaskClient, guarded: Guarded) -> None:
    number, _ = added(national, guarded, role="auditor")
    asked = {"role": "provincial_steward", "province": HERE, "until": "2027-01-31", "reason": WHY}
    assert send(national, f"/steward/people/{number}/rights", **asked)[0] == 303
    assert "31/01/2027" in national.get(f"/steward/people/{number}").text
    with guarded.owner() as session:
        theirs = select(PersonRight.id).where(PersonRight.person_id == number, PersonRight.role == "auditor")
        right = session.scalar(theirs)
    address = f"/steward/people/{number}/rights/{right}/end"
    status, shown = send(national, address)
    assert (status, "Hãy ghi lý do" in shown) == (400, True)
    assert send(national, address, reason="chuyển công tác")[0] == 303
    assert send(national, address, reason="lần nữa")[0] == 400
    with guarded.owner() as session:
        steps = session.scalars(select(AccountAct.step).where(AccountAct.person_id == number).order_by(AccountAct.id))
        assert list(steps) == ["created", "granted", "invited", "granted", "right_ended"]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"login": "Có dấu"}, "Tên đăng nhập gồm"),
        ({"login": "steward"}, "đã có người dùng"),
        ({"reason": ""}, "Hãy điền mục này"),
        ({"role": "king"}, "không đi với phạm vi"),
        ({"role": "reporter"}, "Hãy chọn một cơ sở"),
        ({"role": "reporter", "institution": "Trường"}, "Hãy chọn một cơ sở"),
        ({"role": "provincial_steward"}, "gắn với một tỉnh"),
        ({"role": "national_steward", "province": HERE}, "làm việc cho cả nước"),
        ({"province": "khong-co"}, "Không có tỉnh"),
        ({"until": "2020-01-01"}, "từ hôm nay"),
        ({"starts": "2026-13-01"}, "từ hôm nay"),
    ],
)
def test_a_faulty_form_says_what_to_do_and_keeps_what_was_typed(
    national: FlaskClient, fields: dict[str, str], told: str
) -> None:
    given = {"login": "sai.sot", "name": "Phạm Gõ Dở", "role": "approver", "reason": WHY, **fields}
    status, shown = send(national, "/steward/people", **given)
    assert status == 400
    assert told in shown
    assert "Phạm Gõ Dở" in shown


def test_a_locked_person_is_out_at_once(site: APIFlask, guarded: Guarded, national: FlaskClient) -> None:
    number, _ = added(national, guarded, role="auditor")
    with guarded.owner() as session:
        login = session.scalar(select(Person.login).where(Person.id == number))
    theirs = visiting(site, guarded, str(login))
    assert theirs.get("/steward/waiting").status_code == 200
    assert send(national, f"/steward/people/{number}/lock", reason=WHY)[0] == 303
    assert "/sign-in" in theirs.get("/steward/waiting").headers["Location"]
    shown = national.get(f"/steward/people/{number}").text
    assert "Đã khóa" in shown
    assert send(national, f"/steward/people/{number}/unlock", reason=WHY)[0] == 303


def test_forms_of_other_sites_and_of_nobody_change_nothing(national: FlaskClient, guarded: Guarded) -> None:
    number, _ = added(national, guarded, role="auditor")
    assert national.post(f"/steward/people/{number}/lock", data={"reason": WHY}).status_code == 403
    with guarded.owner() as session:
        assert session.scalar(select(Person.active).where(Person.id == number))


@pytest.mark.parametrize("name", ["after", "q"])
def test_control_characters_in_the_address_are_passed_over(national: FlaskClient, name: str) -> None:
    shown = [national.get(f"/steward/people?{name}={given}") for given in ("", "%00")]
    listed = [re.findall(r"/steward/people/\d+", answer.text) for answer in shown]
    assert [answer.status_code for answer in shown] == [200, 200]
    assert listed[0]
    assert listed[1] == listed[0]


def test_who_is_not_there_is_not_found(national: FlaskClient) -> None:
    assert national.get("/steward/people/2147483647").status_code == 404


def test_who_ends_the_last_right_of_a_reporter_keeps_the_account(steward: FlaskClient, guarded: Guarded) -> None:
    institution = guarded.institutions(HERE)[5]
    number, _ = added(steward, guarded, role="reporter", institution=institution)
    with guarded.owner() as session:
        right = session.scalar(select(PersonRight.id).where(PersonRight.person_id == number))
    form = form_token(steward.get("/account").text)
    address = f"/steward/people/{number}/rights/{right}/end"
    after = steward.post(address, data={"token": form, "reason": WHY}, follow_redirects=True)
    assert (after.status_code, "Đã thu hồi hết quyền" in after.text) == (200, True)
    assert f"/steward/people/{number}" in steward.get("/steward/people").text
    for act in ("lock", "unlock"):
        assert send(steward, f"/steward/people/{number}/{act}", reason=WHY)[0] == 303
    again = {"role": "reporter", "institution": institution, "reason": WHY}
    assert send(steward, f"/steward/people/{number}/rights", **again)[0] == 303


def test_after_an_act_that_gives_an_account_to_others_the_list_is_shown(steward: FlaskClient, guarded: Guarded) -> None:
    number, _ = added(steward, guarded, role="reporter", institution=guarded.institutions(HERE)[5])
    with guarded.owner() as session:
        right = session.scalar(select(PersonRight.id).where(PersonRight.person_id == number))
        long_ago = datetime(2026, 1, 1, tzinfo=UTC)
        until = long_ago + timedelta(days=9)
        account = session.get_one(Person, number)
        accounts.grant(session, account, Role.AUDITOR, by="tests", at=long_ago, until=until)
        session.commit()
    form = form_token(steward.get("/account").text)
    address = f"/steward/people/{number}/rights/{right}/end"
    after = steward.post(address, data={"token": form, "reason": WHY}, follow_redirects=True)
    assert (after.status_code, after.request.path) == (200, "/steward/people")


def test_a_locked_account_gets_no_link(national: FlaskClient, guarded: Guarded) -> None:
    number, _ = added(national, guarded, role="auditor")
    assert f"/steward/people/{number}/invite" in national.get(f"/steward/people/{number}").text
    assert send(national, f"/steward/people/{number}/lock", reason=WHY)[0] == 303
    assert f"/steward/people/{number}/invite" not in national.get(f"/steward/people/{number}").text
    status, shown = send(national, f"/steward/people/{number}/invite", reason=WHY)
    assert (status, "Hãy mở khóa trước" in shown, "/invitation?token=" in shown) == (400, True, False)


def test_a_right_taken_away_before_it_began_is_a_past_one(national: FlaskClient, guarded: Guarded) -> None:
    starts = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    number, _ = added(national, guarded, role="auditor", starts=starts)
    with guarded.owner() as session:
        right = session.scalar(select(PersonRight.id).where(PersonRight.person_id == number))
    end = f"/steward/people/{number}/rights/{right}/end"
    assert end in national.get(f"/steward/people/{number}").text
    assert send(national, end, reason=WHY)[0] == 303
    shown = national.get(f"/steward/people/{number}").text
    assert (end in shown, "thu hồi trước khi bắt đầu" in shown) == (False, True)
