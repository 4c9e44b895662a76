"""A database whose rows guard themselves, asked as the web asks it: by the web's own roles, under people's tokens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from geodata.engine import make_engine
from geodata.imports import run as runs
from geodata.imports.run import InputFile
from geodata.models import InstitutionState, Person
from geodata.people import accounts, permits
from geodata.people.acting import act_under
from geodata.people.sessions import open_session
from geodata.roles import Role as DatabaseRole
from geodata.vocabulary import Role
from tests.databases import NETWORK, DatabaseLike, Prepared

HERE, ELSEWHERE = "01", "79"
"""Hà Nội, whose people try; and Hồ Chí Minh City, whose rows they try."""

PEOPLE: dict[str, tuple[tuple[Role, str | None], ...]] = {
    "steward": ((Role.PROVINCIAL_STEWARD, HERE),),
    "approver": ((Role.APPROVER, HERE),),
    "both": ((Role.PROVINCIAL_STEWARD, HERE), (Role.APPROVER, HERE)),
    "auditor": ((Role.AUDITOR, HERE),),
    "other": ((Role.PROVINCIAL_STEWARD, ELSEWHERE), (Role.APPROVER, ELSEWHERE)),
    "national": ((Role.NATIONAL_STEWARD, None),),
    "signer": ((Role.APPROVER, None),),
    "nobody": (),
}
LIST = """Tên cơ sở,Loại hình,Loại hình sở hữu,Tỉnh/Thành phố,Vĩ độ,Kinh độ
Trường Cao đẳng Phía Bắc,Trường cao đẳng,công lập,Hà Nội,"21,0285","105,8542"
Trường Cao đẳng Phía Nam,Trường cao đẳng,công lập,TP. Hồ Chí Minh,"10,7769","106,7009"
"""
SAY = """
    INSERT INTO identifier (institution_id, scheme, value, release_from, source_id)
    SELECT :id, 'code', 'THU.NGHIEM', max(release_from), max(source_id) FROM institution_name
"""
"""A code for an institution, as SQL; never committed."""


def _add_people(engine: Engine) -> None:
    with Session(engine) as session:
        for login, rights in PEOPLE.items():
            person = accounts.add(session, login, login, by="tests")
            for role, place in rights:
                accounts.grant(session, person, role, by="tests", at=datetime(2026, 1, 1, tzinfo=UTC), province=place)
        reporter = accounts.add(session, "reporter", "reporter", by="tests")
        one = session.scalar(text("SELECT min(institution_id) FROM campus WHERE province_code = :p"), {"p": HERE})
        at = datetime(2026, 1, 1, tzinfo=UTC)
        accounts.grant(session, reporter, Role.REPORTER, by="tests", at=at, institution=one)
        session.commit()


GUARDED = Prepared("guarded", _add_people, over=NETWORK)
"""The illustrative network, and the people."""


@dataclass(frozen=True)
class Guarded:
    """The database by its ways in; `owner` passes the policies by, as the operator does."""

    url: str
    owner: sessionmaker[Session]
    web: sessionmaker[Session]
    read: sessionmaker[Session]
    door: sessionmaker[Session]

    def token(self, login: str) -> str:
        """A session that is open now."""
        with self.door() as session:
            token = open_session(session, self.number(login), at=datetime.now(UTC), agent="tests")
            session.commit()
        return token

    def as_(self, login: str, *, reading: bool = False) -> Session:
        """A session of the web in which the person is at work; the caller closes it."""
        session = (self.read if reading else self.web)()
        act_under(session, self.token(login))
        return session

    def publishing(self, login: str) -> Session:
        """One in which the application publishes in the person's name."""
        session = self.as_(login)
        with self.door() as door:
            permit = permits.issue(door, self.number(login), at=datetime.now(UTC))
            door.commit()
        permits.carry(session, permit)
        return session

    def number(self, login: str) -> int:
        with self.door() as session:
            person = session.scalar(select(Person.id).where(Person.login == login))
            assert person is not None
            return person

    def institutions(self, province: str) -> list[str]:
        """Registry ids of institutions with their main campus there."""
        with self.owner() as session:
            here = InstitutionState.province_code == province, InstitutionState.release_to.is_(None)
            found = select(InstitutionState.institution_id).where(*here, InstitutionState.is_main).distinct()
            return sorted(session.scalars(found))

    def stage(self, login: str, listed: str = LIST, name: str = "danh-sach.csv") -> int:
        """The number of a run that the person staged."""
        with self.as_(login) as session:
            found = runs.stage(session, InputFile(name, listed.encode()), actor=login, approval=True)
            session.commit()
            return found.id


@pytest.fixture(scope="session")
def guarded(database_like: DatabaseLike) -> Iterator[Guarded]:
    """What is committed here stays for the other tests of the worker: they ask for what they made themselves."""
    url = database_like(GUARDED)
    ways = [None, DatabaseRole.WEB, DatabaseRole.READ, DatabaseRole.DOOR]
    engines = [make_engine(url, application_name="tests", role=role) for role in ways]
    yield Guarded(url, *(sessionmaker(engine, expire_on_commit=False) for engine in engines))
    for engine in engines:
        engine.dispose()


def rows(session: Session, table: str) -> int:
    return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


@contextmanager
def tried(session: Session) -> Iterator[None]:
    """What is done inside is taken back."""
    savepoint = session.begin_nested()
    try:
        yield
    finally:
        if savepoint.is_active:
            savepoint.rollback()


def effect(session: Session, statement: str, **given: object) -> int:
    """How many rows the statement wrote; 0 when the database refused it. Nothing stays."""
    with tried(session):
        try:
            return int(session.execute(text(statement), given).rowcount)  # type: ignore[attr-defined]
        except DBAPIError as error:
            if not any(word in str(error) for word in ("row-level security", "permission denied")):
                raise
            return 0
