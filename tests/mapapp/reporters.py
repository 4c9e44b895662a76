"""Yearly reports as people write them in a browser: a school, its two reporters, the second person, what they do."""

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from geodata.vocabulary import Role
from tests.builders import AnInstitution, an_institution, publish
from tests.mapapp.desk import newest, send
from tests.people import a_person, sign_in

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
