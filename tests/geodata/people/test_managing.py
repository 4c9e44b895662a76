"""Looking after people: by whom it may be done, what is put down, and what the database itself refuses the door."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geodata.models import Person as Account
from geodata.people import accounts, listing, managing
from geodata.people.accounts import AccountRefused
from geodata.people.acting import act_under
from geodata.people.acts import Hand, acts
from geodata.people.listing import AccountState
from geodata.people.managing import Asked, NotYours
from geodata.people.rights import Person
from geodata.people.sessions import open_session, open_sessions, rights_of
from geodata.vocabulary import Role
from tests.geodata.people.guarded import ELSEWHERE, HERE, Guarded, effect

_numbers = count(1)
NATIONAL = Asked(Role.NATIONAL_STEWARD)
KEPT = "no hash of anything"
"""In place of the hash of a password."""


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def at_the_door(guarded: Guarded, login: str) -> Iterator[tuple[Session, Hand]]:
    """The door's session in which the person acts, as the pages have it; nothing stays."""
    with guarded.door() as session:
        act_under(session, guarded.token(login))
        account = accounts.find(session, login)
        rights = rights_of(session, account.id, at=now())
        yield session, Hand(Person(account.id, login, login, rights), now(), "theo văn bản 12/SGDĐT")
        session.rollback()


def reporter(session: Session, hand: Hand, institution: str) -> Account:
    asked = Asked(Role.REPORTER, institution=institution)
    return managing.create(session, hand, f"nguoi{next(_numbers)}.moi", "Người mới", asked)[0]


def a_login(session: Session, login: str) -> Account:
    return accounts.find(session, login)


def test_a_national_steward_adds_anybody_with_days_and_a_link(guarded: Guarded) -> None:
    with at_the_door(guarded, "national") as (session, hand):
        starts, until = hand.at + timedelta(days=1), hand.at + timedelta(days=30)
        asked = Asked(Role.APPROVER, province=HERE, starts=starts, until=until)
        account, token = managing.create(session, hand, "Lan.Moi", "Nguyễn Lan", asked)
        assert accounts.invited(session, token, at=hand.at) is account
        assert rights_of(session, account.id, at=hand.at) == ()
        assert [right.role for right in rights_of(session, account.id, at=starts)] == [Role.APPROVER]
        assert rights_of(session, account.id, at=until) == ()
        told = [(one.step, one.by_name, one.reason) for one in acts(session, account.id)]
        assert told == [(step, "national", hand.reason) for step in ("invited", "granted", "created")]


def test_a_provincial_steward_adds_reporters_of_the_own_province_only(guarded: Guarded) -> None:
    own, other = guarded.institutions(HERE)[3], guarded.institutions(ELSEWHERE)[3]
    with at_the_door(guarded, "steward") as (session, hand):
        account = reporter(session, hand, own)
        assert managing.looks_after(session, hand.person, account, at=hand.at)
        for asked in (Asked(Role.REPORTER, institution=other), Asked(Role.APPROVER, province=HERE), NATIONAL):
            with pytest.raises(NotYours), session.begin_nested():
                managing.create(session, hand, f"x{next(_numbers)}y", "X", asked)
        managing.grant(session, hand, account, Asked(Role.REPORTER, institution=guarded.institutions(HERE)[4]))
        with pytest.raises(NotYours):
            managing.grant(session, hand, account, Asked(Role.PROVINCIAL_STEWARD, province=HERE))
        seen = {one.account.login for one in listing.page(session, hand.person, at=hand.at)}
        assert account.login in seen
        assert seen & {"national", "approver", "other", "steward"} == set()


@pytest.mark.parametrize("login", ["approver", "other", "national", "steward", "nobody", "signer"])
def test_a_provincial_steward_does_nothing_to_others(guarded: Guarded, login: str) -> None:
    with at_the_door(guarded, "steward") as (session, hand):
        account = a_login(session, login)
        for act in (managing.lock, managing.unlock, managing.end_sessions, managing.invite):
            with pytest.raises(NotYours):
                act(session, hand, account)


