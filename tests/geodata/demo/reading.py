"""What the tests of the illustrative dataset ask of its rows."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.databases import INSTITUTIONS

SIZE = INSTITUTIONS


def one(session: Session, query: str) -> Any:
    return session.execute(text(query)).scalar_one()


def rows(session: Session, query: str) -> list[Any]:
    return list(session.execute(text(query)))
