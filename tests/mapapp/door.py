"""The door as people meet it: an application with a clock that the test moves, and somebody who comes in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from geodata.models import Person
from geodata.vocabulary import Role
from mapapp import create_app
from tests.conftest import scratch
from tests.mapapp.conftest import NOW, NOWHERE
from tests.people import PASSWORD, a_person, form_token


@dataclass
class Site:
    """The application with a clock that the test moves, and a person with a password."""

    browser: Callable[[], FlaskClient]
    register: Session
    person: Person
    moment: list[datetime]

    def wait(self, time: timedelta) -> None:
        self.moment[0] += time


@pytest.fixture
def site(web_connection: Connection, register: Session) -> Site:
    moment = [NOW]
    sessions = sessionmaker(web_connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    settings = replace(NOWHERE, secret_key="k" * 40, data=scratch() / "doors")
    app = create_app(settings, sessions, lambda: moment[0])
    person = a_person(register, (Role.PROVINCIAL_STEWARD, "52"), login="lan", name="Nguyễn Lan", password=PASSWORD)
    register.commit()
    return Site(app.test_client, register, person, moment)


def come_in(client: FlaskClient, password: str = PASSWORD, *, login: str = "lan", **given: str) -> TestResponse:
    token = form_token(client.get("/sign-in").text)
    return client.post("/sign-in", data={"token": token, "login": login, "password": password, **given})


def signed_in(site: Site) -> FlaskClient:
    client = site.browser()
    assert come_in(client).status_code == 303
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200
