"""Keys for software, decided about by people: shown once, recorded, and by two people at once decided once."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata import api_clients
from geodata.models import ApiClientAct
from geodata.vocabulary import Role
from tests.geodata.people.guarded import Guarded
from tests.mapapp.conftest import NOW
from tests.people import a_person, form_token, sign_in

PAGE = "/steward/clients"


@pytest.fixture
def hoa(client: FlaskClient, register: Session) -> FlaskClient:
    """A national steward at work."""
    return sign_in(client, register, a_person(register, Role.NATIONAL_STEWARD, login="hoa"))


def asked(register: Session, name: str = "Cổng tuyển sinh") -> int:
    found = api_clients.request(register, name=name, contact="ky-thuat@example.vn", purpose="Đối chiếu văn bằng")
    register.commit()
    return found.id


def decide(browser: FlaskClient, number: int, act: str, state: str = "requested", **given: str) -> str:
    """Fill in a form of the page; what it leads to."""
    page = browser.get(f"{PAGE}?state={state}").text
    found = re.search(rf'/{number}/{act}".*?name="seen" value="(\d+)"', page)
    data = {"token": form_token(page), "seen": found[1] if found else "0", **given}
    return browser.post(f"{PAGE}/{number}/{act}", data=data, follow_redirects=True).text


def key_in(page: str) -> str:
    found = re.search(r"mk_[\w-]+", page)
    assert found, page
    return found[0]


def test_a_key_is_given_on_the_page_and_shown_once(hoa: FlaskClient, register: Session) -> None:
    number = asked(register)
    page = hoa.get(PAGE).text
    assert all(told in page for told in ("Cổng tuyển sinh", "ky-thuat@example.vn", "Đang chờ (1)"))
    key = key_in(decide(hoa, number, "approve", per_minute="1.200"))
    found = api_clients.by_key(register, key, at=NOW)
    assert found == api_clients.Client(number, 1_200)
    in_use = hoa.get(f"{PAGE}?state=active").text
    assert "cấp khóa, 1.200 lần mỗi phút" in in_use
    assert key not in in_use
    assert "Đang chờ (0)" in in_use


def test_a_key_is_changed_its_quota_too_and_it_is_revoked_with_a_reason(hoa: FlaskClient, register: Session) -> None:
    number = asked(register)
    first = key_in(decide(hoa, number, "approve", per_minute="60"))
    second = key_in(decide(hoa, number, "rotate", "active"))
    assert [api_clients.by_key(register, key, at=NOW + timedelta(days=8)) for key in (first, second)] == [
        None,
        api_clients.Client(number, 60),
    ]
    decide(hoa, number, "quota", "active", per_minute="90")
    assert "hãy ghi lý do" in decide(hoa, number, "revoke", "active", reason=" ")
    gone = decide(hoa, number, "revoke", "active", reason="Khóa bị lộ")
    assert "Khóa bị lộ" in gone
    assert api_clients.by_key(register, second, at=NOW) is None
    acts = register.scalars(select(ApiClientAct).order_by(ApiClientAct.id)).all()
    assert [(act.step, act.by_name, act.requests_per_minute, act.reason) for act in acts] == [
        ("approved", "hoa", 60, ""),
        ("rotated", "hoa", None, ""),
        ("quota_set", "hoa", 90, ""),
        ("revoked", "hoa", None, "Khóa bị lộ"),
    ]


def test_a_request_is_refused_and_its_reason_kept(hoa: FlaskClient, register: Session) -> None:
    number = asked(register)
    assert "từ chối · <bdi>hoa</bdi> · <bdi>Không rõ mục đích</bdi>" in decide(
        hoa, number, "revoke", reason="Không rõ mục đích"
    )
    assert "409" in str(hoa.post(f"{PAGE}/{number}/approve", data=form(hoa, per_minute="5")).status)


def form(browser: FlaskClient, **given: str) -> dict[str, str]:
    return {"token": form_token(browser.get(PAGE).text), "seen": "0", **given}


def test_a_form_sent_twice_does_not_change_the_key_twice(hoa: FlaskClient, register: Session) -> None:
    number = asked(register)
    decide(hoa, number, "approve", per_minute="60")
    seen = str(register.scalars(select(ApiClientAct.id)).one())
    data = {**form(hoa), "seen": seen}
    new = key_in(hoa.post(f"{PAGE}/{number}/rotate", data=data).text)
    assert hoa.post(f"{PAGE}/{number}/rotate", data=data).status_code == 409
    assert api_clients.by_key(register, new, at=NOW) is not None


@pytest.mark.parametrize("quota", ["", "0", "-5", "nhiều", "1000001", "٣"])
def test_a_quota_is_a_number_of_requests(hoa: FlaskClient, register: Session, quota: str) -> None:
    number = asked(register)
    assert hoa.post(f"{PAGE}/{number}/approve", data=form(hoa, per_minute=quota)).status_code == 400
    assert api_clients.waiting(register) == 1


def test_long_lists_go_on(hoa: FlaskClient, register: Session) -> None:
    names = [f"Máy số {n:02}" for n in range(32)]
    for name in names:
        asked(register, name)
    first = hoa.get(PAGE).text
    rest = hoa.get(re.findall(r'href="(/steward/clients\?[^"]*after=\d+)"', first)[0].replace("&amp;", "&")).text
    assert [[name for name in names if name in page] for page in (first, rest)] == [names[:30], names[30:]]
    assert hoa.get(f"{PAGE}?state=nonsense&after=x").status_code == 200
    assert hoa.post(f"{PAGE}/999999/approve", data=form(hoa, per_minute="5")).status_code == 404


def test_the_database_lets_nobody_else_decide_or_read_contacts(guarded: Guarded) -> None:
    with guarded.web() as session:
        number = api_clients.request(session, name="Máy", contact="rieng@example.vn", purpose="Kiểm tra").id
        session.commit()
    change = text("UPDATE api_client SET state = 'active', key_hash = 'x' WHERE id = :n RETURNING id")
    with guarded.as_("steward") as session:
        assert api_clients.contacts(session, [number]) == {}
        assert session.scalar(change, {"n": number}) is None
    with guarded.as_("national") as session:
        assert api_clients.contacts(session, [number]) == {number: "rieng@example.vn"}
        me = session.scalar(text("SELECT acting_person()"))
        key = api_clients.approve(session, number, api_clients.Hand("national", NOW, person_id=me), per_minute=5)
        session.commit()
    with guarded.web() as session:
        assert api_clients.by_key(session, key, at=NOW) == api_clients.Client(number, 5)
        api_clients.note_use(session, number, at=NOW)
        with pytest.raises(DBAPIError, match="only who answers requests"):
            session.execute(text("UPDATE api_client SET requests_per_minute = 9 WHERE id = :n"), {"n": number})
