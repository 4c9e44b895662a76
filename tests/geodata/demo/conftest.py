"""The illustrative dataset of 300 institutions, and a register without any."""

import pytest
from sqlalchemy.orm import Session


@pytest.fixture
def country(network: Session) -> Session:
    """A register with SIZE illustrative institutions; what a test does to it is rolled back."""
    return network


@pytest.fixture
def empty(places: Session) -> Session:
    """A register with units and nothing else; what a test does to it is rolled back."""
    return places
