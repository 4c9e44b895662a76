"""Who decides over others' work or accounts needs a second factor, where the installation asks for it."""

from dataclasses import replace

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker

from geodata.people.sessions import open_session
from geodata.vocabulary import Role
from mapapp import create_app
from tests.conftest import scratch
from tests.mapapp.conftest import NOW, NOWHERE
from tests.people import a_person, form_token, sign_in

DESK = ("/steward", "/steward/waiting", "/steward/proposals", "/en/steward/imports")


@pytest.fixture
def strict(web_connection: Connection) -> APIFlask:
    """The application that asks for second factors."""
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    settings = replace(NOWHERE, secret_key="k" * 40, data=scratch() / "strict", require_second_factor=True)
    return create_app(settings, sessions, lambda: NOW)


def led_to(browser: FlaskClient) -> set[str]:
    return {browser.get(path).headers.get("Location", "the page") for path in DESK[1:3]}


@pytest.mark.parametrize("role", [(Role.APPROVER, "79"), (Role.PROVINCIAL_STEWARD, "79"), Role.NATIONAL_STEWARD])
def test_who_decides_with_a_password_alone_sets_one_up_first(
    strict: APIFlask, register: Session, role: Role | tuple[Role, str]
) -> None:
    person = a_person(register, role)
    browser = sign_in(strict.test_client(), register, person)
    for path in DESK:
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Location"].removeprefix("/en")) == (303, "/account/second-factor")
    token = form_token(browser.get("/account").text)
    assert browser.post("/steward/imports", data={"token": token}).headers["Location"] == "/account/second-factor"
    assert browser.get("/account/second-factor").status_code == 200
    person.totp_secret = b"sealed"
    register.commit()
    assert led_to(browser) == {"the page"}


def test_others_and_who_comes_by_the_provider_do_not(strict: APIFlask, register: Session) -> None:
    auditor = a_person(register, Role.AUDITOR)
    assert led_to(sign_in(strict.test_client(), register, auditor)) == {"the page"}
    browser, approver = strict.test_client(), a_person(register, (Role.APPROVER, "79"))
    browser.set_cookie("person", open_session(register, approver.id, at=NOW, method="oidc"))
    register.commit()
    assert led_to(browser) == {"the page"}


def test_without_the_setting_a_password_is_enough(app: APIFlask, register: Session) -> None:
    approver = a_person(register, (Role.APPROVER, "79"))
    assert led_to(sign_in(app.test_client(), register, approver)) == {"the page"}