@pytest.mark.parametrize("login", ["approver", "auditor", "reporter", "nobody", "signer"])
def test_who_may_not_look_after_people_adds_nobody(guarded: Guarded, login: str) -> None:
    asked = Asked(Role.REPORTER, institution=guarded.institutions(HERE)[3])
    with at_the_door(guarded, login) as (session, hand), pytest.raises(NotYours):
        managing.create(session, hand, "khong.duoc", "X", asked)


def test_nobody_acts_on_themselves(guarded: Guarded) -> None:
    with at_the_door(guarded, "national") as (session, hand):
        me = a_login(session, "national")
        for asked in (Asked(Role.APPROVER), Asked(Role.REPORTER, institution=guarded.institutions(HERE)[0])):
            with pytest.raises(NotYours):
                managing.grant(session, hand, me, asked)
        with pytest.raises(NotYours):
            managing.lock(session, hand, me)


def test_the_last_national_steward_stays(guarded: Guarded) -> None:
    with at_the_door(guarded, "national") as (session, hand):
        second, _ = managing.create(session, hand, "thu.hai", "Thứ Hai", NATIONAL)
        mine = accounts.rights_listed(session, hand.person.id, at=hand.at)[0].id
        account = a_login(session, "national")
        other = Hand(Person(second.id, "thu.hai", "Thứ Hai", rights_of(session, second.id, at=hand.at)), hand.at, "x")
        account.password_hash = KEPT
        managing.lock(session, hand, second)
        for refused in (lambda: managing.lock(session, other, account), lambda: end(session, other, account, mine)):
            with pytest.raises(AccountRefused, match="last national"):
                refused()
        managing.unlock(session, hand, second)
        with pytest.raises(AccountRefused, match="last national"):
            managing.require_another_national(session, account.id, at=hand.at)
        second.password_hash = KEPT
        managing.require_another_national(session, account.id, at=hand.at)


def end(session: Session, hand: Hand, account: Account, right: int) -> None:
    managing.end_right(session, hand, account, right)


def test_an_ended_right_keeps_its_row_and_the_one_who_ended_it(guarded: Guarded) -> None:
    with at_the_door(guarded, "steward") as (session, hand):
        account = reporter(session, hand, guarded.institutions(HERE)[3])
        (right,) = managing.rights(session, account.id)
        end(session, hand, account, right.id)
        assert (right.ended_by, right.valid_to) == ("steward", hand.at)
        assert acts(session, account.id)[0].detail["institution"] == right.institution_id
        assert listing.described(session, [account], at=hand.at)[0].state is AccountState.REVOKED
        managing.unlock(session, hand, account)
        assert account.login in {one.account.login for one in listing.page(session, hand.person, at=hand.at)}


def test_who_was_more_than_an_own_reporter_is_not_the_provinces_to_look_after(guarded: Guarded) -> None:
    with guarded.owner() as session:
        account = accounts.add(session, "tung.la.khac", "X", by="tests")
        institution = guarded.institutions(HERE)[3]
        early, late = now() - timedelta(days=9), now() - timedelta(days=2)
        for asked in (Asked(Role.REPORTER, institution=institution), Asked(Role.AUDITOR, province=HERE)):
            accounts.grant(
                session,
                account,
                asked.role,
                by="tests",
                at=early,
                province=asked.province,
                institution=asked.institution,
                until=late,
            )
        session.commit()
    with at_the_door(guarded, "steward") as (session, hand):
        assert not session.scalar(text("SELECT looks_after(:id)"), {"id": account.id})
        with pytest.raises(NotYours):
            managing.invite(session, hand, a_login(session, "tung.la.khac"))
        assert "tung.la.khac" not in {one.account.login for one in listing.page(session, hand.person, at=hand.at)}


