"""Places in mergers and splits: of known and unknown provinces, and such as are not there on the day of effect."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.geometry import LonLat
from geodata.models import Campus, Proposal
from geodata.people.rights import Person
from geodata.proposals import drafting, reading
from geodata.proposals.planning import provinces_of
from geodata.proposals.refusals import NotAllowed
from geodata.vocabulary import ProposalKind, Role, Wizard
from tests.builders import AnInstitution, publish
from tests.geodata.proposals.conftest import APersonWith
from tests.geodata.proposals.test_wizards import NEW, SPLIT, TODAY, a_school, drafted, new_places, through

ELSEWHERE = LonLat(106.8, 10.9)


def half_known(session: Session) -> tuple[AnInstitution, str, str]:
    """A school with its main place in no known province and a site in Hồ Chí Minh City; the ids of both."""
    school = a_school(
        "Trường Cao đẳng Nửa Rõ", codes=[], other_campuses=[ELSEWHERE], campuses={2: {"province_code": "79"}}
    )
    publish(session, school)
    return school, f"{school.id}.1", f"{school.id}.2"


def told(proposal: Proposal) -> str:
    return " ".join(note.vi for note in reading.notes_of(proposal))


def test_a_school_with_a_place_in_no_known_province_needs_the_whole_country(
    session: Session, lan: Person, minh: Person, a_person: APersonWith
) -> None:
    school, nowhere, site = half_known(session)
    assert provinces_of(session, [school.id], []) == []
    hoa = a_person("hoa", Role.PROVINCIAL_STEWARD, provinces=frozenset({"79"}))
    with pytest.raises(NotAllowed):
        drafted(session, hoa, Wizard.SPLIT, institution=school.id, campuses1=[site], **SPLIT)
    split = drafted(session, lan, Wizard.SPLIT, institution=school.id, **{**SPLIT, "campuses1": [nowhere, site]})
    taken = [one["after"] for one in split.changes if one["table"] == "campus" and one["about"] != school.id]
    assert [(one["province_code"], one["kind"]) for one in taken] == [(None, "main"), ("79", "site")]
    assert (split.provinces, told(split)) == ([], "")


@pytest.mark.parametrize("wizard", [Wizard.SPLIT, Wizard.MERGE])
def test_the_province_of_a_new_school_is_not_guessed_from_one_of_two_places(
    session: Session, lan: Person, minh: Person, wizard: Wizard
) -> None:
    school, _, _ = half_known(session)
    other = a_school("Trường Cao đẳng Kia", codes=[], province="79")
    publish(session, other)
    asked = (
        {"institution": school.id, **SPLIT}
        if wizard is Wizard.SPLIT
        else {"institutions": [school.id, other.id], **NEW}
    )
    proposal = through(session, lan, minh, wizard, **asked)
    assert new_places(proposal) == [(None, "none")]
    assert "chưa thuộc tỉnh nào" in told(proposal)


def test_a_merger_hands_over_places_of_known_and_unknown_provinces(session: Session, lan: Person, minh: Person) -> None:
    school, _, _ = half_known(session)
    other = a_school("Trường Cao đẳng Kia", codes=[], province="79")
    publish(session, other)
    proposal = through(session, lan, minh, Wizard.MERGE, institutions=[school.id], into=other.id, campuses="1")
    at_heir = select(Campus.province_code, Campus.kind).where(
        Campus.institution_id == other.id, Campus.release_to.is_(None), Campus.valid_to.is_(None)
    )
    found = sorted((code or "?", kind) for code, kind in session.execute(at_heir))
    assert found == [("79", "main"), ("79", "site"), ("?", "site")]
    assert (proposal.provinces, told(proposal)) == ([], "")


GONE_BY_THEN, STILL_TO_COME = (None, date(2027, 1, 1)), (date(2027, 6, 1), None)


@pytest.mark.parametrize(
    ("span", "day", "why"),
    [
        (GONE_BY_THEN, date(2027, 2, 1), "kết thúc từ ngày 01/01/2027"),
        (STILL_TO_COME, date(2027, 2, 1), "chỉ có từ ngày 01/06/2027"),
        (GONE_BY_THEN, date(2026, 12, 1), ""),
    ],
    ids=["gone by then", "still to come", "there on the day"],
)
@pytest.mark.parametrize("wizard", [Wizard.MERGE, Wizard.SPLIT])
def test_a_place_that_is_not_there_on_the_day_is_told(
    session: Session, lan: Person, wizard: Wizard, span: tuple[date | None, date | None], day: date, why: str
) -> None:
    site = {"name": "Cơ sở Hai", "valid_from": span[0], "valid_to": span[1]}
    school = a_school("Trường Cao đẳng Một", province="79", other_campuses=[ELSEWHERE], campuses={2: site})
    other = a_school("Trường Cao đẳng Hai", codes=[], province="79")
    publish(session, school, other)
    merger = {"institutions": [school.id], "into": other.id, "campuses": "1"}
    asked = merger if wizard is Wizard.MERGE else {"institution": school.id, **SPLIT}
    proposal = drafting.draft(session, lan, ProposalKind.ACT, asked, wizard=wizard, effective=day, today=TODAY)
    assert ("“Cơ sở Hai”" in told(proposal)) == bool(why)
    assert why in told(proposal)


def test_a_place_that_will_end_ends_at_the_successor_too(session: Session, lan: Person) -> None:
    ending = {1: {"valid_to": date(2027, 1, 1)}}
    school = a_school("Trường Cao đẳng Một", province="79", campuses=ending)
    other = a_school("Trường Hai", codes=[], province="79")
    publish(session, school, other)
    proposal = drafted(session, lan, Wizard.MERGE, institutions=[school.id], into=other.id, campuses="1")
    added = [one["after"] for one in proposal.changes if one["about"] == other.id and one["table"] == "campus"]
    assert [one["valid_to"] for one in added] == ["2027-01-01"]


def test_a_new_school_whose_places_are_all_gone_by_the_day_still_has_one(
    session: Session, lan: Person, minh: Person
) -> None:
    gone = {1: {"valid_to": date(2026, 8, 1)}}
    one, other = (a_school(f"Trường Cao đẳng {n}", codes=[], province="79", campuses=gone) for n in ("Một", "Hai"))
    publish(session, one, other)
    proposal = drafted(session, lan, Wizard.MERGE, institutions=[one.id, other.id], campuses="1", **NEW)
    assert new_places(proposal) == [(None, "none")]
