"""Each event against what verification answers on the day before and on the day of effect."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from geodata import verification
from geodata.geometry import LonLat
from geodata.models import Proposal
from geodata.people.rights import Person
from geodata.proposals import drafting, path, publication
from geodata.proposals.refusals import Faulty
from geodata.verification import Action, Question
from geodata.vocabulary import ProposalKind, Wizard
from tests.builders import AnInstitution, an_institution, publish

TODAY = date(2026, 11, 22)
DAY = date(2026, 9, 1)
BEFORE = DAY - timedelta(days=1)
LICENSED = {
    "codes": [("CDT2502", (None, None))],
    "licences": [("197/2017/GCNĐKHĐ-TCDN", (date(2017, 6, 1), None))],
    "programmes": [("6510202", "college", (date(2017, 6, 1), None))],
    "complete": [(date(2020, 1, 1), None)],
    "at": LonLat(106.7, 10.8),
    "status": [("active", (date(2010, 1, 1), None))],
}


def a_school(name: str, **wanted: Any) -> AnInstitution:
    return an_institution(name, **{**LICENSED, **wanted})


def through(session: Session, lan: Person, minh: Person, wizard: Wizard, day: date = DAY, **values: Any) -> Proposal:
    """The event, proposed by one and published by the other."""
    proposal = drafting.draft(
        session,
        lan,
        ProposalKind.ACT,
        values,
        wizard=wizard,
        effective=day,
        decision="12/QĐ-UBND",
        reason="Theo quyết định",
        today=TODAY,
    )
    path.propose(session, proposal, lan)
    path.approve(session, proposal, minh)
    return publication.publish(session, proposal, minh)


def answers(session: Session, school: AnInstitution, *days: date, action: Action = Action.ENROL) -> list[str]:
    question = Question(school.id, action, None if action is Action.OPERATE else "6510202", None)
    return [verification.decide(session, question, on=day).answer.value for day in days]


def test_a_rename_keeps_the_old_name_for_earlier_days(session: Session, lan: Person, minh: Person) -> None:
    school = a_school("Trường Cao đẳng Cũ")
    publish(session, school)
    through(session, lan, minh, Wizard.RENAME, institution=school.id, name="Trường Cao đẳng Mới")
    named = [
        decision.institution.name
        for day in (BEFORE, DAY)
        if (decision := verification.decide(session, Question(school.id), on=day)).institution
    ]
    assert named == ["Trường Cao đẳng Cũ", "Trường Cao đẳng Mới"]
    assert answers(session, school, BEFORE, DAY) == ["authorised", "authorised"]


@pytest.mark.parametrize(
    ("wizard", "values", "enrol", "award"),
    [
        (Wizard.CLOSE, {"taught_out_until": "2028-09-01"}, ["authorised", "closed"], ["authorised", "closed"]),
        (Wizard.SUSPEND, {}, ["authorised", "suspended"], ["authorised", "suspended"]),
        (Wizard.STOP_ENROLMENT, {}, ["authorised", "not_authorised"], ["authorised", "authorised"]),
    ],
)
def test_events_change_answers_from_their_day(
    session: Session,
    lan: Person,
    minh: Person,
    wizard: Wizard,
    values: dict[str, str],
    enrol: list[str],
    award: list[str],
) -> None:
    school = a_school("Trường Cao đẳng Thử nghiệm")
    publish(session, school)
    through(session, lan, minh, wizard, DAY, institution=school.id, **values)
    assert answers(session, school, BEFORE, DAY) == enrol
    assert answers(session, school, BEFORE, DAY, action=Action.AWARD) == award


@pytest.mark.parametrize("wizard", [Wizard.SUSPEND, Wizard.STOP_ENROLMENT])
def test_what_ends_on_a_day_is_over_on_it(session: Session, lan: Person, minh: Person, wizard: Wizard) -> None:
    school = a_school("Trường Cao đẳng Thử nghiệm")
    publish(session, school)
    through(session, lan, minh, wizard, institution=school.id, until="2026-10-01")
    over = date(2026, 10, 1)
    told = answers(session, school, BEFORE, DAY, over - timedelta(days=1), over)
    assert [answer == "authorised" for answer in told] == [True, False, False, True]


def test_a_reopened_school_is_open_again(session: Session, lan: Person, minh: Person) -> None:
    school = a_school("Trường Cao đẳng Thử nghiệm")
    publish(session, school)
    through(session, lan, minh, Wizard.SUSPEND, institution=school.id)
    again = date(2026, 10, 15)
    through(session, lan, minh, Wizard.REOPEN, again, institution=school.id)
    assert answers(session, school, DAY, again - timedelta(days=1), again) == ["suspended", "suspended", "authorised"]


def test_a_merger_sends_askers_to_the_successor(session: Session, lan: Person, minh: Person) -> None:
    one, other = a_school("Trường Cao đẳng Một"), a_school("Trường Cao đẳng Hai", codes=[])
    publish(session, one, other)
    taken = dict.fromkeys(("campuses", "programmes", "keeps_records"), "1")
    through(session, lan, minh, Wizard.MERGE, DAY, institutions=[one.id], into=other.id, **taken)
    assert answers(session, one, BEFORE, DAY) == ["authorised", "merged_into"]
    decision = verification.decide(session, Question(one.id), on=DAY)
    assert [heir.institution.id for heir in decision.successors] == [other.id]
    assert [holder.id for holder in decision.records_held_by] == [other.id]
    assert answers(session, other, DAY) == ["authorised"]


def test_a_merger_into_a_new_school_founds_it(session: Session, lan: Person, minh: Person) -> None:
    one, other = a_school("Trường Cao đẳng Một"), a_school("Trường Cao đẳng Hai", codes=[])
    publish(session, one, other)
    given: dict[str, Any] = {"institutions": [one.id, other.id], "name": "Trường Cao đẳng Chung", "type": "college"}
    proposal = through(session, lan, minh, Wizard.MERGE, campuses="1", programmes="1", ownership="public", **given)
    heir = an_institution(id=proposal.asked["values"]["new_id"])
    assert answers(session, heir, DAY) == ["authorised"]
    assert answers(session, heir, BEFORE, action=Action.OPERATE) == ["not_yet_open"]
    assert answers(session, one, DAY) == answers(session, other, DAY) == ["merged_into"]


def drafted(session: Session, lan: Person, wizard: Wizard, **values: Any) -> Proposal:
    return drafting.draft(session, lan, ProposalKind.ACT, values, wizard=wizard, effective=DAY, today=TODAY)


def new_places(proposal: Proposal) -> list[tuple[str | None, str]]:
    """(province, precision) of the campuses that the change set adds."""
    added = [one["after"] for one in proposal.changes if one["table"] == "campus" and one["action"] == "add"]
    return [(one.get("province_code"), one["location_precision"]) for one in added]


NEW: dict[str, Any] = {"name": "Trường Cao đẳng Chung", "type": "college", "ownership": "public"}


def test_the_register_issues_the_ids_of_new_institutions(session: Session, lan: Person) -> None:
    one, other, third = (a_school(f"Trường Cao đẳng {n}", codes=[]) for n in ("Một", "Hai", "Ba"))
    publish(session, one, other, third)
    values = {**NEW, "institutions": [one.id, other.id], "campuses": "1", "new_id": third.id}
    proposal = drafted(session, lan, Wizard.MERGE, **values)
    issued = proposal.asked["values"]["new_id"]
    assert issued != third.id
    drafting.revise(session, proposal, lan, today=TODAY, values=values, effective=DAY)
    assert proposal.asked["values"]["new_id"] == issued
    assert third.id not in proposal.institutions


def test_a_new_school_without_its_own_places_is_in_the_one_province_of_the_old_ones(
    session: Session, lan: Person
) -> None:
    one, other = (a_school(f"Trường Cao đẳng {n}", codes=[], province="79") for n in ("Một", "Hai"))
    publish(session, one, other)
    merged = drafted(session, lan, Wizard.MERGE, institutions=[one.id, other.id], **NEW)
    split = drafted(session, lan, Wizard.SPLIT, institution=one.id, **SPLIT)
    assert new_places(merged) == new_places(split) == [("79", "none")]


def test_a_new_school_out_of_two_provinces_needs_a_place(session: Session, lan: Person) -> None:
    one, other = a_school("Trường Cao đẳng Một", province="79"), a_school("Trường Hai", codes=[], province="01")
    publish(session, one, other)
    with pytest.raises(Faulty) as refused:
        drafted(session, lan, Wizard.MERGE, institutions=[one.id, other.id], **NEW)
    assert [fault.field for fault in refused.value.faults] == ["campuses"]


def test_a_merger_with_a_school_of_no_known_province_needs_the_whole_country(session: Session, lan: Person) -> None:
    one, nowhere = a_school("Trường Cao đẳng Một", province="01"), a_school("Trường Hai", codes=[], province=None)
    publish(session, one, nowhere)
    proposal = drafted(session, lan, Wizard.MERGE, institutions=[nowhere.id], into=one.id)
    assert proposal.provinces == []


def test_a_split_founds_schools_with_their_places(session: Session, lan: Person, minh: Person) -> None:
    school = a_school("Trường Cao đẳng Một", other_campuses=[LonLat(106.8, 10.9)])
    publish(session, school)
    new: dict[str, Any] = {"name1": "Trường Cao đẳng Tách", "type1": "college", "campuses1": [f"{school.id}.2"]}
    proposal = through(session, lan, minh, Wizard.SPLIT, institution=school.id, continues="1", **new)
    part = an_institution(id=proposal.asked["values"]["new_id1"])
    assert answers(session, school, DAY) == ["authorised"]
    assert answers(session, part, DAY, action=Action.OPERATE) == ["not_recorded"]


def heir_of(proposal: Proposal) -> AnInstitution:
    return an_institution(id=proposal.asked["values"]["new_id1"])


SPLIT: dict[str, Any] = {"name1": "Trường Cao đẳng Tách", "type1": "college", "continues": "1"}
PROGRAMME = "6510202.college.1"


def test_a_split_moves_a_programme_with_its_licence_to_the_new_school(
    session: Session, lan: Person, minh: Person
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(session, school)
    taken: dict[str, Any] = {"programmes1": [PROGRAMME], "licences1": [f"{school.id}.L1"]}
    heir = heir_of(through(session, lan, minh, Wizard.SPLIT, institution=school.id, **SPLIT, **taken))
    assert answers(session, school, BEFORE, DAY) == ["authorised", "not_authorised"]
    assert answers(session, heir, BEFORE, DAY) == ["not_yet_open", "authorised"]
    question = Question(heir.id, Action.ENROL, "6510202", None)
    assert verification.decide(session, question, on=DAY).licences == ("197/2017/GCNĐKHĐ-TCDN",)


def test_a_split_may_put_programmes_under_a_new_licence(session: Session, lan: Person, minh: Person) -> None:
    school = a_school(
        "Trường Cao đẳng Một", programmes=[(code, "college", (None, None)) for code in ("6510202", "6480201")]
    )
    publish(session, school)
    taken: dict[str, Any] = {"programmes1": [PROGRAMME], "licence1": "9/2026/GCNĐKHĐ"}
    heir = heir_of(through(session, lan, minh, Wizard.SPLIT, institution=school.id, **SPLIT, **taken))
    assert answers(session, heir, DAY) == ["authorised"]
    assert answers(session, school, BEFORE, DAY) == ["authorised", "not_authorised"]
    stays = Question(school.id, Action.ENROL, "6480201", None)
    assert verification.decide(session, stays, on=DAY).answer == "authorised"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"licences1": ["{id}.L1"]}, "goes.licence.{id}.L1"),
        ({"programmes1": ["6510202.college.9"]}, "goes.programme.6510202.college.9"),
        ({"programmes1": [PROGRAMME], "programmes2": [PROGRAMME], "name2": "B", "type2": "college"}, None),
        ({"programmes2": [PROGRAMME]}, "name2"),
    ],
    ids=["licence from under a programme", "not there", "to two", "to nobody"],
)
def test_a_split_that_cannot_be_is_told_where(
    session: Session, lan: Person, minh: Person, values: dict[str, Any], field: str | None
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(session, school)
    given: dict[str, Any] = {
        key: [one.format(id=school.id) for one in value] if isinstance(value, list) else value
        for key, value in values.items()
    }
    with pytest.raises(Faulty) as refused:
        through(session, lan, minh, Wizard.SPLIT, institution=school.id, **SPLIT, **given)
    wanted = (field or f"goes.programme.{PROGRAMME}").format(id=school.id)
    assert wanted in [fault.field for fault in refused.value.faults]


def test_a_declaration_turns_silence_into_an_answer(session: Session, lan: Person, minh: Person) -> None:
    school = a_school("Trường Cao đẳng Một", complete=[], licences=[], programmes=[])
    publish(session, school)
    assert answers(session, school, BEFORE, DAY) == ["not_recorded", "not_recorded"]
    through(session, lan, minh, Wizard.DECLARE_COMPLETE, institutions=[school.id], declared_by="Sở GDĐT")
    assert answers(session, school, BEFORE, DAY) == ["not_recorded", "not_authorised"]


@pytest.mark.parametrize(
    ("wizard", "values", "field"),
    [
        (Wizard.RENAME, {"name": ""}, "name"),
        (Wizard.RENAME, {"name": "Trường Cao đẳng Một"}, "name"),
        (Wizard.CLOSE, {"taught_out_until": "2020-01-01"}, "taught_out_until"),
        (Wizard.SUSPEND, {"until": "mai"}, "until"),
        (Wizard.REOPEN, {}, "institution"),
        (Wizard.MERGE, {"institutions": [], "into": ""}, "institutions"),
        (Wizard.SPLIT, {}, "name1"),
        (Wizard.CLOSE, {"institution": "vkhongco"}, "institution"),
    ],
)
def test_nonsense_is_refused_by_field(
    session: Session, lan: Person, minh: Person, wizard: Wizard, values: dict[str, Any], field: str
) -> None:
    school = a_school("Trường Cao đẳng Một")
    publish(session, school)
    with pytest.raises(Faulty) as refused:
        through(session, lan, minh, wizard, **{"institution": school.id, **values})
    assert field in [fault.field for fault in refused.value.faults]
