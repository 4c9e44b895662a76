"""Licences, programmes and sites added, changed and ended in the form of a record, through two people's hands."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata import verification
from geodata.geometry import LonLat
from geodata.history import history
from geodata.imports.facts import TABLES, Fact, open_facts
from geodata.models import InstitutionState
from geodata.people.rights import Person
from geodata.proposals import drafting, path, publication
from geodata.proposals.planning import current_number
from geodata.proposals.refusals import Faulty
from geodata.verification import Action, Question
from geodata.vocabulary import ProposalKind
from tests.builders import AnInstitution, an_institution, publish

TODAY, DAY, BEFORE = date(2026, 11, 22), date(2026, 9, 1), date(2026, 8, 31)
SINCE = date(2017, 6, 1)
ROBOTS = {
    "programme.new1.occupation_code": "6480201",
    "programme.new1.training_level": "college",
    "programme.new1.licence_id": "new1",
    "programme.new1.quota": "35",
    "licence.new1.number": "88/2026/GCNĐKHĐ",
}
SITE = {"campus.new1.name": "Cơ sở 2", "campus.new1.kind": "branch", "campus.new1.province": "79"}


@pytest.fixture
def session(places: Session) -> Session:
    """Sites name their units: these tests have a register with all of them."""
    return places


@pytest.fixture
def school(session: Session) -> AnInstitution:
    """Complete since 2020, with one licence, one programme under it, and a site beside the main one."""
    found = an_institution(
        "Trường Cao đẳng Một",
        codes=[("CDT2502", (None, None))],
        licences=[("197/2017/GCNĐKHĐ-TCDN", (SINCE, None))],
        programmes=[("6510202", "college", (SINCE, None))],
        complete=[(date(2020, 1, 1), None)],
        status=[("active", (date(2010, 1, 1), None))],
        at=LonLat(106.7, 10.8),
        other_campuses=[LonLat(106.8, 10.9)],
        province="79",
    )
    publish(session, found)
    return found


@pytest.fixture
def edited(session: Session, school: AnInstitution, lan: Person, minh: Person) -> "Edited":
    return Edited(session, school, lan, minh)


class Edited:
    """`edited({"licence.new1.number": "1/2026"}, day=DAY)`: proposed by one, published by the other."""

    def __init__(self, session: Session, school: AnInstitution, lan: Person, minh: Person) -> None:
        self.session, self.school, self.lan, self.minh = session, school, lan, minh

    def __call__(self, values: dict[str, str], day: date | None = None) -> None:
        given = {"institution": self.school.id, "values": values}
        proposal = drafting.draft(
            self.session, self.lan, ProposalKind.EDIT, given, effective=day, decision="12/QĐ-SGDĐT", today=TODAY
        )
        path.propose(self.session, proposal, self.lan)
        path.approve(self.session, proposal, self.minh)
        publication.publish(self.session, proposal, self.minh)

    def facts(self, table: str) -> list[Fact]:
        return open_facts(self.session, [self.school.id], TABLES)[self.school.id][table]

    def answers(self, occupation: str, *, action: Action = Action.ENROL) -> list[str]:
        """On the day before the effect, and on the day of it."""
        question = Question(self.school.id, action, occupation, None)
        return [verification.decide(self.session, question, on=day).answer.value for day in (BEFORE, DAY)]


def test_a_licence_and_a_programme_under_it_are_authorised_from_their_day(edited: Edited) -> None:
    edited(ROBOTS, DAY)
    assert edited.answers("6480201") == ["not_authorised", "authorised"]
    new = edited.facts("programme")[-1]
    assert (new["quota"], new["licence_id"]) == (35, f"{edited.school.id}-L1")
    assert edited.answers("6510202") == ["authorised", "authorised"]


def test_a_programme_that_ends_is_authorised_until_its_day_and_may_be_taught_out(edited: Edited) -> None:
    row = "programme.6510202.college.1"
    edited({f"{row}.fate": "end", f"{row}.taught_out_until": "2028-09-01"}, DAY)
    assert edited.answers("6510202") == ["authorised", "not_authorised"]
    assert edited.answers("6510202", action=Action.AWARD) == ["authorised", "authorised"]


def test_what_was_recorded_by_mistake_was_never_so(edited: Edited) -> None:
    edited({"programme.6510202.college.1.fate": "mistake"})
    assert edited.facts("programme") == []
    assert edited.answers("6510202") == ["not_authorised", "not_authorised"]


def test_places_change_on_a_day_and_a_wrong_number_is_wrong_from_the_start(edited: Edited) -> None:
    row = "programme.6510202.college.1"
    edited({f"{row}.quota": "50"})
    edited({f"{row}.quota": "80", f"licence.{edited.school.id}.L1.number": "198/2017/GCNĐKHĐ-TCDN"}, DAY)
    told = [(one["quota"], one["valid_from"], one["valid_to"]) for one in edited.facts("programme")]
    assert told == [(50, SINCE, DAY), (80, DAY, None)]
    assert [(one["number"], one["valid_from"]) for one in edited.facts("licence")] == [("198/2017/GCNĐKHĐ-TCDN", SINCE)]


def test_a_site_comes_and_a_site_goes(edited: Edited) -> None:
    edited({**SITE, f"campus.{edited.school.id}.2.fate": "end"}, DAY)
    told = [(one["kind"], one["name"], one["valid_from"], one["valid_to"]) for one in edited.facts("campus")]
    assert ("branch", "Cơ sở 2", DAY, None) in told
    assert [ends for kind, _, _, ends in told if kind == "site"] == [DAY]
    state = InstitutionState
    where = state.institution_id == edited.school.id, state.release_to.is_(None), state.campus_id.like("%-1")
    assert edited.session.scalars(select(state.province_code).where(*where)).first() == "79"


def test_the_public_history_tells_each_row_with_its_decision_and_day(edited: Edited) -> None:
    edited({**ROBOTS, **SITE, "programme.6510202.college.1.fate": "end"}, DAY)
    step = history(edited.session, edited.school.id, release=current_number(edited.session))[0]
    assert (step.decision, step.kind) == ("12/QĐ-SGDĐT", "edit")
    told = {(fact.table, bool(fact.before), bool(fact.after)) for fact in step.facts}
    assert {("licence", False, True), ("programme", False, True), ("campus", False, True)} <= told
    ended = next(fact for fact in step.facts if fact.table == "programme" and fact.before)
    assert ended.after[0]["valid_to"] == DAY.isoformat()


def test_a_licence_does_not_end_under_its_programmes(edited: Edited) -> None:
    licence, programme = f"licence.{edited.school.id}.L1", "programme.6510202.college.1"
    with pytest.raises(Faulty) as refused:
        edited({f"{licence}.fate": "end"}, DAY)
    assert [fault.field for fault in refused.value.faults] == [f"{licence}.fate"]
    edited({f"{licence}.fate": "end", "licence.new1.number": "5/2026", f"{programme}.licence_id": "new1"}, DAY)
    assert edited.answers("6510202") == ["authorised", "authorised"], "it goes on under the new one"


LICENCE, PROGRAMME = "licence.{id}.L1", "programme.6510202.college.1"


@pytest.mark.parametrize(
    ("values", "day", "field"),
    [
        ({f"{PROGRAMME}.fate": "end"}, None, "effective"),
        ({f"{PROGRAMME}.fate": "burn"}, DAY, f"{PROGRAMME}.fate"),
        ({f"{PROGRAMME}.fate": "end", f"{PROGRAMME}.quota": "5"}, DAY, f"{PROGRAMME}.fate"),
        (
            {f"{PROGRAMME}.fate": "end", f"{PROGRAMME}.taught_out_until": "2020-01-01"},
            DAY,
            f"{PROGRAMME}.taught_out_until",
        ),
        ({f"{PROGRAMME}.valid_to": "2001-01-01"}, None, f"{PROGRAMME}.valid_to"),
        ({f"{PROGRAMME}.quota": "nhiều"}, None, f"{PROGRAMME}.quota"),
        ({f"{PROGRAMME}.licence_id": "của ai khác"}, None, f"{PROGRAMME}.licence_id"),
        ({f"{PROGRAMME}.quota": "5", f"{PROGRAMME}.valid_from": "2018-01-01"}, DAY, f"{PROGRAMME}.valid_from"),
        ({f"{LICENCE}.number": ""}, None, f"{LICENCE}.number"),
        ({"campus.{id}.1.fate": "end"}, DAY, "campus.{id}.1.fate"),
        ({"licence.new1.issuer": "Sở"}, DAY, "licence.new1.number"),
        ({"licence.new1.number": "1", "licence.new1.valid_to": "hôm qua"}, DAY, "licence.new1.valid_to"),
        ({"programme.new1.occupation_code": "48"}, DAY, "programme.new1.occupation_code"),
        ({**ROBOTS, "programme.new1.training_level": "intermediate"}, DAY, "programme.new1.training_level"),
        ({**ROBOTS, "programme.new1.licence_id": "new7"}, DAY, "programme.new1.licence_id"),
        (
            {
                "programme.new2.occupation_code": "6510202",
                "programme.new2.training_level": "college",
                "programme.new2.licence_id": "{id}.L1",
            },
            DAY,
            "programme.new2.occupation_code",
        ),
        ({**SITE, "campus.new1.kind": "main"}, DAY, "campus.new1.kind"),
        ({**SITE, "campus.new1.name": "", "campus.new1.address": "Số 1"}, DAY, "campus.new1.name"),
        ({**SITE, "campus.new1.province": "Atlantis"}, DAY, "campus.new1.province"),
        ({**SITE, "campus.new1.lat": "10,8"}, DAY, "campus.new1.lat"),
        ({"licence.new1.unknown": "x", "programme.new1.training_level": "college"}, DAY, "values"),
    ],
)
def test_nonsense_is_told_where_it_stands(edited: Edited, values: dict[str, str], day: date | None, field: str) -> None:
    given = {key.format(id=edited.school.id): text.format(id=edited.school.id) for key, text in values.items()}
    with pytest.raises(Faulty) as refused:
        edited(given, day)
    assert field.format(id=edited.school.id) in [fault.field for fault in refused.value.faults]
