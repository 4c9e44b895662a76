"""People with rights, and a register to change."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from geodata.models import Person as PersonRow
from geodata.people.rights import Person, Right
from geodata.vocabulary import Role

APersonWith = Callable[..., Person]


@pytest.fixture
def a_person(session: Session) -> APersonWith:
    """`a_person("lan", Role.APPROVER, provinces={"01"})`: somebody with roles there; no provinces: over the country."""

    def a_person(login: str, *roles: Role, provinces: frozenset[str] | None = None) -> Person:
        row = PersonRow(login=login, name=login.capitalize(), created_by="test")
        session.add(row)
        session.flush()
        return Person(row.id, login, row.name, tuple(Right(role, provinces) for role in roles))

    return a_person


@pytest.fixture
def lan(a_person: APersonWith) -> Person:
    """A national steward."""
    return a_person("lan", Role.NATIONAL_STEWARD)


@pytest.fixture
def minh(a_person: APersonWith) -> Person:
    """An approver for the country."""
    return a_person("minh", Role.APPROVER)
