"""A register with the units of both worlds, and people with rights."""

import pytest
from sqlalchemy.orm import Session

from tests.geodata.proposals.conftest import a_person

__all__ = ["a_person"]  # a fixture that lives beside what it makes


@pytest.fixture
def session(places: Session) -> Session:
    """What reports are about is placed in units."""
    return places
