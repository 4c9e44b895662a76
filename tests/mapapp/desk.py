"""The desk as people use it in a browser: who is at work, the forms they send, the steps they take."""

from datetime import date
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geodata.geometry import LonLat
from geodata.models import Proposal
from geodata.vocabulary import Role
from tests.builders import AnInstitution, an_institution
from tests.people import a_person, form_token, sign_in

HCMC, HANOI = "79", "01"
MERGER = {"effective": "2026-09-01", "decision": "12/QĐ-UBND", "reason": "Sắp xếp mạng lưới", "campuses": "1"}


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


def edit(browser: FlaskClient, school: AnInstitution, base: int, **given: str) -> TestResponse:
    values = {key.replace("__", "."): value for key, value in given.items()}
    return send(browser, f"/steward/institutions/{school.id}", base=str(base), **values)


def through(lan: FlaskClient, minh: FlaskClient, number: int) -> None:
    for browser, act in ((lan, "propose"), (minh, "approve"), (minh, "publish")):
        assert step(browser, number, act).status_code == 200, act


def a_closure(lan: FlaskClient, register: Session, school: AnInstitution) -> int:
    """The number of a drafted closure."""
    send(lan, f"/steward/institutions/{school.id}/close", effective="2026-09-01", decision="7/QĐ-UBND")
    return newest(register).id