def test_a_right_taken_away_before_it_began_counts_no_more(guarded: Guarded) -> None:
    with at_the_door(guarded, "national") as (session, hand):
        account = reporter(session, hand, guarded.institutions(HERE)[3])
        later = hand.at + timedelta(days=20)
        right = managing.grant(session, hand, account, Asked(Role.NATIONAL_STEWARD, starts=later))
        steward = by_login(session, "steward", hand.at)
        assert not managing.looks_after(session, steward, account, at=hand.at)
        with pytest.raises(AccountRefused, match="already"), session.begin_nested():
            managing.grant(session, hand, account, Asked(Role.NATIONAL_STEWARD, starts=later))
        another_national(session, hand)
        end(session, hand, account, right.id)
        assert right.valid_to == right.valid_from == later
        assert managing.looks_after(session, steward, account, at=hand.at)
        assert account.login in {one.account.login for one in listing.page(session, steward, at=hand.at)}
        with pytest.raises(AccountRefused, match="no right"):
            end(session, hand, account, right.id)
        managing.grant(session, hand, account, Asked(Role.NATIONAL_STEWARD, starts=later))


def test_the_database_counts_no_right_that_was_taken_away_before_it_began(guarded: Guarded) -> None:
    with guarded.owner() as session:
        account = accounts.add(session, "chua.bat.dau", "X", by="tests")
        accounts.grant(session, account, Role.REPORTER, by="tests", at=now(), institution=guarded.institutions(HERE)[3])
        later = now() + timedelta(days=20)
        right = accounts.grant(session, account, Role.AUDITOR, by="tests", at=now(), starts=later).right
        session.commit()
        asked = text("SELECT looks_after(:id)"), {"id": account.id}
        with at_the_door(guarded, "steward") as (door, _):
            assert door.scalar(*asked) is False
        right.valid_to = later
        session.commit()
        with at_the_door(guarded, "steward") as (door, _):
            assert door.scalar(*asked) is True


def test_who_begins_later_is_new_and_not_without_rights(guarded: Guarded) -> None:
    with at_the_door(guarded, "national") as (session, hand):
        asked = Asked(Role.AUDITOR, starts=hand.at + timedelta(days=5))
        account, token = managing.create(session, hand, "bat.dau.sau", "X", asked)
        (one,) = listing.described(session, [account], at=hand.at)
        assert (one.state, [right.role for right in one.rights]) == (AccountState.INVITED, [Role.AUDITOR])
        accounts.accept(session, token, "một câu dài dễ nhớ 8", at=hand.at)
        assert listing.described(session, [account], at=hand.at)[0].state is AccountState.NO_RIGHT
        assert listing.described(session, [account], at=hand.at + timedelta(days=6))[0].state is AccountState.ACTIVE
        end(session, hand, account, one.rights[0].id)
        assert listing.described(session, [account], at=hand.at)[0].state is AccountState.REVOKED


def test_a_link_made_for_a_lesser_account_opens_no_greater_one(guarded: Guarded) -> None:
    with at_the_door(guarded, "steward") as (session, hand):
        account = reporter(session, hand, guarded.institutions(HERE)[3])
        token = managing.invite(session, hand, account)
        assert accounts.invited(session, token, at=hand.at) is account
        above = Hand(by_login(session, "national", hand.at), hand.at, hand.reason)
        act_under(session, guarded.token("national"))
        managing.grant(session, above, account, NATIONAL)
        assert accounts.invited(session, token, at=hand.at) is None
        with pytest.raises(accounts.InvitationSpent):
            accounts.accept(session, token, "một câu dài dễ nhớ 8", at=hand.at)


def test_a_lock_and_a_new_password_end_an_open_link(guarded: Guarded) -> None:
    with at_the_door(guarded, "national") as (session, hand):
        account, first = managing.create(session, hand, "duong.dan", "X", Asked(Role.AUDITOR))
        accounts.set_password(session, account, "một câu dài dễ nhớ 8", at=hand.at)
        assert accounts.invited(session, first, at=hand.at) is None
        second = managing.invite(session, hand, account)
        managing.lock(session, hand, account)
        with pytest.raises(AccountRefused, match="locked"):
            managing.invite(session, hand, account)
        managing.unlock(session, hand, account)
        assert accounts.invited(session, second, at=hand.at) is None
        third = managing.invite(session, hand, account)
        assert accounts.accept(session, third, "một câu dài dễ nhớ 6", at=hand.at) is account


def by_login(session: Session, login: str, at: datetime) -> Person:
    account = a_login(session, login)
    return Person(account.id, login, login, rights_of(session, account.id, at=at))


