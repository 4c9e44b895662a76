"""People of tests: accounts with rights, and browsers in which they are signed in."""

import re
from datetime import datetime
from itertools import count

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from geodata.models import Person
from geodata.people import accounts
from geodata.people.sessions import open_session
from geodata.vocabulary import Role
from tests.mapapp.conftest import NOW

PASSWORD = "một câu dài dễ nhớ 7"  # noqa: S105  nobody's
_numbers = count(1)


def a_person(
    session: Session,
    *roles: Role | tuple[Role, str],
    login: str | None = None,
    name: str = "",
    at: datetime = NOW,
    password: str | None = None,
) -> Person:
    """An account with rights: `Role.APPROVER` over the whole country, `(Role.APPROVER, "52")` over one province,
    `(Role.REPORTER, id)` for one institution."""
    login = login or f"person{next(_numbers)}"
    person = accounts.add(session, login, name or f"Người {login}", by="tests")
    for role in roles:
        kind, place = role if isinstance(role, tuple) else (role, None)
        where = "institution" if kind is Role.REPORTER else "province"
        accounts.grant(session, person, kind, by="tests", at=at, **({where: place} if place else {}))
    if password:
        accounts.set_password(session, person, password, at=at)
    session.flush()
    return person


def sign_in(client: FlaskClient, session: Session, person: Person, *, at: datetime = NOW) -> FlaskClient:
    """The client, in which the person is signed in."""
    token = open_session(session, person.id, at=at, agent="tests")
    session.commit()
    client.set_cookie("person", token)
    return client


def form_token(text: str) -> str:
    """The token that a page's forms carry."""
    found = re.search(r'name="token" value="([0-9a-f]{64})"', text)
    assert found, text
    return found[1]
