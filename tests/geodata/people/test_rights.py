"""Rights: what each role may do where, and how a right goes with its province through a reform."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geodata.models import AdministrativeUnit, UnitSuccession
from geodata.people import accounts
from geodata.people.rights import Person, Right, may, may_everywhere, may_somewhere, provinces_for
from geodata.people.sessions import rights_of
from geodata.people.territories import territory
from geodata.vocabulary import PersonAct, Role

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
BEFORE, SINCE = date(2025, 6, 30), date(2025, 7, 1)


def somebody(*rights: Right) -> Person:
    return Person(1, "lan", "Lan", rights)


def test_an_act_without_a_place_needs_the_whole_country() -> None:
    one = somebody(Right(Role.PROVINCIAL_STEWARD, frozenset({"52"})))
    whole = somebody(Right(Role.NATIONAL_STEWARD))
    assert [may(person, PersonAct.EDIT) for person in (one, whole)] == [False, True]
    assert [may(person, PersonAct.EDIT, province="52") for person in (one, whole)] == [True, True]
    assert may_somewhere(one, PersonAct.EDIT)


def test_several_provinces_need_every_one_and_an_unknown_place_the_country() -> None:
    one = somebody(Right(Role.APPROVER, frozenset({"52"})), Right(Role.APPROVER, frozenset({"01"})))
    assert may_everywhere(one, PersonAct.APPROVE, ["52", "01"])
    for asked in (["52", "79"], ["52", None], [], ["?"]):
        assert not may_everywhere(one, PersonAct.APPROVE, asked), asked
    assert provinces_for(one, PersonAct.APPROVE) == {"52", "01"}
    assert provinces_for(somebody(Right(Role.APPROVER)), PersonAct.APPROVE) is None


def test_a_reporter_acts_for_one_institution_and_no_province() -> None:
    one = somebody(Right(Role.REPORTER, frozenset(), "vabc"))
    assert may(one, PersonAct.REPORT, institution="vabc")
    assert may(one, PersonAct.REPORT, institution="vabc", province="01")
    assert not may(one, PersonAct.REPORT, institution="vxyz")
    assert not may(one, PersonAct.REPORT)
    assert provinces_for(one, PersonAct.REPORT) == frozenset()


def test_a_right_over_a_former_province_covers_what_it_became(places: Session) -> None:
    assert territory(places, "52@2008-08-01", SINCE) == {"52"}, "Bình Định became Gia Lai, whose code is Bình Định's"
    assert territory(places, "64@2008-08-01", SINCE) == {"52"}
    assert territory(places, "10@2008-08-01", SINCE) == {"15"}, "Lào Cai has Yên Bái's code now"
    assert territory(places, "64@2008-08-01", BEFORE) == {"64"}
    assert territory(places, "52@2025-07-01", SINCE) == {"52"}


def test_the_next_reform_takes_rights_along_and_a_split_does_not(places: Session) -> None:
    day = date(2030, 1, 1)
    for key in ("52@2025-07-01", "51@2025-07-01"):
        places.execute(text("UPDATE administrative_unit SET valid_to = :d WHERE key = :k"), {"d": day, "k": key})
    old = places.get(AdministrativeUnit, "52@2025-07-01")
    assert old is not None
    kept = {name: getattr(old, name) for name in ("level", "name", "full_name", "name_en", "kind", "folded", "source")}
    for code in ("98", "99"):
        unit = AdministrativeUnit(key=f"{code}@2030-01-01", code=code, valid_from=day, aliases=[], **kept)
        places.add(unit)
    places.flush()
    for old_key, new, part in (("52", "98", "whole"), ("51", "98", "part"), ("51", "99", "part")):
        places.add(
            UnitSuccession(
                predecessor_key=f"{old_key}@2025-07-01",
                successor_key=f"{new}@2030-01-01",
                effective_on=day,
                part=part,
                is_default=True,
            )
        )
    places.flush()
    assert territory(places, "64@2008-08-01", day) == {"98"}, "over both reforms"
    assert territory(places, "51@2025-07-01", day) == frozenset(), "who gets which part is granted anew"
    assert territory(places, "64@2008-08-01", day - timedelta(days=1)) == {"52"}


def test_rights_begin_and_end_at_their_moment(places: Session) -> None:
    person = accounts.add(places, "lan", "Lan", by="tests")
    given = accounts.grant(places, person, Role.PROVINCIAL_STEWARD, by="tests", at=NOW, province="Bình Định")
    assert rights_of(places, person.id, at=NOW - timedelta(seconds=1)) == ()
    assert rights_of(places, person.id, at=NOW) == (Right(Role.PROVINCIAL_STEWARD, frozenset({"52"})),)
    accounts.revoke(places, person, given.right.id, by="tests", at=NOW + timedelta(hours=1))
    places.expire_all()
    assert rights_of(places, person.id, at=NOW + timedelta(hours=1)) == ()
    with pytest.raises(accounts.AccountRefused):
        accounts.revoke(places, person, given.right.id, by="tests", at=NOW + timedelta(hours=2))


@pytest.mark.parametrize(
    ("role", "where", "reason"),
    [
        (Role.PROVINCIAL_STEWARD, {}, "needs a province"),
        (Role.NATIONAL_STEWARD, {"province": "01"}, "whole country"),
        (Role.REPORTER, {}, "needs an institution"),
        (Role.APPROVER, {"institution": "vnothing"}, "no institution"),
        (Role.APPROVER, {"province": "Tân Thành"}, "no single province"),
    ],
)
def test_a_role_that_does_not_go_with_the_place_is_refused(
    places: Session, role: Role, where: dict[str, str], reason: str
) -> None:
    person = accounts.add(places, "lan", "Lan", by="tests")
    with pytest.raises(accounts.AccountRefused, match=reason):
        accounts.grant(places, person, role, by="tests", at=NOW, **where)


def test_the_same_right_is_given_once_and_logins_are_unique(places: Session) -> None:
    person = accounts.add(places, "Lan@so.gov.vn ", "Lan", by="tests")
    assert person.login == "lan@so.gov.vn"
    accounts.grant(places, person, Role.AUDITOR, by="tests", at=NOW)
    with pytest.raises(accounts.AccountRefused, match="already"):
        accounts.grant(places, person, Role.AUDITOR, by="tests", at=NOW)
    for login in ("LAN@so.gov.vn", "a b", "", "x" * 65):
        with pytest.raises(accounts.AccountRefused):
            accounts.add(places, login, "", by="tests")
