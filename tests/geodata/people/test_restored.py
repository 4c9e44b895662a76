"""After a restoration to an earlier moment: what the operator's guide runs ends every session and open link."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, text

from geodata.models import Person
from geodata.people import accounts, permits
from geodata.people.sessions import open_session, take_seat
from tests.geodata.people.guarded import Guarded, guarded

__all__ = ["guarded"]  # a fixture that lives beside what it makes

GUIDE = Path(__file__).parents[3] / "docs" / "operations.md"


def test_the_guides_statements_end_sessions_links_and_permits(guarded: Guarded) -> None:
    given = GUIDE.read_text().partition("<<'END'\nBEGIN;\n")[2].partition("COMMIT;\nEND\n")[0]
    assert given
    at = datetime.now(UTC)
    with guarded.owner() as session:  # nothing is committed
        person = session.scalars(select(Person).where(Person.login == "national")).one()
        token, link = open_session(session, person.id, at=at), accounts.invite(session, person, by="tests", at=at)
        permits.issue(session, person.id, at=at)
        session.flush()
        assert take_seat(session, token, at=at)
        assert accounts.invited(session, link, at=at)
        session.execute(text(given))
        session.expire_all()
        assert take_seat(session, token, at=at) is None
        assert accounts.invited(session, link, at=at) is None
        assert session.scalar(text("SELECT count(*) FROM publication_permit")) == 0