def another_national(session: Session, hand: Hand) -> None:
    """One who can sign in."""
    account, _ = managing.create(session, hand, f"quoc.gia{next(_numbers)}", "X", NATIONAL)
    account.password_hash = KEPT
    session.flush()


def test_a_lock_ends_sessions_and_everything_needs_a_reason(guarded: Guarded) -> None:
    with at_the_door(guarded, "national") as (session, hand):
        account = reporter(session, hand, guarded.institutions(HERE)[3])
        open_session(session, account.id, at=hand.at)
        with pytest.raises(AccountRefused, match="say why"):
            managing.lock(session, Hand(hand.person, hand.at, ""), account)
        assert len(open_sessions(session, account.id, at=hand.at)) == 1
        managing.lock(session, hand, account)
        assert open_sessions(session, account.id, at=hand.at) == []
        assert listing.described(session, [account], at=hand.at)[0].state is AccountState.LOCKED
        managing.unlock(session, hand, account)
        assert account.active
        with pytest.raises(AccountRefused, match="no second factor"):
            managing.reset_second_factor(session, hand, account)
        account.totp_secret = b"x"
        managing.reset_second_factor(session, hand, account)
        assert account.totp_secret is None


def test_a_right_is_had_once_at_a_time(guarded: Guarded) -> None:
    with at_the_door(guarded, "national") as (session, hand):
        until = hand.at + timedelta(days=10)
        account, _ = managing.create(session, hand, "mot.lan", "X", Asked(Role.AUDITOR, until=until))
        for asked in (Asked(Role.AUDITOR), Asked(Role.AUDITOR, until=until + timedelta(days=1))):
            with pytest.raises(AccountRefused, match="already"), session.begin_nested():
                managing.grant(session, hand, account, asked)
        managing.grant(session, hand, account, Asked(Role.AUDITOR, starts=until))
        with pytest.raises(AccountRefused, match="end before"):
            managing.grant(session, hand, account, Asked(Role.APPROVER, until=hand.at))


GRANT = """
    INSERT INTO person_right (person_id, role, province_key, institution_id, valid_from, granted_by)
    SELECT id, :role, CASE WHEN :role = 'provincial_steward' THEN (SELECT key FROM administrative_unit
        WHERE level = 'province' AND code = '01' AND valid_to IS NULL) END, :institution, now(), 'x'
    FROM person WHERE login = :login
"""
STATEMENTS = (
    (GRANT, {"role": "national_steward", "institution": None}),
    (GRANT, {"role": "provincial_steward", "institution": None}),
    ("UPDATE person SET active = false WHERE login = :login", {}),
    ("UPDATE person_right SET valid_to = now() WHERE person_id = (SELECT id FROM person WHERE login = :login)", {}),
    (
        "INSERT INTO account_act (person_id, at, by_id, by_name, step, detail, reason)"
        " SELECT id, now(), acting_person(), 'x', 'locked', '{}', 'x' FROM person WHERE login = :login",
        {},
    ),
)


@pytest.mark.parametrize(("statement", "given"), STATEMENTS)
@pytest.mark.parametrize(
    ("login", "target"), [("steward", "steward"), ("steward", "approver"), ("national", "national")]
)
def test_the_database_refuses_the_door_what_the_person_may_not(
    guarded: Guarded, statement: str, given: dict[str, object], login: str, target: str
) -> None:
    with at_the_door(guarded, login) as (session, _):
        assert effect(session, statement, **given, login=target) == 0


def test_without_a_token_the_door_gives_no_right(guarded: Guarded) -> None:
    given = {"login": "nobody", "role": "national_steward", "institution": None}
    with guarded.door() as session, pytest.raises(DBAPIError, match="row-level security"):
        session.execute(text(GRANT), given)


def test_what_was_done_is_never_altered(guarded: Guarded) -> None:
    with at_the_door(guarded, "national") as (session, hand):
        account = reporter(session, hand, guarded.institutions(HERE)[3])
        session.flush()
        for statement in ("UPDATE account_act SET reason = 'y'", "DELETE FROM account_act"):
            reached = session.execute(text(f"{statement} WHERE person_id = {account.id}"))
            assert reached.rowcount == 0  # type: ignore[attr-defined]
